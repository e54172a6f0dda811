/* SPDX-License-Identifier: Apache-2.0 */
/* aspace.c - address spaces as Sv39 page tables. Owns the tables and what the hart's TLB may hold
 * of them; never decides what is mapped, and has no memory of its own: frames are given.
 *
 * The root's upper half is the nucleus's, the same in all, global in the TLB. An ASID belongs to an
 * address space for an epoch; when all are handed out, the TLB is flushed and a new epoch begins.
 * Where a hart has no ASIDs all use 0 and each switch flushes.
 */

#include <string.h>

#include <skink/errno.h>
#include <skink/manager.h>

#include "aspace.h"
#include "csr.h"
#include "direct.h"
#include "handoff.h"
#include "nucleus.h"

#define LEVELS       3
#define USER_ENTRIES 256 /* of the root */
#define PTE_PPN      0x003ffffffffffc00
#define ASID_SHIFT   44
#define ASID_MASK    0xffffull

static uint64_t asid_last;

static bool
is_ram(paddr_t pa)
{
	return pa - handoff.ram.start < handoff.ram.size;
}

/* Does the range touch what is the nucleus's alone? */
static bool
is_nucleus(paddr_t pa, uint64_t len)
{
	const struct skink_range *r = &handoff.nucleus;

	return pa < r->start + r->size && pa + len > r->start;
}

static paddr_t
pte_physical(pte_t pte)
{
	return (pte & PTE_PPN) << 2;
}

static pte_t
pte_make(paddr_t pa, uint64_t bits)
{
	return pa >> 2 | bits;
}

static pte_t *
entry(paddr_t table, vaddr_t va, int level)
{
	return (pte_t *)direct(table) + (va >> (PAGE_SHIFT + 9 * level)) % ENTRIES;
}

static void
fence_page(const struct aspace *as, vaddr_t va)
{
	if (as->asid_epoch == hart_self()->asid_epoch || handoff.asid_max == 0)
		__asm__ volatile("sfence.vma %0, %1" : : "r"(va), "r"(as->asid) : "memory");
}

static void
fence_asid(uint64_t asid)
{
	__asm__ volatile("sfence.vma zero, %0" : : "r"(asid) : "memory");
}

static uint64_t
satp_make(uint64_t asid, paddr_t root)
{
	return SATP_SV39 | asid << ASID_SHIFT | root >> PAGE_SHIFT;
}

static void
satp_write(uint64_t asid, paddr_t root)
{
	csr_write(CSR_SATP, satp_make(asid, root));
}

static bool
is_in_force(const struct aspace *as)
{
	return (csr_read(CSR_SATP) ^ as->root >> PAGE_SHIFT) << (64 - ASID_SHIFT) == 0;
}

static paddr_t
given_pop(struct aspace *as)
{
	paddr_t frame = as->given;

	if (frame != 0) {
		as->given = *(paddr_t *)direct(frame);
		*(paddr_t *)direct(frame) = 0;
	}
	return frame;
}

/* The entry for va at `level`; tables above it are made. NULL: *error is ENOMEM, or EINVAL
 * where a larger page is in the way. */
static pte_t *
walk_make(struct aspace *as, vaddr_t va, int level, long *error)
{
	paddr_t table = as->root;
	pte_t *e;

	if (table == 0) {
		*error = -SK_ENOMEM;
		return NULL;
	}
	for (int l = LEVELS - 1;; l--) {
		e = entry(table, va, l);
		if (l == level)
			return e;
		if (*e == 0) {
			table = given_pop(as);
			if (table == 0) {
				*error = -SK_ENOMEM;
				return NULL;
			}
			*e = pte_make(table, PTE_V);
		} else if (!pte_is_table(*e)) {
			*error = -SK_EINVAL;
			return NULL;
		}
		table = pte_physical(*e);
	}
}

/* The lowest entry there is for va; *level tells which. */
static pte_t *
walk(const struct aspace *as, vaddr_t va, int *level)
{
	pte_t *e = entry(as->root, va, LEVELS - 1);
	int l = LEVELS - 1;

	while (l > 0 && pte_is_table(*e))
		e = entry(pte_physical(*e), va, --l);
	*level = l;
	return e;
}

/* A page without any access keeps its frame, as an entry that is not valid. */
static uint64_t
prot_bits(unsigned prot)
{
	uint64_t bits = PTE_HELD;

	if (prot & SKINK_PROT_WRITE)
		bits |= PTE_R | PTE_W;
	if (prot & SKINK_PROT_READ)
		bits |= PTE_R;
	if (prot & SKINK_PROT_EXEC)
		bits |= PTE_X;
	if (bits & PTE_LEAF)
		bits |= PTE_V | PTE_U | PTE_A | PTE_D;
	if (prot & SKINK_PROT_DEVICE)
		bits |= PTE_DEVICE;
	return bits;
}

