/* SPDX-License-Identifier: Apache-2.0 */
/* signal.c - signals, process groups and sessions. There are no handlers: a signal ends a
 * process, or nothing happens. */
#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "death.h"
#include "process.h"
#include "request.h"
#include "signal.h"

enum action { ACTION_NONE, ACTION_END, ACTION_NOTHING, ACTION_STOP };

static const uint8_t actions[SKINK_SIGNAL_END] = {
#define ACTION(name, number, action, text) [number] = ACTION_##action,
    SKINK_SIGNALS(ACTION)
#undef ACTION
};

static bool
may_kill(const struct process *by, const struct process *p)
{
	return by == p || p->parent == by || by->attr.sid == p->attr.sid ||
	    process_has(by, SKINK_AB_KILL);
}

static bool
is_meant(const struct process *by, const struct process *p, int pid)
{
	if (p->state == PROCESS_NEW || p->state >= PROCESS_ENDED)
		return pid > 0 && p->pid == pid && p->state == PROCESS_ENDED;
	if (pid == -1)
		return p != by && !process_is_service(p);
	return pid > 0 ? p->pid == pid : p->group == (pid == 0 ? by->group : -pid);
}

long
signal_kill_request(struct request *r)
{
	const struct proc_kill *m = (const void *)r->bytes;
	struct process *by = r->process;
	bool found = false, allowed = false, self = false;

	if (m->signal < 0 || m->signal >= SKINK_SIGNAL_END || m->pid == INT32_MIN)
		return -SK_EINVAL;
	if (m->pid == SKINK_PROCMGR_PID)
		return -SK_EPERM;
	if (m->signal != 0 && actions[m->signal] == ACTION_STOP)
		return -SK_ENOTSUP;
	PROCESS_EACH(p)
	{ /* <= the table's size */
		if (!is_meant(by, p, m->pid))
			continue;
		found = true;
		if (!may_kill(by, p))
			continue;
		allowed = true;
		if (m->signal == 0 || actions[m->signal] != ACTION_END ||
		    (p->ignored >> m->signal & 1 && m->signal != SKINK_SIGKILL))
			continue;
		if (p == by)
			self = true;
		else
			death_kill(p, SKINK_STATUS_SIGNAL(m->signal, 0), by->pid);
	}
	/* Itself last, so that it does not die before it has killed its group. */
	if (self)
		death_kill(by, SKINK_STATUS_SIGNAL(m->signal, 0), by->pid);
	return allowed ? 0 : found ? -SK_EPERM : -SK_ESRCH;
}

long
signal_disposition_request(struct request *r)
{
	const struct proc_disposition *m = (const void *)r->bytes;
	uint64_t bit;
	long before;

	if (m->signal < 1 || m->signal >= SKINK_SIGNAL_END || m->action > PROC_SIG_QUERY)
		return -SK_EINVAL;
	bit = 1ull << m->signal;
	before = (r->process->ignored & bit) != 0 ? PROC_SIG_IGNORE : PROC_SIG_DEFAULT;
	if (m->action == PROC_SIG_QUERY)
		return before;
	if (m->signal == SKINK_SIGKILL || m->signal == SKINK_SIGSTOP)
		return -SK_EINVAL;
	if (m->action == PROC_SIG_IGNORE)
		r->process->ignored |= bit;
	else
		r->process->ignored &= ~bit;
	return before;
}

static bool
group_exists(int group, int sid)
{
	PROCESS_EACH(p)
	{ /* <= the table's size */
		if (p->group == group && p->attr.sid == sid)
			return true;
	}
	return false;
}

static long
group_set(struct process *by, struct process *p, int group)
{
	if (group == 0)
		group = p->pid;
	if (p != by && p->parent != by)
		return -SK_ESRCH;
	if (p->attr.sid == p->pid || p->attr.sid != by->attr.sid)
		return -SK_EPERM;
	if (group != p->pid && !group_exists(group, p->attr.sid))
		return -SK_EPERM;
	p->group = group;
	return group;
}

static long
session_new(struct process *p)
{
	PROCESS_EACH(q)
	{ /* <= the table's size */
		if (q->group == p->pid)
			return -SK_EPERM;
	}
	p->attr.sid = p->group = p->pid;
	process_limit(p);
	return p->pid;
}

long
signal_group_request(struct request *r)
{
	const struct proc_group *m = (const void *)r->bytes;
	struct process *p = m->pid == 0 ? r->process : process_find(m->pid);

	if (m->zero != 0 || m->pid < 0 || m->group < 0)
		return -SK_EINVAL;
	if (p == NULL || p->state == PROCESS_NEW)
		return -SK_ESRCH;
	switch (m->what) {
	case PROC_GROUP_GET:
		return p->group;
	case PROC_GROUP_SET:
		return group_set(r->process, p, m->group);
	case PROC_GROUP_SESSION:
		return p->attr.sid;
	case PROC_GROUP_NEW_SESSION:
		return p == r->process ? session_new(p) : -SK_EINVAL;
	default:
		return -SK_EINVAL;
	}
}
