/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - records with two slots. Owns their format; never asks whose memory it is. */
#include "store.h"

#include <string.h>

/* What was written before this is in memory before what comes after: a kill respects program
 * order. */
#define SEAL() __asm__ volatile("" ::: "memory")

static struct store_slot *
slot_at(const void *record, int which, size_t size)
{
	return (struct store_slot *)((char *)record + which * (sizeof(struct store_slot) + size));
}

static uint64_t
add(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * 0x9e3779b97f4a7c15ull;
	return sum ^ sum >> 29;
}

static uint64_t
sum_slot(const struct store_slot *slot, size_t size)
{
	/* Records are anything, but whole words. */
	typedef uint64_t __attribute__((may_alias)) word_t;
	const word_t *data = (const word_t *)(slot + 1);
	uint64_t sum = add(size, slot->sequence);

	for (size_t i = 0; i < size / sizeof(*data); i++)
		sum = add(sum, data[i]);
	return sum;
}

static bool
is_whole(const struct store_slot *slot, size_t size)
{
	return slot->sequence != 0 && slot->sum == sum_slot(slot, size);
}

/* The newest valid slot, or NULL. */
static struct store_slot *
find_newest(const void *record, size_t size)
{
	struct store_slot *a = slot_at(record, 0, size), *b = slot_at(record, 1, size);
	struct store_slot *newer = a->sequence > b->sequence ? a : b;
	struct store_slot *older = newer == a ? b : a;

	return is_whole(newer, size) ? newer : is_whole(older, size) ? older : NULL;
}

bool
store_read(const void *record, void *data, size_t size)
{
	const struct store_slot *newest = find_newest(record, size);

	if (newest == NULL)
		return false;
	memcpy(data, newest + 1, size);
	return true;
}

void
store_commit(void *record, const void *data, size_t size)
{
	struct store_slot *newest = find_newest(record, size);
	struct store_slot *slot = slot_at(record, newest == slot_at(record, 0, size), size);

	slot->sum = ~slot->sum;
	SEAL();
	memcpy(slot + 1, data, size);
	slot->sequence = newest == NULL ? 1 : newest->sequence + 1;
	SEAL();
	slot->sum = sum_slot(slot, size);
	SEAL();
}
