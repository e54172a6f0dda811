/* SPDX-License-Identifier: Apache-2.0 */
/* pulse.c - pulses, and events that lead to them. Those that the system owes are part of their
 * objects: they cannot be lost, and coalesce with a count while they wait. A program's own come
 * from a pool, at its process's expense. */
#include "nucleus.h"

/* To a receiver that would be the next to run, and would find nothing else: at once. */
static bool
hand_over(struct pulse *p, struct channel *ch)
{
	const struct thread *current = hart_self()->current;
	struct thread *t = channel_receiver(ch);
	int priority, top = ready_top(hart_self());

	if (t == NULL || t->receive.parts > 0)
		return false;
	priority = pulse_lends(p, t) ? p->priority : t->effective;
	if (priority <= top || (current != NULL && priority <= current->effective) ||
	    receive_pulse(t, p) < 0)
		return false;
	/* COMMIT */
	t->regs.x[REG_A0] = 0;
	receiver_go(t, TASK_NONE);
	return true;
}

void
pulse_queue(
    struct pulse *p, struct channel *ch, unsigned priority, int code, uint64_t value, int32_t scoid)
{
	p->count++;
	if (p->channel != NULL) {
		/* It keeps its place: each has always the same priority. */
		p->value = value;
		return;
	}
	p->node.kind = IN_PULSE;
	p->channel = ch;
	p->priority = (uint8_t)priority;
	p->code = (int8_t)code;
	p->value = value;
	p->scoid = scoid;
	hart_self()->pulses++;
	TRACE(PULSE, ch->object.id, code);
	if (hand_over(p, ch))
		return;
	channel_enqueue(ch, &p->node, priority_key(priority, ticket_next()));
	channel_kick(ch);
}

void
pulse_unqueue(struct pulse *p)
{
	if (p->channel == NULL)
		return;
	if (p->payer != 0)
		p->channel->program_pulses--;
	if (heap_has(&p->node))
		channel_dequeue(p->channel, &p->node);
	p->channel = NULL;
	p->count = 0;
}

void
pulse_received(struct pulse *p)
{
	pulse_unqueue(p);
	if (p->payer != 0) {
		object_free(pool_find(SKINK_POOL_PROCESS, p->payer), SKINK_POOL_PULSE, p);
	} else if (p->code == SKINK_PULSE_DISCONNECT) {
		struct connection *c = CONTAINER(p, struct connection, pulse);

		if (c->channel != NULL)
			connection_channel_gone(c);
	}
}

void
pulse_to_procmgr(struct pulse *p, unsigned priority, int code, uint64_t value)
{
	struct list *first = &procmgr->channels;

	if (list_is_empty(first))
		PANIC("procmgr has no channel for the news of", value);
	pulse_queue(p, LIST_FIRST(first, struct channel, owner_link), priority, code, value, -1);
}

/* What a program may send. Returns the pulse's priority; -1 stands for t's own. */
static long
pulse_check(const struct thread *t, int priority, int code)
{
	if (code < 0 || code > 127 || priority < -1 || priority == 0 ||
	    priority > SKINK_PRIORITIES - 2)
		return -SK_EINVAL;
	if (priority > t->process->attr.priority_max)
		return -SK_EPERM;
	return priority > 0 ? priority : t->effective;
}

/* ---- notices: where an event leads ---- */

#define PLAIN_PRIORITY 10 /* of what leads to no pulse */

/* Reads a user's event, whose target is the connection's id then. Returns its priority. */
static long
event_read(const struct thread *t, vaddr_t from, struct skink_event *ev)
{
	struct process *p = t->process;
	const struct connection *c;

	if (user_read(p, from, ev, sizeof(*ev)) < 0)
		return -SK_EFAULT;
	if (ev->notify & ~(SKINK_EV_TYPE_MASK | SKINK_EV_UPDATEABLE))
		return -SK_EINVAL;
	switch (ev->notify & SKINK_EV_TYPE_MASK) {
	case SKINK_EV_NONE:
		return PLAIN_PRIORITY;
	case SKINK_EV_PULSE:
		c = coid_find(p, ev->target);
		if (c == NULL)
			return -SK_EBADF;
		ev->target = c->object.id;
		return pulse_check(t, ev->priority, ev->code);
	case SKINK_EV_SEM:
		return ev->value % sizeof(struct skink_sync) != 0 ||
			aspace_lookup(&p->aspace, ev->value, SKINK_PROT_WRITE) == NULL
		    ? -SK_EFAULT
		    : PLAIN_PRIORITY;
	default:
		return -SK_ENOTSUP;
	}
}

