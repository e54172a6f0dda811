/* SPDX-License-Identifier: Apache-2.0 */
/* message.c - send, receive, reply, and the copies between two address spaces. A message stays in
 * its sender's memory until it is answered, so that a server's death loses none.
 *
 *   client:  msg_send -> SEND -> (COPY) -> REPLY -> reply, error, timeout, death
 *
 * A copy is the server thread's alone: what is short in the call, the rest in further steps of it.
 * Each finds the client anew, by its rcvid or as the one in service; so a client that has gone
 * meanwhile needs to tell nobody. A message that is being received when its receiver goes is back
 * in the queue, and has never left it.
 */
#include "nucleus.h"

/* More parts than these are added up in a step of their own. */
#define SHORT_PARTS 8

/* Instructions at most to end a receive, a reply, once its bytes are copied. */
#define COPY_END 330

/* ---- rcvids: the client's slot, and the number of its send ---- */

struct thread *
rcvid_find(const struct process *p, int64_t rcvid)
{
	struct thread *c = pool_at(SKINK_POOL_THREAD, rcvid & SKINK_INDEX_MASK);

	if (rcvid <= 0 || c == NULL || c->object.id == 0 || c->rcvid != rcvid ||
	    c->state != SKINK_STATE_REPLY || c->channel->owner != p)
		return NULL;
	return c;
}

/* ---- the client's side ---- */

/* The client belongs to a server: it waits for its answer. */
static void
hold(struct thread *server, struct thread *client)
{
	client->server = server;
	heap_insert(&server->holds, &client->held, thread_key(client));
	list_push_back(&client->channel->clients, &client->client_link);
	server->in_service = client;
}

static void
leave_server(struct thread *client)
{
	struct thread *server = client->server;

	if (server == NULL)
		return;
	heap_remove(&server->holds, &client->held);
	if (server->in_service == client)
		server->in_service = NULL;
	client->server = NULL;
	priority_look(server);
}

static void
let_go(struct thread *client)
{
	list_unlink(&client->client_link);
	pulse_unqueue(&client->pulse);
	leave_server(client);
}

void
message_forget(struct thread *client)
{
	struct connection *c = client->connection;

	if (client->state == SKINK_STATE_SEND)
		channel_dequeue(client->channel, &client->wait);
	else
		let_go(client);
	c->sends--;
	connection_release(c);
}

void
message_end(struct thread *client, long result)
{
	message_forget(client);
	thread_wake(client, result);
}

void
message_requeue(struct thread *client)
{
	struct channel *ch = client->channel;
	struct thread *server = client->server;

	if (!(ch->flags & SKINK_CHF_DURABLE)) {
		message_end(client, -SK_ESRCH);
		return;
	}
	if (server != NULL && server->in_service == client)
		client->deaths++;
	if (client->deaths >= ch->owner->attr.deaths_max) {
		TRACE(MESSAGE_REFUSED, client->object.id, client->deaths);
		message_end(client, -SK_ESRVRFAULT);
		return;
	}
	let_go(client);
	client->grace = false;
	client->redelivered = 1;
	client->state = SKINK_STATE_SEND;
	if (client->timeout_states & 1u << SKINK_STATE_SEND)
		timeout_start(client, SKINK_STATE_SEND);
	channel_enqueue(ch, &client->wait, thread_key(client));
}

/* A client wants out of its wait: a server that wants to be asked first is asked. False: none. */
bool
message_ask(struct thread *client)
{
	struct channel *ch = client->channel;

	if (client->state != SKINK_STATE_REPLY || client->grace || ch->owner == NULL ||
	    !(ch->flags & SKINK_CHF_UNBLOCK))
		return false;
	client->grace = true;
	timer_arm(&client->timeout, clock_ns() + SKINK_UNBLOCK_GRACE_NS, client->effective);
	pulse_queue(&client->pulse, ch, client->effective, SKINK_PULSE_UNBLOCK,
	    (uint64_t)client->rcvid, client->connection->object.id);
	return true;
}

/* ---- two-party copies ---- */

