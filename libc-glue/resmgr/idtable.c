/* SPDX-License-Identifier: Apache-2.0 */
/* idtable.c - see idtable.h. Owns only its one piece of memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "idtable.h"

static unsigned
hash(const struct idtable *t, uint32_t key)
{
	return key * 2654435761u >> 8 & t->mask;
}

static size_t
memory_size(const struct idtable *t)
{
	return t->capacity * sizeof(*t->key) + (t->mask + 1 + t->capacity) * sizeof(*t->next);
}

int
idtable_init(struct idtable *t, unsigned capacity)
{
	uint32_t buckets = 8;

	while (buckets < capacity)
		buckets *= 2;
	*t = (struct idtable){.capacity = capacity, .mask = buckets - 1};
	t->key = calloc(1, memory_size(t) + 1); /* of a table without slots, too */
	if (t->key == NULL)
		return -ENOMEM;
	t->next = (uint16_t *)(t->key + capacity);
	t->bucket = t->next + capacity;
	return 0;
}

void
idtable_release(struct idtable *t)
{
	free(t->key);
	*t = (struct idtable){0};
}

void
idtable_clear(struct idtable *t)
{
	if (t->fresh == 0)
		return;
	memset(t->key, 0, memory_size(t));
	t->used = t->fresh = t->free = 0;
}

int
idtable_find(const struct idtable *t, uint32_t key)
{
	unsigned link = t->bucket[hash(t, key)];

	while (link != 0 && t->key[link - 1] != key)
		link = t->next[link - 1];
	return (int)link - 1;
}

int
idtable_add(struct idtable *t, uint32_t key)
{
	unsigned slot = t->fresh;

	if (t->free != 0) {
		slot = t->free - 1u;
		t->free = t->next[slot];
	} else if (slot == t->capacity) {
		return -1;
	}
	idtable_place(t, slot, key);
	return (int)slot;
}

void
idtable_remove(struct idtable *t, unsigned slot)
{
	uint16_t *link = &t->bucket[hash(t, t->key[slot])];

	while (*link != slot + 1)
		link = &t->next[*link - 1];
	*link = t->next[slot];
	t->key[slot] = 0;
	t->next[slot] = t->free;
	t->free = (uint16_t)(slot + 1);
	t->used--;
}

void
idtable_place(struct idtable *t, unsigned slot, uint32_t key)
{
	uint16_t *head = &t->bucket[hash(t, key)];

	t->key[slot] = key;
	t->next[slot] = *head;
	*head = (uint16_t)(slot + 1);
	t->used++;
	if (slot >= t->fresh)
		t->fresh = slot + 1;
}

void
idtable_complete(struct idtable *t)
{
	t->free = 0;
	for (unsigned slot = t->fresh; slot-- > 0;) {
		if (t->key[slot] != 0)
			continue;
		t->next[slot] = t->free;
		t->free = (uint16_t)(slot + 1);
	}
}
