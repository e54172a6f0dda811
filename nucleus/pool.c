/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c - typed pools. Owns all memory of nucleus objects; never knows what an object means. */
#include <string.h>

#include "nucleus.h"

struct pool pools[SKINK_POOL_COUNT];

#define GENERATIONS (1u << (31 - SKINK_INDEX_BITS))

static struct object *
slot(const struct pool *p, uint32_t index)
{
	return (struct object *)(p->base + (index - 1) * p->size);
}

void *
pool_new(enum skink_pool which)
{
	struct pool *p = &pools[which];
	struct object *o;

	if (p->first == 0)
		return NULL;
	o = slot(p, p->first);
	p->first = o->next;
	if (p->first == 0)
		p->last = 0;
	memset(o + 1, 0, p->cleared);
	o->id = (int32_t)(o->generation << SKINK_INDEX_BITS | o->index);
	p->used++;
	if (p->used > p->peak)
		p->peak = p->used;
	return o;
}

void
pool_free(enum skink_pool which, void *object)
{
	struct pool *p = &pools[which];
	struct object *o = object;

	ASSERT(o->id != 0);
	o->id = 0;
	o->generation = (o->generation + 1) % GENERATIONS;
	o->next = 0;
	if (p->last == 0)
		p->first = o->index;
	else
		slot(p, p->last)->next = o->index;
	p->last = o->index;
	p->used--;
}

void *
pool_at(enum skink_pool which, uint32_t index)
{
	const struct pool *p = &pools[which];

	return index == 0 || index > p->total ? NULL : slot(p, index);
}

/* What lives has an id above 0. */
void *
pool_find(enum skink_pool which, int64_t id)
{
	struct object *o = pool_at(which, (uint32_t)id & SKINK_INDEX_MASK);

	return o != NULL && o->id == id ? o : NULL;
}
