/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c - what time it is: POSIX's and C's calls on the nucleus's clocks. */
#include "../glue.h"

#include <sys/neutrino.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_US 1000u

uint64_t
glue_clock_ns(int clock)
{
	uint64_t ns = 0;

	skink_clock_time(clock, &ns);
	return ns;
}

int
clock_gettime(clockid_t clock, struct timespec *t)
{
	uint64_t ns;
	long r = skink_clock_time((int)clock, &ns);

	if (r < 0)
		return (int)glue_result(r);
	*t = glue_ns_timespec(ns);
	return 0;
}

int
clock_settime(clockid_t clock, const struct timespec *t)
{
	uint64_t ns;
	long r = glue_timespec_ns(t, &ns);

	if (r < 0)
		return (int)glue_result(r);
	return ClockTime(clock, &ns, NULL);
}

/* The clocks count nanoseconds. How finely they tick is the machine's affair: 100 ns on
 * qemu-virt. */
int
clock_getres(clockid_t clock, struct timespec *t)
{
	uint64_t ns;
	long r = skink_clock_time((int)clock, &ns);

	if (r < 0)
		return (int)glue_result(r);
	if (t != NULL)
		*t = (struct timespec){.tv_nsec = 1};
	return 0;
}

int
clock_getcpuclockid(pid_t pid, clockid_t *clock)
{
	if (pid != 0 && pid != glue_startup->pid)
		return ENOTSUP;
	*clock = CLOCK_PROCESS_CPUTIME_ID;
	return 0;
}

time_t
time(time_t *t)
{
	time_t s = (time_t)(glue_clock_ns(SKINK_CLOCK_REALTIME) / 1000000000u);

	if (t != NULL)
		*t = s;
	return s;
}

int
gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	uint64_t ns = glue_clock_ns(SKINK_CLOCK_REALTIME);

	(void)zone;
	*t = (struct timeval){
	    .tv_sec = (time_t)(ns / 1000000000u),
	    .tv_usec = (suseconds_t)(ns % 1000000000u / NS_PER_US),
	};
	return 0;
}

int
settimeofday(const struct timeval *t, const struct timezone *zone)
{
	struct timespec ts = {.tv_sec = t->tv_sec, .tv_nsec = t->tv_usec * (long)NS_PER_US};

	(void)zone;
	return clock_settime(CLOCK_REALTIME, &ts);
}
