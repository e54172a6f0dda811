/* SPDX-License-Identifier: Apache-2.0 */
/* random.c - random calls, interrupts, time and deaths, from a seed. After every one all invariants
 * are checked; at the end everything must have come back. Arguments are biased to what is valid: a
 * call that fails its first check finds nothing. */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handoff.h"
#include "tests.h"

static uint64_t state;

static uint64_t
draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 2685821657736338717ull;
}

static unsigned
below(unsigned n)
{
	return (unsigned)((draw() >> 33) % n);
}

/* ---- the last operations ---- */

#define TRACED 40
static char trace[TRACED][200];
static unsigned long operation, operations;
static uint64_t seed_of_run;
static bool ways_of_run;

#define NOTE(...) snprintf(trace[operation % TRACED], sizeof(trace[0]), __VA_ARGS__)

static void
explain(void)
{
	unsigned long from = operation < TRACED ? 0 : operation - TRACED + 1;

	for (unsigned long i = from; i <= operation; i++)
		printf("  %lu: %s\n", i, trace[i % TRACED]);
	printf("again: build/native/nucleus --random %" PRIu64 " %lu%s\n", seed_of_run, operations,
	    ways_of_run ? "" : " general");
}

/* ---- what arguments are made of ---- */

static int32_t
any_id(enum skink_pool which)
{
	uint32_t n = 1 + below(pools[which].total);

	for (unsigned i = 0; i < pools[which].total; i++) {
		const struct object *o = pool_at(which, n);

		if (o->id != 0)
			return o->id;
		n = n % pools[which].total + 1;
	}
	return 1;
}

static uint64_t
garbage(void)
{
	static const uint64_t edges[] = {0, 1, 2, 7, 8, 255, 256, 4095, 4096, SKINK_USER_END,
	    SKINK_USER_END - 1, SKINK_USER_END - 8, INT32_MAX, UINT32_MAX, 1ull << 32, 1ull << 62,
	    INT64_MAX, 1ull << 63, UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - 7, SKINK_SIDE_CHANNEL,
	    SKINK_SIDE_CHANNEL | 1023, 1023, 1024, SKINK_MSG_MAX, SKINK_MSG_MAX - 1};

	return below(3) == 0 ? draw() : edges[below(sizeof(edges) / sizeof(edges[0]))];
}

static uint64_t
address(void)
{
	switch (below(12)) {
	case 0:
		return HOLE + below(4096);
	case 1:
		return READ_ONLY + below(512) * 8;
	case 2:
		return USER_BASE + PRIVATE * SKINK_PAGE - below(64);
	case 3:
		return garbage();
	case 4:
	case 5:
		return SHARED_BASE + below(8) * 8;
	default:
		return USER_BASE + 3 * SKINK_PAGE + below((PRIVATE - 4) * 512) * 8;
	}
}

static uint64_t
size(void)
{
	static const uint64_t sizes[] = {0, 1, 8, 24, 100, 2047, 2048, 2049, 6000, 12000};

	if (below(3) == 0)
		return 8 * below(513);
	return below(20) == 0 ? garbage() : sizes[below(sizeof(sizes) / sizeof(sizes[0]))];
}

static int
a_coid(const struct thread *t)
{
	int coid = (int)below(4);

	if (below(40) == 0)
		return (int)garbage();
	for (unsigned i = 0; i < 8; i++, coid = (int)below(12))
		if (coid_find(t->process, coid) != NULL)
			return coid;
	return (int)below(12);
}

static uint64_t
a_chid(const struct thread *t)
{
	const struct list *head = &t->process->channels;

	if (below(30) == 0)
		return (uint64_t)any_id(SKINK_POOL_CHANNEL);
	if (list_is_empty(head))
		return garbage();
	return (uint64_t)CONTAINER(below(2) ? head->next : head->prev, struct channel, owner_link)
	    ->object.id;
}

static uint64_t
an_rcvid(const struct thread *t)
{
	uint32_t n = below(pools[SKINK_POOL_THREAD].total);

	if (below(30) == 0)
		return garbage();
	for (uint32_t i = 0; i < pools[SKINK_POOL_THREAD].total; i++) {
		const struct thread *c =
		    pool_at(SKINK_POOL_THREAD, (n + i) % pools[SKINK_POOL_THREAD].total + 1);

		if (c->object.id != 0 && c->channel != NULL && c->channel->owner == t->process &&
		    c->state != SKINK_STATE_SEND)
			return (uint64_t)c->rcvid;
	}
	return garbage();
}

static uint64_t
a_tid(const struct thread *t)
{
	const struct list *l = t->process->threads.next;

	if (below(20) == 0)
		return (uint64_t)any_id(SKINK_POOL_THREAD);
	for (unsigned i = below(4); i > 0 && l->next != &t->process->threads; i--)
		l = l->next;
	return (uint64_t)CONTAINER(l, struct thread, process_link)->object.id;
}

/* One of those that t's process has; 0: it has none. */
static int32_t
own_notice(const struct thread *t, enum skink_pool which)
{
	const struct list *head = &t->process->notices;
	int32_t id = 0;

	for (const struct list *l = head->next; l != head; l = l->next) {
		const struct notice *n = CONTAINER(l, struct notice, process_link);

		if (n->which == which && (id == 0 || below(2)))
			id = n->object.id;
	}
	return id;
}

