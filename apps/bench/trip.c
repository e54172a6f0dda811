/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trip.c - a message to a server in another process, and its reply. Both carry random bytes, which
 * the other side checks between two trips: the client asks for the sum of what the server got,
 * and draws the reply that it expects from the same numbers as the server.
 */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/neutrino.h>

#define SEED 0x5eed5eed5eed5eedu

static uint64_t message[IPC_BYTES_MAX / 8] __attribute__((aligned(4096)));
static uint64_t answer[IPC_BYTES_MAX / 8] __attribute__((aligned(4096)));
static uint64_t expected[IPC_BYTES_MAX / 8];

static inline void
touch_fpu(void)
{
	__asm__ volatile("fmv.d.x ft0, %0" : : "r"(SEED) : "ft0");
}

/* ---- the server: a message of the figure, then one that asks for its sum, and so on ---- */

int
serve_trips(int coid, long kind)
{
	size_t send_bytes = IPC_SEND_BYTES(kind), reply_bytes = IPC_REPLY_BYTES(kind);
	int chid = peer_channel(coid), flags = IPC_FLAGS(kind);
	uint64_t seed = SEED, sum = 0, question;
	rcvid_t rcvid = 0;

	if (chid < 0)
		return 1;
	for (;;) {
		noise_fill(answer, reply_bytes, &seed);
		memset(message, 0, send_bytes);
		if ((flags & IPC_SEPARATE) != 0) {
			if (rcvid > 0)
				MsgReply(rcvid, 0, &sum, sizeof(sum));
			rcvid = MsgReceive(chid, message, sizeof(message), NULL);
			if (rcvid <= 0 || MsgReply(rcvid, 0, answer, reply_bytes) < 0)
				return 1;
			rcvid = MsgReceive(chid, &question, sizeof(question), NULL);
		} else {
			rcvid = MsgReplyReceive(
			    rcvid, 0, &sum, sizeof(sum), chid, message, sizeof(message), NULL);
			if ((flags & IPC_FPU) != 0)
				touch_fpu();
			if (rcvid <= 0)
				return 1;
			rcvid = MsgReplyReceive(
			    rcvid, 0, answer, reply_bytes, chid, &question, sizeof(question), NULL);
		}
		if (rcvid <= 0)
			return 1;
		sum = noise_sum(message, send_bytes);
	}
}

/* ---- the client ---- */

static int
check(int coid, size_t send_bytes, size_t reply_bytes, uint64_t *seed)
{
	uint64_t question = 0, sum = 0;

	if (MsgSend(coid, &question, sizeof(question), &sum, sizeof(sum)) < 0) {
		fprintf(stderr, "bench: send: %s\n", strerror(errno));
		return -1;
	}
	noise_fill(expected, reply_bytes, seed);
	if (sum == noise_sum(message, send_bytes) && memcmp(answer, expected, reply_bytes) == 0)
		return 0;
	fprintf(stderr, "bench: the other side got other bytes\n");
	return -1;
}

/* A function of its own: what follows one trip from outside looks for it. */
static int __attribute__((noinline)) take_trips(int coid, long kind, long samples)
{
	size_t send_bytes = IPC_SEND_BYTES(kind), reply_bytes = IPC_REPLY_BYTES(kind);
	uint64_t own = SEED / 3, theirs = SEED;
	int flags = IPC_FLAGS(kind);

	for (long i = 0; i < samples; i++) {
		uint64_t start, end;
		long status;

		noise_fill(message, send_bytes, &own);
		memset(answer, 0, reply_bytes);
		if ((flags & IPC_FPU) != 0)
			touch_fpu();
		start = counter_now();
		status = MsgSend(coid, message, send_bytes, answer, reply_bytes);
		end = counter_now();
		if (status != 0 || check(coid, send_bytes, reply_bytes, &theirs) < 0)
			return 1;
		sample_add(end - start);
	}
	return 0;
}

int
measure_trip(long kind, long samples)
{
	struct peer server;
	int status;

	if (bench_priority(BENCH_PRIORITY) < 0 ||
	    peer_start(&server, "trips", kind, BENCH_PRIORITY) < 0)
		return 1;
	status = peer_connect(&server) < 0 || take_trips(server.coid, kind, samples) != 0;
	peer_end(&server);
	return status;
}
