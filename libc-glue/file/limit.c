/* SPDX-License-Identifier: Apache-2.0 */
/* limit.c - how far up descriptors go, so that spawn need not look at a thousand numbers. Every
 * descriptor that the library makes is noted here; those that the process was born with are looked
 * for once, until as many connections are found as it has. */
#include "../glue.h"

static int born = -1; /* those it was born with are below; -1: not looked yet */
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

static int
look(void)
{
	struct proc_simple request;
	struct proc_limits limits;
	long r = procmgr_ask(PROC_LIMITS, &request, sizeof(request), &limits, sizeof(limits));
	uint32_t connections = r < 0 ? UINT32_MAX : limits.used[SKINK_POOL_CONNECTION];
	int limit = 0;

	for (int i = 0; i < SKINK_COIDS && connections > 0; i++) {
		if (skink_connect_server_info(i, NULL) >= 0) {
			limit = i + 1;
			connections--;
		}
		if (connections > 0 && skink_connect_server_info(i | SKINK_SIDE_CHANNEL, NULL) >= 0)
			connections--;
	}
	return limit;
}

int
glue_fd_limit(void)
{
	int limit = __atomic_load_n(&born, __ATOMIC_RELAXED);
	int later = __atomic_load_n(&made, __ATOMIC_RELAXED);

	if (limit < 0) {
		limit = look();
		__atomic_store_n(&born, limit, __ATOMIC_RELAXED);
	}
	return limit > later ? limit : later;
}
