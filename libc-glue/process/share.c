/* SPDX-License-Identifier: Apache-2.0 */
/*
 * share.c - how much of its quotas a process gives to a child. A quota is one process's; what a
 * child gets its parent lacks until the child ends. So a child gets a share of what is free,
 * which leaves some for its siblings, but never less than a small program needs.
 */
#include "share.h"

#define USUAL_PERCENT 25

static const uint32_t least[SKINK_QUOTA_COUNT] = {
    [SKINK_QUOTA_THREADS] = 2,
    [SKINK_QUOTA_CHANNELS] = 1,
    [SKINK_QUOTA_CONNECTIONS] = 12,
    [SKINK_QUOTA_TIMERS] = 2,
    [SKINK_QUOTA_SYNCS] = 4,
    [SKINK_QUOTA_PULSES] = 8,
    [SKINK_QUOTA_EVENTS] = 2,
    [SKINK_QUOTA_COIDS] = 3,
};

long
share_work_out(unsigned percent, uint32_t quota[SKINK_QUOTA_COUNT])
{
	struct proc_simple request;
	struct proc_limits limits;
	long r = glue_ask(PROC_LIMITS, &request, sizeof(request), &limits, sizeof(limits));

	if (r < 0)
		return r;
	if (percent == 0)
		percent = USUAL_PERCENT;
	for (int i = 0; i < SKINK_QUOTA_COUNT; i++) {
		uint32_t free =
		    limits.quota[i] > limits.used[i] ? limits.quota[i] - limits.used[i] : 0;
		uint32_t share = (uint32_t)((uint64_t)free * percent / 100);

		quota[i] = share > least[i] ? share : least[i];
	}
	return limits.used[SKINK_QUOTA_CONNECTIONS];
}
