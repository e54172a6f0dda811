/* SPDX-License-Identifier: Apache-2.0 */
/* call.c - what enters the nucleus without data: a call that only looks, a pulse to a more urgent
 * process, a switch between two that are equals. */
#include "bench.h"

#include <sched.h>
#include <stdio.h>
#include <sys/neutrino.h>

#define WARM_UP 16

int
measure_call(long unused, long samples)
{
	long self = skink_thread_self();

	(void)unused;
	if (bench_priority(BENCH_PRIORITY) < 0)
		return 1;
	for (long i = 0; i < samples; i++) {
		uint64_t start = counter_now(), end;
		long tid = skink_thread_self();

		end = counter_now();
		if (tid != self) {
			fprintf(stderr, "bench: the nucleus answered %ld, not %ld\n", tid, self);
			return 1;
		}
		sample_add(end - start);
	}
	return 0;
}

/* A call that has no way of its own through the nucleus. */
int
measure_general_call(long unused, long samples)
{
	(void)unused;
	if (bench_priority(BENCH_PRIORITY) < 0)
		return 1;
	for (long i = 0; i < samples; i++) {
		struct skink_sched sched = {.priority = 0};
		uint64_t start = counter_now();
		long error = skink_sched_get(0, &sched);
		uint64_t end = counter_now();

		if (error != 0 || sched.priority != BENCH_PRIORITY) {
			fprintf(stderr, "bench: sched_get: error %ld, priority %d\n", -error,
			    sched.priority);
			return 1;
		}
		sample_add(end - start);
	}
	return 0;
}

/* ---- pulses: the sender is the second process, the less urgent one ---- */

int
send_pulses(int coid, long samples)
{
	for (long i = 0; i < samples + WARM_UP; i++) {
		if (MsgSendPulsePtr(coid, BENCH_PRIORITY, 1, (void *)counter_now()) < 0)
			return 1;
	}
	return 0;
}

int
measure_pulse(long unused, long samples)
{
	struct peer sender;
	int status = 0;

	(void)unused;
	if (bench_priority(BENCH_PRIORITY) < 0 ||
	    peer_start(&sender, "pulses", samples, BENCH_PRIORITY - 1) < 0)
		return 1;
	for (long i = 0; i < samples + WARM_UP && status == 0; i++) {
		struct _pulse pulse;
		rcvid_t rcvid = MsgReceive(sender.chid, &pulse, sizeof(pulse), NULL);
		uint64_t end = counter_now();

		if (rcvid != 0 || pulse.code != 1 || pulse.count != 1)
			status = 1;
		else if (i >= WARM_UP)
			sample_add(end - pulse.value);
	}
	peer_end(&sender);
	return status;
}

/* ---- switches: there and back is two ---- */

int
yield_forever(int coid, long unused)
{
	(void)unused;
	if (peer_channel(coid) < 0)
		return 1;
	for (;;)
		sched_yield();
}

int
measure_switch(long unused, long samples)
{
	struct peer other;

	(void)unused;
	if (bench_priority(BENCH_PRIORITY) < 0 ||
	    peer_start(&other, "yield", 0, BENCH_PRIORITY) < 0)
		return 1;
	if (peer_connect(&other) < 0)
		return peer_end(&other), 1;
	for (long i = 0; i < samples + WARM_UP; i++) {
		uint64_t start = counter_now(), end;

		sched_yield();
		end = counter_now();
		if (i >= WARM_UP)
			sample_add(end - start);
	}
	peer_end(&other);
	return 0;
}
