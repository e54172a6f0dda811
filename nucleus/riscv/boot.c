/* SPDX-License-Identifier: Apache-2.0 */
/* boot.c - from start-up's handoff to the first thread, step by step. */

#include "direct.h"
#include "handoff.h"
#include "machine.h"
#include "memory.h"
#include "nucleus.h"
#include "print.h"
#include "trap.h"

void
boot(paddr_t handoff)
{
	struct handoff *h = direct(handoff);
	struct skink_boot *b = &h->boot;
	struct process *p;
	unsigned asids;

	ASSERT(h->magic == HANDOFF_MAGIC && h->version == HANDOFF_VERSION);
	sbi_finisher_set(h->finisher.start);
	asids = memory_init(h);
	clock_init(b->entry_ticks, b->timebase_hz, h->has_sstc);
	plic_init(h->plic.start, h->plic_context);
	print("nucleus: start hart=%lu ram_kib=%lu timer=%s asids=%u\n", h->hart_id,
	    b->ram.size >> 10, h->has_sstc ? "sstc" : "sbi", asids);
	pools_init(direct(memory_take(pools_size(b->pools))), b->pools);
	sched_init(hart_self());
	p = process_first("procmgr");
	memory_hand_over(&p->aspace);
	thread_first(p, h->entry, PROGRAM_PAGE, PROGRAM_PAGE);

	step_begin(256);
	nucleus_dispatch();
	trap_leave(hart_self());
}
