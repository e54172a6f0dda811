/* SPDX-License-Identifier: Apache-2.0 */
/* access.c - the requests of skink/access.h. */
#include <skink/access.h>
#include <skink/procmgr.h>

long
skink_connect_to(int pid, int chid, int index, unsigned flags)
{
	struct proc_connect m = {.pid = pid, .chid = chid, .index = index, .flags = flags};

	return procmgr_ask(PROC_CONNECT, &m, sizeof(m), NULL, 0);
}

long
skink_channel_grant(int chid, int pid)
{
	struct proc_grant m = {.chid = chid, .pid = pid};

	return procmgr_ask(PROC_GRANT, &m, sizeof(m), NULL, 0);
}

long
skink_clock_set(uint64_t ns)
{
	struct proc_clock m = {.ns = ns};

	return procmgr_ask(PROC_CLOCK_SET, &m, sizeof(m), NULL, 0);
}
