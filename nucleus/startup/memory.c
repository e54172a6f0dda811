/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.c - physical memory at boot. Owns the list of free ranges until the nucleus has it; after
 * boot they are procmgr's.
 *
 *	ram.start	firmware (reserved by the tree)
 *			process 1: data, stack, handoff		memory_take
 *			free
 *	startup_start	start-up: free too, once the nucleus runs
 *	nucleus_head	nucleus; its page tables and pools follow, see riscv/memory.c
 *			free
 *			image, device tree: where the loader put them
 *			free
 */

#include <string.h>

#include "print.h"
#include "memory.h"
#include "tree.h"

extern char startup_start[], startup_end[];

static struct skink_range
page_range(struct skink_range r)
{
	uint64_t start = page_down(r.start);

	return (struct skink_range){start, page_up(r.start + r.size) - start};
}

/* Takes a range out of the free ones. */
static void
reserve(struct skink_boot *boot, struct skink_range r)
{
	r = page_range(r);
	for (uint32_t i = 0; i < boot->range_count; i++) { /* <= SKINK_RANGES */
		struct skink_range *f = &boot->ranges[i];
		uint64_t end = f->start + f->size, r_end = r.start + r.size;

		if (r_end <= f->start || r.start >= end)
			continue;
		if (r.start > f->start && r_end < end) {
			if (boot->range_count == SKINK_RANGES)
				stop("memory is in too many pieces");
			boot->ranges[boot->range_count++] =
			    (struct skink_range){r_end, end - r_end};
			f->size = r.start - f->start;
		} else if (r.start > f->start) {
			f->size = r.start - f->start;
		} else if (r_end < end) {
			*f = (struct skink_range){r_end, end - r_end};
		} else {
			*f = boot->ranges[--boot->range_count];
			i--;
		}
	}
}

void
memory_find(struct skink_boot *boot, const struct nucleus_head *nucleus)
{
	struct skink_range r;

	boot->image = page_range(boot->image);
	boot->tree = page_range(boot->tree);
	boot->ranges[0] = boot->ram;
	boot->range_count = 1;
	reserve(boot, (struct skink_range){nucleus->start, nucleus->end - nucleus->start});
	reserve(boot, boot->image);
	reserve(boot, boot->tree);
	for (int i = 0; tree_reserved(i, &r); i++) /* <= nodes in the tree */
		reserve(boot, r);
}

struct skink_range
memory_take(struct skink_boot *boot, uint64_t bytes)
{
	bytes = page_up(bytes);
	for (uint32_t i = 0; i < boot->range_count; i++) { /* <= SKINK_RANGES */
		struct skink_range *f = &boot->ranges[i];
		uint64_t start = f->start;

		/* Not the first of what is behind the nucleus: that is the nucleus's to take. */
		if (start >= (uint64_t)startup_start)
			start += f->size - bytes;
		if (f->size <= bytes ||
		    (start < (uint64_t)startup_end && start + bytes > (uint64_t)startup_start))
			continue;
		if (f->start == start)
			f->start += bytes;
		f->size -= bytes;
		memset((void *)start, 0, bytes);
		return (struct skink_range){start, bytes};
	}
	stop("too little memory");
}
