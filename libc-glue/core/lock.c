/* SPDX-License-Identifier: Apache-2.0 */
/* lock.c - the locks that picolibc asks for: of malloc, the environment and atexit (one recursive
 * lock), and of each buffered stream. All are recursive here, inherit priority, and pass over the
 * death of an owner: a thread that is ended by pthread_abort in malloc costs its own memory, not
 * the process. */
#include "../glue.h"
#include "lock.h"

#include <stdlib.h>

struct __lock __lock___libc_recursive_mutex = LOCK_INIT;

void
__retarget_lock_init(_LOCK_T *lock)
{
	*lock = malloc(sizeof(**lock));
	if (*lock != NULL)
		(*lock)->mutex = (pthread_mutex_t)PTHREAD_RECURSIVE_MUTEX_INITIALIZER;
}

void
__retarget_lock_init_recursive(_LOCK_T *lock)
{
	__retarget_lock_init(lock);
}

void
__retarget_lock_close(_LOCK_T lock)
{
	free(lock);
}

void
__retarget_lock_close_recursive(_LOCK_T lock)
{
	free(lock);
}

/* No lock: there was no memory for one, or the stream is a static one that nobody shares yet. */
void
__retarget_lock_acquire(_LOCK_T lock)
{
	if (lock != NULL)
		glue_lock(&lock->mutex);
}

void
__retarget_lock_acquire_recursive(_LOCK_T lock)
{
	__retarget_lock_acquire(lock);
}

int
__retarget_lock_try_acquire(_LOCK_T lock)
{
	return lock == NULL || pthread_mutex_trylock(&lock->mutex) == 0;
}

int
__retarget_lock_try_acquire_recursive(_LOCK_T lock)
{
	return __retarget_lock_try_acquire(lock);
}

void
__retarget_lock_release(_LOCK_T lock)
{
	if (lock != NULL)
		pthread_mutex_unlock(&lock->mutex);
}

void
__retarget_lock_release_recursive(_LOCK_T lock)
{
	__retarget_lock_release(lock);
}
