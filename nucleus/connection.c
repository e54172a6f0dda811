/* SPDX-License-Identifier: Apache-2.0 */
/* connection.c - connections, and the tables of coids that hold them. A connection is one open line
 * to a channel, shared by all coids that were dup'ed or inherited; when the last is dropped, the
 * server is told by a pulse that is part of the connection and cannot be lost. */
#include "nucleus.h"

/* ---- tables ---- */

/* Its place among the process's coids; -1: it cannot be a coid. fast.c has the same in short. */
static int
index_of(int64_t coid)
{
	if ((coid & ~(int64_t)(SKINK_SIDE_CHANNEL | (SKINK_COIDS - 1))) != 0)
		return -1;
	return (int)(coid & (SKINK_COIDS - 1)) + (coid >= SKINK_SIDE_CHANNEL ? SKINK_COIDS : 0);
}

static int64_t
coid_at(unsigned index)
{
	return index < SKINK_COIDS ? index : (index - SKINK_COIDS) | SKINK_SIDE_CHANNEL;
}

struct coid *
place_find(struct process *p, int64_t coid)
{
	int index = index_of(coid);
	struct coids *chunk = index < 0 ? NULL : p->coids[index / COIDS_PER_CHUNK];
	struct coid *place = chunk == NULL ? NULL : &chunk->coid[index % COIDS_PER_CHUNK];

	return place != NULL && place->connection != NULL ? place : NULL;
}

struct connection *
coid_find(struct process *p, int64_t coid)
{
	const struct coid *place = place_find(p, coid);

	return place == NULL ? NULL : place->connection;
}

/* The first place from `index` to before `end` that is in use, or that is free; -1: none. */
static int
place_next(const struct process *p, unsigned index, unsigned end, bool in_use)
{
	uint32_t flip = in_use ? 0 : ~0u, mask = ~0u << index % COIDS_PER_CHUNK;

	for (unsigned at = index / COIDS_PER_CHUNK; at < end / COIDS_PER_CHUNK; at++) {
		const struct coids *chunk = p->coids[at]; /* <= COID_CHUNKS of them */
		uint32_t map = ((chunk == NULL ? 0 : chunk->used) ^ flip) & mask;

		if (map != 0)
			return (int)(at * COIDS_PER_CHUNK + bits_lowest(map));
		mask = ~0u;
	}
	return -1;
}

int64_t
coid_after(const struct process *p, int64_t coid)
{
	int at = place_next(p, (unsigned)(index_of(coid) + 1), 2 * SKINK_COIDS, true);

	return at < 0 ? -1 : coid_at((unsigned)at);
}

/* Puts a connection into the table: the lowest free coid >= index. -SK_EINVAL, -SK_EMFILE (table or
 * quotas). Counts a holder. */
long
coid_new(struct process *p, struct connection *c, long index, uint32_t flags)
{
	int from = index_of(index), at;
	struct coids *chunk;

	if (from < 0 || flags & ~(uint32_t)SKINK_COF_CLOEXEC)
		return -SK_EINVAL;
	at = place_next(
	    p, (unsigned)from, from < SKINK_COIDS ? SKINK_COIDS : 2 * SKINK_COIDS, false);
	if (at < 0 || !quota_left(p, SKINK_POOL_CONNECTION))
		return -SK_EMFILE;
	chunk = p->coids[at / COIDS_PER_CHUNK];
	if (chunk == NULL) {
		chunk = object_new(p, SKINK_POOL_COIDS);
		if (chunk == NULL)
			return -SK_EMFILE;
		p->coids[at / COIDS_PER_CHUNK] = chunk;
		p->coids_present |= 1ull << at / COIDS_PER_CHUNK;
	}
	/* COMMIT */
	p->used[SKINK_POOL_CONNECTION]++;
	chunk->coid[at % COIDS_PER_CHUNK] = (struct coid){c, flags};
	chunk->used |= 1u << at % COIDS_PER_CHUNK;
	c->shared |= c->holders++ > 0;
	c->pid = p->object.id;
	c->coid = (int32_t)coid_at((unsigned)at);
	return c->coid;
}

/* One coid of p's less. */
static void
connection_drop(struct process *p, struct connection *c)
{
	c->holders--;
	c->pid = p->object.id;
	connection_release(c);
}

static void
slot_clear(struct process *p, unsigned index)
{
	unsigned at = index / COIDS_PER_CHUNK, slot = index % COIDS_PER_CHUNK;
	struct coids *chunk = p->coids[at];
	struct connection *c = chunk->coid[slot].connection;

	chunk->coid[slot].connection = NULL;
	chunk->used &= ~(1u << slot);
	if (chunk->used == 0) {
		object_free(p, SKINK_POOL_COIDS, chunk);
		p->coids[at] = NULL;
		p->coids_present &= ~(1ull << at);
	}
	quota_give(p, SKINK_POOL_CONNECTION);
	connection_drop(p, c);
}

bool
coids_step_end(struct process *p)
{
	unsigned at;

	if (p->coids_present == 0)
		return false;
	at = bits_lowest(p->coids_present);
	slot_clear(p, at * COIDS_PER_CHUNK + bits_lowest(p->coids[at]->used));
	return true;
}

/* ---- connections ---- */

static void
connection_free(struct connection *c)
{
	struct process *payer = c->lingers ? pool_find(SKINK_POOL_PROCESS, c->pid) : NULL;

	list_remove(&c->channel_link);
	pulse_unqueue(&c->pulse);
	object_free(payer, SKINK_POOL_CONNECTION, c);
}

