/* SPDX-License-Identifier: Apache-2.0 */
/* lock.h - what picolibc's struct __lock is, for locks that are not allocated. */
#ifndef LIBC_GLUE_LOCK_H
#define LIBC_GLUE_LOCK_H

#include <pthread.h>
#include <sys/lock.h>

struct __lock {
	pthread_mutex_t mutex;
};
#define LOCK_INIT \
	{ \
		PTHREAD_RECURSIVE_MUTEX_INITIALIZER \
	}

#endif
