/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - physical memory: what there is, what is taken, what is left for procmgr. */
#ifndef RISCV_MEMORY_H
#define RISCV_MEMORY_H

#include <stdbool.h>

#include <skink/manager.h>

#include "arch.h"

struct memory {
	struct skink_range	ram;
	struct skink_range	nucleus;	/* image, page tables, pools */
	struct skink_range	own;		/* after it: procmgr's first frames */
	struct skink_range	image, tree;	/* widened to whole pages */
	struct skink_range	free[SKINK_RANGES];
	uint32_t		free_count;
};
extern struct memory memory;

/* After tree_init. Stops the machine when the tree makes no sense. */
void memory_init(void);

/* Makes the final page tables, and uses them. Returns how many ASIDs there are. */
unsigned memory_map(void);

/* Zeroed pages in one piece, for the nucleus; or, from the first call of memory_take_own on, for
 * procmgr. Stop the machine when there are not enough. */
paddr_t memory_take(uint64_t bytes);
paddr_t memory_take_own(uint64_t bytes);

static inline bool
memory_is_ram(paddr_t pa)
{
	return pa - memory.ram.start < memory.ram.size;
}

/* Does the range touch what is the nucleus's alone? */
static inline bool
memory_is_nucleus(paddr_t pa, uint64_t len)
{
	return pa < memory.nucleus.start + memory.nucleus.size && pa + len > memory.nucleus.start;
}

#endif
