/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c - nanoseconds from the time CSR, and the one alarm: the hart's own compare register where
 * there is one, else firmware's. */

#include "arch.h"
#include "csr.h"
#include "handoff.h"
#include "machine.h"

static uint64_t armed = UINT64_MAX; /* ticks since start */

static uint64_t
ticks_ns(uint64_t ticks)
{
	return (unsigned __int128)ticks * handoff.ns_mult >> 32;
}

uint64_t
clock_ns(void)
{
	return ticks_ns(csr_read(CSR_TIME) - handoff.start_ticks);
}

static void
alarm_set(uint64_t ticks)
{
	if (handoff.has_sstc)
		csr_write(STIMECMP, ticks);
	else
		sbi_timer_set(ticks);
}

void
clock_arm(uint64_t deadline_ns)
{
	uint64_t ticks = UINT64_MAX - handoff.start_ticks;

	if (deadline_ns != UINT64_MAX) {
		ticks = (unsigned __int128)deadline_ns * handoff.tick_mult >> 64;
		while (ticks_ns(ticks) < deadline_ns) /* <= 2: never early */
			ticks++;
	}
	if (ticks == armed)
		return;
	armed = ticks;
	alarm_set(handoff.start_ticks + ticks);
}
