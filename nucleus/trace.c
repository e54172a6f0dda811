/* SPDX-License-Identifier: Apache-2.0 */
/* trace.c - the ring of trace events. Overwrites its oldest; never waits for a reader. A small ring
 * of its own is always there; procmgr may put a larger one, which readers map, in its place. */
#include <string.h>

#include "nucleus.h"

#define OWN_ENTRIES 512 /* a power of two, as every ring's */

uint32_t trace_classes = 1;
static struct skink_trace_entry own[OWN_ENTRIES];
static struct skink_trace_entry *ring = own;
static uint32_t entries = OWN_ENTRIES, written;

void
trace_write(enum skink_trace what, uint64_t a, uint64_t b)
{
	struct skink_trace_entry *e = &ring[written % entries];

	*e = (struct skink_trace_entry){clock_ns(), what, written, a, b};
	written++;
}

void
trace_name(const char *name)
{
	uint64_t words[2];

	memcpy(words, name, sizeof(words));
	TRACE(NAME, words[0], words[1]);
}

/* The n-th last entry, 0 the newest; NULL when the ring does not have it. For the panic. */
const struct skink_trace_entry *
trace_last(unsigned n)
{
	const struct skink_trace_entry *e = &ring[(written - 1 - n) % entries];

	return e->number == written - 1 - n ? e : NULL;
}

long
sys_trace_event(struct thread *, const uint64_t *a)
{
	if (a[0] > 255)
		return -SK_EINVAL;
	TRACE(USER, a[0] << 56 | (a[1] & 0xffffffffffffffull), a[2]);
	return 0;
}

static long
ring_set(struct thread *t, vaddr_t va, uint64_t bytes)
{
	char *first = bytes == 0 ? NULL : aspace_lookup(&t->process->aspace, va, SKINK_PROT_WRITE);

	if (bytes != 0 &&
	    (first == NULL ||
		aspace_lookup(&t->process->aspace, va + bytes - 1, SKINK_PROT_WRITE) !=
		    first + bytes - 1))
		return -SK_EFAULT;
	/* COMMIT */
	ring = bytes == 0 ? own : (struct skink_trace_entry *)first;
	entries = bytes == 0 ? OWN_ENTRIES : (uint32_t)(bytes / sizeof(*ring));
	return 0;
}

long
sys_p_trace(struct thread *t, const uint64_t *a)
{
	switch (a[0]) {
	case SKINK_TRACE_OP_SET:
		TRACE(CLASSES, a[2], 0);
		trace_classes = (uint32_t)a[2] | 1;
		hart_self()->fast_epoch = trace_classes == 1 ? hart_self()->asid_epoch : FAST_OFF;
		return 0;
	case SKINK_TRACE_OP_RING:
		if (a[1] % SKINK_PAGE != 0 || a[2] % SKINK_PAGE != 0 || (a[2] & (a[2] - 1)) != 0 ||
		    a[2] > SKINK_TRACE_RING_MAX)
			return -SK_EINVAL;
		return ring_set(t, a[1], a[2]);
	default:
		return -SK_EINVAL;
	}
}
