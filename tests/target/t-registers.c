/* SPDX-License-Identifier: Apache-2.0 */
/* t-registers.c - what a call leaves in the registers that it need not keep: values of the caller's
 * own, or 0; never the nucleus's. Each of the calls that have a short way is made so that it goes
 * that way, and so that it gives up on it. */
#include <pthread.h>

#include <skink/calls.h>
#include <skink/errno.h>
#include <skink/syscalls.h>

#include "t-checks.h"

#define ROUNDS   10
#define BAD      8ll /* an address of nobody's */
#define NUCLEUS  0xffffffc000000000ull /* its addresses are from here on, but for the top: */
#define NEGATIVE 0xffffffff80000000ull /* a program's small negative numbers */

static int chid, coid;
static char room[256];

struct registers {
	int64_t a[8], t[7];
};

static void
make_call(struct registers *r)
{
	__asm__ volatile("	.irp	n, 0,1,2,3,4,5,6,7\n"
			 "	ld	a\\n, \\n * 8(%0)\n"
			 "	.endr\n"
			 "	.irp	n, 0,1,2,3,4,5,6\n"
			 "	ld	t\\n, %1 + \\n * 8(%0)\n"
			 "	.endr\n"
			 "	ecall\n"
			 "	.irp	n, 0,1,2,3,4,5,6,7\n"
			 "	sd	a\\n, \\n * 8(%0)\n"
			 "	.endr\n"
			 "	.irp	n, 0,1,2,3,4,5,6\n"
			 "	sd	t\\n, %1 + \\n * 8(%0)\n"
			 "	.endr\n"
			 :
			 : "r"(r), "i"(offsetof(struct registers, t))
			 : "memory", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "t0", "t1",
			 "t2", "t3", "t4", "t5", "t6");
}

static int
is_of_nucleus(int64_t value)
{
	return (uint64_t)value >= NUCLEUS && (uint64_t)value < NEGATIVE;
}

/* How many calls of this thread's left something of the nucleus's. */
static _Thread_local long told;

static long
call(unsigned number, const int64_t a[8])
{
	struct registers r = {.t = {number}};
	int any = 0;

	memcpy(r.a, a, sizeof(r.a));
	make_call(&r);
	for (int i = 1; i < 8; i++)
		any |= is_of_nucleus(r.a[i]);
	for (int i = 0; i < 7; i++)
		any |= is_of_nucleus(r.t[i]);
	told += any;
	return r.a[0];
}

#define CALL(name, ...)   call(SKINK_SYS_##name, (const int64_t[8]){__VA_ARGS__})
#define ADDRESS(x)        (int64_t)(uintptr_t)(x)
#define IF_NOT_AT_ONCE(s) skink_timer_timeout(SKINK_CLOCK_MONOTONIC, 0, 1 << SKINK_STATE_##s, 0)

static void *
client(void *arg)
{
	char text[64] = {0}, reply[64] = {0};

	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		CALL(msg_send, coid, BAD, 32, ADDRESS(reply), 32);
		CALL(msg_send, coid, ADDRESS(text), 32, ADDRESS(reply), 32);
		CALL(msg_send, coid, ADDRESS(text), 61, ADDRESS(reply + 1), 61);
		CALL(msg_send, -1);
	}
	IF_NOT_AT_ONCE(SEND);
	CALL(msg_send, coid, ADDRESS(text), 32, ADDRESS(reply), 32);
	return (void *)told;
}

/* One message: it is answered badly in several ways, then well. */
static void
serve(int receive)
{
	long rcvid = receive ? CALL(msg_receive, chid, ADDRESS(room), 64, ADDRESS(room + 128))
			     : CALL(msg_reply_receive, 0, 0, 0, 0, chid, ADDRESS(room), 64, 0);

	CHECK(rcvid > 0);
	CHECK_EQ(CALL(msg_reply, rcvid, 0, BAD, 32), -SK_EFAULT);
	CHECK_EQ(CALL(msg_reply, rcvid, -4096, ADDRESS(room), 32), -SK_EINVAL);
	CHECK_EQ(
	    CALL(msg_reply_receive, rcvid, 0, BAD, 32, chid, ADDRESS(room), 64, 0), -SK_EFAULT);
	CHECK_EQ(CALL(msg_reply, rcvid, 0, ADDRESS(room), 32), 0);
	CHECK_EQ(CALL(msg_reply, rcvid, 0, ADDRESS(room), 32), -SK_ESRCH);
}

static void
calls_leave_nothing_of_the_nucleus(void)
{
	pthread_t thread;
	void *of_client;

	told = 0;
	chid = (int)skink_channel_create(0, 0);
	coid = (int)skink_connect_attach(chid, SKINK_SIDE_CHANNEL, 0);
	CHECK(coid > 0);
	CHECK_EQ(pthread_create(&thread, NULL, client, NULL), 0);
	for (int i = 0; i < ROUNDS; i++) {
		serve(1);
		serve(0);
		CHECK_EQ(CALL(msg_send_pulse, coid, -1, 1, 5), 0);
		CHECK_EQ(CALL(msg_send_pulse, coid, 255, 1, 5), -SK_EINVAL);
		CHECK_EQ(CALL(msg_receive, chid, ADDRESS(room), 64, 0), 0);
		CHECK_EQ(CALL(msg_receive, -1, ADDRESS(room), 64, 0), -SK_ESRCH);
		CALL(sched_yield);
		CALL(thread_self);
	}
	CHECK_EQ(pthread_join(thread, &of_client), 0);
	CHECK_EQ((long)of_client, 0);
	CHECK_EQ(told, 0);
}

static const struct t_case cases[] = {
    CASE(calls_leave_nothing_of_the_nucleus),
};

int
main(int argc, char **argv)
{
	return t_run(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
