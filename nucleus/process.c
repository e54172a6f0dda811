/* SPDX-License-Identifier: Apache-2.0 */
/* process.c - processes: quotas, making, and the end. Owns the order in which what a process had
 * comes back; never decides who may live.
 *
 *   NEW -> ALIVE -> ENDING -> ENDED -> freed
 *
 * ENDING: all threads are marked; the last to die ends the process's channels, connections, timers,
 * interrupts and events, one thing a step, at the priority that its clients lend it. ENDED: its
 * page tables are procmgr's again, which has been told.
 */
#include <string.h>

#include "nucleus.h"

struct process *procmgr;

bool
quota_take(struct process *p, enum skink_pool which)
{
	if (p->used[which] >= p->quota[which])
		return false;
	p->used[which]++;
	return true;
}

void
quota_give(struct process *p, enum skink_pool which)
{
	ASSERT(p->used[which] > 0);
	p->used[which]--;
}

void *
object_new(struct process *p, enum skink_pool which)
{
	void *o = p->used[which] < p->quota[which] ? pool_new(which) : NULL;

	if (o != NULL)
		p->used[which]++;
	return o;
}

void
object_free(struct process *p, enum skink_pool which, void *o)
{
	if (p != NULL)
		quota_give(p, which);
	pool_free(which, o);
}

struct process *
process_find(int64_t pid)
{
	struct process *p = pool_find(SKINK_POOL_PROCESS, pid);

	return p != NULL && p->state == PROCESS_ALIVE ? p : NULL;
}

static void
process_init(struct process *p)
{
	list_init(&p->threads);
	list_init(&p->channels);
	list_init(&p->notices);
}

struct process *
process_first(const char *name)
{
	struct process *p = pool_new(SKINK_POOL_PROCESS);

	ASSERT(p != NULL && procmgr == NULL);
	process_init(p);
	for (unsigned i = 0; i < SKINK_QUOTA_COUNT; i++)
		p->quota[i] = SKINK_INDEX_MASK;
	p->priority_max = SKINK_PRIORITIES - 2;
	p->abilities = ~0ull;
	p->peers = ~0ull;
	for (unsigned i = 0; i < sizeof(p->name) - 1 && name[i] != '\0'; i++)
		p->name[i] = name[i];
	procmgr = p;
	return p;
}

uint64_t
process_runtime(const struct process *p)
{
	uint64_t sum = p->runtime;
	const struct list *l = p->threads.next;

	/* Of those first in the list 24 at most; dead ones are in runtime. */
	for (unsigned i = 0; i < 24 && l != &p->threads; i++, l = l->next)
		sum += CONTAINER(l, struct thread, process_link)->runtime;
	return ticks_ns(sum);
}

/* ---- the end ---- */

void
process_begin_end(struct process *p, int32_t status, int32_t by)
{
	p->state = PROCESS_ENDING;
	aspace_retire(&p->aspace);
	p->status = status;
	p->killed_by = by;
	TRACE(PROCESS_KILL, p->object.id, status);
}

void
process_ended(struct process *p, unsigned priority)
{
	p->state = PROCESS_ENDED;
	aspace_end(&p->aspace);
	TRACE(PROCESS_END, p->object.id, p->status);
	trace_name(p->name);
	pulse_to_procmgr(&p->death, priority, SKINK_PULSE_PROCESSDEATH, (uint64_t)p->object.id);
}

bool
process_step_mark(struct process *p)
{
	struct thread *t;

	if (list_is_empty(&p->threads))
		return false;
	t = LIST_FIRST(&p->threads, struct thread, process_link);
	if (t->dying)
		return false;
	thread_mark(t);
	return true;
}

/* All threads are marked: none comes back to user mode. */
bool
process_step_end(struct process *p)
{
	struct hart *h = hart_self();

	if (!list_is_empty(&p->channels)) {
		struct channel *ch = h->current->serves;

		if (ch == NULL) {
			/* So that those who wait there lend their priority. */
			ch = LIST_FIRST(&p->channels, struct channel, owner_link);
			channel_serve(ch, h->current);
		}
		(void)channel_step_end(
		    ch, (ch->flags & SKINK_CHF_DURABLE) && !(ch->flags & CHANNEL_CLOSING));
		return true;
	}
	if (coids_step_end(p))
		return true;
	if (list_is_empty(&p->notices))
		return false;
	notice_free(LIST_FIRST(&p->notices, struct notice, process_link));
	return true;
}

