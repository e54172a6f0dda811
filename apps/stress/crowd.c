/* SPDX-License-Identifier: Apache-2.0 */
/* crowd.c - very many small threads. Owns their stacks; their work is their starter's. */
#include "stress.h"

#include <stdio.h>
#include <string.h>
#include <sys/neutrino.h>
#include <unistd.h>

#include <skink/procmgr_msg.h>

#define STACK_BYTES 512
#define SPARE       8 /* threads left for the rest of the process */
#define DAY_NS      86400000000000ull

static uint8_t stacks[CROWD_MAX][STACK_BYTES] __attribute__((aligned(16)));
static void (*work)(long number);

/* As the library's threads begin: what the linker addresses by gp is found by it. */
void crowd_entry(long number);
__asm__(".text\n"
	"crowd_entry:\n"
	"	.option push\n"
	"	.option norelax\n"
	"	la	gp, __global_pointer$\n"
	"	.option pop\n"
	"	tail	crowd_run\n");

void crowd_run(long number) __attribute__((used, noreturn));

void
crowd_run(long number)
{
	work(number);
	skink_thread_exit();
}

static long
quota_free(enum skink_pool kind)
{
	struct proc_simple m = {.header = {.type = PROC_LIMITS, .version = PROC_VERSION}};
	struct proc_limits limits;

	if (MsgSend(SKINK_PROCMGR_COID, &m, sizeof(m), &limits, sizeof(limits)) < 0)
		return 0;
	return (long)limits.quota[kind] - (long)limits.used[kind];
}

long
crowd_room(long most)
{
	long n = quota_free(SKINK_POOL_THREAD) - SPARE;

	if (most > CROWD_MAX)
		most = CROWD_MAX;
	return n < 0 ? 0 : n < most ? n : most;
}

long
crowd_start(long count, void (*function)(long number))
{
	long n;

	work = function;
	for (n = 0; n < count; n++) {
		struct skink_thread_attr attr = {.entry = (uintptr_t)crowd_entry,
		    .arg = (uint64_t)n,
		    .sp = (uintptr_t)stacks[n] + STACK_BYTES};

		memcpy(attr.name, "crowd", sizeof("crowd"));
		if (skink_thread_create(&attr) < 0)
			break;
	}
	return n;
}

static void
sleep_on(long number)
{
	(void)number;
	for (;;)
		skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, DAY_NS);
}

int
crowd_be_victim(int parent_chid)
{
	long counts[2];
	int coid = ConnectAttach(0, getppid(), parent_chid, _NTO_SIDE_CHANNEL, 0);

	if (coid < 0)
		return stress_fail("connect");
	counts[0] = crowd_start(crowd_room(CROWD_MAX), sleep_on);
	for (counts[1] = 1; counts[1] < CROWD_MAX; counts[1]++) {
		if (ConnectAttach(0, getppid(), parent_chid, _NTO_SIDE_CHANNEL, 0) < 0)
			break;
	}
	/* Not answered, but by an error when the one who kills is killed itself. */
	MsgSend(coid, counts, sizeof(counts), NULL, 0);
	return 1;
}
