/* SPDX-License-Identifier: Apache-2.0 */
/* invariants.c - what is true of the nucleus's objects after every entry. Looks at all of them from
 * outside; changes none.
 *
 * It is most of what the random driver does, so it costs as much as there are objects: that an
 * object is in a list is shown by counting (all in the list belong there, and they are as many as
 * belong there), and of the many places where nothing should be it looks at a share each time.
 */
#include "fake.h"
#include "riscv/tlb.h"

/* ---- what is counted while looking ---- */

static struct {
	unsigned used[SKINK_QUOTA_COUNT];
} by_process[SKINK_INDEX_MASK];
static struct {
	unsigned queued, pulses, servers, receivers, clients, connections;
} by_channel[SKINK_INDEX_MASK];
static struct {
	unsigned holders, sends;
} by_connection[SKINK_INDEX_MASK];
static unsigned timers_armed[TIMER_BANDS];
static unsigned boosts_queued, sporadics, ready;

/* Of places that should be empty, every EMPTY_SHAREth is looked at, each time others. */
#define EMPTY_SHARE 16
static unsigned empty_first;

/* ---- pointers ---- */

static void *
slot_at(enum skink_pool which, uint32_t index)
{
	return pools[which].base + (index - 1) * pools[which].size;
}

/* Its slot is where its index says, so it is no piece of another object. */
static bool
is_live(enum skink_pool which, const void *pointer)
{
	const struct object *o = pointer;

	return o->id != 0 && o->index <= pools[which].total && slot_at(which, o->index) == pointer;
}

#define LIVE(POOL, pointer) CHECK(is_live(SKINK_POOL_##POOL, pointer))

#define INDEX(pointer)      ((pointer)->object.index)

/* The next of a list, whose links agree. */
static const struct list *
next_of(const struct list *l)
{
	CHECK(l->next->prev == l);
	return l->next;
}

#define EACH_LINKED(head, l) for (const struct list *l = next_of(head); l != (head); l = next_of(l))

static bool
heap_holds(const struct heap *h, const struct heap_node *n)
{
	unsigned steps = 0;

	if (!heap_has(n))
		return false;
	while (n->parent != NULL) {
		CHECK(n->parent->left == n || n->parent->right == n);
		CHECK(++steps < 10000);
		n = n->parent;
	}
	return h->root == n;
}

static unsigned
rank_of(const struct heap_node *n)
{
	return n == NULL ? 0 : n->rank;
}

/* Returns the number of nodes; calls `each` for every one. */
static unsigned
heap_look(
    const struct heap_node *n, void (*each)(const struct heap_node *n, void *with), void *with)
{
	if (n == NULL)
		return 0;
	CHECK(n->left == NULL || (n->left->parent == n && n->left->key >= n->key));
	CHECK(n->right == NULL || (n->right->parent == n && n->right->key >= n->key));
	CHECK(rank_of(n->left) >= rank_of(n->right) && n->rank == rank_of(n->right) + 1);
	if (each != NULL)
		each(n, with);
	return 1 + heap_look(n->left, each, with) + heap_look(n->right, each, with);
}

static unsigned
heap_count(const struct heap *h, void (*each)(const struct heap_node *n, void *with), void *with)
{
	CHECK(h->root == NULL || h->root->parent == NULL);
	return heap_look(h->root, each, with);
}

/* ---- threads ---- */

static unsigned
top(const struct heap *h)
{
	return h->root == NULL ? 0 : priority_of(h->root);
}

/* Written from the words of docs/nucleus.md, not from sched.c. */
static unsigned
priority_due(const struct thread *t)
{
	unsigned p = 0, mutexes = top(&t->owns);

	if (t->dying || t->serves == NULL || !(t->serves->flags & SKINK_CHF_FIXED_PRIORITY)) {
		if (top(&t->holds) > p)
			p = top(&t->holds);
		if (t->pulse_priority > p)
			p = t->pulse_priority;
		if (t->serves != NULL && t->state != SKINK_STATE_RECEIVE &&
		    !(is_sporadic(t) && t->serves->queue.root != NULL &&
			t->serves->queue.root->kind == IN_PULSE) &&
		    top(&t->serves->queue) > p)
			p = top(&t->serves->queue);
	}
	if (p == 0)
		p = t->sporadic.out ? (unsigned)t->sporadic.set.low_priority : t->priority;
	return mutexes > p ? mutexes : p;
}

