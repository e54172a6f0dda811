/* SPDX-License-Identifier: Apache-2.0 */
/* channel.c - channels: their queue, their servers, and what happens to both when the owner goes. A
 * durable channel is parked then, and waits for its service's next instance. Owns the queue; what
 * is in it belongs to message.c and pulse.c.
 */
#include "nucleus.h"

/* Durable channels by service, parked or not: a few each. */
static struct list durable[64];

static struct list *
durable_of(unsigned service)
{
	struct list *l = &durable[service];

	if (l->next == NULL)
		list_init(l);
	return l;
}

struct channel *
channel_any(int64_t chid)
{
	struct channel *ch = pool_find(SKINK_POOL_CHANNEL, chid);

	return ch != NULL && !(ch->flags & CHANNEL_CLOSING) ? ch : NULL;
}

struct channel *
channel_find(const struct process *p, int64_t chid)
{
	struct channel *ch = channel_any(chid);

	return ch != NULL && ch->owner == p ? ch : NULL;
}

/* ---- the queue ---- */

void
channel_enqueue(struct channel *ch, struct heap_node *n, uint64_t key)
{
	struct heap_node *top = ch->queue.root;

	heap_insert(&ch->queue, n, key);
	ch->flags |= CHANNEL_QUEUED;
	ch->queued++;
	if (ch->queue.root != top)
		priority_look_channel(ch);
}

void
channel_dequeue(struct channel *ch, struct heap_node *n)
{
	bool top = ch->queue.root == n;

	heap_remove(&ch->queue, n);
	if (heap_is_empty(&ch->queue))
		ch->flags &= ~CHANNEL_QUEUED;
	ch->queued--;
	if (top)
		priority_look_channel(ch);
}

/* The receiver that came last. Threads of a process that ends get nothing more: they would not see
 * it. */
struct thread *
channel_receiver(const struct channel *ch)
{
	return list_is_empty(&ch->receivers) || ch->owner->state != PROCESS_ALIVE
	    ? NULL
	    : LIST_FIRST(&ch->receivers, struct thread, receive_link);
}

/* It has got something, or goes for it. */
void
receiver_go(struct thread *t, enum task task)
{
	list_unlink(&t->receive_link);
	timer_disarm(&t->timeout);
	t->state = SKINK_STATE_STOPPED;
	t->task = (uint8_t)task;
	priority_update(t);
	thread_ready(t, true);
}

/* Something is queued: a receiver goes for it, in a step of its own. If it cannot have it, another
 * is sent (message.c: take_step, take_quit). */
void
channel_kick(struct channel *ch)
{
	struct thread *t = channel_receiver(ch);

	if (!heap_is_empty(&ch->queue) && t != NULL)
		receiver_go(t, TASK_TAKE);
}

/* ---- servers ---- */

void
channel_serve(struct channel *ch, struct thread *t)
{
	t->serves = ch;
	ch->server_count++;
	list_push_back(&ch->servers, &t->serves_link);
}

void
channel_leave(struct thread *t)
{
	if (t->serves == NULL)
		return;
	t->serves->server_count--;
	list_remove(&t->serves_link);
	t->serves = NULL;
	priority_look(t);
}

/* ---- the end ---- */

/* One waiter; false: none left. */
static bool
step_fail(struct channel *ch, int error)
{
	struct heap_node *n = ch->queue.root;

	if (n == NULL)
		return false;
	if (n->kind == IN_THREAD)
		message_end(CONTAINER(n, struct thread, wait), -error);
	else
		pulse_received(CONTAINER(n, struct pulse, node));
	return true;
}

/* A thread that serves the channel, other than `t`. */
static struct thread *
server_but(const struct channel *ch, const struct thread *t)
{
	for (struct list *l = ch->servers.next; l != &ch->servers; l = l->next) { /* <= 2 */
		struct thread *server = CONTAINER(l, struct thread, serves_link);

		if (server != t)
			return server;
	}
	return NULL;
}

/* One step towards the end of a channel: every message of its is settled, then it is parked (error
 * 0), or its connections learn and it is freed. */
bool
channel_step_end(struct channel *ch, int error)
{
	struct thread *current = hart_self()->current, *other;

	if (error != 0 && !(ch->flags & CHANNEL_CLOSING)) {
		ch->flags |= CHANNEL_CLOSING;
		list_remove(&ch->owner_link);
		if (ch->owner != NULL)
			list_push_front(&ch->owner->channels, &ch->owner_link);
	}
	if (ch->owner != NULL && ch->owner->coiddeath == ch)
		ch->owner->coiddeath = NULL;
	if (!list_is_empty(&ch->clients)) {
		struct thread *client = LIST_FIRST(&ch->clients, struct thread, client_link);

		if (error == 0)
			message_requeue(client);
		else
			message_end(client, -error);
		return true;
	}
	other = server_but(ch, current);
	if (other != NULL) {
		if (other->state == SKINK_STATE_RECEIVE)
			list_unlink(&other->receive_link);
		/* Or it has been sent for what was queued, and not come to it. */
		if (other->state == SKINK_STATE_RECEIVE || other->task == TASK_TAKE) {
			other->task = TASK_NONE;
			thread_wake(other, -SK_ESRCH);
		}
		channel_leave(other);
		return true;
	}
	if (error == 0) {
		if (current->serves == ch)
			channel_leave(current);
		quota_give(ch->owner, SKINK_POOL_CHANNEL);
		list_remove(&ch->owner_link);
		ch->owner = NULL;
		TRACE(CHANNEL_PARK, ch->object.id, ch->queued);
		return false;
	}
	if (step_fail(ch, error))
		return true;
	if (!list_is_empty(&ch->connections)) {
		connection_channel_gone(
		    LIST_FIRST(&ch->connections, struct connection, channel_link));
		if (!list_is_empty(&ch->connections))
			return true;
	}
	/* COMMIT */
	if (current->serves == ch)
		channel_leave(current);
	list_remove(&ch->owner_link);
	list_remove(&ch->durable_link);
	object_free(ch->owner, SKINK_POOL_CHANNEL, ch);
	return false;
}

