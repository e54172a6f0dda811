/* SPDX-License-Identifier: Apache-2.0 */
/* skink/sync.h - the memory of a mutex, condition variable or semaphore of the library: the
 * nucleus's eight bytes and eight of our own. All zeros is a free mutex of the default kind, a
 * condition variable without waiters, a semaphore of count 0. May lie in memory shared between
 * processes. */
#ifndef SKINK_SYNC_H
#define SKINK_SYNC_H

#include <skink/types.h>

struct skink_object {
	struct skink_sync sync;
	uint32_t count; /* mutex: times locked again; others: threads that wait */
	uint8_t kind; /* mutex: PTHREAD_MUTEX_; condition variable: clock */
	uint8_t robust; /* mutex: enum skink_robust */
	uint16_t zero;
};
_Static_assert(sizeof(struct skink_object) == 16, "struct skink_object");

enum skink_robust {
	SKINK_ROBUST_NO,
	SKINK_ROBUST_YES,
	SKINK_ROBUST_INCONSISTENT /* yes, and its owner died: nobody has called it consistent */
};

#ifndef SKINK_SYNC_DECLARED
#define SKINK_SYNC_DECLARED
typedef struct skink_object sync_t;
#endif

#endif
