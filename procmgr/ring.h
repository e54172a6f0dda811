/* SPDX-License-Identifier: Apache-2.0 */
/* ring.h - the last deaths, by number. Pure. */
#ifndef PROCMGR_RING_H
#define PROCMGR_RING_H

#include <stdint.h>

#include <skink/procmgr_msg.h>

struct ring {
	struct proc_death *entries;
	uint32_t	size;
	uint64_t	last;		/* number of the newest; 0: none yet */
};

/* A zeroed entry with the next number; the oldest makes room. */
struct proc_death *ring_add(struct ring *ring);
/* The one with that number; NULL: gone, or not there yet. */
struct proc_death *ring_find(const struct ring *ring, uint64_t number);
/* The oldest with a number above `after`; NULL: none. */
struct proc_death *ring_after(const struct ring *ring, uint64_t after);

#endif
