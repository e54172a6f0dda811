/* SPDX-License-Identifier: Apache-2.0 */
/* fast.c - the short way of the calls that programs make most: checks, COMMIT, a straight line. Each
 * function is entered with its call's arguments, and does what the general way would do in the
 * one case that is nearly always there; for any other it goes the general way, having changed
 * nothing. Linked or left out: nothing else depends on it (riscv/entry.S, test/scene.c).
 *
 * Compiled with all registers at its disposal: who is current has been saved, and nobody is
 * returned to (arch_fast.h).
 */
#include "arch_fast.h"
#include "nucleus.h"

#define OTHERWISE(x) __builtin_expect((x), 0)

/* What `special` says of either: 0 is nothing; with floating point registers the way is a little
 * longer; slices matter only to those who have equals waiting; all else is not for here. */
static inline bool
special_allows(const struct hart *h, const struct thread *a, const struct thread *b)
{
	return (a->timeout_states | b->timeout_states) == 0 && (a->budget | b->budget) == 0 &&
	    ((a->slices | b->slices) == 0 || list_is_empty(&h->ready[a->effective]));
}

/* The hart goes from one to the other, at the same priority. */
static inline void
hand_over(struct hart *h, struct thread *from, struct thread *to)
{
	uint64_t now = fast_ticks();

	from->runtime += now - h->switched;
	from->since = now;
	to->state = SKINK_STATE_RUNNING;
	h->switched = now;
	h->current = to;
}

static inline void
leave(struct thread *from, struct thread *to, uint64_t result, uint64_t special)
{
	if (OTHERWISE(special != 0))
		fast_leave_fpu(from, to, result);
	else
		fast_leave(to, result);
}

/* Where the server wants to be told of the message; NULL: not that easy. */
static inline struct _msg_info *
info_place(const struct thread *s)
{
	if (s->receive_info % sizeof(uint64_t) != 0 ||
	    s->receive_info % SKINK_PAGE > SKINK_PAGE - sizeof(struct _msg_info))
		return NULL;
	return fast_lookup(&s->process->aspace, s->receive_info, SKINK_PROT_WRITE);
}

void
fast_msg_send(uint64_t coid, vaddr_t msg, uint64_t len, vaddr_t reply, uint64_t reply_len)
{
	struct hart *h = fast_hart();
	struct thread *t = h->current, *s;
	struct _msg_info *info = NULL;
	const struct coids *chunk;
	struct connection *c;
	struct channel *ch;
	uint64_t n, special;

	if (OTHERWISE((coid & ~(uint64_t)(SKINK_SIDE_CHANNEL | (SKINK_COIDS - 1))) != 0))
		goto general;
	chunk = t->process->coids[(coid | coid >> 20) % (2 * SKINK_COIDS) / COIDS_PER_CHUNK];
	if (OTHERWISE(chunk == NULL))
		goto general;
	c = chunk->coid[coid % COIDS_PER_CHUNK].connection;
	if (OTHERWISE(c == NULL))
		goto general;
	ch = c->channel;
	if (OTHERWISE(ch == NULL))
		goto general;
	s = CONTAINER(ch->receivers.next, struct thread, receive_link);
	if (OTHERWISE(&s->receive_link == &ch->receivers ||
		(ch->flags & (CHANNEL_CLOSING | SKINK_CHF_FIXED_PRIORITY)) != 0))
		goto general;
	n = s->receive.size;
	if (OTHERWISE((len | reply_len | n) >> 31 != 0 || s->holds.root != NULL ||
		s->owns.root != NULL))
		goto general;
	special = t->special | s->special;
	if (OTHERWISE(special != 0) && !special_allows(h, t, s))
		goto general;
	if (OTHERWISE(s->receive_info != 0) && (info = info_place(s)) == NULL)
		goto general;
	if (n > len)
		n = len;
	if (OTHERWISE(!fast_copy(&s->process->aspace, s->receive.base, msg, n)))
		goto general;

	/* COMMIT */
	list_unlink(&s->receive_link);
	t->rcvid += 1 << SKINK_INDEX_BITS;
	t->ticket = ++h->tickets;
	t->connection = c;
	t->channel = ch;
	t->server = s;
	t->deaths = 0;
	t->redelivered = 0;
	t->received = n;
	t->out.base = msg;
	t->out.size = len;
	t->in.base = reply;
	t->in.size = reply_len;
	t->state = SKINK_STATE_REPLY;
	t->held.key = thread_key(t);
	t->held.rank = 1;
	list_push_back(&ch->clients, &t->client_link);
	c->sends++;
	if (OTHERWISE(c->holders != 1)) {
		c->pid = t->process->object.id;
		c->coid = (int32_t)coid;
	}
	s->holds.root = &t->held;
	s->in_service = t;
	s->effective = t->effective;
	h->fast_sends++;
	hand_over(h, t, s);
	s->served = t->since;
	if (OTHERWISE(info != NULL))
		fast_info(t, info);
	leave(t, s, (uint64_t)t->rcvid, special);
	return;

general:
	general_msg_send(coid, msg, len, reply, reply_len);
}

void
fast_msg_reply_receive(uint64_t rcvid, uint64_t status, vaddr_t msg, uint64_t len, uint64_t chid,
    vaddr_t to, uint64_t to_len, vaddr_t info)
{
	struct hart *h = fast_hart();
	struct thread *s = h->current, *t = s->in_service;
	struct channel *ch = s->serves;
	struct connection *c;
	uint64_t n, special;

	if (OTHERWISE(t == NULL || ch == NULL))
		goto general;
	if (OTHERWISE((uint64_t)t->rcvid != rcvid || t->copier != NULL ||
		(uint64_t)ch->object.id != chid || ch->queue.root != NULL ||
		(ch->flags & (CHANNEL_CLOSING | SKINK_CHF_FIXED_PRIORITY)) != 0))
		goto general;
	n = t->in.size;
	c = t->connection;
	if (OTHERWISE((len | to_len | n) >> 31 != 0 || status >> 62 != 0 || c->holders == 0 ||
		s->holds.root != &t->held || t->held.left != NULL || s->owns.root != NULL ||
		s->effective != t->effective || !list_is_empty(&h->ready[t->effective])))
		goto general;
	special = t->special | s->special;
	if (OTHERWISE(special != 0) && !special_allows(h, t, s))
		goto general;
	if (n > len)
		n = len;
	if (OTHERWISE(!fast_copy(&t->process->aspace, t->in.base, msg, n)))
		goto general;

	/* COMMIT */
	list_unlink(&t->client_link);
	t->held.rank = 0;
	c->sends--;
	s->holds.root = NULL;
	s->in_service = NULL;
	s->pulse_priority = 0;
	s->receive.base = to;
	s->receive.size = to_len;
	s->receive_info = info;
	s->state = SKINK_STATE_RECEIVE;
	s->effective = s->priority;
	list_push_front(&ch->receivers, &s->receive_link);
	h->fast_replies++;
	hand_over(h, s, t);
	leave(s, t, status, special);
	return;

general:
	general_msg_reply_receive(rcvid, status, msg, len, chid, to, to_len, info);
}
