/* SPDX-License-Identifier: Apache-2.0 */
/* barrier.c - barriers of a mutex and a condition variable. */
#include "../glue.h"

int
pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attr, unsigned count)
{
	(void)attr;
	if (count == 0)
		return EINVAL;
	*barrier = (pthread_barrier_t){.size = count};
	return 0;
}

int
pthread_barrier_destroy(pthread_barrier_t *barrier)
{
	return barrier->arrived > 0 ? EBUSY : 0;
}

int
pthread_barrier_wait(pthread_barrier_t *barrier)
{
	int error = glue_lock(&barrier->mutex);
	uint32_t round;

	if (error != 0)
		return error;
	round = barrier->round;
	if (++barrier->arrived == barrier->size) {
		barrier->arrived = 0;
		barrier->round++;
		pthread_cond_broadcast(&barrier->round_over);
		pthread_mutex_unlock(&barrier->mutex);
		return PTHREAD_BARRIER_SERIAL_THREAD;
	}
	while (error == 0 && barrier->round == round)
		error = pthread_cond_wait(&barrier->round_over, &barrier->mutex);
	pthread_mutex_unlock(&barrier->mutex);
	return error;
}

int
pthread_barrierattr_init(pthread_barrierattr_t *attr)
{
	*attr = (pthread_barrierattr_t){0};
	return 0;
}

int
pthread_barrierattr_destroy(pthread_barrierattr_t *attr)
{
	(void)attr;
	return 0;
}

int
pthread_barrierattr_setpshared(pthread_barrierattr_t *attr, int shared)
{
	attr->shared = shared;
	return 0;
}

int
pthread_barrierattr_getpshared(const pthread_barrierattr_t *attr, int *shared)
{
	*shared = attr->shared;
	return 0;
}
