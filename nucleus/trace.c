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

long
sys_p_trace(struct thread *t, const uint64_t *a)
{
	const struct aspace *as = &t->process->aspace;
	uint64_t classes = a[0], va = a[1], bytes = a[2];
	char *first = bytes == 0 ? (char *)own : aspace_lookup(as, va, SKINK_PROT_WRITE);

	if (va % SKINK_PAGE != 0 || bytes % SKINK_PAGE != 0 || (bytes & (bytes - 1)) != 0 ||
	    bytes > SKINK_TRACE_RING_MAX)
		return -SK_EINVAL;
	if (bytes != 0 &&
	    (first == NULL ||
		aspace_lookup(as, va + bytes - 1, SKINK_PROT_WRITE) != first + bytes - 1))
		return -SK_EFAULT;
	/* COMMIT: a ring's first and last entry say that it has begun and ended */
	if (classes == 0)
		TRACE(CLASSES, 0, 0);
	ring = (struct skink_trace_entry *)first;
	entries = bytes == 0 ? OWN_ENTRIES : (uint32_t)(bytes / sizeof(*ring));
	if (classes != 0)
		TRACE(CLASSES, classes, 0);
	trace_classes = (uint32_t)classes | 1;
	hart_self()->fast_epoch = trace_classes == 1 ? hart_self()->asid_epoch : FAST_OFF;
	return 0;
}
