/* SPDX-License-Identifier: Apache-2.0 */
/* fast.c - the short way of the calls that programs make most: checks, COMMIT, a straight line.
 * Each function is entered with its call's arguments, and does what the general way would do in
 * the one case that is nearly always there; for any other it goes the general way, having changed
 * nothing. Linked or left out: nothing else depends on it (riscv/entry.S, test/scene.c).
 *
 * Compiled with all registers at its disposal: who is current has been saved, and nobody is
 * returned to (arch_fast.h).
 */
#include "fast.h"

#include "arch_fast.h"

/* What `special` says of either: 0 is nothing; with floating point registers the way is a little
 * longer; slices matter only to those who have equals waiting; all else is not for here. */
INLINE bool
special_allows(const struct hart *h, const struct thread *a, const struct thread *b)
{
	uint64_t special = a->special | b->special;

	return (special & ~(SPECIAL_FPU | SPECIAL_SLICES)) == 0 &&
	    ((special & SPECIAL_SLICES) == 0 || list_is_empty(&h->ready[a->effective]));
}

/* The hart goes from one (NULL: it idled) to the other; the ticks since it came to the former. */
INLINE uint64_t
hand_over(struct hart *h, struct thread *from, struct thread *to)
{
	uint64_t now = clock_ticks(), used = now - h->switched;

	if (from != NULL) {
		from->runtime += used;
		from->since = now;
	} else {
		h->idle += used;
	}
	to->state = SKINK_STATE_RUNNING;
	h->switched = now;
	h->current = to;
	return used;
}

/* `special` of both. Floating point registers move only to a thread that has some, and only if
 * another's are in the hart. */
INLINE void
leave(struct hart *h, struct thread *from, struct thread *to, uint64_t result, uint64_t special)
{
	if (OTHERWISE(special != 0)) {
		fast_status_save(from);
		if (to->uses_fpu && h->fpu_owner != to) {
			to->regs.x[REG_A0] = result;
			arch_resume_fpu();
			return;
		}
		fast_status_load(to);
	}
	arch_leave(result, to);
}

/* The same for one that resumes wherever it was. */
INLINE void
resume(struct hart *h, struct thread *from, struct thread *to, uint64_t special)
{
	if (OTHERWISE(special != 0)) {
		if (from != NULL)
			fast_status_save(from);
		if (to->uses_fpu && h->fpu_owner != to) {
			arch_resume_fpu();
			return;
		}
	}
	arch_resume();
}

/* A message has gone from one to the other, who wants to be told so. A function of its own, since
 * it calls another. */
static void __attribute__((noinline))
tell(struct thread *from, struct thread *to, struct _msg_info *info, uint64_t special)
{
	message_info(from, info);
	leave(hart_self(), from, to, (uint64_t)from->rcvid, special);
}

/* coid_find, in short. */
INLINE struct connection *
connection_of(const struct thread *t, uint64_t coid)
{
	const struct coids *chunk;

	if (OTHERWISE((coid & ~(uint64_t)(SKINK_SIDE_CHANNEL | (SKINK_COIDS - 1))) != 0))
		return NULL;
	chunk = t->process->coids[(coid | coid >> 20) % (2 * SKINK_COIDS) / COIDS_PER_CHUNK];
	return OTHERWISE(chunk == NULL) ? NULL : chunk->coid[coid % COIDS_PER_CHUNK].connection;
}

/* Who waits at its channel, and owes nobody anything; NULL: not that easy. */
INLINE struct thread *
receiver_of(const struct connection *c)
{
	const struct channel *ch;
	struct thread *s;

	if (OTHERWISE(c == NULL))
		return NULL;
	ch = c->channel;
	if (OTHERWISE(ch == NULL))
		return NULL;
	s = CONTAINER(ch->receivers.next, struct thread, receive_link);
	if (OTHERWISE(&s->receive_link == &ch->receivers || (ch->flags & NOT_EASY) != 0 ||
		s->holds.root != NULL || s->owns.root != NULL))
		return NULL;
	return s;
}

/* s, which holds nobody, waits at its channel. */
INLINE void
receive(struct thread *s, struct channel *ch, vaddr_t to, uint64_t len, vaddr_t info)
{
	s->pulse_priority = 0;
	s->receive.base = to;
	s->receive.size = len;
	s->receive_info = info;
	s->state = SKINK_STATE_RECEIVE;
	list_push_front(&ch->receivers, &s->receive_link);
}

/* The first that is ready at this priority, if the hart can go to it from t without further ado;
 * NULL: not that easy. Its address space is in force then; `special` is of both. */
INLINE struct thread *
next_of(struct hart *h, const struct thread *t, uint64_t priority, uint64_t *special)
{
	struct list *first = h->ready[priority].next;
	struct thread *next = CONTAINER(first, struct thread, ready_link);

	if (OTHERWISE(first == &h->ready[priority]))
		return NULL;
	*special = t->special | next->special;
	if (!is_fpu_alone(*special) || OTHERWISE(next->task != TASK_NONE) ||
	    OTHERWISE(!fast_switch(&next->process->aspace)))
		return NULL;
	return next;
}

