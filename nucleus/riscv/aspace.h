/* SPDX-License-Identifier: Apache-2.0 */
/* aspace.h - page table entries, and the walk to one byte's place. Changes nothing. */
#ifndef RISCV_ASPACE_H
#define RISCV_ASPACE_H

#include <skink/manager.h>

#include "arch.h"
#include "direct.h"

typedef uint64_t pte_t;

#define PTE_COUNT  512
#define PTE_LEAF (PTE_R | PTE_W | PTE_X)

/* PTE_R, _W, _X are SKINK_PROT_READ, _WRITE, _EXEC, one to the left. */
INLINE pte_t
prot_pte(unsigned prot)
{
	return (pte_t)prot << 1 & PTE_LEAF;
}
_Static_assert(SKINK_PROT_READ << 1 == PTE_R && SKINK_PROT_WRITE << 1 == PTE_W &&
	SKINK_PROT_EXEC << 1 == PTE_X,
    "prot_pte");

INLINE bool
pte_is_table(pte_t pte)
{
	return (pte & (PTE_V | PTE_LEAF)) == PTE_V;
}

INLINE bool
pte_allows(pte_t pte, pte_t want)
{
	return (pte & (want | PTE_DEVICE)) == want;
}

INLINE uint64_t
level_size(int level)
{
	return 1ull << (PAGE_SHIFT + 9 * level);
}

/* Each message's copies come here: tables' entries have but PTE_V set below their address, so
 * shifts alone find the next one. */
INLINE pte_t
next_entry(pte_t table, vaddr_t va, int level)
{
	return ((const pte_t *)(DIRECT_BASE +
	    ((table - PTE_V) << 2)))[va >> (PAGE_SHIFT + 9 * level) & (PTE_COUNT - 1)];
}

INLINE void *
leaf_address(pte_t leaf, vaddr_t va, int level)
{
	return (char *)direct(leaf >> 10 << PAGE_SHIFT) + (va & (level_size(level) - 1));
}

/* Address of the byte at `va` in the nucleus's direct map, or NULL if the user has no access of
 * kind `prot` (SKINK_PROT_) there. Good up to the end of the page. Device pages: NULL. */
INLINE void *
aspace_lookup(const struct aspace *as, vaddr_t va, unsigned prot)
{
	const pte_t want = PTE_V | PTE_U | prot_pte(prot);
	pte_t pte;

	if (va >= SKINK_USER_END || as->root == 0)
		return NULL;
	pte = ((const pte_t *)direct(as->root))[va >> (PAGE_SHIFT + 18)];
	if (!pte_is_table(pte))
		return pte_allows(pte, want) ? leaf_address(pte, va, 2) : NULL;
	pte = next_entry(pte, va, 1);
	if (!pte_is_table(pte))
		return pte_allows(pte, want) ? leaf_address(pte, va, 1) : NULL;
	pte = next_entry(pte, va, 0);
	return pte_allows(pte, want) ? leaf_address(pte, va, 0) : NULL;
}

#endif
