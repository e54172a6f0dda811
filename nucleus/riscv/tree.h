/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - the facts that the nucleus takes from the device tree. */
#ifndef RISCV_TREE_H
#define RISCV_TREE_H

#include <stdbool.h>

#include <skink/manager.h>

#include "arch.h"

struct tree {
	struct skink_range	self;
	struct skink_range	ram;		/* the bank that the nucleus lies in */
	struct skink_range	image;		/* the initial RAM disk */
	struct skink_range	plic;
	struct skink_range	finisher;	/* size 0: none */
	unsigned		plic_context;	/* of the boot hart in supervisor mode */
	uint32_t		hart_count;
	uint64_t		timebase_hz;
	bool			has_sstc;	/* the boot hart */
};
extern struct tree tree;

/* Reads them; `around`: an address in the nucleus. What must be there and is not stops the machine
 * with a line that names it. */
void tree_init(paddr_t at, uint64_t hart_id, paddr_t around);

/* The index-th range that firmware keeps for itself; false: no more. */
bool tree_reserved(int index, struct skink_range *r);

#endif