/* ---- calls ---- */

static bool
attr_is_good(const struct skink_process_attr *attr)
{
	if (attr->service > 63 || attr->priority_max < 1 ||
	    attr->priority_max > SKINK_PRIORITIES - 2)
		return false;
	for (unsigned i = 0; i < SKINK_QUOTA_COUNT; i++)
		if (attr->quota[i] > SKINK_INDEX_MASK)
			return false;
	return true;
}

static void
attr_apply(struct process *p, const struct skink_process_attr *attr)
{
	p->sid = attr->sid;
	p->priority_max = (uint8_t)attr->priority_max;
	p->abilities = attr->abilities;
	p->peers = attr->peers;
	memcpy(p->quota, attr->quota, sizeof(p->quota));
	p->deaths_max = attr->deaths_max > 0 ? attr->deaths_max : 2;
}

long
sys_p_process_create(struct thread *t, const uint64_t *a)
{
	struct skink_process_attr attr;
	struct process *p;

	if (user_read(t->process, a[0], &attr, sizeof(attr)) < 0)
		return -SK_EFAULT;
	if (!attr_is_good(&attr))
		return -SK_EINVAL;
	p = pool_new(SKINK_POOL_PROCESS);
	if (p == NULL)
		return -SK_EAGAIN;
	/* COMMIT */
	process_init(p);
	attr_apply(p, &attr);
	p->ppid = attr.ppid;
	p->service = attr.service;
	memcpy(p->name, attr.name, sizeof(p->name));
	p->name[sizeof(p->name) - 1] = '\0';
	TRACE(PROCESS_CREATE, p->object.id, p->ppid);
	trace_name(p->name);
	return p->object.id;
}

long
sys_p_process_limit(struct thread *t, struct process *p, const uint64_t *a)
{
	struct skink_process_attr attr;

	if (user_read(t->process, a[1], &attr, sizeof(attr)) < 0)
		return -SK_EFAULT;
	if (!attr_is_good(&attr))
		return -SK_EINVAL;
	attr_apply(p, &attr);
	return 0;
}

long
sys_p_process_kill(struct thread *t, struct process *p, const uint64_t *a)
{
	if (p == procmgr)
		return -SK_ESRCH;
	/* One that is new never ran, but it may have connections. */
	if (p->state < PROCESS_ENDING)
		process_begin_end(p, (int32_t)a[1], p->state == PROCESS_NEW ? 0 : (int32_t)a[2]);
	if (process_step_mark(p) && !LIST_FIRST(&p->threads, struct thread, process_link)->dying)
		return CALL_AGAIN;
	if (p->state == PROCESS_ENDING && p->thread_count == 0) {
		if (process_step_end(p))
			return CALL_AGAIN;
		process_ended(p, t->effective);
	}
	return 0;
}

long
sys_p_process_free(struct thread *, struct process *p, const uint64_t *)
{
	if (p->state != PROCESS_ENDED)
		return -SK_EBUSY;
	/* COMMIT */
	pulse_unqueue(&p->death);
	interrupts_revoke(p);
	pool_free(SKINK_POOL_PROCESS, p);
	return 0;
}

long
sys_process_exit(struct thread *t, const uint64_t *a)
{
	struct process *p = t->process;

	if (p == procmgr)
		PANIC("procmgr ended", a[0]);
	if (p->state == PROCESS_ALIVE)
		process_begin_end(p, (int32_t)a[0], p->object.id);
	thread_mark(t); /* and it marks the others, one a step */
	return CALL_BLOCKED;
}

long
sys_process_self(struct thread *t, const uint64_t *a)
{
	struct process *p = t->process;

	switch (a[0]) {
	case SKINK_SELF_PID:
		return p->object.id;
	case SKINK_SELF_PPID:
		return p->ppid;
	case SKINK_SELF_SERVICE:
		return p->service;
	case SKINK_SELF_SESSION:
		return p->sid;
	case SKINK_SELF_ABILITIES:
		return (long)p->abilities;
	case SKINK_SELF_PRIORITY_MAX:
		return p->priority_max;
	default:
		return -SK_EINVAL;
	}
}