/* May that be who pays for t? Whoever is waited for pays, at the priority it lends. */
static struct thread *
payer_due(const struct thread *t)
{
	const struct heap_node *clients = t->holds.root, *mutexes = t->owns.root;
	const struct heap_node *queue = t->serves == NULL ? NULL : t->serves->queue.root;
	unsigned p = t->effective;

	if (!t->dying && t->serves != NULL && t->serves->flags & SKINK_CHF_FIXED_PRIORITY)
		clients = queue = NULL;
	if (clients != NULL && priority_of(clients) == p)
		return CONTAINER(clients, struct thread, held)->payer;
	if (queue != NULL && queue->kind == IN_THREAD && t->state != SKINK_STATE_RECEIVE &&
	    priority_of(queue) == p)
		return CONTAINER(queue, struct thread, wait)->payer;
	if (mutexes != NULL && priority_of(mutexes) == p)
		return CONTAINER(
		    CONTAINER(mutexes, struct sync, owned)->waiters.root, struct thread, wait)
		    ->payer;
	return is_sporadic(t) ? (struct thread *)(uintptr_t)t : NULL;
}

/* While no thread is sporadic nobody looks for payers: one that was, of a client whose own look is
 * still queued, is not passed on. */
static bool
is_paid_for_no_more(const struct thread *t)
{
	return hart0.sporadics == 0 && t->payer == NULL;
}

static void
look_at_budget(const struct thread *t)
{
	const struct sporadic *s = &t->sporadic;
	uint64_t ticks = s->left, before = 0;

	CHECK_EQ(t->budget != 0, t->payer != NULL || is_sporadic(t));
	if (list_is_empty(&t->boost_link))
		CHECK(t->payer == payer_due(t) || is_paid_for_no_more(t));
	if (!is_sporadic(t)) {
		CHECK(!heap_has(&s->node) && !s->out);
		return;
	}
	sporadics++;
	CHECK(!t->dying && s->count <= s->set.max_repl);
	CHECK(s->left > 0 || s->out);
	CHECK(!s->open || s->count > 0);
	for (unsigned i = 0; i < s->count; i++) {
		unsigned at = (s->first + i) % SKINK_SS_REPL_MAX;

		CHECK(s->pending[at].ns >= before);
		before = s->pending[at].ns;
		ticks += s->pending[at].ticks;
	}
	CHECK_EQ(ticks, ns_ticks(s->set.budget_ns));
	CHECK_EQ(heap_has(&s->node), s->count > 0);
	if (s->count == 0)
		return;
	CHECK_EQ(s->node.key, s->pending[s->first].ns);
	CHECK_EQ(s->node.band, t->priority * TIMER_BANDS / SKINK_PRIORITIES);
	timers_armed[s->node.band]++;
}

static void
look_at_queues(const struct thread *t)
{
	bool sends = t->state == SKINK_STATE_SEND;
	bool replies = t->state == SKINK_STATE_REPLY || t->state == SKINK_STATE_COPY;
	bool syncs = t->state == SKINK_STATE_MUTEX || t->state == SKINK_STATE_CONDVAR ||
	    t->state == SKINK_STATE_SEM || t->state == SKINK_STATE_JOIN;

	if (t->state == SKINK_STATE_READY)
		ready++;
	else
		CHECK(list_is_empty(&t->ready_link));
	CHECK_EQ(hart0.current == t, t->state == SKINK_STATE_RUNNING);
	CHECK_EQ(heap_has(&t->wait), sends || syncs);
	CHECK_EQ(t->sync != NULL, syncs);
	CHECK_EQ(heap_has(&t->held), replies && t->server != NULL);
	CHECK(t->pulse.channel == NULL || t->state == SKINK_STATE_FAULT ||
	    (replies && t->pulse.channel == t->channel));
	if (sends || replies) {
		LIVE(CHANNEL, t->channel);
		LIVE(CONNECTION, t->connection);
		CHECK(t->connection->channel == t->channel);
		by_connection[INDEX(t->connection)].sends++;
		CHECK_EQ(t->rcvid & SKINK_INDEX_MASK, INDEX(t));
	}
	if (sends) {
		CHECK(heap_holds(&t->channel->queue, &t->wait));
		CHECK(t->server == NULL);
		CHECK_EQ(t->wait.key, priority_key(t->effective, t->ticket));
	}
	if (replies) {
		by_channel[INDEX(t->channel)].clients++;
		CHECK(t->channel->owner != NULL);
	}
	if (replies && t->server != NULL) {
		LIVE(THREAD, t->server);
		CHECK(heap_holds(&t->server->holds, &t->held));
		CHECK(t->server->process == t->channel->owner);
		CHECK_EQ(t->held.key, priority_key(t->effective, t->ticket));
	}
	if (syncs) {
		LIVE(SYNC, t->sync);
		CHECK(heap_holds(&t->sync->waiters, &t->wait));
		CHECK_EQ(t->wait.key, priority_key(t->effective, t->ticket));
	}
	if (t->state == SKINK_STATE_RECEIVE) {
		CHECK(t->serves != NULL);
		by_channel[INDEX(t->serves)].receivers++;
	}
	if (t->state == SKINK_STATE_INTR) {
		LIVE(INTERRUPT, t->interrupt);
		CHECK(t->interrupt->notice.process == t->process);
		CHECK(t->interrupt->waiting == t || t->interrupt->tid != t->object.id);
	}
}

