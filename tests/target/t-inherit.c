/* SPDX-License-Identifier: Apache-2.0 */
/* t-inherit.c - how long a high-priority client of a low-priority server waits while something
 * of middle priority wants the hart for ever. Owns its threads; prints one line a case:
 *
 *   CASE alone NS hog NS
 *
 * alone: nothing of middle priority runs; hog: it runs. Exit status 0: in no case does the hog
 * cost more than SLACK_NS. */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <skink/calls.h>

#define LOW      11
#define MIDDLE   12
#define HIGH     13
#define WORK_NS  200000 /* what a server does for a request */
#define SLACK_NS 20000 /* switches, timer and interrupts of two more threads */

static uint64_t
now(void)
{
	uint64_t ns;

	(void)skink_clock_time(SKINK_CLOCK_MONOTONIC, &ns);
	return ns;
}

static void
sleep_ns(uint64_t ns)
{
	(void)skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, ns);
}

/* Computes for that long, by the processor's time of this thread. */
static void
work(uint64_t ns)
{
	uint64_t start, t;

	(void)skink_clock_time(SKINK_CLOCK_THREAD, &start);
	do
		(void)skink_clock_time(SKINK_CLOCK_THREAD, &t);
	while (t - start < ns);
}

/* A server: works, then asks the next one in its chain, then answers. */
struct server {
	int chid;
	int next; /* coid, -1: the last */
};

static void *
serve(void *arg)
{
	struct server *s = arg;
	char text[8];

	for (;;) {
		long rcvid = skink_msg_receive(s->chid, text, sizeof(text), NULL);

		if (rcvid <= 0)
			continue;
		work(WORK_NS);
		if (s->next >= 0)
			(void)skink_msg_send(s->next, text, sizeof(text), text, sizeof(text));
		(void)skink_msg_reply(rcvid, 0, text, sizeof(text));
	}
	return NULL;
}

static void
start(void *(*function)(void *), void *arg, int priority)
{
	struct sched_param param = {.sched_priority = priority};
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &param);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attr, function, arg) != 0) {
		fprintf(stderr, "t-inherit: no thread\n");
		exit(2);
	}
}

/* ---- the hog: from `hog_from` on it takes the hart for two milliseconds ---- */

static volatile uint64_t hog_from;

static void *
hog(void *arg)
{
	(void)arg;
	for (;;) {
		while (hog_from == 0 || now() < hog_from)
			sleep_ns(10000);
		work(2000000);
		hog_from = 0;
	}
	return NULL;
}

/* ---- the other clients that a case needs ---- */

static int server_coid;
static volatile int low_go, own_go;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Keeps the server busy with a request of low priority. */
static void *
low_client(void *arg)
{
	char text[8] = {0};

	(void)arg;
	for (;;) {
		while (!low_go)
			sleep_ns(10000);
		low_go = 0;
		(void)skink_msg_send(server_coid, text, sizeof(text), text, sizeof(text));
	}
	return NULL;
}

static void *
low_owner(void *arg)
{
	(void)arg;
	for (;;) {
		while (!own_go)
			sleep_ns(10000);
		pthread_mutex_lock(&mutex);
		own_go = 0;
		work(WORK_NS);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

/* ---- the cases ---- */

static uint64_t
measure(int use_mutex, int busy, int with_hog)
{
	char text[8] = {0};
	uint64_t begin;

	sleep_ns(5000000);
	if (busy) {
		if (use_mutex)
			own_go = 1;
		else
			low_go = 1;
		/* Until the request is under way, or the mutex is held, and some of the work is
		 * done. */
		sleep_ns(100000);
	}
	begin = now();
	if (with_hog)
		hog_from = begin;
	if (use_mutex) {
		pthread_mutex_lock(&mutex);
		pthread_mutex_unlock(&mutex);
	} else {
		(void)skink_msg_send(server_coid, text, sizeof(text), text, sizeof(text));
	}
	return now() - begin;
}

static int
one_case(const char *name, int use_mutex, int busy)
{
	uint64_t alone = measure(use_mutex, busy, 0);
	uint64_t hogged = measure(use_mutex, busy, 1);

	/* The hog wakes up by a timer: give it one that fires within the server's work. */
	printf("%-10s alone %llu hog %llu\n", name, (unsigned long long)alone,
	    (unsigned long long)hogged);
	return hogged > alone + SLACK_NS;
}

static void *
run(void *arg)
{
	static struct server chain[3];
	int *failed = arg;

	for (int i = 2; i >= 0; i--) {
		chain[i].chid = (int)skink_channel_create(0, 0);
		chain[i].next = i == 2
		    ? -1
		    : (int)skink_connect_attach(chain[i + 1].chid, SKINK_SIDE_CHANNEL, 0);
		start(serve, &chain[i], LOW);
	}
	start(hog, NULL, MIDDLE);
	server_coid = (int)skink_connect_attach(chain[2].chid, SKINK_SIDE_CHANNEL, 0);
	start(low_client, NULL, LOW);
	*failed |= one_case("direct", 0, 0);
	*failed |= one_case("busy", 0, 1);
	server_coid = (int)skink_connect_attach(chain[0].chid, SKINK_SIDE_CHANNEL, 0);
	*failed |= one_case("chain", 0, 0);
	*failed |= one_case("chain-busy", 0, 1);
	start(low_owner, NULL, LOW);
	*failed |= one_case("mutex", 1, 1);
	return NULL;
}

int
main(void)
{
	struct sched_param param = {.sched_priority = HIGH};
	pthread_attr_t attr;
	pthread_t thread;
	int failed = 0;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &param);
	if (pthread_create(&thread, &attr, run, &failed) != 0)
		return 2;
	pthread_join(thread, NULL);
	return failed;
}
