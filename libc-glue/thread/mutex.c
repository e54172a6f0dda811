/* SPDX-License-Identifier: Apache-2.0 */
/* mutex.c - POSIX mutexes and spin locks. The work is done in sync.c. */
#include "../glue.h"
#include "sync.h"

_Static_assert(PTHREAD_MUTEX_NORMAL == SYNC_NORMAL && PTHREAD_MUTEX_RECURSIVE == SYNC_RECURSIVE &&
	PTHREAD_MUTEX_ERRORCHECK == SYNC_ERRORCHECK,
    "kinds");

int
glue_lock(pthread_mutex_t *mutex)
{
	int error = sync_mutex_lock(mutex, (uint32_t)glue_self.tid, NULL);

	return error == EOWNERDEAD ? 0 : error;
}

int
pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr)
{
	*mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	if (attr != NULL) {
		mutex->kind = (uint8_t)attr->kind;
		mutex->robust =
		    attr->robust == PTHREAD_MUTEX_ROBUST ? SKINK_ROBUST_YES : SKINK_ROBUST_NO;
	}
	return 0;
}

int
pthread_mutex_destroy(pthread_mutex_t *mutex)
{
	uint32_t word = __atomic_load_n(&mutex->sync.word, __ATOMIC_RELAXED);

	return word == 0 || word == SKINK_MUTEX_DEAD ? 0 : EBUSY;
}

int
pthread_mutex_lock(pthread_mutex_t *mutex)
{
	return sync_mutex_lock(mutex, (uint32_t)glue_self.tid, NULL);
}

int
pthread_mutex_trylock(pthread_mutex_t *mutex)
{
	return sync_mutex_try(mutex, (uint32_t)glue_self.tid);
}

int
pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *deadline)
{
	struct sync_deadline d = {.clock = (int)clock};
	int error = sync_mutex_try(mutex, (uint32_t)glue_self.tid);

	if (error != EBUSY)
		return error;
	error = glue_error(glue_timespec_ns(deadline, &d.ns));
	return error != 0 ? error : sync_mutex_lock(mutex, (uint32_t)glue_self.tid, &d);
}

int
pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *deadline)
{
	return pthread_mutex_clocklock(mutex, CLOCK_REALTIME, deadline);
}

int
pthread_mutex_timedlock_monotonic(pthread_mutex_t *mutex, const struct timespec *deadline)
{
	return pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, deadline);
}

int
pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	return sync_mutex_unlock(mutex, (uint32_t)glue_self.tid);
}

int
pthread_mutex_consistent(pthread_mutex_t *mutex)
{
	return sync_mutex_consistent(mutex, (uint32_t)glue_self.tid);
}

int
pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
	*attr = (pthread_mutexattr_t){.protocol = PTHREAD_PRIO_INHERIT};
	return 0;
}

int
pthread_mutexattr_destroy(pthread_mutexattr_t *attr)
{
	(void)attr;
	return 0;
}

int
pthread_mutexattr_settype(pthread_mutexattr_t *attr, int kind)
{
	if (kind < PTHREAD_MUTEX_NORMAL || kind > PTHREAD_MUTEX_ERRORCHECK)
		return EINVAL;
	attr->kind = kind;
	return 0;
}

int
pthread_mutexattr_gettype(const pthread_mutexattr_t *attr, int *kind)
{
	*kind = attr->kind;
	return 0;
}

int
pthread_mutexattr_setrobust(pthread_mutexattr_t *attr, int robust)
{
	if (robust != PTHREAD_MUTEX_STALLED && robust != PTHREAD_MUTEX_ROBUST)
		return EINVAL;
	attr->robust = robust;
	return 0;
}

int
pthread_mutexattr_getrobust(const pthread_mutexattr_t *attr, int *robust)
{
	*robust = attr->robust;
	return 0;
}

int
pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int shared)
{
	if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED)
		return EINVAL;
	attr->shared = shared;
	return 0;
}

int
pthread_mutexattr_getpshared(const pthread_mutexattr_t *attr, int *shared)
{
	*shared = attr->shared;
	return 0;
}

int
pthread_mutexattr_setprotocol(pthread_mutexattr_t *attr, int protocol)
{
	if (protocol == PTHREAD_PRIO_PROTECT)
		return ENOTSUP;
	if (protocol != PTHREAD_PRIO_NONE && protocol != PTHREAD_PRIO_INHERIT)
		return EINVAL;
	attr->protocol = PTHREAD_PRIO_INHERIT;
	return 0;
}

int
pthread_mutexattr_getprotocol(const pthread_mutexattr_t *attr, int *protocol)
{
	*protocol = attr->protocol;
	return 0;
}

int
pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
	(void)shared;
	*lock = (pthread_spinlock_t)PTHREAD_MUTEX_INITIALIZER;
	return 0;
}

int
pthread_spin_destroy(pthread_spinlock_t *lock)
{
	return pthread_mutex_destroy(lock);
}

int
pthread_spin_lock(pthread_spinlock_t *lock)
{
	return pthread_mutex_lock(lock);
}

int
pthread_spin_trylock(pthread_spinlock_t *lock)
{
	return pthread_mutex_trylock(lock);
}

int
pthread_spin_unlock(pthread_spinlock_t *lock)
{
	return pthread_mutex_unlock(lock);
}
