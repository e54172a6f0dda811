/* SPDX-License-Identifier: Apache-2.0 */
/* timer.c - POSIX timers: the nucleus's, whose expiry is an event (SIGEV_PULSE, SIGEV_SEM). */
#include "../glue.h"

#include <signal.h>
#include <time.h>

int
timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict timer)
{
	long r;

	/* POSIX's default is a signal. */
	if (event == NULL)
		return (int)glue_result(-ENOTSUP);
	r = skink_timer_create((int)clock, (const struct skink_event *)event);
	if (r < 0)
		return (int)glue_result(r);
	*timer = (timer_t)r;
	return 0;
}

int
timer_delete(timer_t timer)
{
	return (int)glue_result(skink_notice_free(SKINK_POOL_TIMER, (int)timer));
}

static void
itimerspec_of(const struct skink_itimer *t, struct itimerspec *spec)
{
	spec->it_value = glue_ns_timespec(t->ns);
	spec->it_interval = glue_ns_timespec(t->interval_ns);
}

int
timer_settime(timer_t timer, int flags, const struct itimerspec *restrict value,
    struct itimerspec *restrict old)
{
	struct skink_itimer set, before;
	long r = glue_timespec_ns(&value->it_value, &set.ns);

	if (r == 0)
		r = glue_timespec_ns(&value->it_interval, &set.interval_ns);
	if (r == 0)
		r = skink_timer_settime((int)timer, (unsigned)flags & TIMER_ABSTIME, &set, &before);
	if (r < 0)
		return (int)glue_result(r);
	if (old != NULL)
		itimerspec_of(&before, old);
	return 0;
}

int
timer_gettime(timer_t timer, struct itimerspec *value)
{
	struct skink_itimer now;
	long r = skink_timer_settime((int)timer, 0, NULL, &now);

	if (r < 0)
		return (int)glue_result(r);
	itimerspec_of(&now, value);
	return 0;
}

/* Late expiries are counted in the pulse itself (struct _pulse: count). */
int
timer_getoverrun(timer_t timer)
{
	(void)timer;
	return (int)glue_result(-ENOTSUP);
}
