/* SPDX-License-Identifier: Apache-2.0 */
/* t-sporadic.c - what is left to others by a sporadic thread that loops for ever above them. Owns
 * its threads; prints one line a case: how much of the time main has had, of which the sporadic
 * thread may have 20 %, in hundredths of a percent:
 *
 *   CASE SHARE */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <skink/calls.h>

#define LOW       10
#define SERVER    11
#define MIDDLE    12
#define HIGH      13
#define PERIOD_NS 20000000
#define BUDGET_NS 4000000
#define PERIODS   60 /* the budget of one is a sixtieth of 20 % */

static volatile bool stop;
static int first, second, to_first, to_second; /* channels, and connections to them */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static sem_t locked;

static uint64_t
now(int clock)
{
	uint64_t ns;

	(void)skink_clock_time(clock, &ns);
	return ns;
}

static void
must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "t-sporadic: %s failed\n", what);
	exit(2);
}

static void
loop(void)
{
	while (!stop)
		;
}

static void *
loop_alone(void *arg)
{
	loop();
	return arg;
}

static void
loop_for(uint64_t ns)
{
	uint64_t start = now(SKINK_CLOCK_MONOTONIC);

	while (now(SKINK_CLOCK_MONOTONIC) - start < ns)
		;
}

/* Until it has been out of its budget for a while. */
static void
loop_until_low(void)
{
	uint64_t last = now(SKINK_CLOCK_MONOTONIC), gap = 0;

	while (gap < PERIOD_NS / 4 && !stop) {
		uint64_t t = now(SKINK_CLOCK_MONOTONIC);

		gap = t - last;
		last = t;
	}
}

/* A sleep cuts its budget, and it uses up what is left. */
static void *
loop_and_sleep(void *arg)
{
	while (!stop) {
		loop_for(BUDGET_NS / 3);
		(void)skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, 100000);
		loop_until_low();
	}
	return arg;
}

/* Turns of one length cut the pieces that come back anew each time, until max_repl of them are
 * pending: then it is low with budget left, as POSIX has it. How often is a matter of phase. */
static void *
loop_in_pieces(void *arg)
{
	while (!stop) {
		loop_for(BUDGET_NS / 3);
		(void)skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, 100000);
	}
	return arg;
}

static void *
ask(void *arg)
{
	(void)skink_msg_send(*(int *)arg, "", 1, NULL, 0);
	return arg;
}

/* Each message a short one: the switches are the work. */
static void *
ask_often(void *arg)
{
	char text[8] = "often";

	while (!stop)
		(void)skink_msg_send(*(int *)arg, text, sizeof(text), text, sizeof(text));
	return arg;
}

static void *
serve_first(void *arg)
{
	char text[8];

	for (;;) {
		long rcvid = skink_msg_receive(first, text, sizeof(text), NULL);

		if (text[0] != 'o')
			loop();
		(void)skink_msg_reply(rcvid, 0, text, sizeof(text));
	}
	return arg;
}

static void *
serve_second(void *arg)
{
	char text[8];

	for (;;) {
		long rcvid = skink_msg_receive(second, text, sizeof(text), NULL);

		(void)skink_msg_send(to_first, "", 1, NULL, 0);
		(void)skink_msg_reply(rcvid, 0, NULL, 0);
	}
	return arg;
}

static void *
own(void *arg)
{
	pthread_mutex_lock(&mutex);
	sem_post(&locked);
	loop();
	pthread_mutex_unlock(&mutex);
	return arg;
}

static void *
lock(void *arg)
{
	pthread_mutex_lock(&mutex);
	pthread_mutex_unlock(&mutex);
	return arg;
}

static pthread_t
start(void *(*function)(void *), void *arg, int policy, int priority)
{
	struct sched_param param = {
	    .sched_priority = priority,
	    .sched_ss_low_priority = LOW,
	    .sched_ss_max_repl = 8,
	    .sched_ss_repl_period.tv_nsec = PERIOD_NS,
	    .sched_ss_init_budget.tv_nsec = BUDGET_NS,
	};
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	must(pthread_attr_setschedpolicy(&attr, policy) == 0, "policy");
	must(pthread_attr_setschedparam(&attr, &param) == 0, "parameters");
	must(pthread_create(&thread, &attr, function, arg) == 0, "thread");
	return thread;
}

static void
run(const char *name, void *(*function)(void *), void *arg)
{
	pthread_t thread;
	uint64_t begun, used;

	stop = false;
	thread = start(function, arg, SCHED_SPORADIC, HIGH);
	begun = now(SKINK_CLOCK_MONOTONIC);
	used = now(SKINK_CLOCK_THREAD);
	while (now(SKINK_CLOCK_MONOTONIC) - begun < (uint64_t)PERIODS * PERIOD_NS)
		;
	used = now(SKINK_CLOCK_THREAD) - used;
	begun = now(SKINK_CLOCK_MONOTONIC) - begun;
	stop = true;
	pthread_join(thread, NULL);
	printf("%s %d\n", name, (int)(used * 10000 / begun));
}

int
main(void)
{
	const struct sched_param param = {.sched_priority = MIDDLE};
	pthread_t owner;

	must(pthread_setschedparam(pthread_self(), SCHED_FIFO, &param) == 0, "own priority");
	sem_init(&locked, 0, 0);
	first = (int)skink_channel_create(0, 0);
	second = (int)skink_channel_create(0, 0);
	to_first = (int)skink_connect_attach(first, 0, 0);
	to_second = (int)skink_connect_attach(second, 0, 0);
	must(to_first > 0 && to_second > 0, "connections");
	pthread_detach(start(serve_first, NULL, SCHED_FIFO, SERVER));
	pthread_detach(start(serve_second, NULL, SCHED_RR, SERVER));
	run("alone", loop_alone, NULL);
	run("sleeping", loop_and_sleep, NULL);
	run("pieces", loop_in_pieces, NULL);
	run("server", ask, &to_first);
	run("messages", ask_often, &to_first);
	run("chain", ask, &to_second);
	stop = false;
	owner = start(own, NULL, SCHED_FIFO, SERVER);
	sem_wait(&locked);
	run("mutex", lock, NULL);
	pthread_join(owner, NULL);
	return 0;
}
