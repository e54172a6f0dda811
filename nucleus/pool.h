/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h - typed pools of objects, sized at boot. An object's id carries its slot's generation, so
 * that an id of a dead object is never taken for its successor's (skink/types.h). */
#ifndef NUCLEUS_POOL_H
#define NUCLEUS_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <skink/manager.h>

/* The head of every pooled object. */
struct object {
	int32_t		id;		/* 0: free */
	uint32_t	generation;	/* of the slot */
	uint32_t	index;		/* of the slot; from 1 */
	uint32_t	next;		/* free list: index, 0 ends */
	/* survives the object: its successor in the slot finds it */
	uint64_t	kept;
};

void pools_init(void *memory, const uint32_t counts[SKINK_POOL_COUNT]);
size_t pools_size(const uint32_t counts[SKINK_POOL_COUNT]);

/* A zeroed object, or NULL. */
void *pool_new(enum skink_pool which);
void pool_free(enum skink_pool which, void *object);

/* By id: NULL when it is stale, or was never given. */
void *pool_find(enum skink_pool which, int64_t id);

/* By index, dead or alive; NULL when there is no such slot. */
void *pool_at(enum skink_pool which, uint32_t index);

/* The first live object with an index above `index`; NULL: none within `steps`, *index says how
 * far it looked. */
void *pool_next(enum skink_pool which, uint32_t *index, unsigned steps);

uint32_t pool_total(enum skink_pool which);
uint32_t pool_used(enum skink_pool which);
uint32_t pool_peak(enum skink_pool which);
size_t pool_bytes(void);

#endif
