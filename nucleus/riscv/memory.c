/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.c - physical memory at boot. Owns the ranges and the direct map; after boot the free ones
 * are procmgr's.
 *
 *	ram.start	firmware (reserved by the tree)
 *			free
 *	LOAD_ADDRESS	nucleus: text, constants, data, stack (nucleus.ld)
 *			nucleus: page tables, pools		memory_take
 *			procmgr: data, stack, page tables	memory_take_own
 *			free
 *			image, device tree: where the loader put them
 *			free
 */

#include <string.h>

#include <skink/errno.h>

#include "aspace.h"
#include "boot.h"
#include "direct.h"
#include "memory.h"
#include "tree.h"

extern char nucleus_text_start[], nucleus_text_end[], rodata_start[], nucleus_data_start[],
    early_table[], stack_bottom[], nucleus_end[];

struct memory memory;

static struct aspace nucleus_aspace;

static uint64_t
page_up(uint64_t n)
{
	return (n + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
}

static struct skink_range
page_range(struct skink_range r)
{
	uint64_t start = r.start & ~(uint64_t)(PAGE_SIZE - 1);

	return (struct skink_range){start, page_up(r.start + r.size) - start};
}

/* Takes a range out of the free ones. */
static void
reserve(struct skink_range r)
{
	r = page_range(r);
	for (uint32_t i = 0; i < memory.free_count; i++) { /* <= SKINK_RANGES */
		struct skink_range *f = &memory.free[i];
		uint64_t end = f->start + f->size, r_end = r.start + r.size;

		if (r_end <= f->start || r.start >= end)
			continue;
		if (r.start > f->start && r_end < end) {
			if (memory.free_count == SKINK_RANGES)
				stop("memory is in too many pieces");
			memory.free[memory.free_count++] = (struct skink_range){r_end, end - r_end};
			f->size = r.start - f->start;
		} else if (r.start > f->start) {
			f->size = r.start - f->start;
		} else if (r_end < end) {
			*f = (struct skink_range){r_end, end - r_end};
		} else {
			*f = memory.free[--memory.free_count];
			i--;
		}
	}
}

void
memory_init(void)
{
	struct skink_range r;

	memory.nucleus.start = direct_physical(nucleus_text_start);
	memory.nucleus.size = direct_physical(nucleus_end) - memory.nucleus.start;
	memory.ram = tree.ram;
	memory.image = page_range(tree.image);
	memory.tree = page_range(tree.self);
	memory.free[0] = memory.ram;
	memory.free_count = 1;
	reserve(memory.nucleus);
	reserve(memory.image);
	reserve(memory.tree);
	for (int i = 0; tree_reserved(i, &r); i++) /* <= nodes in the tree */
		reserve(r);
	memory.own.start = memory.nucleus.start + memory.nucleus.size;
}

/* From the free range that follows what was taken last. */
static paddr_t
take(uint64_t bytes)
{
	uint64_t next = memory.own.start + memory.own.size;

	bytes = page_up(bytes);
	for (uint32_t i = 0; i < memory.free_count; i++) { /* <= SKINK_RANGES */
		struct skink_range *f = &memory.free[i];

		if (f->start != next || f->size < bytes)
			continue;
		f->start += bytes;
		f->size -= bytes;
		memset(direct(next), 0, bytes);
		return next;
	}
	stop("too little memory");
}

paddr_t
memory_take_own(uint64_t bytes)
{
	paddr_t pa = take(bytes);

	memory.own.size += page_up(bytes);
	return pa;
}

paddr_t
memory_take(uint64_t bytes)
{
	paddr_t pa = take(bytes);

	memory.nucleus.size += page_up(bytes);
	memory.own.start += page_up(bytes);
	return pa;
}

/* Shows a range in the direct map. */
static void
map(struct skink_range r, uint64_t bits)
{
	for (uint64_t done = 0; done < r.size;) {
		paddr_t pa = r.start + done;
		long n = aspace_map_large(
		    &nucleus_aspace, DIRECT_BASE + pa, pa, r.size - done, bits | PTE_G);

		if (n == -SK_ENOMEM) {
			/* Not aspace_give: the frame is the nucleus's own. */
			paddr_t frame = memory_take(PAGE_SIZE);

			*(paddr_t *)direct(frame) = nucleus_aspace.given;
			nucleus_aspace.given = frame;
		} else {
			done += n;
		}
	}
}

static void
map_image(const char *start, const char *end, uint64_t bits)
{
	paddr_t pa = direct_physical(start);

	map((struct skink_range){pa, direct_physical(end) - pa}, bits);
}

unsigned
memory_map(void)
{
	const uint64_t rw = PTE_R | PTE_W;
	struct skink_range free[SKINK_RANGES];
	uint32_t count = memory.free_count;

	/* As they are now: the tables taken below lie in them too. */
	memcpy(free, memory.free, sizeof(free));
	nucleus_aspace.root = memory_take(PAGE_SIZE);
	for (uint32_t i = 0; i < count; i++) /* <= SKINK_RANGES */
		map(free[i], rw);
	map_image(nucleus_text_start, nucleus_text_end, PTE_R | PTE_X);
	map_image(rodata_start, nucleus_data_start, PTE_R);
	map_image(nucleus_data_start, early_table, rw);
	map_image(stack_bottom, nucleus_end, rw);
	map(memory.image, PTE_R);
	map(memory.tree, PTE_R);
	map(tree.finisher, rw);
	map(tree.plic, rw);
	return aspace_init(&nucleus_aspace);
}
