/* SPDX-License-Identifier: Apache-2.0 */
/* boot.c - from start-up's handoff to the first thread, step by step. */

#include "handoff.h"
#include "nucleus.h"
#include "trap.h"

void
boot(void)
{
	struct skink_thread_attr attr = {
	    .entry = handoff.entry,
	    .arg = handoff.boot,
	    .sp = handoff.boot,
	    .sched = {SKINK_SCHED_FIFO, 10},
	    .name = "procmgr",
	};
	struct process *p;

	sched_init(hart_self());
	p = process_first();
	p->aspace = handoff.aspace;
	(void)thread_make(p, NULL, &attr);

	step_begin(256);
	nucleus_dispatch();
}
