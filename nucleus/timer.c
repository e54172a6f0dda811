/* SPDX-License-Identifier: Apache-2.0 */
/* timer.c - deadlines: timeouts of waiting threads, programs' timers, budgets that come back.
 * One heap for each band of priorities: what concerns threads below the running one waits for
 * their turn. One expiry a step. Owns the clock's offset; never chooses who runs.
 */
#include "nucleus.h"

static uint64_t realtime_offset; /* REALTIME = MONOTONIC + this */

/* ---- the queues ---- */

void
timer_disarm(struct heap_node *n)
{
	struct hart *h = hart_self();

	if (!heap_has(n))
		return;
	heap_remove(&h->timers[n->band], n);
	band_look(h, n->band);
}

void
timer_arm(struct heap_node *n, uint64_t deadline_ns, unsigned priority)
{
	struct hart *h = hart_self();

	timer_disarm(n);
	n->band = (uint8_t)timer_band(priority);
	heap_insert(&h->timers[n->band], n, deadline_ns);
	band_look(h, n->band);
	/* What is due at once is found at the next look, without an alarm. */
	if (deadline_ns <= clock_ns_at(h->switched))
		h->timer_check = true;
}

void
timer_program(struct hart *h)
{
	const struct thread *t = h->current;
	uint64_t next = h->next_ns[h->band], left = UINT64_MAX;

	/* A slice ends only when there is somebody else to have the next one. */
	if (t != NULL && t->slices && !list_is_empty(&h->ready[t->effective]))
		left = t->slice;
	if (t != NULL && t->budget != 0 && sporadic_left(t) < left)
		left = sporadic_left(t);
	if (left != UINT64_MAX) {
		uint64_t end = clock_ns_at(h->switched + left);

		if (end < next)
			next = end;
	}
	if (next == h->armed_ns)
		return;
	h->armed_ns = next;
	clock_arm(next);
}

/* A thread's wait has lasted long enough. */
static void
timed_out(struct thread *t)
{
	if (t->state == SKINK_STATE_NANOSLEEP)
		thread_wake(t, 0);
	else if (!message_ask(t) && thread_unblock(t))
		thread_wake(t, -SK_ETIMEDOUT);
}

static void
timer_fire(struct timer *timer, uint64_t deadline_ns)
{
	if (timer->interval_ns > 0) {
		uint64_t missed = (clock_ns() - deadline_ns) / timer->interval_ns;

		timer_arm(&timer->node, deadline_ns + (missed + 1) * timer->interval_ns,
		    timer->notice.pulse.priority);
		timer->notice.pulse.count += (uint32_t)missed;
	}
	(void)notice_fire(&timer->notice);
}

static void
expire(struct heap_node *n)
{
	uint64_t deadline_ns = n->key;

	TRACE(TIMER, n->kind, deadline_ns);
	switch ((enum timer_kind)n->kind) {
	case TIMER_TIMEOUT:
		timed_out(CONTAINER(n, struct thread, timeout));
		break;
	case TIMER_OBJECT:
		timer_fire(CONTAINER(n, struct timer, node), deadline_ns);
		break;
	case TIMER_REPLENISH:
		sporadic_replenish(CONTAINER(n, struct thread, sporadic.node));
		break;
	}
}

bool
timer_step(struct hart *h)
{
	uint64_t now = clock_ns();

	if (h->next_ns[h->band] > now)
		return false;
	for (int band = TIMER_BANDS - 1; band >= h->band; band--) {
		struct heap_node *n = h->timers[band].root;

		if (n == NULL || n->key > now)
			continue;
		timer_disarm(n);
		expire(n);
		return true;
	}
	return false;
}

/* ---- timeouts of the calls that block ---- */

void
timeout_start(struct thread *t, enum skink_state state)
{
	if (t->timeout_states & 1u << state) {
		if (!heap_has(&t->timeout))
			timer_arm(&t->timeout, t->timeout_ns, t->effective);
	} else if (t->timeout_states != 0) {
		timer_disarm(&t->timeout);
	}
}