static void
look_at_copies(const struct thread *t)
{
	if (t->task == TASK_TAKE && t->in_service != NULL) {
		CHECK(t->state == SKINK_STATE_READY || t->state == SKINK_STATE_RUNNING);
		CHECK_EQ(t->in_service->state, SKINK_STATE_COPY);
	}
	if (t->state == SKINK_STATE_COPY) {
		LIVE(THREAD, t->server);
		CHECK(t->server->process->state != PROCESS_ALIVE ||
		    (t->server->task == TASK_TAKE && t->server->in_service == t));
	}
}

static void
look_at_thread(const struct thread *t)
{
	LIVE(PROCESS, t->process);
	by_process[INDEX(t->process)].used[SKINK_POOL_THREAD]++;
	look_at_queues(t);
	look_at_copies(t);
	look_at_budget(t);
	boosts_queued += !list_is_empty(&t->boost_link);
	/* A boost that is still to travel is one that someone below it may wait for. */
	if (list_is_empty(&t->boost_link))
		CHECK_EQ(t->effective, priority_due(t));
	if (!list_is_empty(&t->boost_link) && t->effective != priority_due(t))
		CHECK(hart0.boost_priority >= priority_due(t) &&
		    hart0.boost_priority >= t->effective);
	if (heap_has(&t->timeout)) {
		CHECK_EQ(t->timeout.band, t->effective * TIMER_BANDS / SKINK_PRIORITIES);
		CHECK(heap_holds(&hart0.timers[t->timeout.band], &t->timeout));
		timers_armed[t->timeout.band]++;
	}
	/* The short ways test these as one word: no byte has a bit that nobody knows. */
	CHECK((t->special & ~(UINT32_MAX | SPECIAL_FPU | SPECIAL_SLICES | 1ull << 48)) == 0);
	CHECK(t->task != TASK_TAKE || (t->serves != NULL && !t->dying));
	if (t->serves != NULL) {
		LIVE(CHANNEL, t->serves);
		CHECK(t->serves->owner == t->process);
		by_channel[INDEX(t->serves)].servers++;
	}
	if (t->in_service != NULL && !t->dying) {
		LIVE(THREAD, t->in_service);
		CHECK(t->in_service->server == t);
	}
	CHECK(!t->dying || t->task == TASK_DIE);
}

/* ---- the others ---- */

static void
look_at_pulse(const struct pulse *p)
{
	if (p->channel == NULL) {
		CHECK(!heap_has(&p->node));
		return;
	}
	LIVE(CHANNEL, p->channel);
	CHECK(heap_holds(&p->channel->queue, &p->node));
	CHECK(p->node.kind == IN_PULSE && p->count > 0);
	CHECK_EQ(priority_of(&p->node), p->priority);
}

static void
count_queued(const struct heap_node *n, void *with)
{
	struct channel *ch = with;

	by_channel[INDEX(ch)].queued++;
	if (n->kind == IN_PULSE) {
		const struct pulse *p = CONTAINER(n, struct pulse, node);

		CHECK(p->channel == ch);
		by_channel[INDEX(ch)].pulses += p->payer != 0;
	} else {
		const struct thread *t = CONTAINER(n, struct thread, wait);

		LIVE(THREAD, t);
		CHECK(t->state == SKINK_STATE_SEND && t->channel == ch);
	}
}

static bool
is_served_by(const struct channel *ch, const struct thread *t)
{
	LIVE(THREAD, t);
	return t->serves == ch;
}