/* ---- calls ---- */

/* The durable channel of that name; it may have an owner. */
static struct channel *
durable_find(unsigned service, unsigned key)
{
	struct list *head = durable_of(service), *l;

	for (l = head->next; l != head; l = l->next) { /* <= the service's channels */
		struct channel *ch = CONTAINER(l, struct channel, durable_link);

		if (ch->key == key && !(ch->flags & CHANNEL_CLOSING))
			return ch;
	}
	return NULL;
}

long
sys_channel_create(struct thread *t, const uint64_t *a)
{
	struct process *p = t->process;
	bool is_durable = (a[0] & SKINK_CHF_DURABLE) != 0;
	struct channel *ch = NULL;
	long adopted = 0;

	if ((a[0] & ~(uint64_t)SKINK_CHF_ALL) || a[1] > 255)
		return -SK_EINVAL;
	if (is_durable && p->attr.service == 0)
		return -SK_EPERM;
	if ((a[0] & SKINK_CHF_COIDDEATH) && p->coiddeath != NULL)
		return -SK_EBUSY;
	if (is_durable)
		ch = durable_find(p->attr.service, (unsigned)a[1]);
	if (ch != NULL && ch->owner != NULL)
		return -SK_EBUSY;
	if (!quota_left(p, SKINK_POOL_CHANNEL))
		return -SK_EAGAIN;
	if (ch != NULL) {
		adopted = SKINK_CHANNEL_ADOPTED;
		TRACE(CHANNEL_ADOPT, ch->object.id, ch->queued);
	} else {
		ch = pool_new(SKINK_POOL_CHANNEL);
		if (ch == NULL)
			return -SK_EAGAIN;
		list_init(&ch->durable_link);
		list_init(&ch->receivers);
		list_init(&ch->servers);
		list_init(&ch->clients);
		list_init(&ch->connections);
		ch->service = (uint8_t)p->attr.service;
		ch->key = (uint8_t)a[1];
		if (is_durable)
			list_push_back(durable_of(p->attr.service), &ch->durable_link);
	}
	/* COMMIT */
	p->used[SKINK_POOL_CHANNEL]++;
	ch->owner = p;
	ch->flags = (uint32_t)a[0] | (ch->flags & CHANNEL_QUEUED);
	list_push_back(&p->channels, &ch->owner_link);
	if (ch->flags & SKINK_CHF_COIDDEATH)
		p->coiddeath = ch;
	return ch->object.id | adopted;
}

long
sys_channel_destroy(struct thread *t, const uint64_t *a)
{
	struct channel *ch = pool_find(SKINK_POOL_CHANNEL, (int64_t)a[0]);

	if (ch == NULL || ch->owner != t->process)
		return t->progress == 0 ? -SK_EINVAL : 0; /* another has done the rest */
	/* COMMIT */
	t->progress = 1;
	return channel_step_end(ch, SK_ESRCH) ? CALL_AGAIN : 0;
}

long
sys_p_channel_owner(struct thread *, const uint64_t *a)
{
	const struct channel *ch = channel_any((int64_t)a[0]);

	if (ch == NULL)
		return -SK_ESRCH;
	return (ch->owner == NULL ? 0 : ch->owner->object.id) |
	    (ch->flags & SKINK_CHF_PRIVATE ? SKINK_CHANNEL_PRIVATE : 0);
}

long
sys_p_channel_fail(struct thread *, const uint64_t *a)
{
	struct list *head, *l;

	if (a[0] == 0 || a[0] > 63 || a[1] == 0 || a[1] > 4095 || a[2] > SKINK_FAIL_DESTROY)
		return -SK_EINVAL;
	head = durable_of((unsigned)a[0]);
	for (l = head->next; l != head; l = l->next) { /* <= the service's channels */
		struct channel *ch = CONTAINER(l, struct channel, durable_link);

		if (ch->owner != NULL)
			continue;
		if (a[2] & SKINK_FAIL_DESTROY) {
			(void)channel_step_end(ch, (int)a[1]);
			return 1;
		}
		if (step_fail(ch, (int)a[1]))
			return 1;
	}
	return 0;
}
