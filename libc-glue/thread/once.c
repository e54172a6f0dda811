/* SPDX-License-Identifier: Apache-2.0 */
/* once.c - pthread_once: a mutex and a flag, so that who waits lends its priority, and a function
 * that never returned because its thread ended is run again. */
#include "../glue.h"

int
pthread_once(pthread_once_t *once, void (*function)(void))
{
	int error;

	if (__atomic_load_n(&once->done, __ATOMIC_ACQUIRE))
		return 0;
	error = glue_lock(&once->lock);
	if (error != 0)
		return error;
	if (!once->done) {
		function();
		__atomic_store_n(&once->done, 1, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&once->lock);
	return 0;
}
