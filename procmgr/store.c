/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - small objects of one size, in frames of their own. Owns those frames for good: what is
 * freed is used again for the same kind. Bounded by those who count what they take. */
#include <string.h>

#include "pages.h"
#include "store.h"

static bool
grow(struct store *store)
{
	uint32_t count, frame;
	char *memory;

	if (!pages_reserve(1))
		return false;
	frame = pages_take(1, &count);
	memory = frame_memory(frame);
	for (uint32_t at = 0; at + store->size <= PAGE_SIZE; at += store->size) {
		*(void **)(memory + at) = store->free;
		store->free = memory + at;
		store->idle++;
	}
	store->frames++;
	return true;
}

bool
store_prepare(struct store *store, uint32_t count)
{
	while (store->idle < count)
		if (!grow(store))
			return false;
	return true;
}

void *
store_get(struct store *store)
{
	void *object;

	if (store->idle == 0 && !grow(store))
		return NULL;
	object = store->free;
	store->free = *(void **)object;
	store->idle--;
	store->used++;
	return memset(object, 0, store->size);
}

void
store_put(struct store *store, void *object)
{
	*(void **)object = store->free;
	store->free = object;
	store->idle++;
	store->used--;
}