void *
aspace_lookup(const struct aspace *as, vaddr_t va, unsigned prot)
{
	return aspace_find(as, va, prot);
}

long
aspace_map(struct aspace *as, vaddr_t va, paddr_t pa, uint64_t len, unsigned prot)
{
	uint64_t bits = prot_bits(prot), done = 0;
	pte_t *e = NULL;
	long error = 0;

	if (pa >> 56 != 0 || len > (1ull << 56) - pa || is_nucleus(pa, len))
		return -SK_EINVAL;
	for (int i = 0; i < ASPACE_STEP && done < len; i++, done += PAGE_SIZE) {
		bool same = e != NULL && (va + done) % level_size(1) != 0;

		e = same ? e + 1 : walk_make(as, va + done, 0, &error);
		if (e == NULL)
			return done > 0 ? (long)done : error;
		*e = pte_make(pa + done, bits);
		if (!is_ram(pa + done))
			*e |= PTE_DEVICE;
		fence_page(as, va + done);
	}
	return done;
}

/* Gives each page there is in the range the entry (old & keep) | set. */
static long
change(struct aspace *as, vaddr_t va, uint64_t len, pte_t keep, pte_t set)
{
	uint64_t done = 0;

	if (as->root == 0)
		return len;
	for (int i = 0; i < ASPACE_STEP && done < len; i++) {
		int level;
		pte_t *e = walk(as, va + done, &level);

		if (level == 0 && *e != 0) {
			*e = (*e & keep) | set;
			fence_page(as, va + done);
		} else if (*e != 0) {
			return done > 0 ? (long)done : -SK_EINVAL; /* a large page */
		}
		done += level_size(level) - ((va + done) & (level_size(level) - 1));
	}
	return done < len ? done : len;
}

long
aspace_unmap(struct aspace *as, vaddr_t va, uint64_t len)
{
	return change(as, va, len, 0, 0);
}

long
aspace_protect(struct aspace *as, vaddr_t va, uint64_t len, unsigned prot)
{
	if (prot & SKINK_PROT_DEVICE)
		return -SK_EINVAL;
	return change(as, va, len, PTE_PPN | PTE_DEVICE, prot_bits(prot));
}

long
aspace_give(struct aspace *as, paddr_t frame)
{
	if (frame % PAGE_SIZE != 0 || !is_ram(frame) || is_nucleus(frame, PAGE_SIZE))
		return -SK_EINVAL;
	memset(direct(frame), 0, PAGE_SIZE);
	if (as->root != 0) {
		*(paddr_t *)direct(frame) = as->given;
		as->given = frame;
		return 0;
	}
	memcpy(entry(frame, DIRECT_BASE, LEVELS - 1), entry(handoff.root, DIRECT_BASE, LEVELS - 1),
	    DIRECT_SIZE / level_size(LEVELS - 1) * sizeof(pte_t));
	as->root = frame;
	as->asid_epoch = 0;
	return 0;
}

/* A new epoch: those whose ASIDs are void get others when they come next. */
static void
epoch_begin(struct hart *h)
{
	h->fast_epoch = h->fast_epoch == h->asid_epoch ? h->asid_epoch + 1 : FAST_OFF;
	h->asid_epoch++;
	asid_last = 0;
	__asm__ volatile("sfence.vma" : : : "memory");
}

void
aspace_switch(struct aspace *as)
{
	struct hart *h = hart_self();

	if (as->asid_epoch == h->asid_epoch && is_in_force(as))
		return;
	if (as->root == 0) {
		satp_write(0, handoff.root);
		return;
	}
	if (handoff.asid_max == 0) {
		satp_write(0, as->root);
		fence_asid(0);
		return;
	}
	if (as->asid_epoch != h->asid_epoch) {
		if (asid_last == handoff.asid_max)
			epoch_begin(h);
		as->asid_epoch = h->asid_epoch;
		as->asid = ++asid_last;
		as->satp = satp_make(as->asid, as->root);
	}
	csr_write(CSR_SATP, as->satp);
}

void
aspace_retire(struct aspace *as)
{
	as->asid_epoch = 0;
}

void
aspace_end(struct aspace *as)
{
	if (is_in_force(as)) {
		satp_write(0, handoff.root);
		fence_asid(0);
	}
	*as = (struct aspace){0};
}
