/* SPDX-License-Identifier: Apache-2.0 */
/* self.c - what the nucleus has under another name: numbers of the caller's process, its thread's
 * end, an answer that is an error. */
#include <skink/calls.h>
#include <skink/errno.h>

long
skink_process_self(enum skink_self what)
{
	struct _client_info me;
	long error = skink_connect_client_info(SKINK_SCOID_SELF, &me);

	if (error < 0)
		return error;
	switch (what) {
	case SKINK_SELF_PID:
		return me.pid;
	case SKINK_SELF_PPID:
		return me.ppid;
	case SKINK_SELF_SERVICE:
		return me.service;
	case SKINK_SELF_SESSION:
		return me.sid;
	case SKINK_SELF_ABILITIES:
		return (long)me.abilities;
	case SKINK_SELF_PRIORITY_MAX:
		return me.priority_max;
	}
	return -SK_EINVAL;
}

long
skink_msg_error(long rcvid, int error)
{
	return error < 1 || error > 4095 ? -SK_EINVAL : skink_msg_reply(rcvid, -error, NULL, 0);
}

void
skink_thread_exit(void)
{
	(void)skink_thread_kill(0);
	__builtin_unreachable();
}
