/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.c - physical memory from start-up to procmgr. Owns the direct map, and what is taken while
 * booting from the free range behind the nucleus:
 *
 *	nucleus_head	text, constants, data, stack (nucleus.ld)
 *			page tables, pools			memory_take
 *			procmgr's page tables			memory_hand_over
 *			free
 */

#include <string.h>

#include <skink/errno.h>

#include "direct.h"
#include "handoff.h"
#include "machine.h"
#include "memory.h"
#include "panic.h"
#include "print.h"

#define USER         (PTE_U | PTE_HELD)
#define RANGE_TABLES 4 /* most that mapping one range can want */

extern char nucleus_head[], nucleus_text_end[], rodata_start[], nucleus_data_start[], early_table[],
    stack_bottom[], nucleus_end[];

struct memory memory;

static struct handoff *handoff;
static struct aspace nucleus_aspace;
static paddr_t next; /* behind what was taken last */

static struct skink_range *
next_range(void)
{
	for (uint32_t i = 0; i < handoff->boot.range_count; i++) /* <= SKINK_RANGES */
		if (handoff->boot.ranges[i].start == next)
			return &handoff->boot.ranges[i];
	return NULL;
}

static paddr_t
take(uint64_t bytes)
{
	struct skink_range *r = next_range();
	paddr_t pa = next;

	if (r == NULL || r->size < bytes)
		stop("too little memory");
	r->start += bytes;
	r->size -= bytes;
	next += bytes;
	return (paddr_t)memset(direct(pa), 0, bytes) - DIRECT_BASE;
}

paddr_t
memory_take(uint64_t bytes)
{
	bytes = (bytes + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
	memory.nucleus.size += bytes;
	return take(bytes);
}

/* A frame for a page table: the nucleus's own tables are not procmgr's to take back. */
static void
give(struct aspace *as)
{
	if (as == &nucleus_aspace) {
		aspace_push(as, memory_take(PAGE_SIZE));
		return;
	}
	handoff->boot.own_bytes += PAGE_SIZE;
	if (aspace_give(as, take(PAGE_SIZE)) != 0)
		stop("too little memory");
}

static void
map(struct aspace *as, vaddr_t base, struct skink_range r, uint64_t bits)
{
	for (uint64_t done = 0; done < r.size;) {
		paddr_t pa = r.start + done;
		long n = aspace_map_large(as, base + pa, pa, r.size - done, bits);

		ASSERT(n > 0 || n == -SK_ENOMEM);
		if (n > 0)
			done += n;
		else
			give(as);
	}
}

/* Shows a range in the direct map. */
static void
map_direct(struct skink_range r, uint64_t bits)
{
	map(&nucleus_aspace, DIRECT_BASE, r, bits | PTE_G);
}

static void
map_image(const char *start, const char *end, uint64_t bits)
{
	map_direct((struct skink_range){direct_physical(start), end - start}, bits);
}

unsigned
memory_init(struct handoff *h)
{
	const uint64_t rw = PTE_R | PTE_W;
	struct skink_boot *b = &h->boot;
	struct skink_range free[SKINK_RANGES];

	handoff = h;
	memory.ram = b->ram;
	memory.nucleus = (struct skink_range){
	    direct_physical(nucleus_head), (uintptr_t)nucleus_end - (uintptr_t)nucleus_head};
	next = memory.nucleus.start + memory.nucleus.size;
	/* As they are now: the tables taken below lie in them too. */
	memcpy(free, b->ranges, sizeof(free));
	nucleus_aspace.root = memory_take(PAGE_SIZE);
	for (uint32_t i = 0; i < b->range_count; i++) /* <= SKINK_RANGES */
		map_direct(free[i], rw);
	map_direct(h->own, rw);
	map_image(nucleus_head, nucleus_text_end, PTE_R | PTE_X);
	map_image(rodata_start, nucleus_data_start, PTE_R);
	map_image(nucleus_data_start, early_table, rw);
	map_image(stack_bottom, nucleus_end, rw);
	map_direct(b->image, PTE_R);
	map_direct(b->tree, PTE_R);
	map_direct(h->finisher, rw);
	map_direct(h->plic, rw);
	return aspace_init(&nucleus_aspace);
}

void
memory_hand_over(struct aspace *as)
{
	struct skink_boot *b = &handoff->boot;
	const struct skink_range *last = next_range();

	give(as);
	for (uint64_t i = 0; i < handoff->segment_count; i++) { /* <= HANDOFF_SEGMENTS */
		const struct handoff_segment *s = &handoff->segments[i];

		/* PTE_R, _W, _X are SKINK_PROT_READ, _WRITE, _EXEC, one to the left. */
		map(as, s->va - s->pa, (struct skink_range){s->pa, s->bytes}, s->prot << 1 | USER);
	}
	map(as, SKINK_WINDOW, b->image, PTE_R | USER);
	map(as, SKINK_WINDOW, b->tree, PTE_R | USER);
	for (uint32_t i = 0; i < b->range_count; i++) /* <= SKINK_RANGES */
		if (&b->ranges[i] != last)
			map(as, SKINK_WINDOW, b->ranges[i], PTE_R | PTE_W | USER);
	/* Page tables come from the last: those that it needs itself are taken before. */
	for (int i = 0; i < RANGE_TABLES; i++)
		give(as);
	map(as, SKINK_WINDOW, *last, PTE_R | PTE_W | USER);
	b->nucleus = memory.nucleus;
}