/* As a rule such a one. */
static uint64_t
an_own(const struct thread *t, enum skink_pool which)
{
	int32_t id = below(10) ? own_notice(t, which) : 0;

	return (uint64_t)(id != 0 ? id : any_id(which));
}

/* As a rule one that is t's process's to attach to. */
static uint64_t
a_source(const struct thread *t)
{
	unsigned first = below(6);

	for (unsigned i = 0; i < 6; i++) {
		unsigned source = 1 + (first + i) % 6;

		if (sources[source].granted == t->process->object.id &&
		    sources[source].interrupt == NULL)
			return source;
	}
	return below(3) ? 1 + first : garbage();
}

/* An event that t's process may deliver; 0: none is found. */
static int32_t
a_deliverable(const struct thread *t)
{
	uint32_t first = below(pools[SKINK_POOL_EVENT].total);

	for (uint32_t i = 0; i < pools[SKINK_POOL_EVENT].total; i++) {
		const struct event *e =
		    pool_at(SKINK_POOL_EVENT, (first + i) % pools[SKINK_POOL_EVENT].total + 1);
		const struct connection *c =
		    e->notice.object.id == 0 ? NULL : pool_find(SKINK_POOL_CONNECTION, e->over);

		if (c != NULL && c->channel != NULL && c->channel->owner == t->process)
			return e->notice.object.id;
	}
	return 0;
}

static uint64_t
a_time(void)
{
	static const uint64_t times[] = {0, 1, 1000, 50000, 1000000, 10000000, 200000000};

	return below(30) == 0 ? garbage() : times[below(sizeof(times) / sizeof(times[0]))];
}

/* Fills the user's memory at `at` with something of the kind that is wanted there, if it can. */
static uint64_t
put(struct thread *t, uint64_t at, const void *data, size_t len)
{
	if (at % SKINK_PAGE + len <= SKINK_PAGE) {
		void *to = aspace_lookup(&t->process->aspace, at, SKINK_PROT_WRITE);

		if (to != NULL)
			memcpy(to, data, len);
	}
	return at;
}

static uint64_t
an_event(struct thread *t)
{
	static const uint32_t kinds[] = {SKINK_EV_PULSE, SKINK_EV_PULSE, SKINK_EV_PULSE,
	    SKINK_EV_SEM, SKINK_EV_NONE, 1 /* unknown */};
	struct skink_event ev = {
	    .notify = kinds[below(6)] | (below(8) == 0 ? SKINK_EV_UPDATEABLE : 0) |
		(below(60) == 0 ? (uint32_t)draw() : 0),
	    .target = a_coid(t),
	    .value = below(2) ? SHARED_BASE + below(8) * 8 : draw(),
	    .code = (int16_t)(below(20) ? below(128) : garbage()),
	    .priority = (int16_t)(below(3) ? 1 + below(60) : garbage()),
	};

	if (below(4) == 0)
		ev.priority = -1;
	return put(t, address(), &ev, sizeof(ev));
}

static void
buffer(struct thread *t, uint64_t *base, uint64_t *len)
{
	struct skink_iov iov[5] = {0};
	unsigned parts = 1 + below(5);

	*base = address();
	*len = size();
	if (below(3) != 0)
		return;
	for (unsigned i = 0; i < parts; i++) {
		iov[i].base = (void *)(uintptr_t)address();
		iov[i].len = below(30) ? below(3000) : garbage();
	}
	put(t, *base & ~7ull, iov, sizeof(iov));
	*base &= ~7ull;
	*len = below(40) ? (uint64_t) - (int64_t)parts : garbage();
}

static uint64_t
an_attr(struct thread *t)
{
	struct skink_thread_attr attr = {
	    .entry = below(30) ? USER_BASE : garbage(),
	    .sp = below(30) ? USER_BASE + SKINK_PAGE : garbage(),
	    .sched.policy = (int32_t)(below(20) ? below(3) : garbage()),
	    .sched.priority = (int32_t)(below(20) ? below(61) : garbage()),
	};

	return put(t, address(), &attr, sizeof(attr));
}

static uint64_t
a_sync(struct thread *t)
{
	uint64_t at = below(20) ? SHARED_BASE + below(8) * 8 : address();
	struct skink_sync *s = aspace_lookup(&t->process->aspace, at & ~7ull, SKINK_PROT_WRITE);

	if (s != NULL && below(40) == 0)
		s->handle = (uint32_t)(below(2) ? 0 : garbage());
	if (s != NULL && below(20) == 0)
		s->word = below(3) ? (uint32_t)any_id(SKINK_POOL_THREAD)
		    : below(2)     ? SKINK_MUTEX_DEAD
				   : (uint32_t)garbage();
	if (s != NULL && below(10) == 0)
		s->word = 0;
	return at;
}

/* ---- ids of what is no more ---- */

/* Set when a call is given one: it must fail. */
static bool stale;

/* An id that was, or will be, of the same slot. */
static uint64_t
another_life(int32_t id)
{
	return (uint32_t)id ^ (1u + below(3)) << SKINK_INDEX_BITS;
}