/* A user's time as a deadline on the monotonic clock; false: not a time. */
static bool
deadline_of(uint64_t clock, uint64_t flags, uint64_t ns, uint64_t *deadline)
{
	if ((clock != SKINK_CLOCK_MONOTONIC && clock != SKINK_CLOCK_REALTIME) ||
	    flags & ~(uint64_t)SKINK_TIMER_ABSTIME || ns >= SKINK_NS_MAX)
		return false;
	if (!(flags & SKINK_TIMER_ABSTIME))
		*deadline = clock_ns() + ns;
	else if (clock == SKINK_CLOCK_REALTIME)
		*deadline = ns > realtime_offset ? ns - realtime_offset : 0;
	else
		*deadline = ns;
	return true;
}

/* ---- calls ---- */

long
sys_timer_timeout(struct thread *t, const uint64_t *a)
{
	uint64_t deadline;

	if (!deadline_of(a[0], a[1], a[3], &deadline) || a[2] >= 1u << SKINK_STATE_COUNT)
		return -SK_EINVAL;
	/* COMMIT */
	t->timeout_ns = deadline;
	t->timeout_states = (uint32_t)a[2] & ~(1u << SKINK_STATE_FAULT); /* procmgr's alone */
	return 0;
}

long
sys_thread_sleep(struct thread *t, const uint64_t *a)
{
	uint64_t deadline;

	if (!deadline_of(a[0], a[1], a[2], &deadline))
		return -SK_EINVAL;
	/* COMMIT */
	t->timeout_states = 0;
	thread_block(t, SKINK_STATE_NANOSLEEP);
	timer_arm(&t->timeout, deadline, t->effective);
	return CALL_BLOCKED;
}

long
sys_clock_time(struct thread *t, const uint64_t *a)
{
	uint64_t now = clock_ns();

	switch (a[0]) {
	case SKINK_CLOCK_MONOTONIC:
		break;
	case SKINK_CLOCK_REALTIME:
		now += realtime_offset;
		break;
	case SKINK_CLOCK_THREAD:
		now = ticks_ns(t->runtime + clock_ticks() - hart_self()->switched);
		break;
	case SKINK_CLOCK_PROCESS:
		now = process_runtime(t->process) + ticks_ns(clock_ticks() - hart_self()->switched);
		break;
	default:
		return -SK_EINVAL;
	}
	return user_write(t->process, a[1], &now, sizeof(now));
}

long
sys_p_clock_set(struct thread *, const uint64_t *a)
{
	if (a[0] < clock_ns() || a[0] >= SKINK_NS_MAX)
		return -SK_EINVAL;
	/* COMMIT */
	realtime_offset = a[0] - clock_ns();
	return 0;
}

long
sys_timer_create(struct thread *t, const uint64_t *a)
{
	struct timer *timer;
	long error;

	if (a[0] != SKINK_CLOCK_MONOTONIC && a[0] != SKINK_CLOCK_REALTIME)
		return -SK_EINVAL;
	timer = notice_new(t, SKINK_POOL_TIMER, a[1], &error);
	if (timer == NULL)
		return error;
	/* COMMIT */
	timer->clock = (uint8_t)a[0];
	timer->node.kind = TIMER_OBJECT;
	return timer->notice.object.id;
}

#define INTERVAL_MIN_NS 10000ull /* or a timer could have the hart for itself */

long
sys_timer_settime(struct thread *t, const uint64_t *a)
{
	struct timer *timer = notice_find(t->process, SKINK_POOL_TIMER, a[0]);
	bool look = a[1] == SKINK_TIMER_LOOK;
	uint64_t ns = a[2], interval_ns = a[3], deadline = 0, now = clock_ns();
	long left = 0;

	if (timer == NULL ||
	    (!look &&
		(!deadline_of(timer->clock, a[1], ns, &deadline) || interval_ns >= SKINK_NS_MAX ||
		    (interval_ns > 0 && interval_ns < INTERVAL_MIN_NS))))
		return -SK_EINVAL;
	if (heap_has(&timer->node))
		left = timer->node.key > now ? (long)(timer->node.key - now) : 1;
	/* COMMIT */
	t->regs.x[REG_A1] = timer->interval_ns; /* the second result; it was an argument */
	if (look)
		return left;
	timer_disarm(&timer->node);
	timer->interval_ns = interval_ns;
	if (ns != 0)
		timer_arm(&timer->node, deadline, timer->notice.pulse.priority);
	return left;
}
