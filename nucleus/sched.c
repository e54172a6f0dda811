/* SPDX-License-Identifier: Apache-2.0 */
/* sched.c - who runs. Owns the ready queues, inheritance and the dispatch loop; never touches a
 * message or a mutex but to find whose priority depends on whose.
 *
 * The nucleus works in steps. Between two of them the loop in nucleus_dispatch looks for
 * interrupts, then does what is due in the order of its priority: inheritance that has still to
 * travel, expired timers, and the best thread, which may itself have a task of the nucleus's to go
 * on with before it returns to user mode.
 */
#include "nucleus.h"

struct hart hart0;

/* ---- ready queues ---- */

void
sched_init(struct hart *h)
{
	for (unsigned i = 0; i < SKINK_PRIORITIES; i++)
		list_init(&h->ready[i]);
	list_init(&h->boosts);
	h->armed_ns = UINT64_MAX;
	h->asid_epoch = h->fast_epoch = 1;
	h->switched = clock_ticks();
	for (unsigned i = 0; i < TIMER_BANDS; i++)
		h->next_ns[i] = UINT64_MAX;
}

int
ready_top(const struct hart *h)
{
	for (int i = SKINK_PRIORITIES / 64 - 1; i >= 0; i--)
		if (h->ready_map[i] != 0)
			return i * 64 + 63 - (int)bits_lowest(h->ready_map[i]);
	return -1;
}

void
ready_insert(struct thread *t, bool first)
{
	struct hart *h = hart_self();

	/* An equal is waited for only by a slice's end. */
	h->look |= h->current == NULL || t->effective + h->current->slices > h->current->effective;
	ready_push(h, t, t->effective, first);
}

void
ready_remove(struct thread *t)
{
	ready_pull(hart_self(), t, t->effective);
}

/* ---- inheritance ---- */