/* Of a message that has been answered; 0: there has been none. */
static uint64_t
an_answered_rcvid(void)
{
	const struct thread *c = pool_find(SKINK_POOL_THREAD, any_id(SKINK_POOL_THREAD));

	if (c->state != SKINK_STATE_REPLY && c->state != SKINK_STATE_COPY &&
	    c->state != SKINK_STATE_SEND && below(2) != 0)
		return (uint64_t)c->rcvid;
	return c->rcvid >> SKINK_INDEX_BITS > 1 ? (uint64_t)c->rcvid - (1 << SKINK_INDEX_BITS) : 0;
}

static void
spoil(unsigned number, uint64_t *a)
{
	uint64_t id = 0, *at = number == SKINK_SYS_notice_free ? &a[1] : &a[0];

	switch (number) {
	case SKINK_SYS_msg_reply:
	case SKINK_SYS_msg_reply_receive:
	case SKINK_SYS_msg_read:
	case SKINK_SYS_msg_write:
	case SKINK_SYS_msg_info:
	case SKINK_SYS_msg_current:
		id = an_answered_rcvid();
		break;
	case SKINK_SYS_msg_receive:
	case SKINK_SYS_channel_destroy:
	case SKINK_SYS_thread_kill:
	case SKINK_SYS_sched_get:
	case SKINK_SYS_sched_set:
	case SKINK_SYS_timer_settime:
	case SKINK_SYS_interrupt_wait:
	case SKINK_SYS_interrupt_mask:
	case SKINK_SYS_notice_free:
		if (*at > 0 && *at < INT32_MAX)
			id = another_life((int32_t)*at);
		break;
	default:
		break;
	}
	if (id == 0)
		return;
	*at = id;
	stale = true;
}

/* ---- one random call of t's ---- */

