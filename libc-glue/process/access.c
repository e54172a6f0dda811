/* SPDX-License-Identifier: Apache-2.0 */
/* access.c - the requests of skink/access.h. */
#include <skink/access.h>
#include <skink/procmgr.h>

long
skink_clock_set(uint64_t ns)
{
	struct proc_clock m = {.ns = ns};

	return procmgr_ask(PROC_CLOCK_SET, &m, sizeof(m), NULL, 0);
}
