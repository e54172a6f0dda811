/* SPDX-License-Identifier: Apache-2.0 */
/* adversary.c - how late an interrupt's thread is while a load of `stress` does its worst at a low
 * priority. Owns the loads' processes; the interrupts are the alarm service's. */
#include "bench.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/neutrino.h>
#include <sys/wait.h>

#include "../stress/stress.h"

#define BEFORE_NS     60000000 /* until the load does what it is there for */
#define LONGEST_MS    "600000"
#define SHARE_PERCENT 90
#define SHARE_OF_ALL  20
#define LOAD_PRIORITY 10

extern char **environ;

static const char *const names[] = {
#define NAME(name, words) #name,
    STRESS_ADVERSARIES(NAME)
#undef NAME
};
#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

static pid_t
start(const char *name, unsigned share_percent)
{
	char *argv[] = {"stress", "--one", (char *)name, LONGEST_MS, NULL};
	posix_spawnattr_t attr;
	pid_t pid;

	posix_spawnattr_init(&attr);
	attr.share_percent = share_percent;
	attr.flags = POSIX_SPAWN_SETSCHEDULER;
	attr.policy = SCHED_RR;
	attr.param.sched_priority = LOAD_PRIORITY;
	errno = posix_spawnp(&pid, "stress", NULL, &attr, argv, environ);
	if (errno == 0)
		return pid;
	fprintf(stderr, "bench: stress %s: %s\n", name, strerror(errno));
	return -1;
}

/* A load that has ended by itself was none. */
static int
end(pid_t pid, const char *name)
{
	int early = waitpid(pid, NULL, WNOHANG) == pid;

	if (!early) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	} else {
		fprintf(stderr, "bench: stress %s ended too early\n", name);
	}
	return early;
}

int
measure_adversary(long which, long samples)
{
	size_t first = which & 0xff, last = first + 1;
	pid_t pids[NAME_COUNT];
	int status = 0;

	if (first == ADVERSARY_ALL) {
		first = 0;
		last = NAME_COUNT;
	}
	/* The loads are no more urgent than what else runs at the usual priority, nor are we. */
	if (bench_priority(LOAD_PRIORITY + 1) < 0)
		return 1;
	for (size_t i = first; i < last; i++)
		pids[i] = start(names[i], last - first > 1 ? SHARE_OF_ALL : SHARE_PERCENT);
	skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, BEFORE_NS);
	status = wait_for_alarms(samples, which & ADVERSARY_EQUAL ? LOAD_PRIORITY : 0);
	for (size_t i = first; i < last; i++)
		status |= pids[i] < 0 || end(pids[i], names[i]);
	return status;
}
