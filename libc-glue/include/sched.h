/* SPDX-License-Identifier: Apache-2.0 */
/* sched.h - priorities and policies (POSIX). Priorities 1..254, a higher number is more urgent; a
 * process has a ceiling (EPERM above it). pid must be 0 or the caller's: these act on the calling
 * thread. */
#ifndef SKINK_SCHED_H
#define SKINK_SCHED_H
#define _SCHED_H_
#define _SYS_SCHED_H_

#include <sys/types.h>
#include <sys/_timespec.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SCHED_FIFO     1
#define SCHED_RR       2
#define SCHED_OTHER    3 /* SCHED_RR */
#define SCHED_SPORADIC 4 /* a budget in each period */

/* SCHED_SPORADIC: at sched_priority until the budget is used up, then at the low one; what was used
 * comes back a period after its use began. Servers that work for the thread use its budget. */
struct sched_param {
	int sched_priority; /* own priority */
	int sched_curpriority; /* out: with what it inherits (QNX) */
	int sched_ss_low_priority; /* 1..sched_priority */
	int sched_ss_max_repl; /* 1..SS_REPL_MAX (<limits.h>), pending at a time */
	struct timespec sched_ss_repl_period;
	struct timespec sched_ss_init_budget; /* 10 us..the period */
};

int sched_yield(void);
int sched_get_priority_max(int policy); /* EINVAL */
int sched_get_priority_min(int policy);
int sched_getparam(pid_t pid, struct sched_param *param);
int sched_setparam(pid_t pid, const struct sched_param *param);
int sched_getscheduler(pid_t pid);
int sched_setscheduler(
    pid_t pid, int policy, const struct sched_param *param); /* 0 (POSIX: the earlier policy) */
int sched_rr_get_interval(pid_t pid, struct timespec *interval); /* ENOTSUP: the manifest says it */

#ifdef __cplusplus
}
#endif

#endif
