/* SPDX-License-Identifier: Apache-2.0 */
/* wait.c - from an instant to the thread that waited for it: an interrupt's, a timer's. */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/neutrino.h>
#include <time.h>

#include <skink/procmgr_msg.h>

#include "../latency/alarm.h"

#define GAP_NS        20000
#define SWEEP_NS      1009
#define STEP_NS       137
#define WAIT_PRIORITY 230
#define TICK_SAMPLES  2000
#define NS_PER_S      1000000000u
#define WARM_UP       16

/* ---- interrupts ---- */

int
wait_for_alarms(long samples, int priority)
{
	struct alarm_request request = {.version = ALARM_VERSION,
	    .count = (uint32_t)samples,
	    .gap_ns = GAP_NS,
	    .sweep_ns = SWEEP_NS,
	    .step_ns = STEP_NS,
	    .priority = priority};
	uint32_t *late = malloc((size_t)samples * sizeof(*late));
	long n = late == NULL ? -1 : alarm_measure(&request, late);

	for (long i = 0; i < n; i++)
		sample_add(late[i]);
	free(late);
	if (n < 0)
		fprintf(stderr, "bench: " ALARM_PATH ": %s; config/bench.toml has it\n",
		    strerror(errno));
	return n < 0;
}

int
measure_interrupt(long busy, long samples)
{
	struct peer hog;
	int status;

	if (busy == 0)
		return wait_for_alarms(samples, 0);
	if (bench_priority(BENCH_PRIORITY) < 0 ||
	    peer_start(&hog, "compute", 0, BENCH_PRIORITY - 1) < 0)
		return 1;
	status = peer_connect(&hog) < 0 || wait_for_alarms(samples, 0) != 0;
	peer_end(&hog);
	return status;
}

int
compute_forever(int coid, long unused)
{
	volatile unsigned n = 0;

	(void)unused;
	if (peer_channel(coid) < 0)
		return 1;
	for (;;)
		n++;
}

/* ---- timers ---- */

static inline uint64_t
ticks(void)
{
	uint64_t n;

	__asm__ volatile("rdtime %0" : "=r"(n));
	return n;
}

/*
 * The counter that bench_now reads goes finer than the clock, and both are one time. `*zero` is
 * what the counter shows when the monotonic clock is 0: the least of those that fit all samples,
 * which differ in their phase, so that nothing is told shorter than it was.
 */
static int
find_zero(uint64_t *zero)
{
	struct proc_simple m = {.header = {.type = PROC_SYSTEM, .version = PROC_VERSION}};
	struct proc_system system;
	uint64_t tick_ns, least = 0, most = UINT64_MAX;

	if (MsgSend(SKINK_PROCMGR_COID, &m, sizeof(m), &system, sizeof(system)) < 0) {
		perror("bench: system");
		return -1;
	}
	tick_ns = NS_PER_S / system.timebase_hz;
	for (int i = 0; i < TICK_SAMPLES; i++) {
		uint64_t n = bench_now(), t = (ticks() - system.entry_ticks) * tick_ns;

		/* The tick is read one instruction behind the counter. */
		if (n + 1 - t < most)
			most = n + 1 - t;
		if (n + 2 - t > tick_ns && n + 2 - t - tick_ns > least)
			least = n + 2 - t - tick_ns;
		for (volatile int j = i % 37; j > 0; j--)
			;
	}
	if (least > most || most - least > 2) {
		fprintf(stderr, "bench: counter and clock are not one time: %llu to %llu\n",
		    (unsigned long long)least, (unsigned long long)most);
		return -1;
	}
	*zero = least;
	return 0;
}

int
measure_timer(long unused, long samples)
{
	uint64_t zero, due, end;

	(void)unused;
	if (bench_priority(WAIT_PRIORITY) < 0 || find_zero(&zero) < 0)
		return 1;
	for (long i = 0; i < samples + WARM_UP; i++) {
		struct timespec at;
		int error;

		due = bench_now() - zero + GAP_NS + (uint64_t)(i * STEP_NS % SWEEP_NS);
		at = (struct timespec){
		    .tv_sec = (time_t)(due / NS_PER_S), .tv_nsec = (long)(due % NS_PER_S)};
		error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
		end = bench_now();
		if (error != 0)
			return 1;
		if (i >= WARM_UP)
			sample_add(end - zero - due);
	}
	return 0;
}
