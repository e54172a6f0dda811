/* SPDX-License-Identifier: Apache-2.0 */
/* tests.h - the test files, one a noun: each has an array of its tests, ended by an empty one. */
#ifndef NUCLEUS_TEST_TESTS_H
#define NUCLEUS_TEST_TESTS_H

#include "fake.h"

#define TEST_FILES \
	heap_tests, pool_tests, message_tests, pulse_tests, channel_tests, connection_tests, \
	sched_tests, sporadic_tests, sync_tests, time_tests, interrupt_tests, death_tests, \
	errors_tests, trace_tests, aspace_tests, random_tests

extern const struct test heap_tests[], pool_tests[], message_tests[], pulse_tests[],
	channel_tests[], connection_tests[], sched_tests[], sync_tests[], time_tests[],
	sporadic_tests[], interrupt_tests[], death_tests[], errors_tests[], trace_tests[],
	aspace_tests[], random_tests[];

/* `ways`: with the short ways. What it would draw next: the same for the same
 * arguments. */
uint64_t random_run(uint64_t seed, unsigned long count, bool ways);

#endif
