/* SPDX-License-Identifier: Apache-2.0 */
/* pulse.c - pulses, and events that lead to them. Those that the system owes are part of their
 * objects: they cannot be lost, and coalesce with a count while they wait. A program's own come
 * from a pool, at its process's expense. */
#include "nucleus.h"

void
pulse_queue(
    struct pulse *p, struct channel *ch, unsigned priority, int code, uint64_t value, int32_t scoid)
{
	p->count++;
	if (p->channel != NULL) {
		p->value = value;
		if (priority > p->priority) {
			p->priority = (uint8_t)priority;
			heap_move(
			    &p->channel->queue, &p->node, priority_key(priority, ticket_next()));
			priority_look_channel(p->channel);
		}
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
		struct connection *c = CONTAINER(p, struct connection, disconnect);

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

/* ---- notices: where an event leads ---- */

static long
notice_init(struct notice *n, struct process *p, const struct skink_event *ev)
{
	struct connection *c;

	*n = (struct notice){.notify = ev->notify & SKINK_EV_TYPE_MASK};
	switch (n->notify) {
	case SKINK_EV_NONE:
		return 0;
	case SKINK_EV_PULSE:
		c = coid_find(p, ev->target);
		if (c == NULL)
			return -SK_EBADF;
		if (ev->code < 0 || ev->code > 127 || ev->priority == 0 || ev->priority < -1 ||
		    ev->priority > SKINK_PRIORITIES - 2)
			return -SK_EINVAL;
		if (ev->priority > p->priority_max)
			return -SK_EPERM;
		n->scoid = c->object.id;
		n->code = (int8_t)ev->code;
		n->priority = ev->priority > 0 ? ev->priority : hart_self()->current->effective;
		n->value = ev->value;
		return 0;
	case SKINK_EV_SEM:
		if (ev->value % sizeof(struct skink_sync) != 0 ||
		    aspace_lookup(&p->aspace, ev->value, SKINK_PROT_WRITE) == NULL)
			return -SK_EFAULT;
		n->value = ev->value;
		return 0;
	default:
		return -SK_ENOTSUP;
	}
}

long
notice_read(struct notice *n, struct process *p, vaddr_t from, struct skink_event *ev)
{
	return user_read(p, from, ev, sizeof(*ev)) < 0 ? -SK_EFAULT : notice_init(n, p, ev);
}

long
notice_fire(struct notice *n, struct process *p)
{
	struct connection *c;

	switch (n->notify) {
	case SKINK_EV_PULSE:
		c = pool_find(SKINK_POOL_CONNECTION, n->scoid);
		if (c == NULL || c->channel == NULL || c->lingers)
			return -SK_ESRCH;
		pulse_queue(
		    &n->pulse, c->channel, (unsigned)n->priority, n->code, n->value, n->scoid);
		return 0;
	case SKINK_EV_SEM:
		return sync_post(p, n->value);
	default:
		return 0;
	}
}

/* ---- registered events ---- */

void
event_free(struct event *e)
{
	pulse_unqueue(&e->notice.pulse);
	list_remove(&e->process_link);
	object_free(e->process, SKINK_POOL_EVENT, e);
}

/* ---- calls ---- */

long
sys_msg_send_pulse(struct thread *t, const uint64_t *a)
{
	struct connection *c = coid_find(t->process, (int64_t)a[0]);
	int64_t priority = (int32_t)a[1], code = (int32_t)a[2];
	struct pulse *p;

	if (c == NULL)
		return -SK_EBADF;
	if (code < 0 || code > 127 || priority < -1 || priority == 0 ||
	    priority > SKINK_PRIORITIES - 2)
		return -SK_EINVAL;
	if (priority > t->process->priority_max)
		return -SK_EPERM;
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
	pulse_queue(p, c->channel, priority > 0 ? (unsigned)priority : t->effective, (int)code,
	    a[3], c->object.id);
	return 0;
}

long
sys_msg_register_event(struct thread *t, const uint64_t *a)
{
	struct connection *c = coid_find(t->process, (int64_t)a[1]);
	struct skink_event ev;
	struct notice notice;
	struct event *e;
	long error;

	if (c == NULL)
		return -SK_EBADF;
	if (user_read(t->process, a[0], &ev, sizeof(ev)) < 0 ||
	    aspace_lookup(&t->process->aspace, a[0], SKINK_PROT_WRITE) == NULL)
		return -SK_EFAULT;
	if (ev.notify & ~(SKINK_EV_TYPE_MASK | SKINK_EV_UPDATEABLE))
		return -SK_EINVAL;
	error = notice_init(&notice, t->process, &ev);
	if (error < 0)
		return error;
	e = object_new(t->process, SKINK_POOL_EVENT);
	if (e == NULL)
		return -SK_EAGAIN;
	/* COMMIT */
	e->process = t->process;
	e->over = c->object.id;
	e->updateable = (ev.notify & SKINK_EV_UPDATEABLE) != 0;
	e->notice = notice;
	list_push_back(&t->process->events, &e->process_link);
	ev.notify |= SKINK_EV_HANDLE;
	ev.target = e->object.id;
	if (user_write(t->process, a[0], &ev, sizeof(ev)) < 0) {
		event_free(e);
		return -SK_EFAULT;
	}
	return 0;
}

/* The event that a handle stands for. */
static long
handle_find(struct process *p, uint64_t address, struct skink_event *ev, struct event **e)
{
	if (user_read(p, address, ev, sizeof(*ev)) < 0)
		return -SK_EFAULT;
	if (!(ev->notify & SKINK_EV_HANDLE))
		return -SK_EINVAL;
	*e = pool_find(SKINK_POOL_EVENT, ev->target);
	return 0;
}

long
sys_msg_unregister_event(struct thread *t, const uint64_t *a)
{
	struct skink_event ev;
	struct event *e;
	long error = handle_find(t->process, a[0], &ev, &e);

	if (error < 0)
		return error;
	if (e == NULL || e->process != t->process)
		return -SK_EINVAL;
	event_free(e);
	return 0;
}

long
sys_msg_deliver_event(struct thread *t, const uint64_t *a)
{
	struct skink_event ev;
	struct connection *c;
	struct event *e;
	long error = handle_find(t->process, a[0], &ev, &e);

	if (error < 0)
		return error;
	if (e == NULL || e->process->state != PROCESS_ALIVE)
		return -SK_ESRCH;
	c = pool_find(SKINK_POOL_CONNECTION, e->over);
	if (c == NULL || c->channel == NULL)
		return -SK_ESRCH;
	if (c->channel->owner != t->process)
		return -SK_EPERM;
	/* COMMIT */
	if (e->updateable && e->notice.notify == SKINK_EV_PULSE)
		e->notice.value = ev.value;
	return notice_fire(&e->notice, e->process);
}
