/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c - typed pools. Owns all memory of nucleus objects; never knows what an object means. */
#include <string.h>

#include "nucleus.h"

struct pool pools[SKINK_POOL_COUNT];

#define GENERATIONS (1u << (31 - SKINK_INDEX_BITS))

static struct object *
slot(const struct pool *p, uint32_t index)
{
	return (struct object *)(p->base + p->head + (index - 1) * p->size);
}

static void *
whole(const struct pool *p, struct object *o)
{
	return (char *)o - p->head;
}

void *
pool_new(enum skink_pool which)
{
	struct pool *p = &pools[which];
	struct object *o, head;

	if (p->first == 0)
		return NULL;
	o = slot(p, p->first);
	head = *o;
	p->first = head.next;
	if (p->first == 0)
		p->last = 0;
	memset(o, 0, p->size - p->head); /* what is before the head is its owner's to set */
	o->index = head.index;
	o->generation = head.generation;
	o->kept = head.kept;
	o->id = (int32_t)(head.generation << SKINK_INDEX_BITS | head.index);
	p->used++;
	if (p->used > p->peak)
		p->peak = p->used;
	return whole(p, o);
}

void
pool_free(enum skink_pool which, void *object)
{
	struct pool *p = &pools[which];
	struct object *o = (struct object *)((char *)object + p->head);

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
pool_find(enum skink_pool which, int64_t id)
{
	struct pool *p = &pools[which];
	uint32_t index = id & SKINK_INDEX_MASK;
	struct object *o;

	if (id <= 0 || id > INT32_MAX || index == 0 || index > p->total)
		return NULL;
	o = slot(p, index);
	return o->id == id ? whole(p, o) : NULL;
}

void *
pool_at(enum skink_pool which, uint32_t index)
{
	const struct pool *p = &pools[which];

	return index == 0 || index > p->total ? NULL : whole(p, slot(p, index));
}

void *
pool_next(enum skink_pool which, uint32_t *index, unsigned steps)
{
	struct pool *p = &pools[which];

	while (steps-- > 0 && *index < p->total) {
		struct object *o = slot(p, ++*index);

		if (o->id != 0)
			return whole(p, o);
	}
	return NULL;
}
