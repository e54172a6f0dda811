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
#include "nucleus.h"

struct process *procmgr;

bool
quota_left(const struct process *p, enum skink_pool which)
{
	return p->used[which] < p->attr.quota[which];
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
	void *o = quota_left(p, which) ? pool_new(which) : NULL;

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

	return p != NULL && p->state < PROCESS_ENDING ? p : NULL;
}

struct process *
process_create(void)
{
	struct process *p = pool_new(SKINK_POOL_PROCESS);

	if (p != NULL) {
		list_init(&p->threads);
		list_init(&p->channels);
		list_init(&p->notices);
	}
	return p;
}

uint64_t
process_runtime(const struct process *p)
{
	uint64_t sum = p->runtime;
	const struct list *l = p->threads.next;

	for (unsigned i = 0; i < LOOK_PARTS && l != &p->threads; i++, l = l->next)
		sum += CONTAINER(l, struct thread, process_link)->runtime;
	return ticks_ns(sum);
}

/* ---- the end ---- */

void
process_begin_end(struct process *p, int32_t status, int32_t by)
{
	p->state = PROCESS_ENDING;
	p->aspace.asid_epoch = 0; /* the fast path must not find it */
	p->status = status;
	p->killed_by = by;
	TRACE(PROCESS_KILL, p->object.id, status);
}

void
process_ended(struct process *p, unsigned priority)
{
	p->state = PROCESS_ENDED;
	p->aspace = (struct aspace){0}; /* not in force when procmgr comes to run */
	TRACE(PROCESS_END, p->object.id, p->status);
	trace_name(p->attr.name);
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
		(void)channel_step_end(ch,
		    (ch->flags & SKINK_CHF_DURABLE) && !(ch->flags & CHANNEL_CLOSING) ? 0
										      : SK_ESRCH);
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

long
sys_p_process_attr(struct thread *t, const uint64_t *a)
{
	const bool is_new = a[0] == 0;
	struct process *p = is_new ? NULL : process_find((int64_t)a[0]);
	struct skink_process_attr attr;

	if (!is_new && p == NULL)
		return -SK_ESRCH;
	if (user_read(t->process, a[1], &attr, sizeof(attr)) < 0)
		return -SK_EFAULT;
	if (attr.service > 63 || attr.priority_max < 1 || attr.priority_max > SKINK_PRIORITIES - 2)
		return -SK_EINVAL;
	for (unsigned i = 0; i < SKINK_QUOTA_COUNT; i++)
		if (attr.quota[i] > SKINK_INDEX_MASK)
			return -SK_EINVAL;
	attr.name[sizeof(attr.name) - 1] = '\0';
	if (is_new) {
		p = process_create();
		if (p == NULL)
			return -SK_EAGAIN;
		/* COMMIT */
		TRACE(PROCESS_CREATE, p->object.id, attr.ppid);
		trace_name(attr.name);
	}
	p->attr = attr;
	if (attr.sid == -1)
		p->attr.sid = p->object.id;
	return p->object.id;
}

long
sys_p_process_kill(struct thread *t, struct process *p, const uint64_t *a)
{
	if (p == procmgr)
		return -SK_ESRCH;
	/* COMMIT. One that is new never ran, but it may have connections. */
	if (p->state < PROCESS_ENDING)
		process_begin_end(p, (int32_t)a[1], p->state == PROCESS_NEW ? 0 : (int32_t)a[2]);
	if (process_step_mark(p) && !LIST_FIRST(&p->threads, struct thread, process_link)->dying)
		return CALL_AGAIN;
	if (p->state == PROCESS_ENDING && list_is_empty(&p->threads)) {
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
