/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclictest.c - how late threads wake, as rt-tests' program of that name measures and tells it:
 * each sleeps until a time on the monotonic clock, reads the clock, and counts the difference. The
 * measuring threads touch nothing but the clock and their counts; the first thread prints.
 */
#include "cyclictest.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <skink/calls.h>

#define NS_PER_S   1000000000ll
#define POLL_NS    10000000ll /* how soon the end is noticed */
#define STATUS_NS  1000000000ll
#define SWEEP_STEP 37 /* ns; with the sweep's length no common divisor, as a rule */

struct counts counts[THREADS_MAX];
static atomic_llong *histograms, *values; /* all threads', one behind the other */
atomic_int breaker = -1;
static atomic_bool stopped;

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int
sleep_until(int64_t ns)
{
	struct timespec t = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};

	return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void
count(struct counts *c, int64_t late_ns)
{
	int64_t late = options.nanoseconds ? late_ns : late_ns / 1000;
	long long cycle = get(&c->cycles);

	if (late < get(&c->least))
		atomic_store_explicit(&c->least, late, memory_order_relaxed);
	if (late > get(&c->most))
		atomic_store_explicit(&c->most, late, memory_order_relaxed);
	atomic_store_explicit(&c->last, late, memory_order_relaxed);
	add(&c->sum, late);
	if (late < options.histogram)
		add(&c->histogram[late], 1);
	else if (options.histogram != 0)
		add(&c->beyond, 1);
	if (c->values != NULL)
		atomic_store_explicit(&c->values[cycle % VALUES], late, memory_order_relaxed);
	add(&c->cycles, 1);
}

static void *
measure(void *arg)
{
	struct counts *c = arg;
	/* From here on, not from when the first thread made this one. */
	int64_t interval_ns = c->interval_us * 1000, due = now_ns(), more = 0;
	int64_t end_ns = options.duration_s == 0 ? INT64_MAX : due + options.duration_s * NS_PER_S;

	c->tid = skink_thread_self();
	for (int64_t n = 0; options.loops == 0 || n < options.loops; n++) {
		int64_t now;
		int error;

		due += interval_ns + more;
		error = sleep_until(due);
		now = now_ns();
		if (error != 0) {
			atomic_store(&c->error, error);
			break;
		}
		count(c, now - due);
		if (options.break_us != 0 && now - due > options.break_us * 1000) {
			atomic_store(&breaker, (int)(c - counts));
			atomic_store(&stopped, true);
		}
		if (atomic_load(&stopped) || now >= end_ns)
			break;
		/* What is already past is not caught up with. */
		while (due + interval_ns <= now)
			due += interval_ns;
		if (options.sweep_ns != 0)
			more = (more + SWEEP_STEP) % options.sweep_ns;
	}
	atomic_store(&c->ended, true);
	return NULL;
}

static void *
room(size_t count, size_t size)
{
	void *p = calloc(count, size);

	if (p == NULL) {
		fprintf(stderr, "cyclictest: no memory\n");
		exit(1);
	}
	return p;
}

static int
start(struct counts *c)
{
	struct sched_param param = {.sched_priority = options.priority};
	pthread_attr_t attr;
	int error = pthread_attr_init(&attr);

	c->interval_us = options.interval_us + (c - counts) * options.distance_us;
	c->priority = options.priority;
	c->least = INT32_MAX;
	if (options.histogram != 0)
		c->histogram = histograms + (c - counts) * options.histogram;
	if (options.verbose)
		c->values = values + (c - counts) * VALUES;
	if (error == 0 && options.priority > 0) {
		pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
		pthread_attr_setschedpolicy(&attr, options.policy);
		error = pthread_attr_setschedparam(&attr, &param);
	}
	if (error == 0)
		error = pthread_create(&c->thread, &attr, measure, c);
	pthread_attr_destroy(&attr);
	if (error != 0)
		fprintf(stderr, "cyclictest: no thread of priority %d: %s\n", options.priority,
		    strerror(error));
	return error;
}

static bool
all_ended(void)
{
	for (int i = 0; i < options.threads; i++) {
		if (!atomic_load(&counts[i].ended))
			return false;
	}
	return true;
}

/* Until the end; the threads themselves end by their loops or their time. */
static void
watch(void)
{
	static const struct timespec poll = {.tv_nsec = POLL_NS};

	for (int64_t shown = now_ns(); !all_ended();) {
		nanosleep(&poll, NULL);
		if (options.verbose)
			report_values();
		else if (!options.quiet && now_ns() - shown >= STATUS_NS) {
			report_status(false);
			shown = now_ns();
		}
	}
}

static int
finish(void)
{
	int status = 0;

	for (int i = 0; i < options.threads; i++) {
		pthread_join(counts[i].thread, NULL);
		if (counts[i].error != 0) {
			fprintf(stderr, "cyclictest: sleep: %s\n", strerror(counts[i].error));
			status = 1;
		}
	}
	if (options.verbose)
		report_values();
	else
		report_status(true);
	if (options.histogram != 0)
		report_histogram();
	if (atomic_load(&breaker) >= 0)
		report_break();
	if (options.json != NULL)
		status |= report_json(status);
	if (fflush(stdout) != 0)
		status = 1;
	return status;
}

int
main(int argc, char **argv)
{
	options_read(argc, argv);
	if (options.histogram != 0)
		histograms =
		    room((size_t)(options.threads * options.histogram), sizeof(*histograms));
	if (options.verbose)
		values = room((size_t)(options.threads * VALUES), sizeof(*values));
	mlockall(MCL_CURRENT | MCL_FUTURE);
	for (int i = 0; i < options.threads; i++) {
		if (start(&counts[i]) != 0)
			return 1;
	}
	watch();
	return finish();
}
