/* SPDX-License-Identifier: Apache-2.0 */
/* sched.c - priorities and policies: POSIX's calls for threads and for the calling process, which
 * stands for its calling thread. */
#include "../glue.h"

#include <limits.h>
#include <sched.h>
#include <time.h>

#define PRIORITY_MIN 1
#define PRIORITY_MAX 254

_Static_assert(SCHED_FIFO == SKINK_SCHED_FIFO && SCHED_RR == SKINK_SCHED_RR &&
	SCHED_SPORADIC == SKINK_SCHED_SPORADIC && SS_REPL_MAX == SKINK_SS_REPL_MAX,
    "policies");

static long
get(int tid, int *policy, struct sched_param *param)
{
	struct skink_sched sched = {0};
	long r = skink_sched_get(tid, &sched);

	if (r < 0)
		return r;
	if (policy != NULL)
		*policy = sched.policy;
	if (param != NULL)
		*param = (struct sched_param){
		    .sched_priority = sched.priority,
		    .sched_curpriority = sched.effective,
		    .sched_ss_low_priority = sched.sporadic.low_priority,
		    .sched_ss_max_repl = sched.sporadic.max_repl,
		    .sched_ss_repl_period = glue_ns_timespec(sched.sporadic.period_ns),
		    .sched_ss_init_budget = glue_ns_timespec(sched.sporadic.budget_ns),
		};
	return 0;
}

long
glue_sporadic(const struct sched_param *param, struct skink_sporadic *sporadic)
{
	*sporadic = (struct skink_sporadic){
	    .low_priority = param->sched_ss_low_priority,
	    .max_repl = param->sched_ss_max_repl,
	};
	if (glue_timespec_ns(&param->sched_ss_repl_period, &sporadic->period_ns) < 0 ||
	    glue_timespec_ns(&param->sched_ss_init_budget, &sporadic->budget_ns) < 0)
		return -EINVAL;
	return 0;
}

static long
set(int tid, int policy, const struct sched_param *param)
{
	struct skink_sched sched = {
	    .policy = policy == SCHED_OTHER ? SCHED_RR : policy,
	    .priority = param->sched_priority,
	};

	if (policy == SCHED_SPORADIC && glue_sporadic(param, &sched.sporadic) < 0)
		return -EINVAL;
	return skink_sched_set(tid, &sched);
}

int
pthread_getschedparam(pthread_t thread, int *policy, struct sched_param *param)
{
	return glue_error(get(thread, policy, param));
}

int
pthread_setschedparam(pthread_t thread, int policy, const struct sched_param *param)
{
	return glue_error(set(thread, policy, param));
}

int
pthread_setschedprio(pthread_t thread, int priority)
{
	const struct sched_param param = {.sched_priority = priority};

	return glue_error(set(thread, SKINK_SCHED_NOCHANGE, &param));
}

int
pthread_getcpuclockid(pthread_t thread, clockid_t *clock)
{
	if (thread != glue_self.tid)
		return ENOTSUP;
	*clock = CLOCK_THREAD_CPUTIME_ID;
	return 0;
}

int
pthread_getconcurrency(void)
{
	return 0;
}

int
pthread_setconcurrency(int level)
{
	return level < 0 ? EINVAL : 0;
}

/* 0, or the error of a process that is not the caller. */
static long
only_self(pid_t pid)
{
	return pid == 0 || pid == glue_startup->pid ? 0 : -ENOTSUP;
}

int
sched_yield(void)
{
	return (int)glue_result(skink_sched_yield());
}

int
sched_get_priority_max(int policy)
{
	if (policy < SCHED_FIFO || policy > SCHED_SPORADIC)
		return (int)glue_result(-EINVAL);
	return PRIORITY_MAX;
}

int
sched_get_priority_min(int policy)
{
	if (policy < SCHED_FIFO || policy > SCHED_SPORADIC)
		return (int)glue_result(-EINVAL);
	return PRIORITY_MIN;
}

int
sched_getparam(pid_t pid, struct sched_param *param)
{
	long r = only_self(pid);

	return (int)glue_result(r < 0 ? r : get(0, NULL, param));
}

int
sched_setparam(pid_t pid, const struct sched_param *param)
{
	struct sched_param now;
	int policy = 0;
	long r = only_self(pid);

	if (r == 0)
		r = get(0, &policy, &now);
	return (int)glue_result(r < 0 ? r : set(0, policy, param));
}

int
sched_getscheduler(pid_t pid)
{
	int policy = 0;
	long r = only_self(pid);

	if (r == 0)
		r = get(0, &policy, NULL);
	return r < 0 ? (int)glue_result(r) : policy;
}

int
sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
	long r = only_self(pid);

	return (int)glue_result(r < 0 ? r : set(0, policy, param));
}

int
sched_rr_get_interval(pid_t pid, struct timespec *interval)
{
	(void)pid, (void)interval;
	return (int)glue_result(-ENOTSUP);
}
