/* SPDX-License-Identifier: Apache-2.0 */
/* ring.c - the last deaths, by number. */
#include <string.h>

#include "ring.h"

struct proc_death *
ring_add(struct ring *ring)
{
	struct proc_death *d = &ring->entries[ring->last % ring->size];

	memset(d, 0, sizeof(*d));
	d->number = ++ring->last;
	return d;
}

struct proc_death *
ring_find(const struct ring *ring, uint64_t number)
{
	if (number == 0 || number > ring->last || ring->last - number >= ring->size)
		return NULL;
	return &ring->entries[(number - 1) % ring->size];
}

struct proc_death *
ring_after(const struct ring *ring, uint64_t after)
{
	uint64_t oldest = ring->last > ring->size ? ring->last - ring->size + 1 : 1;

	if (after >= ring->last)
		return NULL;
	return ring_find(ring, after + 1 > oldest ? after + 1 : oldest);
}
