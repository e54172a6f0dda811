/* SPDX-License-Identifier: Apache-2.0 */
/* wait.c - from an instant to the thread that waited for it: an interrupt's, a timer's. */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/neutrino.h>
#include <time.h>

#include "../latency/alarm.h"
#include "../latency/counter.h"

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

int
measure_timer(long unused, long samples)
{
	uint64_t zero, due, end;

	(void)unused;
	if (bench_priority(WAIT_PRIORITY) < 0 || counter_zero(&zero) < 0)
		return 1;
	for (long i = 0; i < samples + WARM_UP; i++) {
		struct timespec at;
		int error;

		due = counter_now() - zero + GAP_NS + (uint64_t)(i * STEP_NS % SWEEP_NS);
		at = (struct timespec){
		    .tv_sec = (time_t)(due / NS_PER_S), .tv_nsec = (long)(due % NS_PER_S)};
		error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
		end = counter_now();
		if (error != 0)
			return 1;
		if (i >= WARM_UP)
			sample_add(end - zero - due);
	}
	return 0;
}
