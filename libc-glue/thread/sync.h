/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sync.h - mutexes, condition variables and semaphores: the algorithms under <pthread.h>,
 * <semaphore.h> and the Sync calls. Needs the nucleus calls and nothing else, so it is tested
 * natively. Functions return 0 or an error number.
 *
 * The argument that no wake-up is lost, and what costs no call, stands at each function in sync.c.
 */
#ifndef LIBC_GLUE_SYNC_H
#define LIBC_GLUE_SYNC_H

#include <stdbool.h>
#include <stdint.h>
#include <skink/sync.h>

/* When to give up: absolute. A NULL pointer to it means never. */
struct sync_deadline {
	int clock;
	uint64_t ns;
};

enum sync_kind { SYNC_NORMAL, SYNC_RECURSIVE, SYNC_ERRORCHECK }; /* PTHREAD_MUTEX_ */

int sync_mutex_lock(struct skink_object *m, uint32_t tid, const struct sync_deadline *deadline);
int sync_mutex_try(struct skink_object *m, uint32_t tid);
int sync_mutex_unlock(struct skink_object *m, uint32_t tid);
int sync_mutex_consistent(struct skink_object *m, uint32_t tid);

int sync_cond_wait(struct skink_object *c, struct skink_object *m, uint32_t tid,
    const struct sync_deadline *deadline);
int sync_cond_wake(struct skink_object *c, uint32_t how_many);

int sync_sem_wait(struct skink_object *s, const struct sync_deadline *deadline);
int sync_sem_try(struct skink_object *s);
int sync_sem_post(struct skink_object *s);

#endif