static void
arguments(struct thread *t, unsigned number, uint64_t *a)
{
	for (unsigned i = 0; i < MAX_ARGS; i++)
		a[i] = below(40) ? 0 : garbage();
	switch (number) {
	case SKINK_SYS_msg_send:
		a[0] = (uint64_t)a_coid(t);
		buffer(t, &a[1], &a[2]);
		buffer(t, &a[3], &a[4]);
		break;
	case SKINK_SYS_msg_receive:
		a[0] = a_chid(t);
		buffer(t, &a[1], &a[2]);
		a[3] = below(3) ? 0 : address();
		break;
	case SKINK_SYS_msg_reply:
	case SKINK_SYS_msg_reply_receive:
		a[0] = below(5) ? an_rcvid(t) : 0;
		a[1] = below(20) ? below(100) - 20 : garbage();
		buffer(t, &a[2], &a[3]);
		a[4] = a_chid(t);
		buffer(t, &a[5], &a[6]);
		a[7] = below(3) ? 0 : address();
		break;
	case SKINK_SYS_msg_read:
	case SKINK_SYS_msg_write:
		a[0] = an_rcvid(t);
		buffer(t, &a[1], &a[2]);
		a[3] = below(2) ? 0 : size();
		break;
	case SKINK_SYS_msg_info:
	case SKINK_SYS_msg_current:
		a[0] = an_rcvid(t);
		a[1] = address();
		break;
	case SKINK_SYS_msg_send_pulse:
		a[0] = (uint64_t)a_coid(t);
		a[1] = below(3) ? (uint64_t)-1 : below(100);
		a[2] = below(20) ? below(128) : garbage();
		a[3] = draw();
		break;
	case SKINK_SYS_msg_register_event:
		a[0] = (uint64_t)a_coid(t);
		a[1] = an_event(t);
		if (below(4) != 0) {
			struct skink_event ev = {.notify = SKINK_EV_PULSE | SKINK_EV_UPDATEABLE,
			    .target = a_coid(t),
			    .priority = -1};

			a[1] = put(t, address(), &ev, sizeof(ev));
		}
		break;
	case SKINK_SYS_notice_free: {
		static const enum skink_pool kinds[] = {
		    SKINK_POOL_TIMER, SKINK_POOL_INTERRUPT, SKINK_POOL_EVENT};

		a[0] = kinds[below(3)];
		a[1] = an_own(t, (enum skink_pool)a[0]);
		if (below(20) == 0)
			a[0] = garbage();
		break;
	}
	case SKINK_SYS_msg_deliver_event:
		a[0] = (uint64_t)(below(8) ? a_deliverable(t) : any_id(SKINK_POOL_EVENT));
		a[1] = draw();
		break;
	case SKINK_SYS_channel_create: {
		static const unsigned flags[] = {SKINK_CHF_UNBLOCK, SKINK_CHF_DISCONNECT,
		    SKINK_CHF_COIDDEATH, SKINK_CHF_PRIVATE, SKINK_CHF_FIXED_PRIORITY,
		    SKINK_CHF_DURABLE, 0};

		a[0] = flags[below(7)] | flags[below(7)] | flags[below(7)];
		if (t->process->attr.service != 0 && below(3) != 0)
			a[0] |= SKINK_CHF_DURABLE;
		a[1] = below(3);
		break;
	}
	case SKINK_SYS_channel_destroy:
		a[0] = a_chid(t);
		break;
	case SKINK_SYS_connect_attach:
		a[0] = a_chid(t);
		a[1] = below(10) ? below(4) : garbage();
		break;
	case SKINK_SYS_connect_dup:
		a[0] = (uint64_t)a_coid(t);
		a[1] = below(10) ? below(12) : garbage();
		a[2] = below(2) ? SKINK_DUP_EXACT : 0;
		break;
	case SKINK_SYS_connect_detach:
	case SKINK_SYS_connect_server_info:
		a[0] = (uint64_t)a_coid(t);
		a[1] = below(3) ? address() : 0;
		break;
	case SKINK_SYS_connect_client_info:
		a[0] = (uint64_t)(below(4) ? any_id(SKINK_POOL_CONNECTION) : SKINK_SCOID_SELF);
		a[1] = address();
		break;
	case SKINK_SYS_thread_create:
		a[0] = an_attr(t);
		break;
	case SKINK_SYS_thread_kill:
	case SKINK_SYS_thread_name:
	case SKINK_SYS_sched_get:
		a[0] = a_tid(t);
		a[1] = below(3) ? address() : 0;
		break;
	case SKINK_SYS_sched_set: {
		struct skink_sched s = {.policy = (int32_t)below(5),
		    .sporadic = {1 + (int32_t)below(30), 1 + (int32_t)below(SKINK_SS_REPL_MAX),
			30000000, 10000 + below(3000000)},
		    .priority = (int32_t)(below(20) ? 1 + below(80) : garbage())};

		a[0] = a_tid(t);
		a[1] = put(t, address(), &s, sizeof(s));
		break;
	}
	case SKINK_SYS_sync_wait: {
		static const uint8_t states[] = {
		    SKINK_STATE_CONDVAR, SKINK_STATE_SEM, SKINK_STATE_MUTEX, SKINK_STATE_JOIN};
		struct skink_sync *s;

		a[0] = a_sync(t);
		a[2] = below(20) ? states[below(sizeof(states))] : garbage();
		a[3] = below(20) ? below(4) == 0 : garbage();
		s = aspace_lookup(&t->process->aspace, a[0] & ~7ull, SKINK_PROT_WRITE);
		if (s != NULL && (a[2] == SKINK_STATE_MUTEX || a[2] == SKINK_STATE_JOIN) &&
		    below(3) != 0 &&
		    pool_find(SKINK_POOL_THREAD, s->word & ~SKINK_MUTEX_WAITERS) == NULL)
			s->word = (uint32_t)a_tid(t);
		if (s != NULL && a[2] == SKINK_STATE_MUTEX)
			s->word |= SKINK_MUTEX_WAITERS;
		a[1] = s != NULL && below(5) ? s->word : garbage();
		break;
	}
	case SKINK_SYS_sync_wake:
		a[0] = heap_is_empty(&t->owns) || below(5) == 0
		    ? a_sync(t)
		    : CONTAINER(CONTAINER(t->owns.root, struct sync, owned)->waiters.root,
			  struct thread, wait)
			  ->sync_address;
		a[1] = below(4) ? 1 : garbage();
		break;
	case SKINK_SYS_clock_time:
		a[0] = below(6);
		a[1] = address();
		break;
	case SKINK_SYS_thread_sleep:
		a[0] = below(3);
		a[1] = below(10) == 0;
		a[2] = a_time();
		break;
	case SKINK_SYS_timer_timeout:
		a[0] = below(10) ? SKINK_CLOCK_MONOTONIC : garbage();
		a[2] =
		    below(2) ? (1u << SKINK_STATE_COUNT) - 1 : draw() % (1u << SKINK_STATE_COUNT);
		a[3] = a_time();
		break;
	case SKINK_SYS_timer_create:
		a[0] = below(3);
		a[1] = an_event(t);
		break;
	case SKINK_SYS_timer_settime:
		a[0] = an_own(t, SKINK_POOL_TIMER);
		a[1] = below(10) == 0 ? SKINK_TIMER_ABSTIME : below(3) == 0 ? SKINK_TIMER_LOOK : 0;
		a[2] = a_time();
		a[3] = below(2) ? 0 : a_time();
		break;
	case SKINK_SYS_interrupt_attach:
		a[0] = a_source(t);
		a[1] = below(2) ? 0 : an_event(t);
		break;
	case SKINK_SYS_interrupt_wait:
	case SKINK_SYS_interrupt_mask:
		a[0] = an_own(t, SKINK_POOL_INTERRUPT);
		a[1] = below(20) ? below(2) : garbage();
		break;
	default:
		for (unsigned i = 0; i < MAX_ARGS; i++)
			a[i] = below(2) ? address() : garbage();
		break;
	}
}

/* Calls that make up for others: what ends things is drawn less often. */
static unsigned
a_number(void)
{
	for (;;) {
		unsigned number = below(SKINK_SYS_trace_event + 2);

		switch (number) {
		case SKINK_SYS_process_exit:
			if (below(8) != 0)
				continue;
			return number;
		case SKINK_SYS_channel_destroy:
		case SKINK_SYS_thread_kill:
		case SKINK_SYS_connect_detach:
			if (below(4) != 0)
				continue;
			return number;
		case SKINK_SYS_trace_event + 1:
			return below(4) ? SKINK_SYS_msg_send
			    : below(2)  ? SKINK_SYS_p_process_attr +
				below(SKINK_SYSCALL_COUNT - SKINK_SYS_p_process_attr)
				       : (unsigned)garbage();
		default:
			if (below(4) == 0)
				return SKINK_SYS_msg_send + below(6);
			return number;
		}
	}
}

