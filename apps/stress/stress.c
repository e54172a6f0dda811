/* SPDX-License-Identifier: Apache-2.0 */
/* stress.c - starts loads and waits for their end, which always comes. Owns the command line. */
#include "stress.h"

#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "../utils/cmd.h"

#define LOADS_MAX     64
#define SECONDS       10
#define NS_PER_MS     1000000ll
#define SHARE_PERCENT 30 /* of what is free, for each of several adversaries */

extern char **environ;

static const char usage[] =
    "usage: stress [-c N] [-s N] [-m N] [-i N] [-t SECONDS] [-a LOAD|all]...\n"
    "Loads the system for SECONDS (-t, 10; 0.5 is half of one), with N threads of each kind:\n"
    "  -c computing, -s system calls that end at once, -m mapping and unmapping 1 MiB,\n"
    "  -i writing, reading and removing files of /tmp.\n"
    "-a, --adversarial: a load that is made to be bad for others' latency, a process each:\n"
#define ADVERSARY_LINE(name, words) "  " #name ": " words "\n"
    STRESS_ADVERSARIES(ADVERSARY_LINE)
#undef ADVERSARY_LINE
    ;

static const struct load {
	int letter; /* 0: an adversary */
	const char *name;
	int (*run)(int64_t end_ns);
} loads[] = {
#define LOAD(letter, name, words) {letter, #name, stress_##name},
    STRESS_LOADS(LOAD)
#undef LOAD
#define ADVERSARY(name, words) {0, #name, stress_##name},
	STRESS_ADVERSARIES(ADVERSARY)
#undef ADVERSARY
};
#define LOAD_COUNT (sizeof(loads) / sizeof(loads[0]))

static int64_t end_ns;

static void *
run_load(void *load)
{
	return (void *)(intptr_t)((const struct load *)load)->run(end_ns);
}

/* "0.5" */
static int64_t
milliseconds(const char *text)
{
	char *end;
	double s = strtod(text, &end);

	if (end == text || *end != '\0' || !(s > 0) || s > 1e6) {
		cmd_warn("%s: bad time", text);
		exit(2);
	}
	return (int64_t)(s * 1000);
}

static pid_t
start_adversary(const char *name, int64_t ms)
{
	char number[24];
	char *argv[] = {"stress", "--one", (char *)name, number, NULL};
	posix_spawnattr_t attr;
	pid_t pid;

	snprintf(number, sizeof(number), "%lld", (long long)ms);
	posix_spawnattr_init(&attr);
	attr.share_percent = SHARE_PERCENT;
	errno = posix_spawnp(&pid, "stress", NULL, &attr, argv, environ);
	if (errno != 0) {
		stress_fail("spawn");
		exit(1);
	}
	return pid;
}

static int
run_one(const char *name, int64_t ms)
{
	for (size_t i = 0; i < LOAD_COUNT; i++) {
		if (loads[i].letter == 0 && strcmp(loads[i].name, name) == 0)
			return loads[i].run(stress_now() + ms * NS_PER_MS);
	}
	cmd_warn("%s: no such load; --help lists them", name);
	return 2;
}

/* ---- what the command line asks for ---- */

static long wanted[LOAD_COUNT];
static int64_t wanted_ms = SECONDS * 1000;

static void
want_adversary(const char *name)
{
	bool found = false;

	for (size_t i = 0; i < LOAD_COUNT; i++) {
		if (loads[i].letter == 0 &&
		    (strcmp(name, "all") == 0 || strcmp(name, loads[i].name) == 0)) {
			wanted[i] = 1;
			found = true;
		}
	}
	if (!found) {
		cmd_warn("%s: no such load; --help lists them", name);
		exit(2);
	}
}

static void
parse_options(void)
{
	int c;

	while ((c = cmd_option("a:c:i:m:s:t:")) != 0) {
		if (c == 't') {
			wanted_ms = milliseconds(cmd_value());
		} else if (c == 'a') {
			want_adversary(cmd_value());
		} else {
			for (size_t i = 0; i < LOAD_COUNT; i++)
				if (loads[i].letter == c)
					wanted[i] = cmd_number(cmd_value(), 1, LOADS_MAX / 4);
		}
	}
	if (*cmd_operands() != NULL)
		cmd_usage();
}

static int
run_wanted(void)
{
	pthread_t threads[LOADS_MAX];
	pid_t pids[LOAD_COUNT];
	int thread_count = 0, pid_count = 0, status = 0, error = 0;

	end_ns = stress_now() + wanted_ms * NS_PER_MS;
	for (size_t i = 0; i < LOAD_COUNT; i++) {
		if (loads[i].letter == 0 && wanted[i] != 0)
			pids[pid_count++] = start_adversary(loads[i].name, wanted_ms);
		for (long n = 0; loads[i].letter != 0 && n < wanted[i] && error == 0; n++) {
			error = pthread_create(
			    &threads[thread_count], NULL, run_load, (void *)&loads[i]);
			thread_count += error == 0;
		}
	}
	if (thread_count + pid_count == 0 && error == 0)
		cmd_usage();
	for (int i = 0; i < thread_count; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		status |= failed != NULL;
	}
	for (int i = 0; i < pid_count; i++) {
		int ended;

		waitpid(pids[i], &ended, 0);
		status |= ended != 0;
	}
	errno = error;
	return error != 0 ? stress_fail("thread") : status;
}

int
main(int argc, char **argv)
{
	cmd_start(argc, argv, usage);
	if (argc == 3 && strcmp(argv[1], "--victim") == 0)
		return crowd_be_victim(atoi(argv[2]));
	if (argc == 4 && strcmp(argv[1], "--one") == 0)
		return run_one(argv[2], atoll(argv[3]));
	/* cmd_option knows letters only. */
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--adversarial") == 0)
			argv[i] = "-a";
	parse_options();
	return cmd_finish(run_wanted());
}
