/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time.c - measures a command.
 *
 * Real time only: what a child's processing cost is not in any POSIX call that
 * both Skink and the C library have so far. When wait4() or times() is there,
 * print_times is where user and system time go.
 */
#include <stdio.h>
#include <time.h>

#include "cmd.h"

static const char usage[] =
    "usage: time [-p] COMMAND [ARGUMENT...]\n"
    "Runs the command and prints the time it took in seconds on standard error.\n";

static void
print_times(const struct timespec *start, const struct timespec *end)
{
	long seconds = (long)(end->tv_sec - start->tv_sec);
	long us = (end->tv_nsec - start->tv_nsec) / 1000;

	if (us < 0) {
		us += 1000000;
		seconds--;
	}
	fprintf(stderr, "real %ld.%06ld\n", seconds, us);
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
