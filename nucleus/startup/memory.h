/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - physical memory at boot: what there is, what is free. */
#ifndef STARTUP_MEMORY_H
#define STARTUP_MEMORY_H

#include "startup.h"

/* Fills in the free ranges of boot->ram, and widens image and tree to whole pages. What start-up
 * itself uses is among the free ones. */
void memory_find(struct skink_boot *boot, const struct nucleus_head *nucleus);

/* Takes zeroed pages out of the free range behind the nucleus, in one piece with those taken
 * before. Stops the machine when there are not enough. */
paddr_t memory_take(uint64_t bytes);
/* The same, not zeroed. */
paddr_t memory_take_as_is(uint64_t bytes);

/* The free range that memory_take takes from. */
const struct skink_range *memory_rest(void);

static inline uint64_t
page_down(uint64_t n)
{
	return n & ~(SKINK_PAGE - 1);
}

static inline uint64_t
page_up(uint64_t n)
{
	return page_down(n + SKINK_PAGE - 1);
}

#endif