static void
look_at_channel(struct channel *ch)
{
	unsigned servers = 0, receivers = 0, clients = 0, connections = 0;
	bool somebody_takes = false;

	(void)heap_count(&ch->queue, count_queued, ch);
	CHECK_EQ(by_channel[INDEX(ch)].queued, ch->queued);
	CHECK_EQ((ch->flags & CHANNEL_QUEUED) != 0, ch->queued > 0);
	CHECK_EQ(by_channel[INDEX(ch)].pulses, ch->program_pulses);
	EACH_LINKED(&ch->servers, l)
	{
		const struct thread *t = CONTAINER(l, struct thread, serves_link);

		CHECK(is_served_by(ch, t));
		servers++;
		somebody_takes |= t->task == TASK_TAKE;
	}
	CHECK_EQ(servers, by_channel[INDEX(ch)].servers);
	CHECK_EQ(servers, ch->server_count);
	EACH_LINKED(&ch->receivers, l)
	{
		const struct thread *t = CONTAINER(l, struct thread, receive_link);

		CHECK(is_served_by(ch, t) && t->state == SKINK_STATE_RECEIVE);
		receivers++;
	}
	CHECK_EQ(receivers, by_channel[INDEX(ch)].receivers);
	/* Nobody waits for what is there, unless another is on its way to it, or the end. */
	CHECK(receivers == 0 || heap_is_empty(&ch->queue) || ch->owner->state != PROCESS_ALIVE ||
	    (ch->flags & CHANNEL_CLOSING) || somebody_takes);
	EACH_LINKED(&ch->clients, l)
	{
		const struct thread *t = CONTAINER(l, struct thread, client_link);

		LIVE(THREAD, t);
		CHECK(t->channel == ch &&
		    (t->state == SKINK_STATE_REPLY || t->state == SKINK_STATE_COPY));
		clients++;
	}
	CHECK_EQ(clients, by_channel[INDEX(ch)].clients);
	EACH_LINKED(&ch->connections, l)
	{
		const struct connection *c = CONTAINER(l, struct connection, channel_link);

		LIVE(CONNECTION, c);
		CHECK(c->channel == ch);
		connections++;
	}
	CHECK_EQ(connections, by_channel[INDEX(ch)].connections);
	if (ch->owner == NULL) {
		CHECK((ch->flags & SKINK_CHF_DURABLE) && servers == 0 && receivers == 0 &&
		    clients == 0);
		return;
	}
	LIVE(PROCESS, ch->owner);
	CHECK(ch->owner->state == PROCESS_ALIVE || ch->owner->state == PROCESS_ENDING);
	by_process[INDEX(ch->owner)].used[SKINK_POOL_CHANNEL]++;
}

static void
count_connection(const struct connection *c)
{
	if (c->channel == NULL) {
		CHECK(list_is_empty(&c->channel_link));
		return;
	}
	LIVE(CHANNEL, c->channel);
	by_channel[INDEX(c->channel)].connections++;
}

static void
look_at_connection(const struct connection *c)
{
	const struct process *payer = pool_find(SKINK_POOL_PROCESS, c->pid);

	CHECK_EQ(c->holders, by_connection[INDEX(c)].holders);
	CHECK_EQ(c->sends, by_connection[INDEX(c)].sends);
	CHECK(c->holders > 0 || c->sends > 0 || c->lingers);
	CHECK_EQ(c->lingers, c->pulse.channel != NULL && c->pulse.code == SKINK_PULSE_DISCONNECT);
	CHECK(!c->lingers || c->holders == 0);
	if (c->lingers && payer != NULL)
		by_process[INDEX(payer)].used[SKINK_POOL_CONNECTION]++;
	look_at_pulse(&c->pulse);
}

static void
look_at_chunk(const struct process *p, const struct coids *chunk)
{
	LIVE(COIDS, chunk);
	CHECK(chunk->used != 0);
	by_process[INDEX(p)].used[SKINK_POOL_COIDS]++;
	for (uint32_t left = chunk->used; left != 0; left &= left - 1) {
		const struct connection *c = chunk->coid[bits_lowest(left)].connection;

		LIVE(CONNECTION, c);
		by_connection[INDEX(c)].holders++;
		by_process[INDEX(p)].used[SKINK_POOL_CONNECTION]++;
	}
	for (unsigned i = empty_first; i < COIDS_PER_CHUNK; i += EMPTY_SHARE)
		CHECK_EQ(chunk->coid[i].connection != NULL, chunk->used >> i & 1);
}