void *
notice_new(struct thread *t, enum skink_pool which, vaddr_t event, long *error)
{
	struct skink_event ev = {.notify = SKINK_EV_NONE};
	bool none = event == 0 && which == SKINK_POOL_INTERRUPT; /* it has a thread */
	long priority = none ? PLAIN_PRIORITY : event_read(t, event, &ev);
	struct notice *n = priority < 0 ? NULL : object_new(t->process, which);

	*error = priority < 0 ? priority : -SK_EAGAIN;
	if (n == NULL)
		return NULL;
	/* COMMIT */
	n->process = t->process;
	n->which = (uint8_t)which;
	n->notify = ev.notify;
	n->pulse.code = (int8_t)ev.code;
	n->pulse.value = ev.value;
	n->pulse.scoid = ev.target;
	n->pulse.priority = (uint8_t)priority;
	list_push_back(&t->process->notices, &n->process_link);
	return n;
}

void
notice_free(struct notice *n)
{
	if (n->which == SKINK_POOL_TIMER)
		timer_disarm(&CONTAINER(n, struct timer, notice)->node);
	else if (n->which == SKINK_POOL_INTERRUPT)
		interrupt_off(CONTAINER(n, struct interrupt, notice));
	pulse_unqueue(&n->pulse);
	list_remove(&n->process_link);
	object_free(n->process, n->which, n);
}

void *
notice_find(const struct process *p, enum skink_pool which, uint64_t id)
{
	struct notice *n = pool_find(which, (int64_t)id);

	return n != NULL && n->process == p ? n : NULL;
}

long
notice_fire(struct notice *n)
{
	struct pulse *p = &n->pulse;
	struct connection *c;

	switch (n->notify & SKINK_EV_TYPE_MASK) {
	case SKINK_EV_PULSE:
		c = pool_find(SKINK_POOL_CONNECTION, p->scoid);
		if (c == NULL || c->channel == NULL || c->lingers)
			return -SK_ESRCH;
		pulse_queue(p, c->channel, p->priority, p->code, p->value, p->scoid);
		return 0;
	case SKINK_EV_SEM:
		return sync_post(n->process, p->value);
	default:
		return 0;
	}
}

/* ---- calls ---- */

long
sys_msg_send_pulse(struct thread *t, struct coid *place, const uint64_t *a)
{
	struct connection *c = place->connection;
	int code = (int32_t)a[2];
	long priority = pulse_check(t, (int32_t)a[1], code);
	struct pulse *p;

	if (priority < 0)
		return priority;
	if (c->channel == NULL || (c->channel->flags & CHANNEL_CLOSING))
		return -SK_ESRCH;
	/* One channel that nobody reads must not hold all pulses there are. */
	if (c->channel->program_pulses >= pools[SKINK_POOL_PULSE].total / 4 + 1)
		return -SK_EAGAIN;
	p = object_new(t->process, SKINK_POOL_PULSE);
	if (p == NULL)
		return -SK_EAGAIN;
	/* COMMIT */
	p->payer = t->process->object.id;
	c->channel->program_pulses++;
	pulse_queue(p, c->channel, (unsigned)priority, code, a[3], c->object.id);
	return 0;
}

long
sys_msg_register_event(struct thread *t, struct coid *place, const uint64_t *a)
{
	long error;
	struct event *e = notice_new(t, SKINK_POOL_EVENT, a[1], &error);

	if (e == NULL)
		return error;
	/* COMMIT */
	e->over = place->connection->object.id;
	return e->notice.object.id;
}

long
sys_notice_free(struct thread *t, const uint64_t *a)
{
	struct notice *n;

	if (a[0] != SKINK_POOL_TIMER && a[0] != SKINK_POOL_INTERRUPT && a[0] != SKINK_POOL_EVENT)
		return -SK_EINVAL;
	n = notice_find(t->process, (enum skink_pool)a[0], a[1]);
	if (n == NULL)
		return -SK_EINVAL;
	/* COMMIT */
	notice_free(n);
	return 0;
}

long
sys_msg_deliver_event(struct thread *t, const uint64_t *a)
{
	struct event *e = pool_find(SKINK_POOL_EVENT, (int64_t)a[0]);
	struct connection *c;

	if (e == NULL || e->notice.process->state != PROCESS_ALIVE)
		return -SK_ESRCH;
	c = pool_find(SKINK_POOL_CONNECTION, e->over);
	if (c == NULL || c->channel == NULL)
		return -SK_ESRCH;
	if (c->channel->owner != t->process)
		return -SK_EPERM;
	/* COMMIT */
	if (e->notice.notify == (SKINK_EV_PULSE | SKINK_EV_UPDATEABLE))
		e->notice.pulse.value = a[1];
	return notice_fire(&e->notice);
}
