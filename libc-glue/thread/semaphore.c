/* SPDX-License-Identifier: Apache-2.0 */
/* semaphore.c - POSIX semaphores. The work is done in sync.c. */
#include "../glue.h"
#include "sync.h"

#include <semaphore.h>

static int
answer(int error)
{
	return (int)glue_result(-error);
}

int
sem_init(sem_t *sem, int shared, unsigned count)
{
	(void)shared;
	if (count > SEM_VALUE_MAX)
		return answer(EINVAL);
	*sem = (sem_t){.sync = {.word = count}};
	return 0;
}

int
sem_destroy(sem_t *sem)
{
	return answer(__atomic_load_n(&sem->count, __ATOMIC_RELAXED) == 0 ? 0 : EBUSY);
}

int
sem_wait(sem_t *sem)
{
	return answer(sync_sem_wait(sem, NULL));
}

int
sem_trywait(sem_t *sem)
{
	return answer(sync_sem_try(sem));
}

int
sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *deadline)
{
	struct sync_deadline d = {.clock = (int)clock};
	int error;

	if (sync_sem_try(sem) == 0)
		return 0;
	error = glue_error(glue_timespec_ns(deadline, &d.ns));
	return answer(error != 0 ? error : sync_sem_wait(sem, &d));
}

int
sem_timedwait(sem_t *sem, const struct timespec *deadline)
{
	return sem_clockwait(sem, CLOCK_REALTIME, deadline);
}

int
sem_timedwait_monotonic(sem_t *sem, const struct timespec *deadline)
{
	return sem_clockwait(sem, CLOCK_MONOTONIC, deadline);
}

int
sem_post(sem_t *sem)
{
	return answer(sync_sem_post(sem));
}

int
sem_getvalue(sem_t *sem, int *value)
{
	*value = (int)__atomic_load_n(&sem->sync.word, __ATOMIC_RELAXED);
	return 0;
}
