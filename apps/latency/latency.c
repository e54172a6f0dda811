/* SPDX-License-Identifier: Apache-2.0 */
/*
 * latency.c - how soon a thread runs that waited for something. Owns two threads: the one that
 * waits, at the priority asked for, and the one that makes it go on, one below; between processes
 * `bench` measures. Each kind fills the samples and says how many.
 */
#include "latency.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/neutrino.h>
#include <time.h>

#include "../utils/cmd.h"
#include "alarm.h"
#include "counter.h"

static const char usage[] =
    "usage: latency [-h] [-n SAMPLES] [-p PRIORITY] [interrupt|timer|message|pulse|mutex]...\n"
    "How soon a thread of PRIORITY (-p, 50) runs that waited for something:\n"
    "  interrupt  from the board's alarm to the interrupt's thread (needs the service `alarm`)\n"
    "  timer      from the time asked for to the return of clock_nanosleep\n"
    "  message    from MsgSend to its return with the reply of a thread that waited for it\n"
    "  pulse      from MsgSendPulse to the return of MsgReceive in a more urgent thread\n"
    "  mutex      from the unlock by its owner to the return of the lock in a more urgent thread\n"
    "One row a kind, in the counter's units: cycles, which in virtual time are nanoseconds.\n"
    "-n: so many samples (10000). -h: a histogram with each.\n";

#define GAP_NS   20000
#define SWEEP_NS 1009
#define STEP_NS  137
#define NS_PER_S 1000000000u

static struct {
	long count;
	int priority;
	int histogram;
} options = {.count = 10000, .priority = 50};

static uint32_t *samples;

/* Who waits, and for whom: the two threads of a kind. */
static struct {
	int chid, coid;
	sem_t go;
	pthread_mutex_t mutex;
	volatile uint64_t start;
} pair = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static long
fail(const char *what, int error)
{
	errno = error;
	cmd_error("%s", what);
	return -1;
}

static int
be(int priority)
{
	struct sched_param param = {.sched_priority = priority};

	return SchedSet(0, 0, SCHED_FIFO, &param) < 0 ? errno : 0;
}

static int
start_waiter(pthread_t *thread, void *(*function)(void *))
{
	struct sched_param param = {.sched_priority = options.priority};
	pthread_attr_t attr;
	int error = pthread_attr_init(&attr);

	if (error == 0) {
		pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
		pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
		error = pthread_attr_setschedparam(&attr, &param);
	}
	if (error == 0)
		error = be(options.priority - 1);
	if (error == 0)
		error = pthread_create(thread, &attr, function, NULL);
	pthread_attr_destroy(&attr);
	return error;
}

/* ---- from outside ---- */

static long
measure_interrupt(void)
{
	struct alarm_request request = {.version = ALARM_VERSION,
	    .count = (uint32_t)options.count,
	    .gap_ns = GAP_NS,
	    .sweep_ns = SWEEP_NS,
	    .step_ns = STEP_NS};
	long n = alarm_measure(&request, samples);

	return n < 0 ? fail(ALARM_PATH, errno) : n;
}

static long
measure_timer(void)
{
	uint64_t zero;
	int error = be(options.priority);

	if (error != 0)
		return fail("priority", error);
	if (counter_zero(&zero) < 0)
		return -1;
	for (long i = 0; i < options.count; i++) {
		uint64_t due = counter_now() - zero + GAP_NS + (uint64_t)(i * STEP_NS % SWEEP_NS);
		struct timespec at = {
		    .tv_sec = (time_t)(due / NS_PER_S), .tv_nsec = (long)(due % NS_PER_S)};

		error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
		samples[i] = (uint32_t)(counter_now() - zero - due);
		if (error != 0)
			return fail("sleep", error);
	}
	return options.count;
}

/* ---- from another thread ---- */

static int
open_channel(void)
{
	pair.chid = ChannelCreate(0);
	pair.coid = ConnectAttach(0, 0, pair.chid, _NTO_SIDE_CHANNEL, 0);
	return pair.coid < 0 ? errno : 0;
}

static void
close_channel(pthread_t waiter)
{
	/* Who waits there learns of it. */
	ChannelDestroy(pair.chid);
	ConnectDetach(pair.coid);
	pthread_join(waiter, NULL);
}

