/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time.c - measures a command.
 *
 * Real time only: what a child's processing cost is not in any POSIX call that
 * both Skink and the C library have so far. When wait4() or times() is there,
 * print_times is where user and system time go.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "cmd.h"

extern char **environ;

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
	int wait_status;
	pid_t pid, got;
	int error;

	cmd_start(argc, argv, usage);
	while (cmd_option("p") != 0)
		;
	command = cmd_operands();
	if (*command == NULL)
		cmd_usage();
	clock_gettime(CLOCK_MONOTONIC, &start);
	error = posix_spawnp(&pid, command[0], NULL, NULL, command, environ);
	if (error != 0) {
		errno = error;
		cmd_error("%s", command[0]);
		return error == ENOENT ? 127 : 126;
	}
	do {
		got = waitpid(pid, &wait_status, 0);
	} while (got < 0 && errno == EINTR);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (got < 0) {
		cmd_error("%s", command[0]);
		return 126;
	}
	print_times(&start, &end);
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}
