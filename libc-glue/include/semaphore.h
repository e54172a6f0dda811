/* SPDX-License-Identifier: Apache-2.0 */
/* semaphore.h - counting semaphores (POSIX). Waiting with a count, and posting without waiters,
 * makes no nucleus call. Named ones (sem_open) are absent; a sem_t in shared memory works between
 * processes. An event of SIGEV_SEM may post one. */
#ifndef SKINK_SEMAPHORE_H
#define SKINK_SEMAPHORE_H

#include <limits.h>
#include <sys/types.h>
#include <sys/_timespec.h>
#include <skink/sync.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct skink_object sem_t;

int sem_init(sem_t *sem, int shared, unsigned count); /* EINVAL */
int sem_destroy(sem_t *sem); /* EBUSY: threads wait */
int sem_wait(sem_t *sem); /* blocks; ENOMEM: quota */
int sem_trywait(sem_t *sem); /* EAGAIN */
int sem_timedwait(sem_t *sem, const struct timespec *deadline); /* realtime clock; ETIMEDOUT */
int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *deadline);
int sem_timedwait_monotonic(sem_t *sem, const struct timespec *deadline); /* QNX */
int sem_post(sem_t *sem); /* EOVERFLOW */
int sem_getvalue(sem_t *sem, int *value);

#ifdef __cplusplus
}
#endif

#endif
