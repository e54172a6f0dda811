/* SPDX-License-Identifier: Apache-2.0 */
/*
 * share.c - the quotas of a child for which a share was chosen: so much of what those that lend to
 * this process have free, or of its own where its quotas were chosen as well. A child without a
 * share begins with little, and gets more when it needs it (core/more.c).
 */
#include "share.h"

/* What a small program needs. */
static const uint32_t least[SKINK_QUOTA_COUNT] = {
    [SKINK_POOL_THREAD] = 2,
    [SKINK_POOL_CHANNEL] = 1,
    [SKINK_POOL_CONNECTION] = 12,
    [SKINK_POOL_TIMER] = 2,
    [SKINK_POOL_SYNC] = 4,
    [SKINK_POOL_PULSE] = 8,
    [SKINK_POOL_EVENT] = 2,
    [SKINK_POOL_COIDS] = 3,
};

long
share_work_out(unsigned percent, uint32_t quota[SKINK_QUOTA_COUNT])
{
	struct proc_simple request;
	struct proc_limits limits;
	bool grows = false;
	long r;

	if (percent == 0)
		return 0;
	r = procmgr_ask(PROC_LIMITS, &request, sizeof(request), &limits, sizeof(limits));
	for (int i = 0; r >= 0 && i < SKINK_QUOTA_COUNT; i++)
		grows |= limits.spare[i] != 0;
	for (int i = 0; r >= 0 && i < SKINK_QUOTA_COUNT; i++) {
		uint32_t own =
		    limits.quota[i] > limits.used[i] ? limits.quota[i] - limits.used[i] : 0;
		uint64_t free = grows ? limits.spare[i] : own;
		uint32_t share = (uint32_t)(free * percent / 100);

		quota[i] = share > least[i] ? share : least[i];
	}
	return r;
}