/* Between a span of t's and a client's message (in) or reply buffer, from `skip` bytes on there. */
static void
copy_set(struct thread *t, const struct span *own, struct thread *client, bool in, uint64_t skip)
{
	const struct span *other = in ? &client->out : &client->in;
	uint64_t left = skip < other->total ? other->total - skip : 0;

	t->copy.own = buffer_of(own, t->process);
	t->copy.other = buffer_of(other, client->process);
	t->copy.in = in;
	t->copy.skip = skip;
	t->copy.left = left < own->total ? left : own->total;
}

/* What is done at once: nothing where parts have to be looked at. */
static enum copy_result
copy_first(struct thread *t)
{
	return copy_step(
	    &t->copy, (t->copy.own.parts | t->copy.other.parts) == 0 ? COPY_IN_CALL : 0, 0);
}

/* A server's buffer: one that is too long is just wrong. */
static long
server_span(struct span *s, struct thread *t, const uint64_t *base_and_len)
{
	long error = span_init(s, t->process, base_and_len[0], (long)base_and_len[1]);

	return error == -SK_EMSGSIZE ? -SK_EINVAL : error;
}

/* One step of a call that copies between the server's buffer and a client's. The bytes copied, once
 * it is done or has come to where the client's is bad: then some are left. */
static long
copy_call(
    struct thread *t, struct thread *client, const uint64_t *base_and_len, bool in, uint64_t skip)
{
	enum copy_result result;
	struct span own;

	if (t->progress == 0) {
		long error = server_span(&own, t, base_and_len);

		if (error < 0)
			return error;
		copy_set(t, &own, client, in, skip);
		t->progress = 1;
		result = copy_first(t);
	} else {
		result = copy_step(&t->copy, COPY_ALONE, COPY_END);
	}
	if (result == COPY_MORE)
		return CALL_AGAIN;
	return result == COPY_BAD_OWN ? -SK_EFAULT : (long)t->copy.own.at;
}

/* ---- receive ---- */

void
message_info(const struct thread *client, struct _msg_info *info)
{
	*info = (struct _msg_info){
	    .pid = client->process->object.id,
	    .tid = client->object.id,
	    .chid = client->channel->object.id,
	    .scoid = client->connection->object.id,
	    .coid = client->connection->coid,
	    .priority = client->effective,
	    .flags = (client->redelivered ? SKINK_MI_REDELIVERED : 0) |
		(client->grace ? SKINK_MI_UNBLOCK_REQ : 0),
	    .msglen = client->received,
	    .srcmsglen = client->out.total,
	    .dstmsglen = client->in.total,
	    .seq = thread_seq(client),
	    .deaths = client->deaths,
	};
}

static long
info_write(struct thread *server, const struct thread *client, vaddr_t to)
{
	struct _msg_info info, *place = user_place(server, to, sizeof(info));

	message_info(client, place != NULL ? place : &info);
	return place != NULL ? 0 : user_write(server->process, to, &info, sizeof(info));
}

/* It goes into the first part of the buffer, cut to that. */
long
receive_pulse(struct thread *t, struct pulse *p)
{
	struct skink_iov part = {(void *)(uintptr_t)t->receive.base, t->receive.total};
	struct _pulse out = {
	    .code = p->code,
	    .value = p->value,
	    .scoid = p->scoid,
	    .count = p->count,
	};
	struct _pulse *place;
	size_t len;

	if (t->receive.parts > 0 && user_read(t->process, t->receive.base, &part, sizeof(part)) < 0)
		return -SK_EFAULT;
	len = part.len < sizeof(out) ? part.len : sizeof(out);
	place = len == sizeof(out) ? user_place(t, (vaddr_t)(uintptr_t)part.base, len) : NULL;
	if (place != NULL)
		*place = out;
	else if (len > 0 && user_write(t->process, (vaddr_t)(uintptr_t)part.base, &out, len) < 0)
		return -SK_EFAULT;
	/* COMMIT */
	TRACE(PULSE_RECEIVE, t->object.id, (uint32_t)p->channel->object.id << 8 | (uint8_t)p->code);
	t->pulse_priority = pulse_lends(p, t) ? p->priority : 0;
	pulse_received(p);
	t->timeout_states = 0;
	return 0;
}

