/* SPDX-License-Identifier: Apache-2.0 */
/* qnx_sync.c - the Sync calls under QNX's names, on the same objects as <pthread.h>. */
#include "../glue.h"
#include "sync.h"

#include <sys/neutrino.h>

static uint32_t
self(void)
{
	return (uint32_t)glue_self.tid;
}

static int
answer(int error)
{
	return (int)glue_result(-error);
}

int
SyncTypeCreate(unsigned type, sync_t *sync, const void *attr)
{
	(void)attr;
	if (type > _NTO_SYNC_COND)
		return answer(EINVAL);
	*sync = (sync_t){.sync = {.word = 0}};
	return 0;
}

int
SyncDestroy(sync_t *sync)
{
	return answer(__atomic_load_n(&sync->count, __ATOMIC_RELAXED) == 0 ? 0 : EBUSY);
}

int
SyncMutexLock(sync_t *sync)
{
	return answer(sync_mutex_lock(sync, self(), NULL));
}

int
SyncMutexUnlock(sync_t *sync)
{
	return answer(sync_mutex_unlock(sync, self()));
}

int
SyncMutexRevive(sync_t *sync)
{
	return answer(sync_mutex_consistent(sync, self()));
}

int
SyncCondvarWait(sync_t *sync, sync_t *mutex)
{
	return answer(sync_cond_wait(sync, mutex, self(), NULL));
}

int
SyncCondvarSignal(sync_t *sync, int all)
{
	return answer(sync_cond_wake(sync, all ? UINT32_MAX : 1));
}

int
SyncSemWait(sync_t *sync, int try)
{
	return answer(try ? sync_sem_try(sync) : sync_sem_wait(sync, NULL));
}

int
SyncSemPost(sync_t *sync)
{
	return answer(sync_sem_post(sync));
}
