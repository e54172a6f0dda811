/* SPDX-License-Identifier: Apache-2.0 */
/* self.c - single numbers of the calling process, as the nucleus knows them. */
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
