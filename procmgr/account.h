/* SPDX-License-Identifier: Apache-2.0 */
/* account.h - who pays for a page: a process up to its own ceiling, and the service that it
 * descends from up to the manifest's. What outlives its process (a named object, keep memory,
 * quarantine) is paid by the service alone from then on. */
#ifndef PROCMGR_ACCOUNT_H
#define PROCMGR_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account {
	uint64_t	used;		/* pages */
	uint64_t	max;		/* pages */
	struct account	*owner;		/* pays as well; NULL: nobody above */
};

static inline bool
account_charge(struct account *a, uint64_t pages)
{
	for (struct account *o = a; o != NULL; o = o->owner)	/* <= 2 levels */
		if (pages > o->max || o->used > o->max - pages)
			return false;
	for (struct account *o = a; o != NULL; o = o->owner)
		o->used += pages;
	return true;
}

static inline void
account_refund(struct account *a, uint64_t pages)
{
	for (struct account *o = a; o != NULL; o = o->owner)
		o->used -= pages;
}

#endif
