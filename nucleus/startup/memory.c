/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.c - physical memory at boot. Owns the list of free ranges until the nucleus has it; after
 * boot they are procmgr's.
 *
 *	ram.start	firmware (reserved by the tree)
 *			free
 *	startup_start	start-up: free too, once the nucleus runs
 *	nucleus_head	nucleus
 *			its page tables, pools			memory_take
 *			process 1: data, stack, boot page, page tables
 *			free
 *			image, device tree: where the loader put them
 *			free
 */

#include <string.h>

#include "memory.h"
#include "startup.h"
#include "tree.h"

static struct skink_range *rest; /* the free range behind what was taken */

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
	reserve(boot, (struct skink_range){nucleus->text, nucleus->end - nucleus->text});
	reserve(boot, boot->image);
	reserve(boot, boot->tree);
	for (int i = 0; tree_reserved(i, &r); i++) /* <= nodes in the tree */
		reserve(boot, r);
	for (uint32_t i = 0; i < boot->range_count; i++) /* <= SKINK_RANGES */
		if (boot->ranges[i].start == nucleus->end)
			rest = &boot->ranges[i];
	if (rest == NULL)
		stop("too little memory");
}

paddr_t
memory_take_as_is(uint64_t bytes)
{
	paddr_t at = rest->start;

	bytes = page_up(bytes);
	if (bytes >= rest->size)
		stop("too little memory");
	rest->start += bytes;
	rest->size -= bytes;
	return at;
}

paddr_t
memory_take(uint64_t bytes)
{
	return (paddr_t)memset((void *)memory_take_as_is(bytes), 0, page_up(bytes));
}

const struct skink_range *
memory_rest(void)
{
	return rest;
}
