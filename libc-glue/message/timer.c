/* SPDX-License-Identifier: Apache-2.0 */
/* timer.c - timers, timeouts and clocks under QNX's names: times are nanoseconds. */
#include "../glue.h"

#include <sys/neutrino.h>

_Static_assert(CLOCK_REALTIME == SKINK_CLOCK_REALTIME && CLOCK_MONOTONIC == SKINK_CLOCK_MONOTONIC &&
	CLOCK_PROCESS_CPUTIME_ID == SKINK_CLOCK_PROCESS &&
	CLOCK_THREAD_CPUTIME_ID == SKINK_CLOCK_THREAD && TIMER_ABSTIME == SKINK_TIMER_ABSTIME,
    "clocks are the nucleus's");

int
ClockTime(clockid_t clock, const uint64_t *set, uint64_t *old)
{
	uint64_t ns = set != NULL ? *set : 0, now;
	long r = skink_clock_time((int)clock, old != NULL ? old : &now);

	if (r == 0 && set != NULL)
		r = clock == CLOCK_REALTIME ? skink_clock_set(ns) : -EINVAL;
	return (int)glue_result(r);
}

int
TimerCreate(clockid_t clock, const struct sigevent *event)
{
	return (int)glue_result(skink_timer_create((int)clock, (const struct skink_event *)event));
}

int
TimerDestroy(timer_t timer)
{
	return (int)glue_result(skink_notice_free(SKINK_POOL_TIMER, (int)timer));
}

static int
tell(struct skink_itimer left, struct _itimer *old)
{
	if (left.ns < 0)
		return (int)glue_result(left.ns);
	if (old != NULL)
		*old = (struct _itimer){(uint64_t)left.ns, left.interval_ns};
	return 0;
}

int
TimerSettime(timer_t timer, int flags, const struct _itimer *set, struct _itimer *old)
{
	if (set == NULL)
		return tell(skink_timer_settime((int)timer, SKINK_TIMER_LOOK, 0, 0), old);
	if (flags & ~TIMER_ABSTIME)
		return (int)glue_result(-EINVAL);
	return tell(
	    skink_timer_settime((int)timer, (unsigned)flags, set->nsec, set->interval_nsec), old);
}

int
TimerInfo(pid_t pid, timer_t timer, int flags, struct _timer_info *info)
{
	(void)flags;
	if (pid != 0 && pid != glue_startup->pid)
		return (int)glue_result(-EINVAL);
	return TimerSettime(timer, 0, NULL, &info->itime);
}

int
TimerTimeout(
    clockid_t clock, int flags, const struct sigevent *event, const uint64_t *time, uint64_t *old)
{
	if (event != NULL && event->sigev_notify != SIGEV_UNBLOCK)
		return (int)glue_result(-ENOTSUP);
	if (old != NULL)
		*old = 0;
	return (int)glue_result(skink_timer_timeout((int)clock, (unsigned)flags & TIMER_ABSTIME,
	    (uint32_t)flags & ~(uint32_t)TIMER_ABSTIME, time == NULL ? 0 : *time));
}
