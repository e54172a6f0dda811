/* SPDX-License-Identifier: Apache-2.0 */
/* counter.c - what the counter has to do with the clock. Owns nothing. */
#include "counter.h"

#include <stdio.h>
#include <sys/neutrino.h>

#include <skink/procmgr_msg.h>

#define TICK_SAMPLES 2000
#define NS_PER_S     1000000000u

static inline uint64_t
ticks(void)
{
	uint64_t n;

	__asm__ volatile("rdtime %0" : "=r"(n));
	return n;
}

int
counter_zero(uint64_t *zero)
{
	struct proc_simple m = {.header = {.type = PROC_SYSTEM, .version = PROC_VERSION}};
	struct proc_system system;
	uint64_t tick_ns, least = 0, most = UINT64_MAX;

	if (MsgSend(SKINK_PROCMGR_COID, &m, sizeof(m), &system, sizeof(system)) < 0) {
		perror("system");
		return -1;
	}
	tick_ns = NS_PER_S / system.timebase_hz;
	for (int i = 0; i < TICK_SAMPLES; i++) {
		uint64_t n = counter_now(), t = (ticks() - system.entry_ticks) * tick_ns;

		/* The tick is read one instruction behind the counter. */
		if (n + 1 - t < most)
			most = n + 1 - t;
		if (n + 2 - t > tick_ns && n + 2 - t - tick_ns > least)
			least = n + 2 - t - tick_ns;
		for (volatile int j = i % 37; j > 0; j--)
			;
	}
	if (least > most || most - least > 2) {
		fprintf(stderr, "counter and clock are not one time: %llu to %llu\n",
		    (unsigned long long)least, (unsigned long long)most);
		return -1;
	}
	*zero = least;
	return 0;
}
