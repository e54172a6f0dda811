/* SPDX-License-Identifier: Apache-2.0 */
/* thread.c - threads: their making, waiting, waking and end. Owns the states; what a thread waits
 * for is undone by the file of that thing.
 *
 *   STOPPED -> READY <-> RUNNING -> SEND -> REPLY, RECEIVE, MUTEX, ... -> READY
 *   any state -> marked -> READY with TASK_DIE -> freed
 *
 * A thread dies in its own time: it is scheduled at its inherited priority, and settles what it
 * owes step by step. So those who wait for it learn of its end at their priority.
 */
#include <string.h>

#include "nucleus.h"

struct thread *
thread_find(const struct process *p, int64_t tid)
{
	struct thread *t = pool_find(SKINK_POOL_THREAD, tid);

	return t != NULL && t->process == p && !t->dying ? t : NULL;
}

/* ---- waiting and waking ---- */

long
thread_block(struct thread *t, enum skink_state state)
{
	thread_unqueue(t);
	t->state = (uint8_t)state;
	if (t->budget != 0)
		sporadic_block(t, state);
	timeout_start(t, state);
	TRACE(BLOCK, t->object.id, state);
	return CALL_BLOCKED;
}

void
thread_ready(struct thread *t, bool first)
{
	TRACE(READY, t->object.id, t->effective);
	if (t->budget != 0)
		sporadic_ready(t);
	ready_insert(t, first);
}

/* A timeout that is not for the mutex that was waited for stays: a library locks some on its way to
 * the call that it is for. */
void
timeout_end(struct thread *t, enum skink_state state)
{
	timer_disarm(&t->timeout);
	if (state != SKINK_STATE_MUTEX || t->timeout_states & 1u << SKINK_STATE_MUTEX)
		t->timeout_states = 0;
}

/* The wait is over in whatever way. */
static void
wait_ends(struct thread *t)
{
	timeout_end(t, t->state);
	t->grace = false;
}

void
thread_wake(struct thread *t, long result)
{
	wait_ends(t);
	t->regs.x[REG_A0] = (uint64_t)result;
	if (t->state == SKINK_STATE_RUNNING || t->state == SKINK_STATE_READY)
		return;
	t->state = SKINK_STATE_STOPPED;
	priority_update(t);
	thread_ready(t, false);
}

bool
thread_unblock(struct thread *t)
{
	switch ((enum skink_state)t->state) {
	case SKINK_STATE_SEND:
	case SKINK_STATE_REPLY:
	case SKINK_STATE_COPY:
		message_forget(t);
		break;
	case SKINK_STATE_RECEIVE:
		list_unlink(&t->receive_link);
		break;
	case SKINK_STATE_MUTEX:
	case SKINK_STATE_CONDVAR:
	case SKINK_STATE_SEM:
	case SKINK_STATE_JOIN:
		sync_forget(t);
		break;
	case SKINK_STATE_FAULT:
		pulse_unqueue(&t->pulse);
		break;
	case SKINK_STATE_INTR:
		t->interrupt->waiting = NULL;
		break;
	case SKINK_STATE_NANOSLEEP:
	case SKINK_STATE_STOPPED:
		break;
	default:
		return false;
	}
	wait_ends(t);
	t->state = SKINK_STATE_STOPPED;
	return true;
}

/* Whatever it waits for, if it waits, it goes elsewhere. */
static void
leave_wait(struct thread *t)
{
	bool waited = thread_unblock(t);

	priority_update(t);
	if (waited)
		thread_ready(t, false);
}

/* ---- making ---- */

/* Of p's first thread, too: then p is alive. */
long
thread_make(struct process *p, const struct thread *creator, struct skink_thread_attr *attr)
{
	struct thread *t;
	long error;

	if (attr->sched.priority == 0)
		attr->sched.priority = creator->priority;
	if (attr->entry >= SKINK_USER_END || attr->sp > SKINK_USER_END || attr->sp % 16 != 0)
		return -SK_EINVAL;
	error = sched_check(&attr->sched, creator, p);
	if (error < 0)
		return error;
	t = object_new(p, SKINK_POOL_THREAD);
	if (t == NULL)
		return -SK_EAGAIN;
	/* COMMIT */
	t->process = p;
	t->ordinal = ++p->next_ordinal;
	t->rcvid = (int64_t)(t->object.kept << SKINK_INDEX_BITS | t->object.index);
	t->served = clock_ticks();
	t->state = SKINK_STATE_STOPPED;
	t->wait.kind = IN_THREAD;
	t->timeout.kind = TIMER_TIMEOUT;
	list_init(&t->ready_link);
	list_init(&t->boost_link);
	list_init(&t->serves_link);
	list_push_front(&p->threads, &t->process_link);
	arch_thread_start(&t->regs, attr->entry, attr->sp, attr->tp, attr->arg);
	sched_apply(t, &attr->sched);
	t->effective = t->priority;
	priority_update(t);
	memcpy(t->name, attr->name, sizeof(t->name));
	t->name[sizeof(t->name) - 1] = '\0';
	p->state = PROCESS_ALIVE;
	TRACE(THREAD_CREATE, t->object.id, p->object.id);
	thread_ready(t, false);
	return t->object.id;
}

