/* SPDX-License-Identifier: Apache-2.0 */
/* self.c - what is the caller's own: numbers of its process, its thread's end. */
#include <skink/calls.h>
#include <skink/errno.h>

long
skink_process_self(enum skink_self what)
{
	struct _client_info me;
	long error = skink_process_look(&me);

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

void
skink_thread_exit(uint64_t status)
{
	(void)skink_thread_kill(0, status);
	__builtin_unreachable();
}
