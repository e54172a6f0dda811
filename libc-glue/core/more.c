/* SPDX-License-Identifier: Apache-2.0 */
/* more.c - the nucleus calls that use up a quota and never block: when one says that the quota is
 * used up, more of it is asked for, and the call made again. Owns the names that stubs.c leaves
 * out; never asks for what the call did not lack. */
#include "more.h"

#include <skink/errno.h>
#include <skink/procmgr.h>

bool
quota_more(enum skink_pool quota)
{
	struct proc_grow m = {.quota = quota};

	return procmgr_ask(PROC_GROW, &m, sizeof(m), NULL, 0) >= 0;
}

/* Each time there is more, of which there is an end. */
#define AT_NEED(quota, error, call) \
	long result; \
\
	do \
		result = (call); \
	while (result == -(error) && quota_more(quota)); \
	return result

long
skink_thread_create(const struct skink_thread_attr *attr)
{
	AT_NEED(SKINK_POOL_THREAD, SK_EAGAIN, plain_thread_create(attr));
}

long
skink_channel_create(unsigned flags, unsigned key)
{
	AT_NEED(SKINK_POOL_CHANNEL, SK_EAGAIN, plain_channel_create(flags, key));
}

long
skink_connect_attach(int chid, int index, unsigned flags)
{
	AT_NEED(SKINK_POOL_CONNECTION, SK_EMFILE, plain_connect_attach(chid, index, flags));
}

long
skink_connect_dup(int coid, int index, unsigned flags)
{
	AT_NEED(SKINK_POOL_CONNECTION, SK_EMFILE, plain_connect_dup(coid, index, flags));
}

long
skink_timer_create(int clock, const struct skink_event *ev)
{
	AT_NEED(SKINK_POOL_TIMER, SK_EAGAIN, plain_timer_create(clock, ev));
}

static long
register_event(int coid, struct skink_event *ev)
{
	AT_NEED(SKINK_POOL_EVENT, SK_EAGAIN, plain_msg_register_event(coid, ev));
}

long
skink_msg_register_event(int coid, struct skink_event *ev)
{
	long handle = register_event(coid, ev);

	if (handle < 0)
		return handle;
	ev->notify |= SKINK_EV_HANDLE;
	ev->target = (int32_t)handle;
	return 0;
}