static unsigned
max(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* As design goes: the highest of the pulse it handles (or whoever has it die), of the clients it
 * owes an answer and of the head of the queue it should be serving; if there is none, its own; and
 * never less than those who wait for a mutex of its. A sporadic thread has its own priority for
 * pulses, or they would take it past its budget. *lender: the first of these threads that has
 * that priority; NULL: it is just a pulse's, or its own. */
static unsigned
effective_of(const struct thread *t, struct thread **lender)
{
	const struct heap_node *n;
	unsigned p = 0;

	*lender = NULL;
	if (t->dying || t->serves == NULL || !(t->serves->flags & SKINK_CHF_FIXED_PRIORITY)) {
		p = t->pulse_priority;
		n = t->holds.root;
		if (n != NULL && priority_of(n) >= p) {
			p = priority_of(n);
			*lender = CONTAINER(n, struct thread, held);
		}
		n = t->serves != NULL && t->state != SKINK_STATE_RECEIVE ? t->serves->queue.root
									 : NULL;
		if (n != NULL && priority_of(n) >= p + (*lender != NULL) &&
		    (n->kind == IN_THREAD || !is_sporadic(t))) {
			p = priority_of(n);
			*lender = n->kind == IN_THREAD ? CONTAINER(n, struct thread, wait) : NULL;
		}
	}
	if (p == 0)
		p = priority_now(t);
	n = t->owns.root;
	if (n != NULL && priority_of(n) >= p + (*lender != NULL)) {
		p = priority_of(n);
		n = CONTAINER(n, struct sync, owned)->waiters.root;
		*lender = CONTAINER(n, struct thread, wait);
	}
	return p;
}

/* What rises is looked at first. So whatever rises round a ring of threads that wait for each other
 * has come back to where it began before anything falls, and finds nothing more to raise; one that
 * fell behind one that rose would follow it for ever. Payers rise and fall by their addresses. */
void
priority_look(struct thread *t)
{
	struct hart *h = hart_self();
	struct thread *lender;
	unsigned due;

	if (t == NULL)
		return;
	if (list_is_empty(&h->boosts))
		h->boost_priority = 0;
	due = effective_of(t, &lender);
	h->boost_priority = (uint8_t)max(h->boost_priority, max(t->effective, due));
	h->look = true;
	list_remove(&t->boost_link);
	if (due > t->effective || (due == t->effective && payer_of(t, lender) > t->payer))
		list_push_front(&h->boosts, &t->boost_link);
	else
		list_push_back(&h->boosts, &t->boost_link);
}

void
priority_look_channel(struct channel *ch)
{
	struct list *l;

	for (l = ch->servers.next; l != &ch->servers; l = l->next) { /* <= SKINK_CHANNEL_SERVERS */
		struct thread *t = CONTAINER(l, struct thread, serves_link);

		if (t->state != SKINK_STATE_RECEIVE)
			priority_look(t);
	}
}

/* Puts t, whose priority has changed, where it now belongs, and sees to those who depend on it. */
static void
reorder(struct thread *t)
{
	switch ((enum skink_state)t->state) {
	case SKINK_STATE_SEND:
		heap_move(&t->channel->queue, &t->wait, thread_key(t));
		priority_look_channel(t->channel);
		break;
	case SKINK_STATE_REPLY:
	case SKINK_STATE_COPY:
		if (t->server != NULL) {
			heap_move(&t->server->holds, &t->held, thread_key(t));
			priority_look(t->server);
		}
		break;
	case SKINK_STATE_MUTEX:
	case SKINK_STATE_CONDVAR:
	case SKINK_STATE_SEM:
	case SKINK_STATE_JOIN:
		sync_rekey(t);
		break;
	default:
		break;
	}
	if (heap_has(&t->timeout))
		timer_arm(&t->timeout, t->timeout.key, t->effective);
}

void
priority_update(struct thread *t)
{
	struct hart *h = hart_self();
	struct thread *lender;
	unsigned now = effective_of(t, &lender);
	bool lower = now < t->effective;
	bool paid = (h->sporadics | t->budget) != 0 && payer_update(t, payer_of(t, lender));

	list_remove(&t->boost_link);
	if (now == t->effective && (!paid || t->state == SKINK_STATE_READY))
		return;
	TRACE(BOOST, t->object.id, now);
	h->look = true;
	if (t->state == SKINK_STATE_READY) {
		ready_remove(t);
		t->effective = (uint8_t)now;
		ready_insert(t, lower && t->budget == 0);
		return;
	}
	t->effective = (uint8_t)now;
	reorder(t);
}

/* ---- steps ---- */

/* What riscv/entry.S executes before and after the nucleus proper. */
#define ENTRY_AND_RETURN 90

void
step_begin(unsigned call)
{
	struct hart *h = hart_self();

	h->step_call = call < SKINK_STEP_KINDS ? call : SKINK_STEP_KINDS - 1;
	h->step_start = clock_instret();
}

void
step_end(void)
{
	struct hart *h = hart_self();
	uint64_t now = clock_instret();
	uint32_t step = (uint32_t)(now - h->step_start) + ENTRY_AND_RETURN;

	if (step > h->max_step[h->step_call])
		h->max_step[h->step_call] = step;
	h->step_start = now;
}

/* ---- dispatch ---- */

void
account(struct hart *h, struct thread *t)
{
	uint64_t now = clock_ticks(), used = now - h->switched;

	h->switched = now;
	if (t == NULL) {
		h->idle += used;
		return;
	}
	t->runtime += used;
	t->slice = used < t->slice ? t->slice - used : 0;
	if (t->budget != 0)
		sporadic_charge(t, used);
}

void
thread_unqueue(struct thread *t)
{
	struct hart *h = hart_self();

	if (t->state == SKINK_STATE_READY)
		ready_remove(t);
	if (t == h->current) {
		account(h, t);
		t->since = h->switched;
		h->current = NULL;
	}
}

static void
run(struct hart *h, struct thread *t)
{
	ready_remove(t);
	t->state = SKINK_STATE_RUNNING;
	/* The way to a thread with a payer is paid too, or messages would be had for nothing. */
	account(h, t->budget != 0 ? t : NULL);
	if (t->slice == 0)
		t->slice = ns_ticks(SLICE_NS);
	h->current = t;
	h->switches++;
	TRACE(SWITCH, t->object.id, t->effective);
}

/* Puts the running thread back: behind its equals when its slice is used up, before them when
 * it is merely preempted. */
static void
preempt(struct hart *h, bool last)
{
	struct thread *t = h->current;

	thread_unqueue(t);
	if (last)
		t->slice = 0;
	ready_insert(t, !last);
}

/* The best thread gets the hart; false: it had it already. */
static bool
make_current(struct hart *h, int best)
{
	if (h->current != NULL && h->current->effective == best)
		return false;
	if (h->current != NULL)
		preempt(h, false);
	run(h, CONTAINER(h->ready[best].next, struct thread, ready_link));
	return true;
}

static bool
slice_is_over(struct hart *h)
{
	const struct thread *t = h->current;
	uint64_t used = clock_ticks() - h->switched;

	return (t->slices && used >= t->slice) || (t->budget != 0 && used >= sporadic_left(t));
}

/* What the hart should look at: timers of a band only while nobody above it is to run. */
static void
set_band(struct hart *h, int top)
{
	unsigned band = top < 0 ? 0 : timer_band((unsigned)top);

	if (band < h->band)
		h->timer_check = true;
	h->band = (uint8_t)band;
}

/* One thing that has to be done before a thread can run; false: nothing. */
static bool
work_step(struct hart *h, int top)
{
	if (!list_is_empty(&h->boosts) && (int)h->boost_priority >= top) {
		priority_update(LIST_FIRST(&h->boosts, struct thread, boost_link));
		return true;
	}
	if (h->timer_check) {
		h->timer_check = timer_step(h);
		if (h->timer_check)
			return true;
		if (h->armed_ns == UINT64_MAX)
			timer_program(h); /* the next may come while the nucleus is at work */
		if (h->current != NULL && slice_is_over(h)) {
			preempt(h, true);
			return true;
		}
	}
	return false;
}

/* A task of the nucleus's own that t has to do before it returns to user mode. One step. */
static void
task_run(struct thread *t)
{
	if (t->task == TASK_DIE) {
		thread_step_die(t);
	} else if (t->task == TASK_AGAIN) {
		t->task = TASK_NONE;
		call_execute(t);
	} else {
		take_step(t);
	}
}

void
nucleus_dispatch(void)
{
	struct hart *h = hart_self();

	for (;;) {
		int top = ready_top(h);
		int running = h->current == NULL ? -1 : h->current->effective;
		int best = running > top ? running : top;

		step_end();
		set_band(h, best);
		/* Taken as from the best thread's user mode: what it wakes, and is above all
		 * others, goes on at once. */
		if (arch_interrupt_pending()) {
			if (best >= 0)
				(void)make_current(h, best);
			arch_interrupt();
			continue;
		}
		if (work_step(h, best))
			continue;
		if (best < 0) {
			timer_program(h);
			interrupt_level(h, 0);
			account(h, NULL);
			arch_wait();
			arch_interrupt();
			continue;
		}
		if (make_current(h, best) && h->current->budget != 0)
			continue; /* it may just have used up its budget */
		if (h->current->process->state >= PROCESS_ENDING)
			thread_mark(h->current);
		if (h->current->task == TASK_NONE)
			break;
		if (slice_is_over(h))
			preempt(h, true);
		else
			task_run(h->current);
	}
	h->look = false;
	interrupt_level(h, h->current->effective);
	timer_program(h);
	aspace_switch(&h->current->process->aspace);
	fpu_look(h);
}

/* ---- policies ---- */

int
policy_of(const struct thread *t)
{
	return is_sporadic(t) ? SKINK_SCHED_SPORADIC
	    : t->slices       ? SKINK_SCHED_RR
			      : SKINK_SCHED_FIFO;
}

long
sched_check(struct skink_sched *s, const struct thread *model, const struct process *p)
{
	if (s->policy == SKINK_SCHED_NOCHANGE) {
		s->policy = policy_of(model);
		s->sporadic = model->sporadic.set;
	}
	if (s->priority < 1 || s->priority > SKINK_PRIORITIES - 2 ||
	    (s->policy != SKINK_SCHED_FIFO && s->policy != SKINK_SCHED_RR && !sporadic_is_good(s)))
		return -SK_EINVAL;
	return s->priority > p->attr.priority_max ? -SK_EPERM : 0;
}

void
sched_apply(struct thread *t, const struct skink_sched *s)
{
	sporadic_stop(t);
	t->slices = s->policy == SKINK_SCHED_RR;
	t->priority = (uint8_t)s->priority;
	if (s->policy == SKINK_SCHED_SPORADIC)
		sporadic_start(t, &s->sporadic);
	hart_self()->look = true;
}

/* ---- calls ---- */

long
sys_sched_get(struct thread *t, struct thread *who, const uint64_t *a)
{
	struct skink_sched s = {
	    .policy = policy_of(who),
	    .priority = who->priority,
	    .effective = who->effective,
	    .sporadic = who->sporadic.set,
	};

	return user_write(t->process, a[1], &s,
	    is_sporadic(who) ? sizeof(s) : offsetof(struct skink_sched, sporadic));
}

long
sys_sched_set(struct thread *t, struct thread *who, const uint64_t *a)
{
	struct skink_sched s;
	bool unchanged;
	long error;

	if (user_read(t->process, a[1], &s, sizeof(s)) < 0)
		return -SK_EFAULT;
	unchanged = s.policy == SKINK_SCHED_NOCHANGE;
	error = sched_check(&s, who, t->process);
	if (error < 0)
		return error;
	/* COMMIT */
	if (unchanged && is_sporadic(who))
		sporadic_priority(who, (unsigned)s.priority);
	else
		sched_apply(who, &s);
	priority_update(who);
	return 0;
}

long
sys_sched_yield(struct thread *, const uint64_t *)
{
	preempt(hart_self(), true);
	return 0;
}
