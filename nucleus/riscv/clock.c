/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c - nanoseconds from the time CSR, and the one alarm: the hart's own compare register where
 * there is one, else firmware's. */

#include "arch.h"
#include "csr.h"
#include "machine.h"

#define NS_PER_S 1000000000ull

/* ns = ticks * ns_mult >> 32: exact where hz divides 10^9, else off by less than 1 in 2^31.
 * ticks = ns * tick_mult >> 64: at most one less than right. Products are 128 bits wide. */
static uint64_t start_ticks, ns_mult, tick_mult;
static bool sstc;
static uint64_t armed = UINT64_MAX; /* ticks since start */

static uint64_t
ticks_ns(uint64_t ticks)
{
	return (unsigned __int128)ticks * ns_mult >> 32;
}

uint64_t
clock_ns(void)
{
	return ticks_ns(csr_read(CSR_TIME) - start_ticks);
}

static void
alarm_set(uint64_t ticks)
{
	if (sstc)
		csr_write(STIMECMP, ticks);
	else
		sbi_timer_set(ticks);
}

void
clock_arm(uint64_t deadline_ns)
{
	uint64_t ticks = UINT64_MAX - start_ticks;

	if (deadline_ns != UINT64_MAX) {
		ticks = (unsigned __int128)deadline_ns * tick_mult >> 64;
		while (ticks_ns(ticks) < deadline_ns) /* <= 2: never early */
			ticks++;
	}
	if (ticks == armed)
		return;
	armed = ticks;
	alarm_set(start_ticks + ticks);
}

void
clock_init(uint64_t entry_ticks, uint64_t hz, bool has_sstc)
{
	start_ticks = entry_ticks;
	ns_mult = (NS_PER_S << 32) / hz;
	/* hz << 64, divided in two digits of 32 bits. */
	tick_mult = (hz << 32) / NS_PER_S << 32 | ((hz << 32) % NS_PER_S << 32) / NS_PER_S;
	sstc = has_sstc;
	alarm_set(UINT64_MAX);
	csr_set(CSR_SIE, 1 << CAUSE_TIMER);
	csr_write(CSR_SCOUNTEREN, 7); /* programs may read cycle, time, instret */
}
