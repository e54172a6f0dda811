/* SPDX-License-Identifier: Apache-2.0 */
/* aspace.c - address spaces as Sv39 page tables. Owns the tables and what the hart's TLB may hold
 * of them; never decides what is mapped, and has no memory of its own: frames are given.
 *
 * The root's upper half is the nucleus's, the same in all, global in the TLB. An ASID belongs to an
 * address space for an epoch, and is flushed when it is given; when all are given, a new epoch
 * begins. Where a hart has no ASIDs there is only 0, and each switch begins an epoch.
 *
 * The TLB may hold any entry, of any level, valid or not, that was there to be read while its
 * address space was in force. So each change ends with a fence for all of the address space: one
 * for a page would leave entries of the levels above.
 */

#include <string.h>

#include <skink/manager.h>
#include <skink/nucleus_errno.h>

#include "aspace.h"
#include "direct.h"
#include "handoff.h"
#include "nucleus.h"
#include "riscv/tlb.h"

#define LEVELS     3
#define PTE_PPN    0x003ffffffffffc00
#define ASID_SHIFT 44

static uint64_t asids_left; /* of this epoch: asids_left - 1 is the next */

static bool
is_ram(paddr_t pa, uint64_t len)
{
	return len <= handoff.ram.size && pa - handoff.ram.start <= handoff.ram.size - len;
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
	return (pte_t *)direct(table) + (va >> (PAGE_SHIFT + 9 * level)) % PTE_COUNT;
}

static uint64_t
satp_make(uint64_t asid, paddr_t root)
{
	return SATP_SV39 | asid << ASID_SHIFT | root >> PAGE_SHIFT;
}

/* What an ASID of an earlier epoch left in the TLB is gone. */
static void
fence(const struct aspace *as)
{
	if (as->asid_epoch == hart_self()->asid_epoch)
		tlb_flush_asid(as->asid);
}

static paddr_t
given_pop(paddr_t *given)
{
	paddr_t frame = *given;

	if (frame != 0) {
		*given = *(paddr_t *)direct(frame);
		*(paddr_t *)direct(frame) = 0;
	}
	return frame;
}

/* The lowest entry there is for va, and its level. Missing tables are made of frames given; NULL:
 * none are made. */
static pte_t *
walk(paddr_t table, vaddr_t va, paddr_t *given, int *level)
{
	for (int l = LEVELS - 1;; l--) { /* LEVELS rounds at most */
		pte_t *e = entry(table, va, l);

		if (l > 0 && *e == 0 && given != NULL) {
			table = given_pop(given);
			if (table != 0)
				entry_write(e, pte_make(table, PTE_V));
		}
		if (l == 0 || !pte_is_table(*e)) {
			*level = l;
			return e;
		}
		table = pte_physical(*e);
	}
}

/* A page without any access keeps its frame, as an entry that is not valid. */
static uint64_t
prot_bits(unsigned prot)
{
	uint64_t bits = PTE_HELD | prot_pte(prot);

	if (prot & SKINK_PROT_WRITE)
		bits |= PTE_R; /* without it W is reserved */
	if (bits & PTE_LEAF)
		bits |= PTE_V | PTE_U | PTE_A | PTE_D;
	return bits;
}

long
aspace_map(struct aspace *as, vaddr_t va, paddr_t pa, uint64_t len, unsigned prot)
{
	const bool keeps = pa == SKINK_PA_KEEP, maps = !keeps && pa != SKINK_PA_NONE;
	/* Each page gets the entry (old & keep) | set. */
	const pte_t keep = keeps ? PTE_PPN | PTE_DEVICE : 0;
	pte_t set = keeps || maps ? prot_bits(prot) : 0;
	vaddr_t at = va;
	pte_t *e = NULL;
	long error = 0;
	int level = 1;

	if (maps) {
		if (pa >> 56 != 0 || len > (1ull << 56) - pa || is_nucleus(pa, len))
			return -SK_EINVAL;
		set |= pte_make(pa, is_ram(pa, len) ? 0 : PTE_DEVICE);
	}
	if (as->root == 0)
		return maps ? -SK_ENOMEM : (long)len;
	for (int i = 0; i < ASPACE_STEP && at - va < len; i++) {
		/* The next entry of the same table, or the way down again. */
		if (level == 0 && at % level_size(1) != 0)
			e++;
		else
			e = walk(as->root, at, maps ? &as->given : NULL, &level);
		if (level > 0 && (maps || *e != 0)) {
			error = *e == 0 ? -SK_ENOMEM : -SK_EINVAL; /* no table; or a large page */
			break;
		}
		if (maps || *e != 0)
			entry_write(e, (*e & keep) | set);
		if (maps)
			set += pte_make(PAGE_SIZE, 0);
		at = (at | (level_size(level) - 1)) + 1;
	}
	fence(as);
	if (at == va)
		return error;
	return at - va < len ? (long)(at - va) : (long)len;
}

long
aspace_give(struct aspace *as, paddr_t frame)
{
	if (frame % PAGE_SIZE != 0 || !is_ram(frame, PAGE_SIZE) || is_nucleus(frame, PAGE_SIZE))
		return -SK_EINVAL;
	memset(direct(frame), 0, PAGE_SIZE);
	if (as->root != 0) {
		*(paddr_t *)direct(frame) = as->given;
		as->given = frame;
		return 0;
	}
	memcpy(entry(frame, NUCLEUS_BASE, LEVELS - 1),
	    entry(handoff.root, NUCLEUS_BASE, LEVELS - 1),
	    DIRECT_SIZE / level_size(LEVELS - 1) * sizeof(pte_t));
	as->root = frame;
	as->asid_epoch = 0;
	return 0;
}

/* Those whose ASIDs are void get others when they come next. */
static void
epoch_begin(struct hart *h)
{
	h->fast_epoch = h->fast_epoch == h->asid_epoch ? h->asid_epoch + 1 : FAST_OFF;
	h->asid_epoch++;
	asids_left = handoff.asid_max + 1;
}

void
aspace_switch(struct aspace *as)
{
	struct hart *h = hart_self();

	if (as->asid_epoch == h->asid_epoch) {
		satp_write(as->satp);
		return;
	}
	if (asids_left == 0)
		epoch_begin(h);
	as->asid_epoch = h->asid_epoch;
	as->asid = --asids_left;
	as->satp = satp_make(as->asid, as->root != 0 ? as->root : handoff.root);
	satp_write(as->satp);
	/* Only now: until then the TLB could take in more for the one that had this ASID. */
	tlb_flush_asid(as->asid);
}