static void
look_at_coids(const struct process *p)
{
	for (uint64_t left = p->coids_present; left != 0; left &= left - 1) {
		unsigned at = bits_lowest(left);

		look_at_chunk(p, p->coids[at]);
	}
	for (unsigned at = empty_first; at < COID_CHUNKS; at += EMPTY_SHARE)
		CHECK_EQ(p->coids[at] != NULL, p->coids_present >> at & 1);
}

/* Who is in a list of the process's is of the process; all that are, are there. */
static void
look_at_lists(const struct process *p)
{
	const unsigned *there = by_process[INDEX(p)].used;
	unsigned channels = 0, notices = 0;

	EACH_LINKED(&p->channels, l)
	{
		const struct channel *ch = CONTAINER(l, struct channel, owner_link);

		LIVE(CHANNEL, ch);
		CHECK(ch->owner == p);
		channels++;
	}
	CHECK_EQ(channels, there[SKINK_POOL_CHANNEL]);
	EACH_LINKED(&p->notices, l)
	{
		const struct notice *n = CONTAINER(l, struct notice, process_link);

		CHECK(n->object.id != 0 && n->process == p);
		notices++;
	}
	CHECK_EQ(notices,
	    there[SKINK_POOL_TIMER] + there[SKINK_POOL_INTERRUPT] + there[SKINK_POOL_EVENT]);
}

static void
look_at_process(const struct process *p)
{
	unsigned alive_seen = 0, dying_seen = 0;

	look_at_lists(p);
	if (p != procmgr)
		for (unsigned q = 0; q < SKINK_QUOTA_COUNT; q++)
			if (p->used[q] != by_process[INDEX(p)].used[q])
				FAIL("pid %d: quota %u: %u used, %u there", p->object.id, q,
				    p->used[q], by_process[INDEX(p)].used[q]);
	EACH_LINKED(&p->threads, l)
	{
		const struct thread *t = CONTAINER(l, struct thread, process_link);

		LIVE(THREAD, t);
		CHECK(t->process == p);
		CHECK(t->dying || dying_seen == 0);
		alive_seen += !t->dying;
		dying_seen += t->dying;
	}
	CHECK_EQ(alive_seen + dying_seen, by_process[INDEX(p)].used[SKINK_POOL_THREAD]);
	if (p->state == PROCESS_ENDED) {
		CHECK(alive_seen == 0 && dying_seen == 0);
		CHECK(list_is_empty(&p->channels) && list_is_empty(&p->notices));
		CHECK(p->coids_present == 0);
	}
	CHECK(p->state != PROCESS_ALIVE || !list_is_empty(&p->threads));
	if (p->coiddeath != NULL) {
		LIVE(CHANNEL, p->coiddeath);
		CHECK(p->coiddeath->owner == p);
	}
	look_at_pulse(&p->death);
}

static void
look_at_notice(const struct notice *n, enum skink_pool which)
{
	LIVE(PROCESS, n->process);
	CHECK_EQ(n->which, which);
	by_process[INDEX(n->process)].used[which]++;
	look_at_pulse(&n->pulse);
}

static void
look_at_timer(const struct timer *timer)
{
	look_at_notice(&timer->notice, SKINK_POOL_TIMER);
	if (!heap_has(&timer->node))
		return;
	CHECK(heap_holds(&hart0.timers[timer->node.band], &timer->node));
	CHECK_EQ(timer->node.band, timer->notice.pulse.priority * TIMER_BANDS / SKINK_PRIORITIES);
	timers_armed[timer->node.band]++;
}

static void
look_at_interrupt(const struct interrupt *i)
{
	look_at_notice(&i->notice, SKINK_POOL_INTERRUPT);
	CHECK_EQ(i->claimed, fake_irq_is_claimed(i->source));
	if (i->waiting != NULL) {
		LIVE(THREAD, i->waiting);
		CHECK(i->waiting->state == SKINK_STATE_INTR && i->waiting->interrupt == i);
		CHECK_EQ(i->waiting->object.id, i->tid);
	}
}

static void
sync_node(const struct heap_node *n, void *with)
{
	const struct thread *t = CONTAINER(n, struct thread, wait);

	LIVE(THREAD, t);
	CHECK(t->sync == with);
}

