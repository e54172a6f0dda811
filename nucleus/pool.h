/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h - typed pools of objects, sized at boot. An object's id carries its slot's generation, so
 * that an id of a dead object is never taken for its successor's (skink/types.h). */
#ifndef NUCLEUS_POOL_H
#define NUCLEUS_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <skink/manager.h>

/* Every pooled object starts with it. */
struct object {
	int32_t		id;		/* 0: free */
	uint32_t	generation;	/* of the slot */
	uint32_t	index;		/* of the slot; from 1 */
	uint32_t	next;		/* free list: index, 0 ends */
	/* survives the object: its successor in the slot finds it */
	uint64_t	kept;
};

/* By enum skink_pool. Start-up makes them, with all objects free (startup/pools.c); from then on
 * pool.c alone changes them. */
struct pool {
	char		*base;
	size_t		size;		/* of one slot */
	size_t		cleared;	/* behind struct object; the rest is its maker's to set */
	uint32_t	total;
	uint32_t	used, peak;
	/* free list: oldest first, so that generations spread */
	uint32_t	first, last;
};
extern struct pool pools[SKINK_POOL_COUNT];

/* A cleared object, or NULL. */
void *pool_new(enum skink_pool which);
void pool_free(enum skink_pool which, void *object);

/* By id: NULL when it is stale, or was never given. */
void *pool_find(enum skink_pool which, int64_t id);

/* By index, dead or alive; NULL when there is no such slot. */
void *pool_at(enum skink_pool which, uint32_t index);

#endif