/* ---- what programs do all the time ---- */

/* A coid whose server waits for work; -1: there is none. */
static int64_t
a_waiting_coid(const struct thread *t)
{
	for (unsigned i = 0, at = below(24); i < 24; i++, at = (at + 1) % 24) {
		int64_t coid = at < 12 ? at : (int64_t)SKINK_SIDE_CHANNEL | (at - 12);
		const struct connection *c = coid_find(t->process, coid);

		if (c != NULL && c->channel != NULL && !list_is_empty(&c->channel->receivers))
			return coid;
	}
	return -1;
}

/* One aligned piece of memory that is there, up to a page, as most messages are. */
static void
plain(uint64_t *base_and_len)
{
	base_and_len[0] = USER_BASE + 3 * SKINK_PAGE + below((PRIVATE - 4) * 512) * 8;
	base_and_len[1] = below(4) ? 8 * below(9) : 8 * below(513);
}

/* The usual call of one in t's place; SKINK_SYSCALL_COUNT: none. `a` is of a call of that kind. */
static unsigned
usual(struct thread *t, uint64_t *a)
{
	const struct thread *client = t->in_service;
	int64_t coid = a_waiting_coid(t);
	unsigned number = SKINK_SYSCALL_COUNT;
	bool is_plain = below(4) != 0;

	if (client != NULL && below(3) != 0) {
		number = below(2) ? SKINK_SYS_msg_reply_receive : SKINK_SYS_msg_reply;
		arguments(t, number, a);
		a[0] = (uint64_t)client->rcvid;
		if (t->serves != NULL)
			a[4] = (uint64_t)t->serves->object.id;
		if (is_plain) {
			plain(a + 2);
			plain(a + 5);
			a[7] = below(2) ? 0 : a[2];
		}
	} else if (coid >= 0 && below(2)) {
		number = below(3) ? SKINK_SYS_msg_send : SKINK_SYS_msg_send_pulse;
		arguments(t, number, a);
		a[0] = (uint64_t)coid;
		if (number == SKINK_SYS_msg_send_pulse)
			a[1] = t->effective + below(40);
		else if (is_plain) {
			plain(a + 1);
			plain(a + 3);
		}
	} else if (!list_is_empty(&t->process->channels) && below(2)) {
		number = SKINK_SYS_msg_receive;
		arguments(t, number, a);
		if (t->serves != NULL)
			a[0] = (uint64_t)t->serves->object.id;
		if (is_plain)
			plain(a + 1);
	} else if (own_notice(t, SKINK_POOL_INTERRUPT) != 0 && below(2)) {
		number = SKINK_SYS_interrupt_wait;
		arguments(t, number, a);
		a[0] = an_own(t, SKINK_POOL_INTERRUPT);
		a[1] = SKINK_INTR_UNMASK;
	} else if (below(6) == 0) {
		number = below(3) ? SKINK_SYS_thread_sleep : SKINK_SYS_sched_yield;
		arguments(t, number, a);
		a[0] = SKINK_CLOCK_MONOTONIC;
		a[1] = 0;
	}
	return number;
}

static unsigned
random_arguments(struct thread *t, uint64_t *a)
{
	unsigned number = below(3) ? usual(t, a) : SKINK_SYSCALL_COUNT;

	if (number == SKINK_SYSCALL_COUNT) {
		number = a_number();
		arguments(t, number, a);
	}
	stale = false;
	if (below(20) == 0)
		spoil(number, a);
	NOTE("tid %d pid %d prio %d: %s(%" PRIx64 ", %" PRIx64 ", %" PRIx64 ", %" PRIx64
	     ", %" PRIx64 ", %" PRIx64 ", %" PRIx64 ", %" PRIx64 ")",
	    t->object.id, t->process->object.id, t->effective, call_name(number), a[0], a[1], a[2],
	    a[3], a[4], a[5], a[6], a[7]);
	return number;
}

static void
random_call_now(struct thread *t)
{
	uint64_t a[MAX_ARGS];
	unsigned number = random_arguments(t, a);

	(void)call_args(false, t, number, a);
}

/* A call that was given a stale id has failed, or has not begun yet. */
static void
check_refused(struct thread *t, unsigned number, uint64_t pc)
{
	if (t->dying || t->regs.pc != pc + 4)
		return;
	if (result_of(t) == BLOCKED ? t->state > SKINK_STATE_READY : result_of(t) >= 0)
		FAIL("%s accepts a stale id", call_name(number));
}

static void
random_call(struct thread *t)
{
	uint64_t a[MAX_ARGS], pc = t->regs.pc;
	int32_t tid = t->object.id;
	unsigned number = random_arguments(t, a);
	bool must_fail = stale;

	if (below(4) == 0)
		(void)call_args(true, t, number, a);
	else if (below(4) != 0)
		(void)call_args(false, t, number, a);
	else if (!call_broken_args(below(6), t, number, a))
		fake_irq_lower(INTRUDER_SOURCE);
	if (must_fail && t->object.id == tid)
		check_refused(t, number, pc);
}

