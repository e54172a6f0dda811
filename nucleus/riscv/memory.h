/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - physical memory: what there is, what the nucleus takes, what is left for procmgr. */
#ifndef RISCV_MEMORY_H
#define RISCV_MEMORY_H

#include <stdbool.h>

#include <skink/manager.h>

#include "arch.h"

struct handoff;

struct memory {
	struct skink_range	ram;
	struct skink_range	nucleus;	/* its image, page tables, pools */
};
extern struct memory memory;

/* Makes the final page tables, and uses them. Returns how many ASIDs there are. */
unsigned memory_init(struct handoff *h);

/* Zeroed pages for the nucleus, in one piece with what it has. Stops the machine when there are
 * not enough. */
paddr_t memory_take(uint64_t bytes);

/* Process 1's address space: its parts as start-up placed them, and in SKINK_WINDOW all free RAM
 * read-write, image and device tree read-only. Completes its struct skink_boot; memory_take may not
 * be called any more. */
void memory_hand_over(struct aspace *as);

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