static void
look_at_sync(struct sync *s)
{
	const struct process *payer = pool_find(SKINK_POOL_PROCESS, s->payer);

	CHECK(heap_count(&s->waiters, sync_node, s) > 0);
	CHECK_EQ(heap_has(&s->owned), s->owner != NULL);
	if (s->owner != NULL) {
		LIVE(THREAD, s->owner);
		CHECK(heap_holds(&s->owner->owns, &s->owned));
		CHECK_EQ(s->owned.key, s->boosts ? s->waiters.root->key : priority_key(0, 0));
	}
	if (payer != NULL)
		by_process[INDEX(payer)].used[SKINK_POOL_SYNC]++;
}

static void
look_at_pooled(const struct pulse *p)
{
	const struct process *payer = pool_find(SKINK_POOL_PROCESS, p->payer);

	CHECK(p->payer != 0 && p->channel != NULL);
	look_at_pulse(p);
	if (payer != NULL)
		by_process[INDEX(payer)].used[SKINK_POOL_PULSE]++;
}

static void
look_at_event(const struct event *e)
{
	look_at_notice(&e->notice, SKINK_POOL_EVENT);
}

static void
look_at_ready(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 4; i++) {
		for (uint64_t left = hart0.ready_map[i]; left != 0; left &= left - 1) {
			unsigned p = i * 64 + 63 - bits_lowest(left);

			CHECK(!list_is_empty(&hart0.ready[p]));
			EACH_LINKED(&hart0.ready[p], l)
			{
				const struct thread *t = CONTAINER(l, struct thread, ready_link);

				LIVE(THREAD, t);
				CHECK(t->state == SKINK_STATE_READY && t->effective == p);
				n++;
			}
		}
	}
	CHECK_EQ(n, ready);
	for (unsigned p = empty_first; p < SKINK_PRIORITIES; p += EMPTY_SHARE)
		CHECK_EQ(
		    hart0.ready_map[p / 64] >> (63 - p % 64) & 1, !list_is_empty(&hart0.ready[p]));
}

static void
look_at_hart(void)
{
	uint64_t next = UINT64_MAX;
	unsigned n = 0;

	look_at_ready();
	EACH_LINKED(&hart0.boosts, l)
	{
		const struct thread *t = CONTAINER(l, struct thread, boost_link);

		LIVE(THREAD, t);
		CHECK(!list_is_empty(&t->boost_link));
		n++;
	}
	CHECK_EQ(n, boosts_queued);
	CHECK_EQ(hart0.sporadics, sporadics);
	for (unsigned band = 0; band < TIMER_BANDS; band++)
		CHECK_EQ(heap_count(&hart0.timers[band], NULL, NULL), timers_armed[band]);
	for (int band = TIMER_BANDS - 1; band >= 0; band--) {
		const struct heap_node *first = hart0.timers[band].root;

		if (first != NULL && first->key < next)
			next = first->key;
		CHECK_EQ(hart0.next_ns[band], next);
	}
	if (hart0.current != NULL)
		LIVE(THREAD, hart0.current);
}

#define EACH(POOL, function) \
	do { \
		unsigned count = 0; \
		for (uint32_t i = 1; i <= pools[SKINK_POOL_##POOL].total; i++) { \
			struct object *o = slot_at(SKINK_POOL_##POOL, i); \
			if (o->id == 0) \
				continue; \
			CHECK_EQ(o->index, i); \
			count++; \
			function((void *)o); \
		} \
		CHECK_EQ(count, pools[SKINK_POOL_##POOL].used); \
	} while (0)

/* Counts first, then what is compared with them. */
void
invariants(void)
{
	memset(by_process, 0, sizeof(by_process[0]) * (pools[SKINK_POOL_PROCESS].total + 1));
	memset(by_channel, 0, sizeof(by_channel[0]) * (pools[SKINK_POOL_CHANNEL].total + 1));
	memset(
	    by_connection, 0, sizeof(by_connection[0]) * (pools[SKINK_POOL_CONNECTION].total + 1));
	memset(timers_armed, 0, sizeof(timers_armed));
	boosts_queued = sporadics = ready = 0;
	empty_first = (empty_first + 1) % EMPTY_SHARE;
	EACH(CONNECTION, count_connection);
	EACH(THREAD, look_at_thread);
	EACH(CHANNEL, look_at_channel);
	EACH(PROCESS, look_at_coids);
	EACH(CONNECTION, look_at_connection);
	EACH(TIMER, look_at_timer);
	EACH(INTERRUPT, look_at_interrupt);
	EACH(SYNC, look_at_sync);
	EACH(PULSE, look_at_pooled);
	EACH(EVENT, look_at_event);
	EACH(PROCESS, look_at_process);
	look_at_hart();
	tlb_check();
}
