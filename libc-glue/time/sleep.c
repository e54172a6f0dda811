/* SPDX-License-Identifier: Apache-2.0 */
/* sleep.c - sleeping. Nothing interrupts a sleep but the process's end or TimerTimeout. */
#include "../glue.h"

#include <time.h>
#include <unistd.h>

int
clock_nanosleep(clockid_t clock, int flags, const struct timespec *t, struct timespec *left)
{
	uint64_t ns;
	long r = glue_timespec_ns(t, &ns);

	if (left != NULL && (flags & TIMER_ABSTIME) == 0)
		*left = (struct timespec){0};
	if (r == 0)
		r = skink_thread_sleep((int)clock, (unsigned)flags & TIMER_ABSTIME, ns);
	return glue_error(r);
}

int
nanosleep(const struct timespec *t, struct timespec *left)
{
	return (int)glue_result(-clock_nanosleep(CLOCK_MONOTONIC, 0, t, left));
}

int
usleep(useconds_t us)
{
	return (int)glue_result(skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, (uint64_t)us * 1000));
}

unsigned
sleep(unsigned seconds)
{
	skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, (uint64_t)seconds * 1000000000u);
	return 0;
}
