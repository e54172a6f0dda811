/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c - nanoseconds from the time CSR, and the one alarm: the hart's own compare register where
 * there is one, else firmware's. */

#include "arch.h"
#include "csr.h"
#include "handoff.h"
#include "machine.h"

uint64_t
ticks_ns(uint64_t ticks)
{
	return (unsigned __int128)ticks * handoff.ns_mult >> 32;
}

uint64_t
ns_ticks(uint64_t ns)
{
	uint64_t ticks = (unsigned __int128)ns * handoff.tick_mult >> 64;

	while (ticks_ns(ticks) < ns) /* <= 2 */
		ticks++;
	return ticks;
}

uint64_t
clock_ticks(void)
{
	return csr_read(CSR_TIME);
}

uint64_t
clock_ns_at(uint64_t ticks)
{
	return ticks_ns(ticks - handoff.start_ticks);
}

uint64_t
clock_ns(void)
{
	return clock_ns_at(clock_ticks());
}

void
clock_arm(uint64_t deadline_ns)
{
	uint64_t ticks = deadline_ns == UINT64_MAX ? UINT64_MAX : handoff_alarm(deadline_ns);

	if (handoff.has_sstc)
		csr_write(STIMECMP, ticks);
	else
		sbi_timer_set(ticks);
}
