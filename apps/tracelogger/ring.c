/* SPDX-License-Identifier: Apache-2.0 */
/* ring.c - the nucleus's ring of trace entries, mapped read-only. The nucleus writes while this
 * reads: an entry counts only if its number is the same before and after it was copied. */
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/trace.h>
#include <unistd.h>

#include "tracelogger.h"

int
ring_open(struct ring *ring, size_t bytes)
{
	struct stat st;
	void *at;

	*ring = (struct ring){.fd = trace_ring(bytes)};
	if (ring->fd < 0 || fstat(ring->fd, &st) < 0)
		return -1;
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, ring->fd, 0);
	if (at == MAP_FAILED)
		return -1;
	ring->entries = at;
	ring->size = (uint32_t)((size_t)st.st_size / sizeof(struct skink_trace_entry));
	return 0;
}

void
ring_close(struct ring *ring)
{
	(void)munmap((void *)ring->entries, ring->size * sizeof(struct skink_trace_entry));
	(void)close(ring->fd);
}

static uint32_t
number_at(const struct ring *ring, uint32_t place)
{
	return __atomic_load_n(&ring->entries[place % ring->size].number, __ATOMIC_ACQUIRE);
}

/* A place that was never written is all zeros. */
static bool
is_there(const struct ring *ring, uint32_t number)
{
	return ring->entries[number % ring->size].time_ns != 0 && number_at(ring, number) == number;
}

bool
ring_has_entries(const struct ring *ring)
{
	for (uint32_t place = 0; place < ring->size; place++)
		if (ring->entries[place].time_ns != 0)
			return true;
	return false;
}

void
ring_begin(struct ring *ring)
{
	uint32_t newest = 0, number;
	bool found = false;

	for (uint32_t place = 0; place < ring->size; place++) {
		if (ring->entries[place].time_ns == 0)
			continue;
		number = number_at(ring, place);
		if (number % ring->size != place || !is_there(ring, number))
			continue;
		if (!found || (int32_t)(number - newest) > 0)
			newest = number;
		found = true;
	}
	ring->next = newest - ring->size + 1;
	while (!is_there(ring, ring->next) && ring->next != newest)
		ring->next++;
}

void
ring_resume(struct ring *ring, const struct skink_trace_entry *last)
{
	/* Of another trace the number may be the same, but not the time. */
	if (is_there(ring, last->number) &&
	    ring->entries[last->number % ring->size].time_ns == last->time_ns)
		ring->next = last->number + 1;
}

size_t
ring_read(struct ring *ring, struct skink_trace_entry *to, size_t max)
{
	size_t got = 0;

	while (got < max) {
		const volatile struct skink_trace_entry *e =
		    &ring->entries[ring->next % ring->size];
		uint32_t number = number_at(ring, ring->next);

		if (number != ring->next) {
			uint32_t oldest = number - ring->size + 1;

			/* An older one, or none yet: what is wanted is still to come. */
			if ((int32_t)(number - ring->next) < 0 || e->time_ns == 0)
				break;
			ring->lost += oldest - ring->next;
			ring->next = oldest;
			continue;
		}
		if (e->time_ns == 0)
			break;
		to[got] = *e;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (number_at(ring, ring->next) != number)
			continue;
		ring->next++;
		got++;
	}
	return got;
}
