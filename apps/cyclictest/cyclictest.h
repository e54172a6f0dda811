/* SPDX-License-Identifier: Apache-2.0 */
/* cyclictest.h - what the parts of cyclictest share: options, the threads' counts, reports. */
#ifndef CYCLICTEST_H
#define CYCLICTEST_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define THREADS_MAX   64
#define HISTOGRAM_MAX 1000000
#define VALUES        1024 /* latest ones that -v may still print; a power of two */

struct options {
	int priority;
	int policy;
	int64_t interval_us;
	int64_t distance_us;
	int64_t loops; /* 0: no end */
	int64_t duration_s; /* 0: none */
	int64_t sweep_ns;
	int64_t break_us; /* 0: off */
	int threads;
	int histogram; /* columns; 0: none */
	bool histogram_all; /* -H: a column of sums */
	bool quiet, verbose, nanoseconds;
	const char *json; /* NULL: none */
	int argc;
	char **argv;
};
extern struct options options;

/* Written by its thread, read by the reporter: each number whole, the set of them nearly so. */
struct counts {
	atomic_llong cycles, least, most, sum, last, beyond;
	atomic_llong *histogram;
	atomic_llong *values; /* -v: the latest, by cycle */
	pthread_t thread;
	long tid;
	int priority;
	int64_t interval_us;
	atomic_int error;
	atomic_bool ended;
};
extern struct counts counts[THREADS_MAX];
/* The thread that met -b's latency, or -1. */
extern atomic_int breaker;

/* A count that one thread only changes. */
static inline void
add(atomic_llong *n, long long more)
{
	atomic_store_explicit(
	    n, atomic_load_explicit(n, memory_order_relaxed) + more, memory_order_relaxed);
}

static inline long long
get(atomic_llong *n)
{
	return atomic_load_explicit(n, memory_order_relaxed);
}

/* options.c */
void options_read(int argc, char **argv);

/* report.c */
void report_status(bool final);
void report_values(void); /* -v: those that are new */
void report_histogram(void);
void report_break(void);
int report_json(int status); /* 0, or 1 after a message */

#endif
