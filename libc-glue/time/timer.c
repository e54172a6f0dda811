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

static int
tell(struct skink_itimer left, struct itimerspec *spec)
{
	if (left.ns < 0)
		return (int)glue_result(left.ns);
	if (spec != NULL) {
		spec->it_value = glue_ns_timespec((uint64_t)left.ns);
		spec->it_interval = glue_ns_timespec(left.interval_ns);
	}
	return 0;
}

int
timer_settime(timer_t timer, int flags, const struct itimerspec *restrict value,
    struct itimerspec *restrict old)
{
	uint64_t ns, interval_ns;
	long r = glue_timespec_ns(&value->it_value, &ns);

	if (r == 0)
		r = glue_timespec_ns(&value->it_interval, &interval_ns);
	if (r < 0)
		return (int)glue_result(r);
	return tell(
	    skink_timer_settime((int)timer, (unsigned)flags & TIMER_ABSTIME, ns, interval_ns), old);
}

int
timer_gettime(timer_t timer, struct itimerspec *value)
{
	return tell(skink_timer_settime((int)timer, SKINK_TIMER_LOOK, 0, 0), value);
}

/* Late expiries are counted in the pulse itself (struct _pulse: count). */
int
timer_getoverrun(timer_t timer)
{
	(void)timer;
	return (int)glue_result(-ENOTSUP);
}
