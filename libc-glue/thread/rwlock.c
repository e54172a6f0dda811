/* SPDX-License-Identifier: Apache-2.0 */
/* rwlock.c - read-write locks of a mutex, which is held for moments, and two condition variables.
 * Waiting writers keep new readers out. Free: no nucleus call. Readers do not inherit from those
 * who wait for them. */
#include "../glue.h"

static int
wait_on(pthread_cond_t *cond, pthread_rwlock_t *lock, const struct timespec *deadline)
{
	if (deadline == NULL)
		return pthread_cond_wait(cond, &lock->mutex);
	return pthread_cond_timedwait(cond, &lock->mutex, deadline);
}

static int
read_lock(pthread_rwlock_t *lock, bool try, const struct timespec *deadline)
{
	int error = glue_lock(&lock->mutex);

	if (error != 0)
		return error;
	if (lock->writer == glue_self.tid)
		error = EDEADLK;
	while (error == 0 && (lock->writer != 0 || lock->writers_waiting > 0))
		error = try ? EBUSY : wait_on(&lock->readable, lock, deadline);
	if (error == 0)
		lock->readers++;
	pthread_mutex_unlock(&lock->mutex);
	return error;
}

static int
write_lock(pthread_rwlock_t *lock, bool try, const struct timespec *deadline)
{
	int error = glue_lock(&lock->mutex);

	if (error != 0)
		return error;
	if (lock->writer == glue_self.tid)
		error = EDEADLK;
	lock->writers_waiting++;
	while (error == 0 && (lock->writer != 0 || lock->readers > 0))
		error = try ? EBUSY : wait_on(&lock->writable, lock, deadline);
	lock->writers_waiting--;
	if (error == 0)
		lock->writer = glue_self.tid;
	else if (lock->writers_waiting == 0 && lock->writer == 0)
		pthread_cond_broadcast(&lock->readable);
	pthread_mutex_unlock(&lock->mutex);
	return error;
}

int
pthread_rwlock_init(pthread_rwlock_t *lock, const pthread_rwlockattr_t *attr)
{
	(void)attr;
	*lock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
	return 0;
}

int
pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
	return lock->readers > 0 || lock->writer != 0 || lock->writers_waiting > 0 ? EBUSY : 0;
}

int
pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
	return read_lock(lock, false, NULL);
}

int
pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
	return read_lock(lock, true, NULL);
}

int
pthread_rwlock_timedrdlock(pthread_rwlock_t *lock, const struct timespec *deadline)
{
	return read_lock(lock, false, deadline);
}

int
pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
	return write_lock(lock, false, NULL);
}

int
pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
	return write_lock(lock, true, NULL);
}

int
pthread_rwlock_timedwrlock(pthread_rwlock_t *lock, const struct timespec *deadline)
{
	return write_lock(lock, false, deadline);
}

int
pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
	int error = glue_lock(&lock->mutex);

	if (error != 0)
		return error;
	if (lock->writer == glue_self.tid)
		lock->writer = 0;
	else if (lock->readers > 0)
		lock->readers--;
	else
		error = EPERM;
	if (error == 0 && lock->writer == 0) {
		if (lock->writers_waiting == 0)
			pthread_cond_broadcast(&lock->readable);
		else if (lock->readers == 0)
			pthread_cond_signal(&lock->writable);
	}
	pthread_mutex_unlock(&lock->mutex);
	return error;
}

int
pthread_rwlockattr_init(pthread_rwlockattr_t *attr)
{
	*attr = (pthread_rwlockattr_t){0};
	return 0;
}

int
pthread_rwlockattr_destroy(pthread_rwlockattr_t *attr)
{
	(void)attr;
	return 0;
}

int
pthread_rwlockattr_setpshared(pthread_rwlockattr_t *attr, int shared)
{
	attr->shared = shared;
	return 0;
}

int
pthread_rwlockattr_getpshared(const pthread_rwlockattr_t *attr, int *shared)
{
	*shared = attr->shared;
	return 0;
}