/* ---- what the manager does ---- */

static unsigned
processes(void)
{
	return pools[SKINK_POOL_PROCESS].used;
}

static bool
is_furniture(const struct process *p)
{
	return p == procmgr || p == idle->process || p == intruder->process;
}

static struct process *
a_process(void)
{
	for (unsigned i = 0; i < 40; i++) {
		struct process *p = pool_find(SKINK_POOL_PROCESS, any_id(SKINK_POOL_PROCESS));

		if (!is_furniture(p))
			return p;
	}
	return NULL;
}

/* Connects it with some of the others. */
static void
introduce(const struct process *p)
{
	for (unsigned i = 0; i < 4; i++) {
		const struct channel *ch =
		    pool_find(SKINK_POOL_CHANNEL, any_id(SKINK_POOL_CHANNEL));

		if (ch == NULL || ch->owner == NULL || ch->owner == procmgr || ch->owner == p ||
		    (ch->flags & CHANNEL_CLOSING))
			continue;
		(void)call(manager, p_connect_install, (uint64_t)p->object.id,
		    (uint64_t)ch->object.id, below(2) ? SKINK_SIDE_CHANNEL : 0, 0);
	}
}

static void
make_one(void)
{
	struct options o = {
	    .service = below(3),
	    .priority = (int)(below(3) ? 10 + 10 * below(2) : 2 + below(60)), /* often equals */
	    .priority_max = 100,
	    .sid = 1 + (int)below(2), /* not the furniture's */
	    .abilities = draw(),
	    .quota = 4 + below(12),
	    .policy = below(2) ? SKINK_SCHED_RR : SKINK_SCHED_FIFO,
	};
	struct thread *t;

	if (pools[SKINK_POOL_THREAD].used == pools[SKINK_POOL_THREAD].total)
		return;
	NOTE("make a process: service %u priority %d", o.service, o.priority);
	t = process_new(&o);
	for (unsigned i = below(3); i > 0; i--) {
		long result =
		    call(manager, p_interrupt_grant, (uint64_t)t->process->object.id, 1 + below(6));

		CHECK(result == 0 || result == -SK_EBUSY);
	}
	introduce(t->process);
	if (below(3) != 0) {
		long chid = call(t, channel_create, 0, 0);

		if (chid > 0)
			(void)call(t, msg_receive, (uint64_t)chid, USER_BASE, SKINK_PAGE,
			    below(2) ? USER_BASE + 5 * SKINK_PAGE : 0);
	}
}

static void
give_up_parked(void)
{
	unsigned service = 1 + below(2), flags = below(2);
	long left = 1;

	NOTE("manager: fail the parked channels of service %u, flags %u", service, flags);
	for (unsigned i = 0; i < 1000 && left > 0; i++)
		left = call(manager, p_channel_fail, service, SK_ESTALE, flags);
	CHECK_EQ(left, 0);
	for (uint32_t i = 1; i <= pools[SKINK_POOL_CHANNEL].total; i++) {
		const struct channel *ch = pool_at(SKINK_POOL_CHANNEL, i);

		if (ch->object.id != 0 && ch->owner == NULL && ch->service == service)
			CHECK(flags == 0 && ch->queued == 0);
	}
}

/* Pages of two page tables. */
#define MOVING_PAGES 8u
#define MOVING_BASE  (0xa00000ull - MOVING_PAGES / 2 * SKINK_PAGE)

static void
change_memory(struct process *p)
{
	static const unsigned prots[] = {
	    0, SKINK_PROT_READ, SKINK_PROT_READ | SKINK_PROT_WRITE, SKINK_PROT_EXEC};
	unsigned first = below(MOVING_PAGES), count = 1 + below(MOVING_PAGES - first);
	unsigned prot = prots[below(4)];
	uint64_t pid = (uint64_t)p->object.id, va = MOVING_BASE + first * SKINK_PAGE;
	uint64_t len = count * SKINK_PAGE;
	paddr_t pa = page_physical(&procmgr->aspace, SHARED_BASE + below(SHARED) * SKINK_PAGE);

	switch (below(p->state == PROCESS_ALIVE ? 3 : 2)) {
	case 0:
		NOTE("manager: unmap %u pages of pid %d", count, p->object.id);
		CHECK_EQ(call(manager, p_map, pid, va, SKINK_PA_NONE, len, 0), len);
		CHECK_EQ(page_physical(&p->aspace, va), 0);
		break;
	case 1:
		NOTE("manager: protect %u pages of pid %d, prot %u", count, p->object.id, prot);
		CHECK_EQ(call(manager, p_map, pid, va, SKINK_PA_KEEP, len, prot), len);
		CHECK((prot & SKINK_PROT_READ) != 0 ||
		    aspace_lookup(&p->aspace, va, SKINK_PROT_READ) == NULL);
		break;
	default:
		NOTE("manager: map a page of pid %d, prot %u", p->object.id, prot);
		page_map(p, va, pa, prot);
		CHECK_EQ(page_physical(&p->aspace, va), prot == 0 ? 0 : pa);
		break;
	}
}

