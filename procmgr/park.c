/* SPDX-License-Identifier: Apache-2.0 */
/*
 * park.c - who waits for a death or a line of the log waits for others than procmgr, and as long
 * as they like: its priority must not be procmgr's meanwhile, and a server that owes nobody an
 * answer is sent to on a shorter way. So a second thread takes such messages over. It does nothing
 * else, and looks at no data of procmgr's: the one thread is still the only one that works.
 */
#include "loop.h"
#include "nucleus.h"
#include "park.h"

#define STACK_BYTES 1024

extern char park_start[]; /* start.S */
void park_run(int chid) __attribute__((noreturn));

static uint8_t stack[STACK_BYTES] __attribute__((aligned(16)));
static int coid;

void
park_init(void)
{
	struct skink_thread_attr attr = {
	    .entry = (uintptr_t)park_start,
	    .sp = (uintptr_t)(stack + sizeof(stack)),
	    .sched.policy = SKINK_SCHED_NOCHANGE,
	    .name = "park",
	};
	long chid = skink_channel_create(SKINK_CHF_PRIVATE, 0);

	if (chid < 0)
		procmgr_stop("no channel to park");
	coid = (int)skink_connect_attach((int)chid, 0, 0);
	attr.arg = (uint64_t)chid;
	if (coid < 0 || skink_thread_create(&attr) < 0)
		procmgr_stop("no thread to park");
}

void
park(long rcvid, int priority)
{
	skink_msg_send_pulse(coid, priority, PULSE_PARK, (uint64_t)rcvid);
}

void
park_run(int chid)
{
	for (;;) {
		struct _pulse pulse;

		/* It may have been answered meanwhile, or have gone. */
		if (skink_msg_receive(chid, &pulse, sizeof(pulse), NULL) == 0)
			skink_msg_current((long)pulse.value);
	}
}
