/* SPDX-License-Identifier: Apache-2.0 */
/* counter.h - the counter that latencies are taken by, finer than any clock. */
#ifndef LATENCY_COUNTER_H
#define LATENCY_COUNTER_H

#include <stdint.h>

/* Under --icount: nanoseconds of virtual time, an instruction each. On a board: cycles. */
static inline uint64_t
counter_now(void)
{
	uint64_t n;

	__asm__ volatile("rdcycle %0" : "=r"(n) : : "memory");
	return n;
}

/*
 * In virtual time the counter and the clock are one, but for where they began. *zero is what the
 * counter shows when the monotonic clock is 0: the least of those that fit 2,000 pairs of reads at
 * all phases, so that nothing is told shorter than it was. -1 after a message: they are not one
 * (a board's cycles are no nanoseconds).
 */
int counter_zero(uint64_t *zero);

#endif
