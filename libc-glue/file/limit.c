/* SPDX-License-Identifier: Apache-2.0 */
/* limit.c - how far up descriptors go, so that spawn need not look at a thousand numbers. Every
 * descriptor that the library makes is noted here; those that the process was born with are
 * looked for once. */
#include "../glue.h"

static int limit = -1; /* all descriptors are below; -1: not looked yet */
static int made; /* those that the library made are below */

void
glue_fd_made(long fd)
{
	int seen = __atomic_load_n(&made, __ATOMIC_RELAXED);

	if (fd >= SKINK_COIDS)
		return;
	while (fd >= seen &&
	    !__atomic_compare_exchange_n(
		&made, &seen, (int)fd + 1, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

int
glue_fd_limit(void)
{
	int born = __atomic_load_n(&limit, __ATOMIC_RELAXED);
	int later = __atomic_load_n(&made, __ATOMIC_RELAXED);

	if (born < 0) {
		born = SKINK_COIDS;
		while (born > 0 && skink_connect_flags(born - 1, 0, 0) < 0)
			born--;
		__atomic_store_n(&limit, born, __ATOMIC_RELAXED);
	}
	return born > later ? born : later;
}
