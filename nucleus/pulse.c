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
	if (p->pooled)
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
	if (p->pooled) {
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

/* What a program may send: priority -1 stands for its own. */
static long
pulse_check(const struct process *p, int priority, int code)
{
	if (code < 0 || code > 127 || priority < -1 || priority == 0 ||
	    priority > SKINK_PRIORITIES - 2)
		return -SK_EINVAL;
	return priority > p->attr.priority_max ? -SK_EPERM : 0;
}

/* ---- notices: where an event leads ---- */

static long
event_check(struct process *p, const struct skink_event *ev)
{
	switch (ev->notify & SKINK_EV_TYPE_MASK) {
	case SKINK_EV_NONE:
		return 0;
	case SKINK_EV_PULSE:
		if (coid_find(p, ev->target) == NULL)
			return -SK_EBADF;
		return pulse_check(p, ev->priority, ev->code);
	case SKINK_EV_SEM:
		return ev->value % sizeof(struct skink_sync) != 0 ||
			aspace_lookup(&p->aspace, ev->value, SKINK_PROT_WRITE) == NULL
		    ? -SK_EFAULT
		    : 0;
	default:
		return -SK_ENOTSUP;
	}
}

void *
notice_new(struct process *p, enum skink_pool which, const struct skink_event *ev, long *error)
{
	struct notice *n;

	*error = event_check(p, ev);
	if (*error < 0)
		return NULL;
	*error = -SK_EAGAIN;
	n = object_new(p, which);
	if (n == NULL)
		return NULL;
	/* COMMIT */
	n->process = p;
	n->which = (uint8_t)which;
	n->notify = ev->notify & SKINK_EV_TYPE_MASK;
	n->pulse.code = (int8_t)ev->code;
	n->pulse.value = ev->value;
	n->pulse.priority = 10;
	if (n->notify == SKINK_EV_PULSE) {
		n->pulse.scoid = coid_find(p, ev->target)->object.id;
		n->pulse.priority =
		    ev->priority > 0 ? (uint8_t)ev->priority : hart_self()->current->effective;
	}
	list_push_back(&p->notices, &n->process_link);
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

	switch (n->notify) {
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
	int priority = (int32_t)a[1], code = (int32_t)a[2];
	long error = pulse_check(t->process, priority, code);
	struct pulse *p;

	if (error < 0)
		return error;
	if (c->channel == NULL || (c->channel->flags & CHANNEL_CLOSING))
		return -SK_ESRCH;
	/* One channel that nobody reads must not hold all pulses there are. */
	if (c->channel->program_pulses >= pools[SKINK_POOL_PULSE].total / 4 + 1)
		return -SK_EAGAIN;
	p = object_new(t->process, SKINK_POOL_PULSE);
	if (p == NULL)
		return -SK_EAGAIN;
	/* COMMIT */
	p->pooled = true;
	p->payer = t->process->object.id;
	c->channel->program_pulses++;
	pulse_queue(p, c->channel, priority > 0 ? (unsigned)priority : t->effective, code, a[3],
	    c->object.id);
	return 0;
}

long
sys_msg_register_event(struct thread *t, const uint64_t *a)
{
	struct connection *c = coid_find(t->process, (int64_t)a[1]);
	struct skink_event ev;
	struct event *e;
	long error;

	if (c == NULL)
		return -SK_EBADF;
	if (user_read(t->process, a[0], &ev, sizeof(ev)) < 0)
		return -SK_EFAULT;
	if (ev.notify & ~(SKINK_EV_TYPE_MASK | SKINK_EV_UPDATEABLE))
		return -SK_EINVAL;
	e = notice_new(t->process, SKINK_POOL_EVENT, &ev, &error);
	if (e == NULL)
		return error;
	e->over = c->object.id;
	e->updateable = (ev.notify & SKINK_EV_UPDATEABLE) != 0;
	ev.notify |= SKINK_EV_HANDLE;
	ev.target = e->notice.object.id;
	if (user_write(t->process, a[0], &ev, sizeof(ev)) < 0) {
		notice_free(&e->notice);
		return -SK_EFAULT;
	}
	return 0;
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
	struct skink_event ev;
	struct connection *c;
	struct event *e;

	if (user_read(t->process, a[0], &ev, sizeof(ev)) < 0)
		return -SK_EFAULT;
	if (!(ev.notify & SKINK_EV_HANDLE))
		return -SK_EINVAL;
	e = pool_find(SKINK_POOL_EVENT, ev.target);
	if (e == NULL || e->notice.process->state != PROCESS_ALIVE)
		return -SK_ESRCH;
	c = pool_find(SKINK_POOL_CONNECTION, e->over);
	if (c == NULL || c->channel == NULL)
		return -SK_ESRCH;
	if (c->channel->owner != t->process)
		return -SK_EPERM;
	/* COMMIT */
	if (e->updateable && e->notice.notify == SKINK_EV_PULSE)
		e->notice.pulse.value = ev.value;
	return notice_fire(&e->notice);
}
