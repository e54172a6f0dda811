/* SPDX-License-Identifier: Apache-2.0 */
/* boot.c - from start-up's handoff to the first thread, step by step. */

#include "handoff.h"
#include "nucleus.h"
#include "trap.h"

void
boot(void)
{
	struct process *p;

	sched_init(hart_self());
	p = process_first();
	p->aspace = handoff.aspace;
	thread_first(p, handoff.entry, handoff.boot, handoff.boot);

	step_begin(256);
	nucleus_dispatch();
	trap_leave(hart_self());
}