/* ---- the end ---- */

void
thread_mark(struct thread *t)
{
	struct process *p = t->process;

	if (t->dying)
		return;
	t->dying = true;
	list_remove(&t->process_link);
	list_push_back(&p->threads, &t->process_link);
	take_quit(t);
	sporadic_stop(t);
	t->task = TASK_DIE;
	/* Not later than who wants it: nobody between the two delays it. */
	if (t->pulse_priority < hart_self()->current->effective)
		t->pulse_priority = hart_self()->current->effective;
	leave_wait(t);
}

/* One thing that t still owes; false: nothing any more. */
static bool
settle_step(struct thread *t)
{
	if (!heap_is_empty(&t->holds)) {
		struct thread *client = CONTAINER(t->holds.root, struct thread, held);

		if (t->process->state >= PROCESS_ENDING) {
			message_requeue(client);
		} else {
			/* Another thread of the process may answer it. */
			heap_remove(&t->holds, &client->held);
			client->server = NULL;
		}
		return true;
	}
	if (sync_step_end(t))
		return true;
	/* Perhaps it was at that: who waits there must not wait for ever. */
	if (!list_is_empty(&t->process->channels)) {
		struct channel *ch = LIST_FIRST(&t->process->channels, struct channel, owner_link);

		if (ch->flags & CHANNEL_CLOSING) {
			(void)channel_step_end(ch, SK_ESRCH);
			return true;
		}
	}
	return false;
}

void
thread_step_die(struct thread *t)
{
	struct process *p = t->process;
	unsigned priority = t->effective;

	if (settle_step(t)) {
		priority_update(t);
		return;
	}
	if (p->state >= PROCESS_ENDING && process_step_mark(p))
		return;
	if (p->threads.next == p->threads.prev && p->state == PROCESS_ALIVE)
		process_begin_end(p, 0, 0); /* as if it had left with exit(0) */
	/* Whoever has the highest priority among the dying ends what they had in common. */
	if (p->state >= PROCESS_ENDING && process_step_end(p)) {
		priority_update(t);
		return;
	}
	/* COMMIT */
	channel_leave(t);
	timer_disarm(&t->timeout);
	pulse_unqueue(&t->pulse);
	thread_unqueue(t);
	list_remove(&t->boost_link);
	list_remove(&t->process_link);
	if (hart_self()->fpu_owner == t)
		hart_self()->fpu_owner = NULL;
	p->runtime += t->runtime;
	TRACE(THREAD_END, t->object.id, p->object.id);
	t->object.kept = thread_seq(t);
	object_free(p, SKINK_POOL_THREAD, t);
	if (list_is_empty(&p->threads))
		process_ended(p, priority);
}

/* ---- calls ---- */

static long
create(struct thread *t, struct process *p, vaddr_t at)
{
	struct skink_thread_attr attr;

	if (user_read(t->process, at, &attr, sizeof(attr)) < 0)
		return -SK_EFAULT;
	return thread_make(p, t, &attr);
}

long
sys_thread_create(struct thread *t, const uint64_t *a)
{
	return create(t, t->process, a[0]);
}

long
sys_p_process_start(struct thread *t, struct process *p, const uint64_t *a)
{
	return p->state == PROCESS_NEW ? create(t, p, a[1]) : -SK_EBUSY;
}

long
sys_thread_kill(struct thread *t, struct thread *who, const uint64_t *)
{
	thread_mark(who);
	return who == t ? CALL_BLOCKED : 0;
}

long
sys_thread_self(struct thread *t, const uint64_t *)
{
	return t->object.id;
}

long
sys_thread_name(struct thread *t, struct thread *who, const uint64_t *a)
{
	return user_read(t->process, a[1], who->name, sizeof(who->name) - 1);
}

long
sys_p_thread_jump(struct thread *, const uint64_t *a)
{
	struct thread *who = pool_find(SKINK_POOL_THREAD, (int64_t)a[0]);

	if (who == NULL || who->dying || who->process == procmgr)
		return -SK_ESRCH;
	if (a[1] >= SKINK_USER_END)
		return -SK_EINVAL;
	/* COMMIT */
	take_quit(who);
	who->task = TASK_NONE;
	who->progress = 0;
	who->regs.pc = a[1];
	leave_wait(who);
	return 0;
}