static long
take_end(struct thread *t, struct thread *client)
{
	client->state = SKINK_STATE_REPLY;
	timeout_start(client, SKINK_STATE_REPLY);
	TRACE(RECEIVE, t->object.id, client->object.id);
	return client->rcvid;
}

/* The first message or pulse of a queue that is not empty. */
static long
take_first(struct thread *t, struct channel *ch)
{
	struct heap_node *n = ch->queue.root;
	struct thread *client;

	if (n->kind == IN_PULSE)
		return receive_pulse(t, CONTAINER(n, struct pulse, node));
	client = CONTAINER(n, struct thread, wait);
	copy_set(t, &t->receive, client, true, 0);
	client->received = t->copy.left;
	if (t->receive_info != 0 && info_write(t, client, t->receive_info) < 0)
		return -SK_EFAULT;
	/* COMMIT */
	channel_dequeue(ch, &client->wait);
	client->state = SKINK_STATE_COPY;
	hold(t, client);
	return copy_first(t) == COPY_DONE ? take_end(t, client) : CALL_AGAIN;
}

/* It was not received after all: back to its place in the queue. */
static void
put_back(struct thread *client)
{
	struct channel *ch = client->channel;

	let_go(client);
	client->state = SKINK_STATE_SEND;
	channel_enqueue(ch, &client->wait, thread_key(client));
	channel_kick(ch);
}

static long
take_on(struct thread *t, struct thread *client)
{
	switch (copy_step(&t->copy, COPY_ALONE, COPY_END)) {
	case COPY_DONE:
		return take_end(t, client);
	case COPY_BAD_OWN:
		put_back(client);
		return -SK_EFAULT;
	case COPY_BAD_OTHER:
		message_end(client, -SK_EFAULT);
		return CALL_AGAIN;
	default:
		return CALL_AGAIN;
	}
}

static long
receive_wait(struct thread *t, struct channel *ch)
{
	thread_block(t, SKINK_STATE_RECEIVE);
	list_push_front(&ch->receivers, &t->receive_link);
	priority_update(t);
	return CALL_BLOCKED;
}

/* TASK_TAKE: one step of a thread that has said where to. Its client, if it has one in service, is
 * the one whose message it has begun to take. */
void
take_step(struct thread *t)
{
	struct channel *ch = t->serves;
	long result;

	t->task = TASK_NONE;
	if (t->in_service != NULL) {
		result = take_on(t, t->in_service);
	} else if (ch->flags & CHANNEL_CLOSING) {
		result = -SK_ESRCH;
	} else if (heap_is_empty(&ch->queue)) {
		receive_wait(t, ch);
		return;
	} else {
		result = take_first(t, ch);
		channel_kick(ch);
		priority_update(t);
	}
	if (result == CALL_AGAIN) {
		t->task = TASK_TAKE;
	} else {
		t->timeout_states = 0;
		t->regs.x[REG_A0] = (uint64_t)result;
	}
}

/* t goes elsewhere (it dies, or is made to): what it was about to receive is for another. */
void
take_quit(struct thread *t)
{
	struct thread *client = t->in_service;

	if (t->task != TASK_TAKE)
		return;
	t->task = TASK_NONE;
	t->in_service = NULL;
	if (client == NULL)
		channel_kick(t->serves);
	else if (t->process->state == PROCESS_ALIVE)
		put_back(client);
}

