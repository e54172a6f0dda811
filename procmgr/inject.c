/* SPDX-License-Identifier: Apache-2.0 */
/* inject.c - faults on purpose: makes a thread of another process store, jump or hang as a broken
 * program would; and resets the machine. */
#include <skink/errno.h>
#include <skink/inject_stubs.h>
#include <skink/procmgr_msg.h>

#include "death.h"
#include "inject.h"
#include "nucleus.h"
#include "process.h"
#include "request.h"

#define WILD_PC 8 /* never mapped */

/* The thread to hit: one at work rather than one that waits for messages; else the first. 0:
 * none. */
static int
thread_choose(int pid)
{
	struct skink_thread_info t;
	long id = 0;
	int first = 0;

	while ((id = skink_p_info(SKINK_INFO_THREAD_NEXT, id, &t, sizeof(t))) >
	    0) { /* <= all threads */
		if (t.pid != pid)
			continue;
		if (t.state != SKINK_STATE_RECEIVE && t.state != SKINK_STATE_INTR)
			return t.tid;
		if (first == 0)
			first = t.tid;
	}
	return first;
}

long
inject_request(struct request *r)
{
	const struct proc_inject *m = (const void *)r->bytes;
	struct process *p = process_find(m->pid);
	struct skink_thread_info t;
	uint64_t pc;
	int tid;

	if (!process_has(r->process, SKINK_AB_INJECT) || m->pid == SKINK_PROCMGR_PID)
		return -SK_EPERM;
	if (m->how > PROC_INJECT_HANG || m->zero != 0)
		return -SK_EINVAL;
	if (p == NULL || p->state != PROCESS_ALIVE)
		return -SK_ESRCH;
	if (m->how == PROC_INJECT_KILL) {
		death_kill(p, SKINK_STATUS_SIGNAL(SKINK_SIGKILL, 0), r->process->pid);
		return 0;
	}
	tid = m->tid != 0 ? m->tid : thread_choose(p->pid);
	if (tid == 0 || skink_p_info(SKINK_INFO_THREAD, tid, &t, sizeof(t)) < 0 || t.pid != p->pid)
		return -SK_ESRCH;
	pc = m->how == PROC_INJECT_JUMP
	    ? WILD_PC
	    : p->entry + (m->how == PROC_INJECT_STORE ? SKINK_STUB_STORE : SKINK_STUB_LOOP);
	return skink_p_thread_jump(tid, pc);
}

long
inject_reset_request(struct request *r)
{
	const struct proc_reset *m = (const void *)r->bytes;

	if (!process_has(r->process, SKINK_AB_REBOOT))
		return -SK_EPERM;
	if (m->how != 0 && m->how != 1)
		return -SK_EINVAL;
	return skink_p_reset(m->how, m->status);
}
