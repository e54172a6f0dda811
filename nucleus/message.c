/* SPDX-License-Identifier: Apache-2.0 */
/* message.c - send, receive, reply, and the copies between two address spaces. A message stays in
 * its sender's memory until it is answered, so that a server's death loses none.
 *
 *   client:  msg_send -> SEND -> (COPY) -> REPLY -> reply, error, timeout, death
 *
 * A copy is active at the server's side alone: what is short in the call, the rest as the server
 * thread's task, step by step, while the client stays where it is and names its copier. If either
 * ends, the other is put back to a state of which the copy never was.
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
	    (c->state != SKINK_STATE_REPLY && c->state != SKINK_STATE_COPY) ||
	    c->channel->owner != p)
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

	if (client->copier != NULL)
		copy_abort(client);
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
	if (client->copier != NULL)
		copy_abort(client);
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

	if ((client->state != SKINK_STATE_REPLY && client->state != SKINK_STATE_COPY) ||
	    client->grace || ch->owner == NULL || !(ch->flags & SKINK_CHF_UNBLOCK))
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

/* What is done in the call: nothing where parts have to be looked at. */
static enum copy_result
copy_first(struct thread *t)
{
	bool short_one = (t->copy.own.parts | t->copy.other.parts) == 0;

	return copy_step(&t->copy, short_one ? COPY_IN_CALL : 0, 0);
}

static void
copy_begin(struct thread *active, struct thread *passive, enum task task)
{
	active->peer = passive;
	active->task = (uint8_t)task;
	passive->copier = active;
}

static void
copy_end(struct thread *active)
{
	active->peer->copier = NULL;
	active->peer = NULL;
	active->task = TASK_NONE;
}

