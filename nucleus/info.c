/* SPDX-License-Identifier: Apache-2.0 */
/* info.c - looks at everything, changes nothing: what pidin and ham see through procmgr, and what a
 * panic says of the moment. */
#include <string.h>

#include "nucleus.h"

/* Looks at up to this many slots in a step. */
#define SLOTS_PER_STEP 40

/* The answer of a look, if it has the size that is asked for. */
static long
answer(struct thread *t, const uint64_t *a, const void *info, size_t size, long result)
{
	if (a[3] != size)
		return -SK_EINVAL;
	return user_write(t->process, a[2], info, size) < 0 ? -SK_EFAULT : result;
}

/* ---- processes ---- */

/* When the process last came to receive; 0: it waits there now. */
static void
served_look(const struct process *p, struct skink_process_info *i)
{
	const struct list *l = p->threads.next;

	for (unsigned n = 0; n < LOOK_PARTS && l != &p->threads; n++, l = l->next) {
		const struct thread *t = CONTAINER(l, struct thread, process_link);

		if (t->state == SKINK_STATE_RECEIVE) {
			i->served_ns = 0;
			return;
		}
		if (clock_ns_at(t->served) > i->served_ns)
			i->served_ns = clock_ns_at(t->served);
	}
}

static long
process_info(struct thread *t, struct process *p, const uint64_t *a)
{
	struct skink_process_info i = {
	    .pid = p->object.id,
	    .state = p->state,
	    .status = p->status,
	    .killed_by = p->killed_by,
	    .attr = p->attr,
	    .runtime_ns = process_runtime(p),
	};
	const struct list *l;
	unsigned n = 0;

	for (l = p->channels.next; l != &p->channels && n < LOOK_PARTS; l = l->next, n++)
		i.pending += CONTAINER(l, struct channel, owner_link)->queued;
	served_look(p, &i);
	memcpy(i.used, p->used, sizeof(i.used));
	return answer(t, a, &i, sizeof(i), p->object.id);
}

/* ---- threads ---- */

static void
blocked_on(const struct thread *who, struct skink_thread_info *i)
{
	switch ((enum skink_state)who->state) {
	case SKINK_STATE_SEND:
	case SKINK_STATE_REPLY:
	case SKINK_STATE_COPY:
		if (who->channel->owner != NULL)
			i->blocked_pid = who->channel->owner->object.id;
		i->blocked_tid = who->server == NULL ? 0 : who->server->object.id;
		i->blocked_id = who->connection->coid;
		break;
	case SKINK_STATE_RECEIVE:
		i->blocked_id = who->serves->object.id;
		break;
	case SKINK_STATE_MUTEX:
	case SKINK_STATE_CONDVAR:
	case SKINK_STATE_SEM:
	case SKINK_STATE_JOIN:
		i->blocked_address = who->sync_address;
		if (who->sync->owner != NULL) {
			i->blocked_pid = who->sync->owner->process->object.id;
			i->blocked_tid = who->sync->owner->object.id;
		}
		break;
	case SKINK_STATE_INTR:
		i->blocked_id = (int32_t)who->interrupt->source;
		break;
	default:
		break;
	}
}

static long
thread_info(struct thread *t, const struct thread *who, const uint64_t *a)
{
	struct skink_thread_info i = {
	    .tid = who->object.id,
	    .pid = who->process->object.id,
	    .ordinal = who->ordinal,
	    .state = who->state,
	    .policy = policy_of(who),
	    .priority = (int32_t)priority_now(who),
	    .effective = who->effective,
	    .runtime_ns = ticks_ns(who->runtime),
	    .since_ns = clock_ns_at(who->since),
	    .cause = who->cause,
	    .address = who->fault_address,
	    .pc = who->regs.pc,
	};

	blocked_on(who, &i);
	memcpy(i.regs, &who->regs.x[1], sizeof(i.regs));
	memcpy(i.name, who->name, sizeof(i.name));
	return answer(t, a, &i, sizeof(i), who->object.id);
}

/* ---- connections ---- */

