/* SPDX-License-Identifier: Apache-2.0 */
/* process.c - a process's whole life, and a driver's end: how soon its supervisor knows, how soon
 * its next instance answers. Owns the supervisor's channel; the restart is ham's, as always. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/neutrino.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "../pidin/procinfo.h"

#define DRIVER           "devc-ns16550"
#define DRIVER_PATH      "/dev/ser1"
#define NOTICE_CODE      7
#define BETWEEN_NS       50000000 /* from one death to the next */
#define SUPERVISOR_ABOVE 1 /* ham */

extern char **environ;

static int
fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	return 1;
}

int
measure_spawn(long unused, long samples)
{
	char *argv[] = {"true", NULL};

	(void)unused;
	if (bench_priority(BENCH_PRIORITY) < 0)
		return 1;
	for (long i = 0; i < samples; i++) {
		uint64_t start = counter_now(), end;
		int status = -1;
		pid_t pid;

		errno = posix_spawn(&pid, "/proc/boot/true", NULL, NULL, argv, environ);
		if (errno != 0 || waitpid(pid, &status, 0) != pid)
			return fail("spawn");
		end = counter_now();
		if (status != 0) {
			fprintf(stderr, "bench: `true` ended with status %d\n", status);
			return 1;
		}
		sample_add(end - start);
	}
	return 0;
}

/* ---- the driver's death ---- */

static int
inject(int *pid)
{
	if (procinfo_find(DRIVER, pid, 1) != 1) {
		fprintf(stderr, "bench: there is no " DRIVER "\n");
		return 1;
	}
	errno = (int)-procinfo_inject(*pid, PROC_INJECT_STORE);
	return errno == 0 ? 0 : fail("inject");
}

/* Deaths are told as pulses to a channel of this process: chid, or -1. */
static int
watch_deaths(void)
{
	struct proc_death_notify m = {
	    .header = {.type = PROC_DEATH_NOTIFY, .version = PROC_VERSION}};
	struct sigevent event = {
	    .sigev_notify = SIGEV_PULSE, .sigev_priority = -1, .sigev_code = NOTICE_CODE};
	int chid = ChannelCreate(_NTO_CHF_FIXED_PRIORITY);

	event.sigev_coid = ConnectAttach(0, 0, chid, _NTO_SIDE_CHANNEL, 0);
	if (event.sigev_coid < 0 || MsgRegisterEvent(&event, SKINK_PROCMGR_COID) < 0)
		return fail("event"), -1;
	memcpy(&m.event, &event, sizeof(m.event));
	if (MsgSend(SKINK_PROCMGR_COID, &m, sizeof(m), NULL, 0) < 0)
		return fail("deaths"), -1;
	return chid;
}

/* As urgent as a supervisor has to be: more than ham, which is told of the same death. */
static int
supervisor_priority(void)
{
	struct skink_thread_info t;
	uint64_t id = 0;
	int pid;
	long next;

	if (procinfo_find("ham", &pid, 1) != 1)
		return -1;
	while ((next = procinfo(SKINK_INFO_THREAD_NEXT, id, &t, sizeof(t))) >= 0) {
		if (t.pid == pid)
			return t.priority + SUPERVISOR_ABOVE;
		id = (uint64_t)next;
	}
	return -1;
}

static int
answers(int fd)
{
	struct termios t;

	return tcgetattr(fd, &t) == 0;
}

int
measure_fault(long answer, long samples)
{
	int chid = watch_deaths(), fd = open(DRIVER_PATH, O_RDWR);

	if (chid < 0 || bench_priority(supervisor_priority()) < 0)
		return 1;
	if (fd < 0 || !answers(fd))
		return fail(DRIVER_PATH);
	for (long i = 0; i < samples; i++) {
		struct _pulse pulse = {.code = 0};
		uint64_t start;
		int pid;

		skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, BETWEEN_NS);
		if (inject(&pid) != 0)
			return 1;
		/* The driver has been made to fault, and is less urgent than this thread. */
		start = counter_now();
		if (answer) {
			if (!answers(fd))
				return fail("no answer");
			sample_add(counter_now() - start);
		}
		if (MsgReceive(chid, &pulse, sizeof(pulse), NULL) != 0 || pulse.code != NOTICE_CODE)
			return fail("no notice");
		if (!answer)
			sample_add(counter_now() - start);
	}
	close(fd);
	return 0;
}
