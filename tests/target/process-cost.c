/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process-cost.c - what starting, ending and restarting processes costs, in instructions: run it
 * with --icount. docs/measurement-spawn.md says from where to where each figure counts.
 *
 *	spawn_wait	posix_spawn() of `tiny` until waitpid() has told its end
 *	fault_to_notice	`tiny` faults until its parent's waitpid() has told so
 *	fault_to_answer	the serial driver is made to fault until its next instance answers
 */
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <skink/calls.h>
#include <skink/procmgr_msg.h>

#define RUNS_MAX 1000
#define RESTARTS 3 /* fewer than the manifest lets the driver have at once */
#define DRIVER   "devc-ns16550"
#define TINY     "/proc/boot/tiny"

enum { REG_A0 = 10 };
enum { PRIORITY_CHILD = 9, PRIORITY_CLIENT = 40 };

static uint64_t costs[RUNS_MAX];
static uint64_t deaths; /* read so far */

static uint64_t
instructions(void)
{
	uint64_t n;

	__asm__ volatile("rdinstret %0" : "=r"(n) : : "memory");
	return n;
}

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void __attribute__((noreturn)) fail(const char *what)
{
	perror(what);
	exit(1);
}

static long
ask(int type, void *request, size_t size, void *reply, size_t room)
{
	*(struct proc_header *)request =
	    (struct proc_header){.type = (uint16_t)type, .version = PROC_VERSION};
	return skink_msg_send(SKINK_PROCMGR_COID, request, (long)size, reply, (long)room);
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void
report(const char *name, int runs)
{
	qsort(costs, (size_t)runs, sizeof(costs[0]), compare);
	printf("%s min %" PRIu64 " median %" PRIu64 " max %" PRIu64 "\n", name, costs[0],
	    costs[runs / 2], costs[runs - 1]);
}

/* Returns when the wait was over. */
static uint64_t
run_tiny(char *const argv[], const posix_spawnattr_t *attr, pid_t *pid, int *status)
{
	if (posix_spawn(pid, TINY, NULL, attr, argv, environ) != 0 ||
	    waitpid(*pid, status, 0) != *pid)
		fail(TINY);
	return instructions();
}

static void
measure_spawn(int runs)
{
	char *argv[] = {"tiny", NULL};

	for (int i = 0; i < runs; i++) {
		uint64_t start = instructions();
		int status;
		pid_t pid;

		costs[i] = run_tiny(argv, NULL, &pid, &status) - start;
		if (status != 0)
			fail("tiny's status");
	}
	report("spawn_wait", runs);
}

/* The record of the process's death, which comes when all that it had is free. */
static void
read_death(pid_t pid, struct proc_death *death)
{
	do {
		struct proc_death_read request = {.after = deaths};

		if (ask(PROC_DEATH_READ, &request, sizeof(request), death, sizeof(*death)) >= 0)
			deaths = death->number;
		else
			usleep(100);
	} while (death->pid != pid);
}

static void
measure_notice(int runs)
{
	char *argv[] = {"tiny", "fault", NULL};
	struct sched_param lower = {.sched_priority = PRIORITY_CHILD};
	posix_spawnattr_t attr;

	/* So that its parent waits when it faults. */
	posix_spawnattr_init(&attr);
	posix_spawnattr_setschedparam(&attr, &lower);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSCHEDPARAM);
	for (int i = 0; i < runs; i++) {
		struct proc_death death = {.pid = 0};
		int status;
		pid_t pid;
		uint64_t end = run_tiny(argv, &attr, &pid, &status);

		read_death(pid, &death);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV || death.address != 8)
			fail("tiny's death");
		costs[i] = end - death.regs[REG_A0 - 1];
	}
	report("fault_to_notice", runs);
}

static pid_t
driver_pid(void)
{
	for (uint32_t n = 1;; n++) {
		struct proc_service request = {.service = n};
		struct proc_service_info info;

		if (ask(PROC_SERVICE_INFO, &request, sizeof(request), &info, sizeof(info)) < 0)
			fail(DRIVER);
		if (strcmp(info.name, DRIVER) == 0)
			return info.pid;
	}
}

/* Waiting counts, so this is by the clock: one instruction is one nanosecond. */
static void
measure_answer(void)
{
	struct sched_param higher = {.sched_priority = PRIORITY_CLIENT};
	int fd = open("/dev/ser1", O_RDWR);
	struct termios before, after;

	/* So that the log's lines of the deaths come behind it. */
	if (sched_setscheduler(0, SCHED_FIFO, &higher) < 0)
		fail("priority");
	if (fd < 0 || tcgetattr(fd, &before) < 0)
		fail("/dev/ser1");
	for (int i = 0; i < RESTARTS; i++) {
		struct proc_inject request = {.pid = driver_pid(), .how = PROC_INJECT_STORE};
		uint64_t start = now_ns();

		if (ask(PROC_INJECT, &request, sizeof(request), NULL, 0) < 0 ||
		    tcgetattr(fd, &after) < 0)
			fail("restart");
		costs[i] = now_ns() - start;
		if (memcmp(&before, &after, sizeof(after)) != 0 || driver_pid() == request.pid)
			fail("answer");
	}
	report("fault_to_answer", RESTARTS);
}

int
main(int argc, char **argv)
{
	int runs = argc > 1 ? atoi(argv[1]) : 100;

	if (runs < 1 || runs > RUNS_MAX)
		return 2;
	measure_spawn(runs);
	measure_notice(runs);
	measure_answer();
	return 0;
}