static void *
answer_messages(void *unused)
{
	rcvid_t rcvid = 0;
	char data[32];

	(void)unused;
	do
		rcvid = MsgReplyReceive(
		    rcvid, 0, data, sizeof(data), pair.chid, data, sizeof(data), NULL);
	while (rcvid > 0);
	return NULL;
}

static long
measure_message(void)
{
	char data[32] = "message", reply[32];
	pthread_t waiter;
	int error = open_channel();

	if (error == 0)
		error = start_waiter(&waiter, answer_messages);
	if (error != 0)
		return fail("message", error);
	for (long i = 0; i < options.count; i++) {
		uint64_t start = counter_now();

		if (MsgSend(pair.coid, data, sizeof(data), reply, sizeof(reply)) < 0)
			return fail("send", errno);
		samples[i] = (uint32_t)(counter_now() - start);
	}
	close_channel(waiter);
	return options.count;
}

static void *
take_pulses(void *unused)
{
	struct _pulse pulse;

	(void)unused;
	for (long i = 0; MsgReceive(pair.chid, &pulse, sizeof(pulse), NULL) == 0; i++) {
		if (i < options.count)
			samples[i] = (uint32_t)(counter_now() - pulse.value);
	}
	return NULL;
}

static long
measure_pulse(void)
{
	pthread_t waiter;
	int error = open_channel();

	if (error == 0)
		error = start_waiter(&waiter, take_pulses);
	if (error != 0)
		return fail("pulse", error);
	for (long i = 0; i < options.count; i++) {
		if (MsgSendPulsePtr(pair.coid, options.priority, 1, (void *)counter_now()) < 0)
			return fail("pulse", errno);
	}
	close_channel(waiter);
	return options.count;
}

static void *
take_mutex(void *unused)
{
	(void)unused;
	for (long i = 0; i < options.count; i++) {
		sem_wait(&pair.go);
		pthread_mutex_lock(&pair.mutex);
		samples[i] = (uint32_t)(counter_now() - pair.start);
		pthread_mutex_unlock(&pair.mutex);
	}
	return NULL;
}

static long
measure_mutex(void)
{
	pthread_t waiter;
	int error;

	sem_init(&pair.go, 0, 0);
	error = start_waiter(&waiter, take_mutex);
	if (error != 0)
		return fail("mutex", error);
	for (long i = 0; i < options.count; i++) {
		pthread_mutex_lock(&pair.mutex);
		/* The other one runs at once, as far as the mutex. */
		sem_post(&pair.go);
		pair.start = counter_now();
		pthread_mutex_unlock(&pair.mutex);
	}
	pthread_join(waiter, NULL);
	return options.count;
}

static const struct kind {
	const char *name;
	long (*measure)(void);
} kinds[] = {
    {"interrupt", measure_interrupt},
    {"timer", measure_timer},
    {"message", measure_message},
    {"pulse", measure_pulse},
    {"mutex", measure_mutex},
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static int
measure(const struct kind *k)
{
	long n = k->measure();

	if (n > 0)
		report(k->name, samples, n, options.histogram);
	return n <= 0;
}

static int
measure_named(const char *word)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (strcmp(kinds[i].name, word) == 0)
			return measure(&kinds[i]);
	}
	cmd_warn("%s: no such kind", word);
	return 2;
}

int
main(int argc, char **argv)
{
	char **words;
	int c, status = 0;

	cmd_start(argc, argv, usage);
	while ((c = cmd_option("hn:p:")) != 0) {
		if (c == 'n')
			options.count = cmd_number(cmd_value(), 1, ALARM_MAX);
		else if (c == 'p')
			options.priority = (int)cmd_number(cmd_value(), 2, 254);
		else
			options.histogram = 1;
	}
	samples = cmd_alloc((size_t)options.count * sizeof(*samples));
	printf("%-10s %8s %8s %8s %8s %8s %8s %8s\n", "latency", "min", "avg", "max", "50%", "90%",
	    "99%", "99.9%");
	words = cmd_operands();
	for (size_t i = 0; *words == NULL && i < KIND_COUNT; i++)
		status |= measure(&kinds[i]);
	for (; *words != NULL; words++)
		status |= measure_named(*words);
	return cmd_finish(status);
}