static void
jump(void)
{
	struct thread *t = pool_find(SKINK_POOL_THREAD, any_id(SKINK_POOL_THREAD));

	if (is_furniture(t->process))
		return;
	NOTE("manager: tid %d jumps", t->object.id);
	(void)call(manager, p_thread_jump, (uint64_t)t->object.id, below(8192) * 4);
}

static void
manage(void)
{
	struct process *p;
	unsigned what = below(16);

	settle();
	p = a_process();
	if (p == NULL || what < 4 || processes() < 7) {
		if (processes() < 13)
			make_one();
		return;
	}
	switch (what) {
	case 4:
		NOTE("manager: kill pid %d", p->object.id);
		(void)call_now(manager, p_process_kill, (uint64_t)p->object.id, 9, 1);
		break;
	case 5:
	case 6: {
		struct thread *t = pool_find(SKINK_POOL_THREAD, any_id(SKINK_POOL_THREAD));

		if (t->state != SKINK_STATE_FAULT)
			break;
		p = t->process;
		NOTE("manager: kill pid %d, which has faulted", p->object.id);
		(void)call(manager, p_process_kill, (uint64_t)p->object.id, 11, 1);
		break;
	}
	case 7:
		give_up_parked();
		break;
	case 8:
		jump();
		break;
	case 9: {
		uint64_t kind = below(9), id = garbage();

		if (kind <= SKINK_INFO_THREAD_NEXT)
			id = (uint64_t)any_id(
			    kind < SKINK_INFO_THREAD ? SKINK_POOL_PROCESS : SKINK_POOL_THREAD);
		else if (below(3) != 0)
			id = (uint64_t)p->object.id << 32 | below(20);
		NOTE("manager: info %" PRIu64 " of %" PRIx64, kind, id);
		invariants_pause();
		for (unsigned n = 24; n < 800; n += 8)
			(void)call(manager, p_info, kind, id, USER_BASE + 4 * SKINK_PAGE, n);
		invariants_resume();
		break;
	}
	case 10:
		NOTE("manager: takes source back");
		CHECK_EQ(call(manager, p_interrupt_grant, 0, 1 + below(6)), 0);
		break;
	case 11:
	case 12:
	case 13:
		change_memory(p);
		break;
	default:
		NOTE("manager: connects pid %d", p->object.id);
		introduce(p);
		break;
	}
}

/* Ended processes are taken back as procmgr would: when told, or at least some time. */
static void
reclaim_ended(void)
{
	settle();
	for (uint32_t i = 1; i <= pools[SKINK_POOL_PROCESS].total; i++) {
		struct process *p = pool_at(SKINK_POOL_PROCESS, i);

		if (p->object.id != 0 && p->state == PROCESS_ENDED) {
			NOTE("manager: reclaim pid %d", p->object.id);
			process_reclaim(p);
		}
	}
}

/* ---- the driver ---- */

/* A thread that can make a call now: the current one, as a rule. */
static struct thread *
a_caller(void)
{
	struct thread *t = current();

	if (below(4) != 0 && t != idle && t != manager && t != intruder)
		return t;
	for (unsigned i = 0; i < 20; i++) {
		t = pool_find(SKINK_POOL_THREAD, any_id(SKINK_POOL_THREAD));
		if (t != NULL && t != idle && t != manager && t != intruder &&
		    t->task == TASK_NONE && !t->dying && t->process->state == PROCESS_ALIVE &&
		    (t->state == SKINK_STATE_READY || t->state == SKINK_STATE_RUNNING))
			return t;
	}
	return NULL;
}

/* Something has been broken off between two steps: what can be done to it meanwhile? */
static void
interfere(void)
{
	struct thread *t = a_caller();
	struct process *p = a_process();

	switch (below(4)) {
	case 0:
		if (t != NULL)
			random_call_now(t);
		break;
	case 1:
		if (p == NULL || manager->task != TASK_NONE || manager->state != SKINK_STATE_READY)
			break;
		NOTE("manager: begin to kill pid %d", p->object.id);
		(void)call_now(manager, p_process_kill, (uint64_t)p->object.id, 9, 1);
		break;
	case 2: {
		struct thread *any = pool_find(SKINK_POOL_THREAD, any_id(SKINK_POOL_THREAD));

		if (is_furniture(any->process) || manager->task != TASK_NONE ||
		    manager->state != SKINK_STATE_READY)
			break;
		NOTE("manager: tid %d jumps", any->object.id);
		(void)call_now(manager, p_thread_jump, (uint64_t)any->object.id, below(8192) * 4);
		break;
	}
	default:
		NOTE("the intruder leaves");
		intruder_leave();
		break;
	}
}

static void
raise_source(void)
{
	unsigned source = 1 + below(6);

	NOTE("source %u", source);
	fake_irq_raise(source);
	enter();
	fake_irq_lower(source);
}

/* Nobody can call: most of what is waited for would come from others that wait. */
static void
relieve(void)
{
	NOTE("all wait");
	switch (below(4)) {
	case 0:
		NOTE("all wait: 1 ms passes");
		time_pass(1000000);
		break;
	case 1:
		raise_source();
		break;
	case 2:
		manage();
		break;
	default:
		settle();
		jump();
		break;
	}
}