/* The passive party goes. The active one's call fails, or receives something else. */
void
copy_abort(struct thread *passive)
{
	struct thread *active = passive->copier;
	enum task task = active->task;

	copy_end(active);
	if (task == TASK_RECEIVE)
		active->task = TASK_TAKE;
	else
		active->regs.x[REG_A0] = (uint64_t)-SK_ESRCH;
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

/* The active party goes (it dies, or is made to go elsewhere). The client waits as if the copy
 * had not begun. */
void
copy_quit(struct thread *active)
{
	struct thread *client = active->peer;
	enum task task = active->task;

	if (task == TASK_TAKE) {
		active->task = TASK_NONE;
		channel_kick(active->serves);
	}
	if (client == NULL)
		return;
	copy_end(active);
	client->state = SKINK_STATE_REPLY;
	if (task != TASK_RECEIVE)
		return;
	active->in_service = NULL;
	if (active->process->state == PROCESS_ALIVE)
		put_back(client);
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

/* Where t may write a small thing at once; NULL: not aligned, not in one page, or not allowed. */
static void *
place_of(const struct thread *t, vaddr_t to, size_t size)
{
	if (to % sizeof(uint64_t) != 0 || to % SKINK_PAGE > SKINK_PAGE - size)
		return NULL;
	return aspace_lookup(&t->process->aspace, to, SKINK_PROT_WRITE);
}

static long
info_write(struct thread *server, const struct thread *client, vaddr_t to)
{
	struct _msg_info info, *place = place_of(server, to, sizeof(info));

	message_info(client, place != NULL ? place : &info);
	return place != NULL ? 0 : user_write(server->process, to, &info, sizeof(info));
}

long
receive_pulse(struct thread *t, struct pulse *p)
{
	struct buffer to = buffer_of(&t->receive, t->process);
	struct _pulse out = {
	    .code = p->code,
	    .value = p->value,
	    .scoid = p->scoid,
	    .count = p->count,
	};
	struct _pulse *place = to.left >= sizeof(out) ? place_of(t, to.piece, sizeof(out)) : NULL;

	if (place != NULL)
		*place = out;
	else if (buffer_write(&to, &out, sizeof(out)) < 0)
		return -SK_EFAULT;
	/* COMMIT */
	TRACE(PULSE_RECEIVE, t->object.id, (uint32_t)p->channel->object.id << 8 | (uint8_t)p->code);
	t->pulse_priority = pulse_lends(p, t) ? p->priority : 0;
	pulse_received(p);
	t->timeout_states = 0;
	return 0;
}

static long
receive_finish(struct thread *t, struct thread *client)
{
	client->state = SKINK_STATE_REPLY;
	timeout_start(client, SKINK_STATE_REPLY);
	TRACE(RECEIVE, t->object.id, client->object.id);
	return client->rcvid;
}

/* The first message or pulse of a queue that is not empty. */
static long
receive_first(struct thread *t, struct channel *ch)
{
	struct heap_node *n = ch->queue.root;
	struct thread *client;
	enum copy_result result;

	if (n->kind == IN_PULSE)
		return receive_pulse(t, CONTAINER(n, struct pulse, node));
	client = CONTAINER(n, struct thread, wait);
	copy_set(t, &t->receive, client, true, 0);
	client->received = t->copy.left;
	if (t->receive_info != 0 && info_write(t, client, t->receive_info) < 0)
		return -SK_EFAULT;
	result = copy_first(t);
	if (result == COPY_BAD_OWN)
		return -SK_EFAULT;
	if (result == COPY_BAD_OTHER) {
		message_end(client, -SK_EFAULT);
		return CALL_AGAIN;
	}
	/* COMMIT */
	channel_dequeue(ch, &client->wait);
	client->state = SKINK_STATE_COPY;
	hold(t, client);
	if (result == COPY_DONE)
		return receive_finish(t, client);
	copy_begin(t, client, TASK_RECEIVE);
	return CALL_BLOCKED;
}

/* A server's buffer: one that is too long is just wrong. */
static long
server_span(struct span *s, struct thread *t, const uint64_t *base_and_len)
{
	long error = span_init(s, t->process, base_and_len[0], (long)base_and_len[1]);

	return error == -SK_EMSGSIZE ? -SK_EINVAL : error;
}

static long
receive_wait(struct thread *t, struct channel *ch)
{
	thread_block(t, SKINK_STATE_RECEIVE);
	list_push_front(&ch->receivers, &t->receive_link);
	priority_update(t);
	return CALL_BLOCKED;
}

/* Receives for a thread that has said where to. */
static long
take(struct thread *t)
{
	struct channel *ch = t->serves;
	long result;

	if (ch->flags & CHANNEL_CLOSING)
		return -SK_ESRCH;
	if (heap_is_empty(&ch->queue))
		return receive_wait(t, ch);
	result = receive_first(t, ch);
	if (result == CALL_AGAIN) {
		t->task = TASK_TAKE;
		result = CALL_BLOCKED;
	} else {
		/* A copy that fails has the thread wait after all. */
		if (result != CALL_BLOCKED)
			t->timeout_states = 0;
		channel_kick(ch);
	}
	priority_update(t);
	return result;
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

static void
reply_finish(struct thread *t, struct thread *client, long status)
{
	TRACE(REPLY, t->object.id, client->object.id);
	hart_self()->messages++;
	message_end(client, status);
}

/* Answers with data. 0, an error, or CALL_BLOCKED: it has become a task. */
long
sys_msg_reply(struct thread *t, struct thread *client, const uint64_t *a)
{
	enum copy_result result;
	struct span own;
	long error;

	if (a[1] > 1ull << 62)
		return -SK_EINVAL;
	error = server_span(&own, t, a + 2);
	if (error < 0)
		return error;
	copy_set(t, &own, client, false, 0);
	result = copy_first(t);
	if (result == COPY_BAD_OWN)
		return -SK_EFAULT;
	/* COMMIT */
	if (client->copier != NULL)
		copy_abort(client);
	if (result == COPY_MORE) {
		client->state = SKINK_STATE_COPY;
		copy_begin(t, client, TASK_REPLY);
		return CALL_BLOCKED;
	}
	reply_finish(t, client, result == COPY_DONE ? (long)a[1] : -SK_EFAULT);
	return 0;
}

/* ---- tasks ---- */

static void
task_result(struct thread *t, long result)
{
	t->regs.x[REG_A0] = (uint64_t)result;
}

static void
receive_end(struct thread *t, struct thread *client, enum copy_result result)
{
	if (result == COPY_BAD_OTHER) {
		message_end(client, -SK_EFAULT);
		t->task = TASK_TAKE;
		return;
	}
	t->timeout_states = 0;
	if (result == COPY_DONE) {
		task_result(t, receive_finish(t, client));
	} else {
		put_back(client);
		task_result(t, -SK_EFAULT);
	}
}

static void
reply_end(struct thread *t, struct thread *client, enum copy_result result)
{
	client->state = SKINK_STATE_REPLY;
	if (result == COPY_BAD_OWN) {
		task_result(t, -SK_EFAULT);
		return;
	}
	reply_finish(t, client, result == COPY_DONE ? (long)t->regs.x[REG_A1] : -SK_EFAULT);
	if (t->regs.x[REG_T0] == SKINK_SYS_msg_reply_receive) {
		t->progress = 1;
		t->task = TASK_AGAIN;
	} else {
		task_result(t, 0);
	}
}

static void
copy_task(struct thread *t)
{
	struct thread *client = t->peer;
	enum task task = t->task;
	enum copy_result result = copy_step(&t->copy, COPY_ALONE, COPY_END);

	if (result == COPY_MORE)
		return;
	copy_end(t);
	if (task == TASK_RECEIVE)
		receive_end(t, client, result);
	else if (task == TASK_REPLY)
		reply_end(t, client, result);
	else
		task_result(t, result == COPY_BAD_OWN ? -SK_EFAULT : (long)t->copy.own.at);
}

void
task_step(struct thread *t)
{
	if (t->task == TASK_TAKE) {
		long result;

		t->task = TASK_NONE;
		result = take(t);
		if (result != CALL_BLOCKED)
			task_result(t, result);
	} else {
		ASSERT(t->peer != NULL);
		copy_task(t);
	}
}

/* msg_read and msg_write. */
static long
transfer(struct thread *t, struct thread *client, const uint64_t *a, enum task task)
{
	struct span own;
	long error;

	if (client->copier != NULL)
		return -SK_EBUSY;
	error = server_span(&own, t, a + 1);
	if (error < 0)
		return error;
	copy_set(t, &own, client, task == TASK_READ, a[3]);
	if (t->copy.left == 0)
		return 0;
	copy_begin(t, client, task);
	return CALL_BLOCKED;
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

long
sys_msg_error(struct thread *t, struct thread *client, const uint64_t *a)
{
	if (a[1] == 0 || a[1] > 4095)
		return -SK_EINVAL;
	reply_finish(t, client, -(long)a[1]);
	return 0;
}

/* t->progress says that the reply is done, when the call is executed again for its receive. */
long
sys_msg_reply_receive(struct thread *t, const uint64_t *a)
{
	if (a[0] != 0 && t->progress == 0) {
		struct thread *client = rcvid_find(t->process, (int64_t)a[0]);
		long result = client == NULL ? -SK_ESRCH : sys_msg_reply(t, client, a);

		if (result != 0)
			return result;
		t->progress = 1;
		/* Receiving is a step of its own, but after an answer without bytes. */
		if (t->copy.own.at > 0 || (long)a[6] < -SHORT_PARTS)
			return CALL_AGAIN;
	}
	return sys_msg_receive(t, a + 4);
}

long
sys_msg_read(struct thread *t, struct thread *client, const uint64_t *a)
{
	return transfer(t, client, a, TASK_READ);
}

long
sys_msg_write(struct thread *t, struct thread *client, const uint64_t *a)
{
	return transfer(t, client, a, TASK_WRITE);
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