static long
connection_info(struct thread *t, struct process *p, const uint64_t *a)
{
	int64_t coid = SKINK_INFO_IS_NEXT(a[0]) ? coid_after(p, (int32_t)a[1]) : (int32_t)a[1];
	const struct coid *place = place_find(p, coid);
	struct _server_info i;

	if (place == NULL)
		return -SK_ESRCH;
	i = connection_look(place, (int32_t)coid);
	return answer(t, a, &i, sizeof(i), coid);
}

/* ---- the nucleus ---- */

static long
nucleus_info(struct thread *t, const uint64_t *a)
{
	const struct hart *h = hart_self();
	struct skink_nucleus_info i = {
	    .uptime_ns = clock_ns(),
	    .idle_ns = ticks_ns(h->idle),
	    .interrupt_ns = ticks_ns(h->interrupt),
	    .switches = h->switches + h->fast_sends + h->fast_replies + h->fast_switches,
	    .messages = h->messages + h->fast_replies,
	    .pulses = h->pulses,
	    .interrupts = h->interrupts,
	    .syscalls = h->syscalls + h->fast_sends + h->fast_replies + h->fast_switches,
	};

	memcpy(i.max_step, h->max_step, sizeof(i.max_step));
	for (unsigned n = 0; n < SKINK_POOL_COUNT; n++) {
		i.total[n] = pools[n].total;
		i.used[n] = pools[n].used;
		i.peak[n] = pools[n].peak;
		i.pool_bytes += pools[n].size * pools[n].total;
	}
	return answer(t, a, &i, sizeof(i), 0);
}

/* The object of id a[1]; or, if the kind is a NEXT form, the next live one above the id's index:
 * SLOTS_PER_STEP at most are looked at then, and CALL_AGAIN goes on. NULL: *result. */
static void *
object_of(enum skink_pool which, struct thread *t, const uint64_t *a, long *result)
{
	uint32_t index =
	    t->progress > 0 ? (uint32_t)t->progress : (uint32_t)a[1] & SKINK_INDEX_MASK;

	*result = -SK_ESRCH;
	if (!SKINK_INFO_IS_NEXT(a[0]))
		return pool_find(which, (int64_t)a[1]);
	for (unsigned n = 0; n < SLOTS_PER_STEP; n++) {
		struct object *o = pool_at(which, ++index);

		if (o == NULL || o->id != 0)
			return o;
	}
	t->progress = index;
	*result = CALL_AGAIN;
	return NULL;
}

long
sys_p_info(struct thread *t, const uint64_t *a)
{
	long result;
	void *o;

	if (a[0] > SKINK_INFO_NUCLEUS)
		return -SK_EINVAL;
	switch (a[0] & ~1ull) { /* a kind, and its NEXT form */
	case SKINK_INFO_PROCESS:
		o = object_of(SKINK_POOL_PROCESS, t, a, &result);
		return o == NULL ? result : process_info(t, o, a);
	case SKINK_INFO_THREAD:
		o = object_of(SKINK_POOL_THREAD, t, a, &result);
		return o == NULL ? result : thread_info(t, o, a);
	case SKINK_INFO_CONNECTION:
		o = pool_find(SKINK_POOL_PROCESS, (int64_t)(a[1] >> 32));
		return o == NULL ? -SK_ESRCH : connection_info(t, o, a);
	default:
		return nucleus_info(t, a);
	}
}

/* ---- the moment of a panic ---- */

static const struct {
	const char *name;
	uint16_t number;
} traces[] = {
#define TRACE_NAME(name, number, a, b) {#name, number},
    SKINK_TRACES(TRACE_NAME)
#undef TRACE_NAME
};

void
panic_context(void)
{
	const struct thread *t = hart_self()->current;

	if (t != NULL && t->process != NULL)
		print("nucleus: thread %s '%s' pid %lu tid %lu pc %lx\n", t->process->attr.name,
		    t->name, (uint64_t)t->process->object.id, (uint64_t)t->object.id, t->regs.pc);
	for (unsigned i = 0; i < 16; i++) {
		const struct skink_trace_entry *e = trace_last(i);

		for (unsigned n = 0; e != NULL && n < sizeof(traces) / sizeof(traces[0]); n++)
			if (traces[n].number == e->what)
				print("nucleus: trace %lu ns %s %lx %lx\n", e->time_ns,
				    traces[n].name, e->a, e->b);
	}
}
