/* SPDX-License-Identifier: Apache-2.0 */
/* boot.c - from start-up's handoff to the first thread, step by step. */

#include "handoff.h"
#include "nucleus.h"
#include "trap.h"

void
boot(void)
{
	struct skink_thread_attr attr = handoff.thread;

	sched_init(hart_self());
	procmgr = process_create();
	procmgr->attr = handoff.process;
	procmgr->aspace = handoff.aspace;
	(void)thread_make(procmgr, NULL, &attr);

	step_begin(256);
	nucleus_dispatch();
}
