/* SPDX-License-Identifier: Apache-2.0 */
/* time.c - measures a command: how long it took, and the processor time of it and its children. */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "cmd.h"

static const char usage[] =
    "usage: time [-p] COMMAND [ARGUMENT...]\n"
    "Runs the command and prints on standard error, in seconds, the time it took (real) and its\n"
    "processor time (user); system time is not told apart from that.\n";

static void
print_times(const struct timespec *start, const struct timespec *end)
{
	long seconds = (long)(end->tv_sec - start->tv_sec);
	long us = (end->tv_nsec - start->tv_nsec) / 1000;
	struct rusage used;

	if (us < 0) {
		us += 1000000;
		seconds--;
	}
	getrusage(RUSAGE_CHILDREN, &used);
	fprintf(stderr, "real %ld.%06ld\n", seconds, us);
	fprintf(
	    stderr, "user %ld.%06ld\n", (long)used.ru_utime.tv_sec, (long)used.ru_utime.tv_usec);
	fprintf(stderr, "sys %ld.%06ld\n", (long)used.ru_stime.tv_sec, (long)used.ru_stime.tv_usec);
}

int
main(int argc, char **argv)
{
	struct timespec start, end;
	char **command;
	bool started;
	int status;

	cmd_start(argc, argv, usage);
	while (cmd_option("p") != 0)
		;
	command = cmd_operands();
	if (*command == NULL)
		cmd_usage();
	clock_gettime(CLOCK_MONOTONIC, &start);
	status = run_command(command, &started);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (started)
		print_times(&start, &end);
	return status;
}