/* A new connection of p's, in its table. */
long
connection_make(struct process *p, struct channel *ch, int64_t index, uint32_t flags)
{
	struct connection *c = pool_new(SKINK_POOL_CONNECTION);
	long coid;

	if (c == NULL)
		return -SK_EAGAIN;
	c->channel = ch;
	c->pid = p->object.id;
	list_push_back(&ch->connections, &c->channel_link);
	coid = coid_new(p, c, index, flags);
	if (coid < 0)
		connection_free(c);
	return coid;
}

/* A closed connection whose server has still to be told stays, at the expense of its last
 * holder. */
void
connection_release(struct connection *c)
{
	struct channel *ch = c->channel;
	struct process *p;

	if (c->holders > 0 || c->sends > 0 || c->lingers)
		return;
	p = pool_find(SKINK_POOL_PROCESS, c->pid);
	pulse_unqueue(&c->pulse);
	if (ch == NULL || (ch->flags & CHANNEL_CLOSING) || !(ch->flags & SKINK_CHF_DISCONNECT)) {
		connection_free(c);
		return;
	}
	c->lingers = true;
	if (p != NULL)
		p->used[SKINK_POOL_CONNECTION]++;
	pulse_queue(&c->pulse, ch,
	    hart_self()->current == NULL ? 1 : hart_self()->current->effective,
	    SKINK_PULSE_DISCONNECT, 0, c->object.id);
}

void
connection_channel_gone(struct connection *c)
{
	struct process *p = process_find(c->pid);

	list_remove(&c->channel_link);
	c->channel = NULL;
	if (c->lingers) {
		connection_free(c);
		return;
	}
	if (p != NULL && p->coiddeath != NULL && c->holders > 0)
		pulse_queue(&c->pulse, p->coiddeath,
		    p->attr.priority_max < 10 ? p->attr.priority_max : 10, SKINK_PULSE_COIDDEATH,
		    (uint64_t)c->coid, -1);
}

struct _server_info
connection_look(const struct coid *place, int32_t coid)
{
	const struct connection *c = place->connection;
	const struct channel *ch = c->channel;

	return (struct _server_info){
	    .pid = ch == NULL       ? -1
		: ch->owner == NULL ? 0
				    : ch->owner->object.id,
	    .chid = ch == NULL ? -1 : ch->object.id,
	    .scoid = c->object.id,
	    .coid = coid,
	    .flags = place->flags,
	    .holders = c->holders,
	};
}

/* ---- calls ---- */

long
sys_connect_attach(struct thread *t, const uint64_t *a)
{
	struct channel *ch = channel_find(t->process, (int64_t)a[0]);

	if (ch == NULL)
		return -SK_ESRCH;
	return connection_make(t->process, ch, (int64_t)a[1], (uint32_t)a[2]);
}

long
sys_connect_detach(struct thread *t, struct coid *, const uint64_t *a)
{
	slot_clear(t->process, (unsigned)index_of((int64_t)a[0]));
	return 0;
}

long
sys_connect_dup(struct thread *t, struct coid *place, const uint64_t *a)
{
	struct process *p = t->process;
	struct connection *c = place->connection;
	uint32_t flags = (uint32_t)a[2] & ~SKINK_DUP_EXACT;

	if (index_of((int64_t)a[1]) < 0 || flags & ~(uint32_t)SKINK_COF_CLOEXEC)
		return -SK_EINVAL;
	if ((uint32_t)a[2] & SKINK_DUP_EXACT) {
		place = place_find(p, (int64_t)a[1]);
		if (place != NULL) {
			/* COMMIT: no room is wanted, so nothing can be lost */
			struct connection *old = place->connection;

			*place = (struct coid){c, flags};
			c->holders++;
			c->shared = true;
			connection_drop(p, old);
			return (long)a[1];
		}
	}
	return coid_new(p, c, (int64_t)a[1], flags);
}

long
sys_connect_server_info(struct thread *t, struct coid *place, const uint64_t *a)
{
	struct _server_info info = connection_look(place, (int32_t)a[0]);

	if (a[1] != 0 && user_write(t->process, a[1], &info, sizeof(info)) < 0)
		return -SK_EFAULT;
	return place->flags;
}

long
sys_connect_client_info(struct thread *t, const uint64_t *a)
{
	struct connection *c = pool_find(SKINK_POOL_CONNECTION, (int64_t)a[0]);
	const struct process *p = t->process;
	struct _client_info info = {0};

	if ((int64_t)a[0] != SKINK_SCOID_SELF) {
		if (c == NULL || c->channel == NULL || c->channel->owner != p || c->lingers)
			return -SK_EINVAL;
		info.pid = c->pid;
		info.holders = c->holders;
		p = process_find(c->pid);
	}
	if (p != NULL) {
		info.pid = p->object.id;
		info.ppid = p->attr.ppid;
		info.sid = p->attr.sid;
		info.abilities = p->attr.abilities;
		info.service = p->attr.service;
		info.priority_max = p->attr.priority_max;
	}
	return user_write(t->process, a[1], &info, sizeof(info));
}

long
sys_p_connect_install(struct thread *, struct process *p, const uint64_t *a)
{
	struct channel *ch = channel_any((int64_t)a[1]);

	if (ch == NULL)
		return -SK_EBADF;
	return connection_make(p, ch, (int64_t)a[2], (uint32_t)a[3]);
}

long
sys_p_connect_inherit(struct thread *, struct process *from, const uint64_t *a)
{
	struct process *to = process_find((int64_t)a[2]);
	struct connection *c;

	if (to == NULL)
		return -SK_ESRCH;
	c = coid_find(from, (int64_t)a[1]);
	if (c == NULL || coid_find(to, (int64_t)a[3]) != NULL)
		return -SK_EBADF;
	return coid_new(to, c, (int64_t)a[3], 0);
}
