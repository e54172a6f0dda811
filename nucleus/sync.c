/* SPDX-License-Identifier: Apache-2.0 */
/* sync.c - waiting for mutexes, condition variables and semaphores. A sync exists only while
 * somebody waits; the user's object names it by a handle that is checked against the object's
 * place in memory, so finding it takes no search and a forged handle finds nothing.
 *
 * A free mutex costs no call, so the nucleus does not know who owns one until somebody waits. The
 * owner's tid stands in the word; a tid carries a generation, so a dead owner is recognised
 * whenever the next one comes, however late.
 */
#include "nucleus.h"

struct skink_sync *
user_sync(struct process *p, vaddr_t address)
{
	if (address % sizeof(struct skink_sync) != 0)
		return NULL;
	return aspace_lookup(&p->aspace, address, SKINK_PROT_WRITE);
}

static struct sync *
sync_find(const struct skink_sync *user, bool is_mutex)
{
	struct sync *s = pool_find(SKINK_POOL_SYNC, (int32_t)user->handle);

	return s != NULL && s->key == user && s->is_mutex == is_mutex ? s : NULL;
}

/* The object's sync, made if need be; NULL: none to be had. */
static struct sync *
sync_get(struct process *p, struct skink_sync *user, bool is_mutex)
{
	struct sync *s = sync_find(user, is_mutex);

	if (s != NULL)
		return s;
	s = object_new(p, SKINK_POOL_SYNC);
	if (s == NULL)
		return NULL;
	s->key = user;
	s->is_mutex = is_mutex;
	s->payer = p->object.id;
	user->handle = (uint32_t)s->object.id;
	return s;
}

static void
owner_set(struct sync *s, struct thread *owner)
{
	struct thread *before = s->owner;

	if (heap_has(&s->owned))
		heap_remove(&before->owns, &s->owned);
	s->owner = owner;
	if (owner != NULL && !heap_is_empty(&s->waiters))
		heap_insert(
		    &owner->owns, &s->owned, s->boosts ? s->waiters.root->key : priority_key(0, 0));
	priority_look(before);
	priority_look(owner);
}

static void
sync_release(struct sync *s)
{
	if (!heap_is_empty(&s->waiters))
		return;
	owner_set(s, NULL);
	object_free(pool_find(SKINK_POOL_PROCESS, s->payer), SKINK_POOL_SYNC, s);
}

static long
wait_on(struct thread *t, struct sync *s, vaddr_t address, enum skink_state state)
{
	t->sync = s;
	t->sync_address = address;
	t->ticket = ticket_next();
	(void)thread_block(t, state);
	heap_insert(&s->waiters, &t->wait, thread_key(t));
	return CALL_BLOCKED;
}

void
sync_rekey(struct thread *t)
{
	struct sync *s = t->sync;

	heap_move(&s->waiters, &t->wait, thread_key(t));
	owner_set(s, s->owner);
}

/* t no longer waits; the sync stays in place for its caller. */
static void
leave(struct thread *t)
{
	struct sync *s = t->sync;

	heap_remove(&s->waiters, &t->wait);
	t->sync = NULL;
	owner_set(s, s->owner);
}

void
sync_forget(struct thread *t)
{
	struct sync *s = t->sync;

	leave(t);
	sync_release(s);
}

/* The first waiter has its result. */
static void
wake_one(struct sync *s, long result)
{
	struct thread *w = CONTAINER(s->waiters.root, struct thread, wait);

	sync_forget(w);
	thread_wake(w, result);
}

/* ---- mutexes ---- */

/* Whether what `owner` waits for leads to t. The chain is followed for 16 links, more is no
 * deadlock that could be proved. */
static bool
is_deadlock(const struct thread *owner, const struct thread *t)
{
	for (unsigned i = 0; i < 16; i++) {
		if (owner == t)
			return true;
		if (owner == NULL || owner->state != SKINK_STATE_MUTEX || owner->sync == NULL)
			return false;
		owner = owner->sync->owner;
	}
	return false;
}

/* May t's waiting lend its priority to that owner? Only among those who belong together: the
 * word is the user's, and could name anybody. */
static bool
may_boost(const struct thread *t, const struct thread *owner)
{
	return owner->process == t->process || owner->process->attr.sid == t->process->attr.sid;
}