void
fast_msg_send(uint64_t coid, vaddr_t msg, uint64_t len, vaddr_t reply, uint64_t reply_len)
{
	struct hart *h = hart_self();
	struct thread *t = h->current, *s;
	struct connection *c = connection_of(t, coid);
	struct _msg_info *info = NULL;
	struct channel *ch;
	uint64_t n, special;

	s = receiver_of(c);
	if (OTHERWISE(s == NULL))
		goto general;
	ch = c->channel;
	n = s->receive.size;
	if (OTHERWISE((len | reply_len | n) >> 31 != 0))
		goto general;
	special = t->special | s->special;
	if (OTHERWISE(special != 0) && !special_allows(h, t, s))
		goto general;
	if (OTHERWISE(s->receive_info != 0)) {
		info = user_place(s, s->receive_info, sizeof(*info));
		if (info == NULL)
			goto general;
	}
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
	if (OTHERWISE(c->shared)) {
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
		tell(t, s, info, special);
	else
		leave(h, t, s, (uint64_t)t->rcvid, special);
	return;

general:
	general_msg_send(coid, msg, len, reply, reply_len);
}

void
fast_msg_reply_receive(uint64_t rcvid, uint64_t status, vaddr_t msg, uint64_t len, uint64_t chid,
    vaddr_t to, uint64_t to_len, vaddr_t info)
{
	struct hart *h = hart_self();
	struct thread *s = h->current, *t = client_of(s, status, len | to_len);
	struct channel *ch = s->serves;
	struct connection *c;
	uint64_t n, special;

	if (OTHERWISE(t == NULL))
		goto general;
	c = t->connection;
	if (OTHERWISE((uint64_t)t->rcvid != rcvid || (uint64_t)ch->object.id != chid ||
		s->effective != t->effective || !list_is_empty(&h->ready[t->effective])))
		goto general;
	special = t->special | s->special;
	if (OTHERWISE(special != 0) && !special_allows(h, t, s))
		goto general;
	n = t->in.size;
	if (n > len)
		n = len;
	if (OTHERWISE(!fast_copy(&t->process->aspace, t->in.base, msg, n)))
		goto general;

	/* COMMIT */
	client_go(h, s, t, c);
	receive(s, ch, to, to_len, info);
	s->effective = s->priority;
	hand_over(h, s, t);
	leave(h, s, t, status, special);
	return;

general:
	general_msg_reply_receive(rcvid, status, msg, len, chid, to, to_len, info);
}

/* The server waits; the next of its priority has been waiting for the hart. */
void
fast_msg_receive(uint64_t chid, vaddr_t to, uint64_t to_len, vaddr_t info)
{
	struct hart *h = hart_self();
	struct thread *s = h->current, *next;
	struct channel *ch = s->serves;
	uint64_t special, priority = s->effective;

	if (OTHERWISE(ch == NULL))
		goto general;
	if (OTHERWISE((uint64_t)ch->object.id != chid ||
		(ch->flags & (CHANNEL_CLOSING | CHANNEL_QUEUED)) != 0 || to_len >> 31 != 0 ||
		s->holds.root != NULL || s->owns.root != NULL || priority != s->priority))
		goto general;
	next = next_of(h, s, priority, &special);
	if (OTHERWISE(next == NULL))
		goto general;

	/* COMMIT: it holds nobody, so that nobody is in service */
	receive(s, ch, to, to_len, info);
	ready_pull(h, next, priority);
	h->fast_switches++;
	hand_over(h, s, next);
	s->served = s->since;
	resume(h, s, next, special);
	return;

general:
	general_msg_receive(chid, to, to_len, info);
}

/* To a receiver that waits, at a higher priority than the sender's. */
void
fast_msg_send_pulse(uint64_t coid, uint64_t priority, uint64_t code, uint64_t value)
{
	struct hart *h = hart_self();
	struct thread *t = h->current, *s;
	const struct process *p = t->process;
	const struct connection *c = connection_of(t, coid);
	uint64_t special;

	s = receiver_of(c);
	if (OTHERWISE(s == NULL))
		goto general;
	if (OTHERWISE(code >> 7 != 0 || priority > (unsigned)p->attr.priority_max ||
		priority <= t->effective ||
		p->used[SKINK_POOL_PULSE] >= p->attr.quota[SKINK_POOL_PULSE] ||
		(s->receive.size - sizeof(struct _pulse)) >> 31 != 0 ||
		!is_fpu_alone(special = t->special | s->special) ||
		timer_band(priority) != h->band))
		goto general;
	if (OTHERWISE(!fast_write_pulse(&s->process->aspace, s->receive.base, code, value,
		(uint32_t)c->object.id | 1ull << 32)))
		goto general;

	/* COMMIT */
	list_unlink(&s->receive_link);
	s->pulse_priority = (uint8_t)priority;
	s->effective = (uint8_t)priority;
	t->regs.x[REG_A0] = 0;
	ready_push(h, t, t->effective, true);
	h->pulses++;
	h->fast_switches++;
	hand_over(h, t, s);
	s->served = t->since;
	leave(h, t, s, 0, special);
	return;

general:
	general_msg_send_pulse(coid, priority, code, value);
}

void
fast_sched_yield(void)
{
	struct hart *h = hart_self();
	struct thread *t = h->current, *next;
	uint64_t special;

	next = next_of(h, t, t->effective, &special);
	if (OTHERWISE(next == NULL))
		goto general;

	/* COMMIT: t is there, so that the priority's bit in the map stays */
	list_push_back(&h->ready[t->effective], &t->ready_link);
	list_remove(&next->ready_link);
	t->regs.x[REG_A0] = 0;
	t->state = SKINK_STATE_READY;
	h->fast_switches++;
	hand_over(h, t, next);
	resume(h, t, next, special);
	return;

general:
	general_sched_yield();
}

/* A thread that waited, and is above the one that runs (NULL: none), has the hart at once. Its
 * address space is in force. */
INLINE void
wake_now(struct hart *h, struct thread *from, struct thread *to, uint64_t result, uint64_t special)
{
	uint64_t band = timer_band(to->effective), next = h->next_ns[band];
	uint64_t level = interrupt_level_of(to->effective), used = hand_over(h, from, to);

	if (from != NULL) {
		if (from->slices)
			from->slice = used < from->slice ? from->slice - used : 0;
		ready_push(h, from, from->effective, true);
	}
	to->regs.x[REG_A0] = result;
	h->fast_switches++;
	h->band = (uint8_t)band;
	if (level != h->level) {
		h->level = (uint8_t)level;
		irq_threshold((unsigned)level);
	}
	if (OTHERWISE(next != h->armed_ns)) {
		h->armed_ns = next;
		clock_arm(next);
	}
	resume(h, from, to, special);
}

/* Of a thread that waits: can it have the hart without further ado? What is above whoever runs may
 * still have to inherit, when that one is in the nucleus. `special` is of both. */
INLINE bool
is_above(
    const struct hart *h, const struct thread *to, const struct thread *from, uint64_t *special)
{
	*special = to->special | (from == NULL ? 0 : from->special);
	return (*special & ~(SPECIAL_FPU | SPECIAL_SLICES)) == 0 &&
	    (!to->slices || list_is_empty(&h->ready[to->effective])) &&
	    (from == NULL ||
		(to->effective > from->effective &&
		    (list_is_empty(&h->boosts) || h->boost_priority < to->effective))) &&
	    fast_switch(&to->process->aspace);
}

/* The sleeper whose time has come, if it is alone in its band of timers. */
INLINE struct thread *
sleeper_due(const struct hart *h)
{
	uint64_t ticks = 32, band = h->band, now_ns;
	struct heap_node *n;
	struct thread *t;

	do
		now_ns = clock_ns();
	while (now_ns < h->armed_ns && --ticks > 0); /* the alarm comes a few ticks early */
	if (OTHERWISE(h->next_ns[band] > now_ns))
		return NULL;
	while (band < TIMER_BANDS - 1 && h->next_ns[band + 1] <= now_ns) /* <= TIMER_BANDS */
		band++;
	n = h->timers[band].root;
	if (OTHERWISE(n->left != NULL) || OTHERWISE(n->kind != TIMER_TIMEOUT))
		return NULL;
	t = CONTAINER(n, struct thread, timeout);
	return OTHERWISE(t->state != SKINK_STATE_NANOSLEEP) ? NULL : t;
}

/* A device's interrupt that a thread waits for, or the end of a sleep. Entered with all registers
 * of the current thread saved, or from the idle loop. */
void
fast_interrupt(void)
{
	struct hart *h = hart_self();
	struct thread *from = h->current, *to;
	struct interrupt *i = NULL;
	uint64_t source = 0, result = 0, special;

	if (OTHERWISE(h->fast_epoch == FAST_OFF))
		goto general;
	if (arch_interrupt_is_device()) {
		source = irq_claim();
		if (OTHERWISE(source >= IRQ_SOURCES))
			goto general;
		i = sources[source].interrupt; /* of source 0: none */
		to = i == NULL ? NULL : i->waiting;
	} else {
		to = sleeper_due(h);
	}
	if (OTHERWISE(to == NULL) || OTHERWISE(!is_above(h, to, from, &special)))
		goto general;

	/* COMMIT */
	if (i != NULL) {
		result = 1ull + i->pending;
		i->claimed = true;
		i->pending = 0;
		i->waiting = NULL;
		h->interrupts++;
	} else {
		h->timers[to->timeout.band].root = NULL;
		to->timeout.rank = 0;
		band_look(h, to->timeout.band);
		h->armed_ns = 0; /* it has passed */
	}
	wake_now(h, from, to, result, special);
	return;

general:
	general_interrupt((unsigned)source);
}
