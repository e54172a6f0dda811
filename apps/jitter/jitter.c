/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jitter.c - a control loop that measures how late it wakes.
 *
 * One thread runs the loop at its own priority and touches nothing but the
 * clock and the counts below. The main thread prints. So a console that is slow,
 * or dies and comes back, delays a report and never the loop; one that is gone
 * for good costs the reports.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../utils/cmd.h"

static const char usage[] =
    "usage: jitter [-q] [-i US] [-l LOOPS] [-p PRIORITY] [-h US]\n"
    "Wakes every US microseconds (-i, 1000) at PRIORITY (-p; unchanged) and measures how late.\n"
    "After LOOPS times (-l, 10000; 0 is for ever) it prints a histogram up to -h microseconds\n"
    "(100), one line a microsecond that was met. -q leaves out the line a second.\n";

#define NS_PER_S      1000000000L
#define HISTOGRAM_MAX 100000

/* Written by the loop, read by the reporter: each value whole, the set of them nearly so. */
static struct {
	atomic_long loops;
	atomic_long min_ns;
	atomic_long max_ns;
	atomic_long sum_ns;
	atomic_long missed; /* wake-ups later than the next was due */
	atomic_long beyond; /* later than the histogram goes */
	atomic_bool ended;
	atomic_int error;
	atomic_long *histogram; /* by whole microseconds */
} counts;

static struct {
	long interval_ns;
	long loops;
	long priority; /* 0: that of whoever started us */
	long histogram_us;
	bool quiet;
} options = {.interval_ns = 1000000, .loops = 10000, .histogram_us = 100};

static void
add(atomic_long *a, long n)
{
	/* Only the loop writes: no need for a read-modify-write. */
	atomic_store_explicit(
	    a, atomic_load_explicit(a, memory_order_relaxed) + n, memory_order_relaxed);
}

static long
get(atomic_long *a)
{
	return atomic_load_explicit(a, memory_order_relaxed);
}

static void
count(long late_ns)
{
	long us = late_ns / 1000;

	if (late_ns < get(&counts.min_ns))
		atomic_store_explicit(&counts.min_ns, late_ns, memory_order_relaxed);
	if (late_ns > get(&counts.max_ns))
		atomic_store_explicit(&counts.max_ns, late_ns, memory_order_relaxed);
	add(&counts.sum_ns, late_ns);
	if (late_ns >= options.interval_ns)
		add(&counts.missed, 1);
	if (us < options.histogram_us)
		add(&counts.histogram[us], 1);
	else
		add(&counts.beyond, 1);
	add(&counts.loops, 1);
}

static void
step(struct timespec *t)
{
	t->tv_nsec += options.interval_ns;
	while (t->tv_nsec >= NS_PER_S) {
		t->tv_nsec -= NS_PER_S;
		t->tv_sec++;
	}
}

static void *
run_loop(void *unused)
{
	struct timespec due, now;

	(void)unused;
	if (clock_gettime(CLOCK_MONOTONIC, &due) < 0) {
		atomic_store(&counts.error, errno);
		atomic_store(&counts.ended, true);
		return NULL;
	}
	for (long n = 0; options.loops == 0 || n < options.loops; n++) {
		int error;

		step(&due);
		do {
			error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
		} while (error == EINTR);
		if (error != 0) {
			atomic_store(&counts.error, error);
			break;
		}
		clock_gettime(CLOCK_MONOTONIC, &now);
		count((now.tv_sec - due.tv_sec) * NS_PER_S + (now.tv_nsec - due.tv_nsec));
	}
	atomic_store(&counts.ended, true);
	return NULL;
}

/* "12.345" microseconds. */
static void
print_us(const char *name, long ns)
{
	printf(" %s %ld.%03ld", name, ns / 1000, ns % 1000);
}

static void
print_line(void)
{
	long n = get(&counts.loops);

	printf("loops %ld", n);
	if (n > 0) {
		print_us("min", get(&counts.min_ns));
		print_us("avg", get(&counts.sum_ns) / n);
		print_us("max", get(&counts.max_ns));
		printf(" us, missed %ld", get(&counts.missed));
	}
	putchar('\n');
	/* What a console lost is lost; the stream is good for the next line. */
	if (fflush(stdout) != 0)
		clearerr(stdout);
}

static void
print_histogram(void)
{
	for (long us = 0; us < options.histogram_us; us++) {
		long n = get(&counts.histogram[us]);

		if (n > 0)
			printf("%6ld us %ld\n", us, n);
	}
	if (get(&counts.beyond) > 0)
		printf(">%5ld us %ld\n", options.histogram_us - 1, get(&counts.beyond));
}

static void
parse_options(void)
{
	int c;

	while ((c = cmd_option("qi:l:p:h:")) != 0) {
		switch (c) {
		case 'i':
			options.interval_ns = cmd_number(cmd_value(), 1, 10000000) * 1000;
			break;
		case 'l':
			options.loops = cmd_number(cmd_value(), 0, 2000000000);
			break;
		case 'p':
			options.priority = cmd_number(cmd_value(), 1, 255);
			break;
		case 'h':
			options.histogram_us = cmd_number(cmd_value(), 1, HISTOGRAM_MAX);
			break;
		default:
			options.quiet = true;
			break;
		}
	}
	if (*cmd_operands() != NULL)
		cmd_usage();
}

static int
start_loop(pthread_t *loop)
{
	pthread_attr_t attr;
	struct sched_param param;
	int error;

	error = pthread_attr_init(&attr);
	if (error != 0)
		return error;
	if (options.priority > 0) {
		memset(&param, 0, sizeof(param));
		param.sched_priority = (int)options.priority;
		pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
		pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
		error = pthread_attr_setschedparam(&attr, &param);
	}
	if (error == 0)
		error = pthread_create(loop, &attr, run_loop, NULL);
	pthread_attr_destroy(&attr);
	return error;
}

/* Looks ten times a second, so that the end is not a second late. */
static void
report_until_end(void)
{
	static const struct timespec pause = {0, NS_PER_S / 10};

	for (unsigned n = 1; !atomic_load(&counts.ended); n++) {
		nanosleep(&pause, NULL);
		if (!options.quiet && n % 10 == 0)
			print_line();
	}
}

int
main(int argc, char **argv)
{
	pthread_t loop;
	int error;

	cmd_start(argc, argv, usage);
	parse_options();
	counts.histogram = cmd_alloc((size_t)options.histogram_us * sizeof(*counts.histogram));
	for (long us = 0; us < options.histogram_us; us++)
		atomic_init(&counts.histogram[us], 0);
	atomic_init(&counts.min_ns, NS_PER_S * 1000);
	error = start_loop(&loop);
	if (error != 0) {
		errno = error;
		cmd_error("cannot start the loop");
		return 1;
	}
	report_until_end();
	pthread_join(loop, NULL);
	print_line();
	print_histogram();
	free(counts.histogram);
	error = atomic_load(&counts.error);
	if (error != 0) {
		errno = error;
		cmd_error("the loop ended early");
		return 1;
	}
	return cmd_finish(0);
}
