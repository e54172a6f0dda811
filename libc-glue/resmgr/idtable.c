/* SPDX-License-Identifier: Apache-2.0 */
/* idtable.c - see idtable.h. Owns only its three arrays. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "idtable.h"

static unsigned
hash(const struct idtable *t, uint32_t key)
{
	return key * 2654435761u >> 8 & t->mask;
}

int
idtable_init(struct idtable *t, unsigned capacity)
{
	uint32_t buckets = 8;

	while (buckets < capacity)
		buckets *= 2;
	*t = (struct idtable){.capacity = capacity, .mask = buckets - 1};
	t->bucket = malloc(buckets * sizeof(*t->bucket));
	t->next = malloc((capacity + 1) * sizeof(*t->next));
	t->key = malloc((capacity + 1) * sizeof(*t->key));
	if (t->bucket == NULL || t->next == NULL || t->key == NULL) {
		idtable_release(t);
		return -ENOMEM;
	}
	idtable_clear(t);
	idtable_complete(t);
	return 0;
}

void
idtable_release(struct idtable *t)
{
	free(t->bucket);
	free(t->next);
	free(t->key);
	*t = (struct idtable){0};
}

void
idtable_clear(struct idtable *t)
{
	memset(t->bucket, 0xff, (t->mask + 1) * sizeof(*t->bucket));
	memset(t->key, 0, t->capacity * sizeof(*t->key));
	t->used = 0;
}

int
idtable_find(const struct idtable *t, uint32_t key)
{
	unsigned slot = t->bucket[hash(t, key)];

	while (slot != IDTABLE_NONE && t->key[slot] != key)
		slot = t->next[slot];
	return slot == IDTABLE_NONE ? -1 : (int)slot;
}

int
idtable_add(struct idtable *t, uint32_t key)
{
	unsigned slot = t->free;

	if (slot == IDTABLE_NONE)
		return -1;
	t->free = t->next[slot];
	idtable_place(t, slot, key);
	return (int)slot;
}

void
idtable_remove(struct idtable *t, unsigned slot)
{
	uint16_t *link = &t->bucket[hash(t, t->key[slot])];

	while (*link != slot)
		link = &t->next[*link];
	*link = t->next[slot];
	t->key[slot] = 0;
	t->next[slot] = t->free;
	t->free = (uint16_t)slot;
	t->used--;
}

void
idtable_place(struct idtable *t, unsigned slot, uint32_t key)
{
	uint16_t *head = &t->bucket[hash(t, key)];

	t->key[slot] = key;
	t->next[slot] = *head;
	*head = (uint16_t)slot;
	t->used++;
}

void
idtable_complete(struct idtable *t)
{
	t->free = IDTABLE_NONE;
	for (unsigned slot = t->capacity; slot-- > 0;) {
		if (t->key[slot] != 0)
			continue;
		t->next[slot] = t->free;
		t->free = (uint16_t)slot;
	}
}
