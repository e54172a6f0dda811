/* SPDX-License-Identifier: Apache-2.0 */
/* trace.c - the ring of trace events. Overwrites its oldest; never waits for a reader. */
#include "nucleus.h"

#define ENTRIES 512 /* a power of two */

uint32_t trace_classes = 1;
static struct skink_trace_entry ring[ENTRIES];
static uint32_t written, consumed;

void
trace_write(enum skink_trace what, uint64_t a, uint64_t b)
{
	struct skink_trace_entry *e = &ring[written % ENTRIES];

	*e = (struct skink_trace_entry){clock_ns(), what, written, a, b};
	written++;
}

/* The n-th last entry, 0 the newest; NULL when there are not so many. For the panic. */
const struct skink_trace_entry *
trace_last(unsigned n)
{
	return n < written && n < ENTRIES ? &ring[(written - 1 - n) % ENTRIES] : NULL;
}

long
sys_trace_event(struct thread *t, const uint64_t *a)
{
	(void)t;
	if (a[0] > 255)
		return -SK_EINVAL;
	TRACE(USER, a[0] << 56 | (a[1] & 0xffffffffffffffull), a[2]);
	return 0;
}

long
sys_p_trace(struct thread *t, const uint64_t *a)
{
	unsigned n = 0;

	if (a[0] == SKINK_TRACE_OP_SET) {
		trace_classes = (uint32_t)a[2] | 1;
		return 0;
	}
	if (a[0] != SKINK_TRACE_OP_READ)
		return -SK_EINVAL;
	if (written - consumed > ENTRIES)
		consumed = written - ENTRIES;
	while (n < 16 && consumed != written && (n + 1) * sizeof(ring[0]) <= a[2]) { /* <= 16 */
		if (user_write(t->process, a[1] + n * sizeof(ring[0]), &ring[consumed % ENTRIES],
			sizeof(ring[0])) < 0)
			return -SK_EFAULT;
		consumed++;
		n++;
	}
	return n;
}
