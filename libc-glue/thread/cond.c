/* SPDX-License-Identifier: Apache-2.0 */
/* cond.c - POSIX condition variables. The work is done in sync.c. `kind` is the clock. */
#include "../glue.h"
#include "sync.h"

int
pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attr)
{
	*cond = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
	if (attr != NULL)
		cond->kind = (uint8_t)attr->clock;
	return 0;
}

int
pthread_cond_destroy(pthread_cond_t *cond)
{
	return __atomic_load_n(&cond->count, __ATOMIC_RELAXED) == 0 ? 0 : EBUSY;
}

int
pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	return sync_cond_wait(cond, mutex, (uint32_t)glue_self.tid, NULL);
}

int
pthread_cond_clockwait(
    pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *deadline)
{
	struct sync_deadline d = {.clock = (int)clock};
	int error = glue_error(glue_timespec_ns(deadline, &d.ns));

	if (error != 0)
		return error;
	return sync_cond_wait(cond, mutex, (uint32_t)glue_self.tid, &d);
}

int
pthread_cond_timedwait(
    pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *deadline)
{
	return pthread_cond_clockwait(cond, mutex, cond->kind, deadline);
}

int
pthread_cond_signal(pthread_cond_t *cond)
{
	return sync_cond_wake(cond, 1);
}

int
pthread_cond_broadcast(pthread_cond_t *cond)
{
	return sync_cond_wake(cond, UINT32_MAX);
}

int
pthread_condattr_init(pthread_condattr_t *attr)
{
	*attr = (pthread_condattr_t){.clock = CLOCK_REALTIME};
	return 0;
}

int
pthread_condattr_destroy(pthread_condattr_t *attr)
{
	(void)attr;
	return 0;
}

int
pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock)
{
	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
		return EINVAL;
	attr->clock = clock;
	return 0;
}

int
pthread_condattr_getclock(const pthread_condattr_t *attr, clockid_t *clock)
{
	*clock = attr->clock;
	return 0;
}

int
pthread_condattr_setpshared(pthread_condattr_t *attr, int shared)
{
	if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED)
		return EINVAL;
	attr->shared = shared;
	return 0;
}

int
pthread_condattr_getpshared(const pthread_condattr_t *attr, int *shared)
{
	*shared = attr->shared;
	return 0;
}