long
sys_mutex_lock(struct thread *t, struct skink_sync *user, const uint64_t *a)
{
	struct thread *owner;
	struct sync *s;
	uint32_t word;

	if (a[1] & ~(uint64_t)SKINK_LOCK_TRY)
		return -SK_EINVAL;
	word = user->word;
	if (word == 0) {
		user->word = (uint32_t)t->object.id;
		return 0;
	}
	if (word == SKINK_MUTEX_DEAD)
		return -SK_ENOTRECOVERABLE;
	owner = pool_find(SKINK_POOL_THREAD, word & ~SKINK_MUTEX_WAITERS);
	if (owner == t)
		return -SK_EDEADLK;
	if (owner == NULL || owner->state == SKINK_STATE_DEAD) {
		s = sync_find(user, true);
		user->word = (uint32_t)t->object.id | (s != NULL ? SKINK_MUTEX_WAITERS : 0);
		if (s != NULL)
			owner_set(s, t);
		return -SK_EOWNERDEAD;
	}
	if (a[1] & SKINK_LOCK_TRY)
		return -SK_EBUSY;
	if (is_deadlock(owner, t))
		return -SK_EDEADLK;
	s = sync_get(t->process, user, true);
	if (s == NULL)
		return -SK_EAGAIN;
	/* COMMIT */
	user->word = word | SKINK_MUTEX_WAITERS;
	(void)wait_on(t, s, a[0], SKINK_STATE_MUTEX);
	s->boosts = may_boost(t, owner);
	owner_set(s, owner);
	return CALL_BLOCKED;
}

/* Gives the mutex to its first waiter: `result` is what that one's lock returns. A waiter whose
 * mapping is gone gets EFAULT instead: false then, another step is due. */
static bool
hand_over(struct sync *s, long result)
{
	struct thread *w = CONTAINER(s->waiters.root, struct thread, wait);
	struct skink_sync *user = user_sync(w->process, w->sync_address);

	if (user == NULL || user != s->key) {
		wake_one(s, -SK_EFAULT);
		return false;
	}
	leave(w);
	user->word =
	    (uint32_t)w->object.id | (heap_is_empty(&s->waiters) ? 0 : SKINK_MUTEX_WAITERS);
	owner_set(s, w);
	thread_wake(w, result);
	sync_release(s);
	return true;
}

long
sys_mutex_unlock(struct thread *t, struct skink_sync *user, const uint64_t *a)
{
	struct sync *s;

	if (a[1] & ~(uint64_t)SKINK_UNLOCK_DEAD)
		return -SK_EINVAL;
	if (t->progress == 0 && (user->word & ~SKINK_MUTEX_WAITERS) != (uint32_t)t->object.id)
		return -SK_EPERM;
	s = sync_find(user, true);
	if (a[1] & SKINK_UNLOCK_DEAD) {
		user->word = SKINK_MUTEX_DEAD;
		if (s == NULL)
			return 0;
		/* COMMIT: one waiter a step */
		wake_one(s, -SK_ENOTRECOVERABLE);
		t->progress = 1;
		return CALL_AGAIN;
	}
	if (s == NULL) {
		user->word = 0;
		return 0;
	}
	return hand_over(s, 0) ? 0 : CALL_AGAIN;
}

bool
sync_step_end(struct thread *t)
{
	if (heap_is_empty(&t->owns))
		return false;
	(void)hand_over(CONTAINER(t->owns.root, struct sync, owned), -SK_EOWNERDEAD);
	return true;
}

/* ---- condition variables and semaphores ---- */

long
sys_sync_wait(struct thread *t, struct skink_sync *user, const uint64_t *a)
{
	struct sync *s;

	if (a[2] > SKINK_WAIT_SEM)
		return -SK_EINVAL;
	if (user->word != (uint32_t)a[1])
		return -SK_EAGAIN;
	s = sync_get(t->process, user, false);
	if (s == NULL)
		return -SK_ENOMEM;
	/* COMMIT */
	return wait_on(t, s, a[0], a[2] == SKINK_WAIT_SEM ? SKINK_STATE_SEM : SKINK_STATE_CONDVAR);
}

long
sys_sync_wake(struct thread *t, struct skink_sync *user, const uint64_t *a)
{
	struct sync *s;

	if (a[1] == 0)
		return -SK_EINVAL;
	s = sync_find(user, false);
	if (s == NULL || t->progress >= (uint32_t)a[1])
		return (long)t->progress;
	wake_one(s, 0);
	t->progress++;
	return CALL_AGAIN;
}

/* Posts a semaphore for an event. */
long
sync_post(struct process *p, vaddr_t address)
{
	struct skink_sync *user = user_sync(p, address);
	struct sync *s;

	if (user == NULL)
		return -SK_EFAULT;
	user->word++;
	s = sync_find(user, false);
	if (s != NULL)
		wake_one(s, 0);
	return 0;
}
