/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - physical memory at boot: what there is, what is free. */
#ifndef STARTUP_MEMORY_H
#define STARTUP_MEMORY_H

#include "handoff.h"

/* Fills in the free ranges of boot->ram, and widens image and tree to whole pages. What start-up
 * itself uses is among the free ones. */
void memory_find(struct skink_boot *boot, const struct nucleus_head *nucleus);

/* Takes zeroed pages in one piece out of the free ranges, none of start-up's. Stops the machine
 * when there are not enough. */
struct skink_range memory_take(struct skink_boot *boot, uint64_t bytes);

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
