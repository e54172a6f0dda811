/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect.c - who may connect to whose channels by pid and chid. Owns what owners have granted;
 * what the manifest says of peers, and the abilities, are read where they stand.
 *
 * A grant belongs to a channel, and has the place of its slot in the nucleus's pool. The chid says
 * which life of the slot is meant: nobody need tell when a channel goes, and a durable one keeps
 * its grants through its service's deaths. The pids granted are told apart by generation likewise.
 */
#include <string.h>

#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "connect.h"
#include "limit.h"
#include "nucleus.h"
#include "pages.h"
#include "process.h"
#include "request.h"

#define ANY (-1)

static struct grant {
	int32_t chid; /* 0: none yet */
	int32_t pids[PROC_GRANTS]; /* the first is ANY: whoever asks */
} * grants;

bool
connect_init(uint32_t channel_max)
{
	uint64_t bytes = (channel_max + 1) * sizeof(*grants);
	uint32_t frame = pages_contiguous(PAGE_UP(bytes));

	if (frame == 0)
		return false;
	grants = frame_memory(frame);
	memset(grants, 0, bytes);
	return true;
}

/* Of a channel that there is. */
static struct grant *
grant_of(int chid)
{
	return &grants[chid & SKINK_INDEX_MASK];
}

static bool
is_granted(int chid, int pid)
{
	const struct grant *g = grant_of(chid);

	if (g->chid != chid)
		return false;
	for (unsigned i = 0; i < PROC_GRANTS; i++)
		if (g->pids[i] == pid || g->pids[0] == ANY)
			return true;
	return false;
}

/* Is the owner of a service that p's manifest entry lets it connect to? */
static bool
is_peer(const struct process *p, const struct process *owner)
{
	return owner != NULL && process_is_service(owner) &&
	    (process_owner(p)->entry->peers >> owner->attr.service & 1) != 0;
}

static bool
may_connect(const struct process *p, int owner, int chid, bool is_private)
{
	if (p->pid == owner)
		return true;
	return !is_private &&
	    (process_has(p, SKINK_AB_CONNECT_ANY) || is_peer(p, process_find(owner)) ||
		is_granted(chid, p->pid));
}

long
connect_request(struct request *r)
{
	const struct proc_connect *m = (const void *)r->bytes;
	long owner = skink_p_channel_owner(m->chid), coid;

	if (owner < 0 || m->pid <= 0 || (int32_t)owner != m->pid)
		return -SK_ESRCH;
	if (!may_connect(r->process, m->pid, m->chid, (owner & SKINK_CHANNEL_PRIVATE) != 0))
		return -SK_EPERM;
	coid = limit_connect(r->process, m->chid, m->index, m->flags);
	return coid == -SK_EBADF ? -SK_ESRCH : coid; /* it has just been destroyed */
}

static bool
is_alive(int pid)
{
	const struct process *p = process_find(pid);

	return p != NULL && p->state <= PROCESS_ALIVE;
}

long
connect_grant_request(struct request *r)
{
	const struct proc_grant *m = (const void *)r->bytes;
	long owner = skink_p_channel_owner(m->chid);
	struct grant *g;

	if (owner < 0 || (int32_t)owner != r->process->pid)
		return -SK_EINVAL;
	if (m->pid != ANY && !is_alive(m->pid))
		return -SK_ESRCH;
	g = grant_of(m->chid);
	if (g->chid != m->chid)
		*g = (struct grant){.chid = m->chid};
	if (m->pid == ANY)
		g->pids[0] = ANY;
	if (is_granted(m->chid, m->pid))
		return 0;
	for (unsigned i = 0; i < PROC_GRANTS; i++) {
		if (!is_alive(g->pids[i])) {
			g->pids[i] = m->pid;
			return 0;
		}
	}
	return -SK_EAGAIN;
}