/* The calling thread receives; what is queued already, in a step of its own. */
long
sys_msg_receive(struct thread *t, const uint64_t *a)
{
	struct channel *ch = channel_find(t->process, (int64_t)a[0]);
	long error;

	if (ch == NULL)
		return -SK_ESRCH;
	error = server_span(&t->receive, t, a + 1);
	if (error < 0)
		return error;
	if (t->serves != ch && ch->server_count >= SKINK_CHANNEL_SERVERS)
		return -SK_EAGAIN;
	/* COMMIT */
	if (t->serves != ch) {
		channel_leave(t);
		channel_serve(ch, t);
	}
	t->receive_info = a[3];
	t->in_service = NULL;
	t->pulse_priority = 0;
	t->served = clock_ticks();
	if (heap_is_empty(&ch->queue))
		return receive_wait(t, ch);
	t->task = TASK_TAKE;
	priority_update(t);
	return CALL_BLOCKED;
}

/* ---- reply ---- */

/* With data, or with an error number, negated. */
long
sys_msg_reply(struct thread *t, struct thread *client, const uint64_t *a)
{
	long status = (long)a[1], result;

	if (status < -4095 || status > 1l << 62)
		return -SK_EINVAL;
	result = copy_call(t, client, a + 2, false, 0);
	if (result < 0)
		return result;
	/* COMMIT */
	TRACE(REPLY, t->object.id, client->object.id);
	hart_self()->messages++;
	message_end(client, t->copy.left == 0 ? status : -SK_EFAULT);
	return 0;
}

/* ---- calls ---- */

long
sys_msg_send(struct thread *t, const uint64_t *a)
{
	struct connection *c = coid_find(t->process, (int64_t)a[0]);
	struct span *const spans[] = {&t->out, &t->in};
	struct channel *ch;

	if (c == NULL)
		return -SK_EBADF;
	while (t->progress < 2) { /* t->progress: how many spans are known */
		struct span *s = spans[t->progress];
		long error =
		    span_init(s, t->process, a[1 + 2 * t->progress], (long)a[2 + 2 * t->progress]);

		if (error < 0)
			return error;
		t->progress++;
		if (s->parts > SHORT_PARTS)
			return CALL_AGAIN;
	}
	ch = c->channel;
	if (ch == NULL || (ch->flags & CHANNEL_CLOSING))
		return -SK_ESRCH;
	/* COMMIT */
	t->rcvid += 1 << SKINK_INDEX_BITS;
	t->ticket = ticket_next();
	t->connection = c;
	t->channel = ch;
	t->server = NULL;
	t->deaths = 0;
	t->redelivered = 0;
	c->sends++;
	c->pid = t->process->object.id;
	c->coid = (int32_t)a[0];
	TRACE(SEND, t->object.id, ch->object.id);
	thread_block(t, SKINK_STATE_SEND);
	channel_enqueue(ch, &t->wait, thread_key(t));
	channel_kick(ch);
	return CALL_BLOCKED;
}

#define REPLIED 2 /* t->progress, when the call is executed again for its receive */

long
sys_msg_reply_receive(struct thread *t, const uint64_t *a)
{
	if (a[0] != 0 && t->progress != REPLIED) {
		struct thread *client = rcvid_find(t->process, (int64_t)a[0]);
		long result = client == NULL ? -SK_ESRCH : sys_msg_reply(t, client, a);

		if (result != 0)
			return result;
		t->progress = REPLIED;
		/* Receiving is a step of its own, but after an answer without bytes. */
		if (t->copy.own.at > 0 || (long)a[6] < -SHORT_PARTS)
			return CALL_AGAIN;
	}
	return sys_msg_receive(t, a + 4);
}

long
sys_msg_read(struct thread *t, struct thread *client, const uint64_t *a)
{
	return copy_call(t, client, a + 1, true, a[3]);
}

long
sys_msg_write(struct thread *t, struct thread *client, const uint64_t *a)
{
	return copy_call(t, client, a + 1, false, a[3]);
}

long
sys_msg_info(struct thread *t, struct thread *client, const uint64_t *a)
{
	return info_write(t, client, a[1]);
}

long
sys_msg_current(struct thread *t, struct thread *client, const uint64_t *)
{
	/* COMMIT */
	if (client->server != t) {
		leave_server(client);
		client->server = t;
		heap_insert(&t->holds, &client->held, thread_key(client));
	}
	t->in_service = client;
	priority_update(t);
	return 0;
}