static void
one_operation(void)
{
	unsigned what = below(100);
	struct thread *t;

	NOTE("nothing");
	if (current() == intruder) {
		interfere();
	} else if (what < 6) {
		manage();
	} else if (what < 8) {
		reclaim_ended();
	} else if (what < 13) {
		uint64_t ns = below(5) ? below(100000) : below(300000000);

		NOTE("%" PRIu64 " ns pass", ns);
		if (below(2))
			time_pass_now(ns);
		else
			time_pass(ns % 2000000);
	} else if (what < 17) {
		raise_source();
	} else if (what < 18) {
		t = a_caller();
		if (t == NULL)
			return;
		NOTE("tid %d faults", t->object.id);
		fault(t, STORE_FAULT, below(10000));
	} else if (what < 20) {
		NOTE("settle");
		settle();
	} else {
		t = a_caller();
		if (t == NULL)
			relieve();
		else
			random_call(t);
	}
}

/* The manager hears of deaths and faults, and never waits. */
static void
listen(void)
{
	settle();
	(void)call(manager, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_RECEIVE, 0);
	(void)call(manager, msg_receive, (uint64_t)manager_chid, USER_BASE + 4 * SKINK_PAGE, 24, 0);
	time_pass(0);
}

/* A parked channel waits for its service for ever, by design: here it is. */
static void
give_back_parked(void)
{
	for (unsigned service = 1; service < 3; service++) {
		struct thread *t = service_at(service, 10);

		for (unsigned key = 0; key < 256; key++) {
			long chid = call(t, channel_create, SKINK_CHF_DURABLE, key);

			CHECK(chid > 0);
			CHECK_EQ(call(t, channel_destroy, (uint64_t)(int32_t)chid), 0);
		}
	}
}

uint64_t
random_run(uint64_t seed, unsigned long count, bool ways)
{
	seed_of_run = seed;
	ways_of_run = ways;
	operations = count;
	state = seed * 0x9e3779b97f4a7c15ull + 1;
	fail_hook = explain;
	/* Few ASIDs: epochs are short. Some harts have none. */
	handoff.asid_max = seed % 4 == 0 ? 0 : seed % 4 == 1 ? 3 : 7;
	scene_begin();
	if (!ways)
		hart0.fast_epoch = FAST_OFF;
	for (operation = 0; operation < count; operation++) {
		one_operation();
		if (operation % 50 == 0 && current() != intruder)
			listen();
	}
	if (current() == intruder)
		intruder_leave();
	for (unsigned i = 1; i < 8; i++)
		fake_irq_lower(i);
	NOTE("the end");
	scene_kill_all();
	give_back_parked();
	while (!heap_is_empty(&channel_find(procmgr, manager_chid)->queue))
		listen();
	scene_end();
	return draw();
}

/* ---- the tests ---- */

#define CI_OPERATIONS 12000ul

static void
run_apart(uint64_t seed, bool ways, unsigned long *taken)
{
	int status;

	if (fork() == 0) {
		(void)random_run(seed, CI_OPERATIONS, ways);
		for (unsigned i = 0; i < FAST_WAYS; i++)
			taken[i] += fast_taken[i];
		exit(0);
	}
	wait(&status);
	CHECK_EQ(status, 0);
}

static void
run_seeds(bool ways, unsigned long *taken)
{
	unsigned long seeds = ways ? 8 : 4;

	if (getenv("SKINK_SOAK") != NULL)
		seeds *= 10;
	for (unsigned long seed = 1; seed <= seeds; seed++)
		run_apart(seed, ways, taken);
}

static unsigned long *
taken_new(void)
{
	void *at = mmap(NULL, FAST_WAYS * sizeof(unsigned long), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(at != MAP_FAILED);
	return at;
}

static void
test_random_calls_break_nothing_when_there_are_many(void)
{
	static const unsigned short_ways[] = {SKINK_SYS_msg_send, SKINK_SYS_msg_receive,
	    SKINK_SYS_msg_reply, SKINK_SYS_msg_reply_receive, SKINK_SYS_msg_send_pulse,
	    SKINK_SYS_sched_yield, FAST_DEVICE, FAST_SLEEPER};
	unsigned long *taken = taken_new();

	run_seeds(true, taken);
	for (unsigned i = 0; i < sizeof(short_ways) / sizeof(short_ways[0]); i++)
		if (taken[short_ways[i]] == 0)
			FAIL("the short way %u (%s) was never gone", short_ways[i],
			    call_name(short_ways[i]));
}

static void
test_random_calls_break_nothing_when_there_is_no_fast_path(void)
{
	unsigned long *taken = taken_new();

	run_seeds(false, taken);
	for (unsigned i = 0; i < FAST_WAYS; i++)
		if (taken[i] != 0)
			FAIL("the short way %u (%s) was gone", i, call_name(i));
}

const struct test random_tests[] = {
    TEST(test_random_calls_break_nothing_when_there_are_many),
    TEST(test_random_calls_break_nothing_when_there_is_no_fast_path),
    {0},
};
