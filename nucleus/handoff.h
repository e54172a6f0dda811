/* SPDX-License-Identifier: Apache-2.0 */
/* handoff.h - what start-up (nucleus/startup/) leaves for the nucleus. Both are built from this
 * header; start-up checks that they were. */
#ifndef NUCLEUS_HANDOFF_H
#define NUCLEUS_HANDOFF_H

#include <skink/manager.h>

#include "arch.h"

/* Lies among the nucleus's constants: start-up writes it, nobody else can. */
struct handoff {
	struct skink_range	ram;		/* all of it */
	struct skink_range	nucleus;	/* its image, page tables, pools */
	paddr_t			root;		/* its page table: every root's upper half */
	uint64_t		asid_max;	/* 0: the hart has no ASIDs */

	/* ns = ticks * ns_mult >> 32: exact where the clock divides 10^9, else off by less than
	 * 1 in 2^31. ticks = ns * tick_mult >> 64: at most one less than right. Both count from
	 * start_ticks. */
	uint64_t		start_ticks, ns_mult, tick_mult;
	uint64_t		alarm_ticks;	/* what alarms count from: a tick before */
	uint64_t		has_sstc;	/* the hart has stimecmp */

	/* Devices. The interrupt controller's registers, this hart's, in the direct map. All
	 * sources are enabled for it; those of priority 0 do not interrupt. */
	vaddr_t			plic_priority;	/* a word a source */
	vaddr_t			plic_threshold;
	vaddr_t			plic_claim;	/* and complete */
	paddr_t			finisher;	/* 0: none */

	/* Process 1. */
	struct aspace		aspace;
	struct skink_process_attr process;
	struct skink_thread_attr thread;	/* arg: its struct skink_boot */
};

extern struct handoff handoff;

#endif
