/* SPDX-License-Identifier: Apache-2.0 */
/* sync.c - waiting for mutexes, condition variables, semaphores and ends. A sync exists only while
 * somebody waits; the user's object names it by a handle that is checked against the object's
 * place in memory, so finding it takes no search and a forged handle finds nothing.
 *
 * What the word means is the library's affair, but for who owns a mutex: who waits says so, by the
 * word it has seen. A tid carries a generation, so a dead owner is recognised whenever the next one
 * comes, however late. The nucleus writes a mutex's word only where it gives it to a waiter.
 * Whoever waits for a thread's end waits for a mutex that the thread never gives away, and lends
 * nothing.
 */
#include "nucleus.h"

/* States in which a thread waits for what the word says: for whom it names, and others. */
#define OWNED (1u << SKINK_STATE_MUTEX | 1u << SKINK_STATE_JOIN)
#define FREE  (1u << SKINK_STATE_CONDVAR | 1u << SKINK_STATE_SEM)

struct skink_sync *
user_sync(struct process *p, vaddr_t address)
{
	if (address % sizeof(struct skink_sync) != 0)
		return NULL;
	return aspace_lookup(&p->aspace, address, SKINK_PROT_WRITE);
}

static struct sync *
sync_find(const struct skink_sync *user)
{
	struct sync *s = pool_find(SKINK_POOL_SYNC, (int32_t)user->handle);

	return s != NULL && s->key == user ? s : NULL;
}

/* The object's sync, made if need be; NULL: none to be had. One object used as two kinds of thing
 * has two syncs, and only the later one is found. */
static struct sync *
sync_get(struct process *p, struct skink_sync *user, bool has_owner)
{
	struct sync *s = sync_find(user);

	if (s != NULL && (s->owner != NULL) == has_owner)
		return s;
	s = object_new(p, SKINK_POOL_SYNC);
	if (s == NULL)
		return NULL;
	s->key = user;
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

/* ---- owners ---- */

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

/* Why t cannot wait for the owner that a word names; 0: it can. */
static long
owner_check(const struct thread *t, const struct thread *owner, enum skink_state state, bool try)
{
	if (owner == t)
		return -SK_EDEADLK;
	if (owner == NULL)
		return -SK_EOWNERDEAD;
	if (try)
		return -SK_EBUSY;
	return state == SKINK_STATE_MUTEX && is_deadlock(owner, t) ? -SK_EDEADLK : 0;
}

/* Gives the mutex to its first waiter, whose wait returns `result`. One that is not recoverable is
 * given to nobody, and a waiter whose mapping is gone gets EFAULT: false then, another step is due.
 */
static bool
hand_over(struct sync *s, long result)
{
	struct thread *w = CONTAINER(s->waiters.root, struct thread, wait);
	struct skink_sync *user = user_sync(w->process, w->sync_address);

	if (user == NULL || user != s->key || user->word == SKINK_MUTEX_DEAD) {
		wake_one(s, user == s->key ? 0 : -SK_EFAULT);
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

bool
sync_step_end(struct thread *t)
{
	if (heap_is_empty(&t->owns))
		return false;
	(void)hand_over(CONTAINER(t->owns.root, struct sync, owned), -SK_EOWNERDEAD);
	return true;
}

/* ---- calls ---- */

static long
wait_on(struct thread *t, struct skink_sync *user, const uint64_t *a, enum skink_state state)
{
	const uint32_t word = (uint32_t)a[1];
	struct thread *owner = NULL;
	struct sync *s;
	long error = 0;

	if (user->word != word)
		return -SK_EAGAIN;
	if (1u << state & OWNED) {
		owner = pool_find(SKINK_POOL_THREAD, word & ~SKINK_MUTEX_WAITERS);
		error = owner_check(t, owner, state, a[3] == SKINK_WAIT_TRY);
	}
	if (error < 0)
		return error;
	s = sync_get(t->process, user, owner != NULL);
	if (s == NULL)
		return -SK_ENOMEM;
	/* COMMIT */
	t->sync = s;
	t->sync_address = a[0];
	t->ticket = ticket_next();
	(void)thread_block(t, state);
	heap_insert(&s->waiters, &t->wait, thread_key(t));
	s->boosts = owner != NULL && state != SKINK_STATE_JOIN && may_boost(t, owner);
	owner_set(s, owner);
	return CALL_BLOCKED;
}

long
sys_sync_wait(struct thread *t, struct skink_sync *user, const uint64_t *a)
{
	enum skink_state state = (enum skink_state)a[2];
	long result;

	if (a[2] >= SKINK_STATE_COUNT || !(1u << state & (OWNED | FREE)) || a[3] > SKINK_WAIT_TRY)
		return -SK_EINVAL;
	result = wait_on(t, user, a, state);
	if (result != CALL_BLOCKED)
		timeout_end(t, state);
	return result;
}

long
sys_sync_wake(struct thread *t, struct skink_sync *user, const uint64_t *a)
{
	struct sync *s = sync_find(user);

	if (a[1] == 0)
		return -SK_EINVAL;
	if (s == NULL || t->progress >= (uint32_t)a[1])
		return (long)t->progress;
	if (s->owner != NULL) {
		if ((user->word & ~SKINK_MUTEX_WAITERS) != (uint32_t)t->object.id &&
		    user->word != SKINK_MUTEX_DEAD)
			return -SK_EPERM;
		/* COMMIT */
		return hand_over(s, 0) ? 1 : CALL_AGAIN;
	}
	/* COMMIT */
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
	s = sync_find(user);
	if (s != NULL && s->owner == NULL)
		wake_one(s, 0);
	return 0;
}
