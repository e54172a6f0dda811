/* SPDX-License-Identifier: Apache-2.0 */
/* sync.c - mutexes, condition variables and semaphores over the nucleus's words. Owns the
 * protocols between the memory word and the nucleus call; knows no thread but by its tid. */
#include "sync.h"

#include <skink/calls.h>
#include <skink/errno.h>

#define SEM_MAX 0x7fffffffu

static int
positive(long result)
{
	return result >= 0 ? 0 : (int)-result;
}

static int
arm(const struct sync_deadline *deadline, unsigned state)
{
	if (deadline == NULL)
		return 0;
	return positive(
	    skink_timer_timeout(deadline->clock, SKINK_TIMER_ABSTIME, 1u << state, deadline->ns));
}

static uint32_t
owner(uint32_t word)
{
	return word & ~SKINK_MUTEX_WAITERS;
}

/* ---- mutexes ---- */

static int
lock_again(struct skink_object *m, int refusal)
{
	if (m->kind != SYNC_RECURSIVE)
		return refusal;
	if (m->count == UINT32_MAX)
		return SK_EAGAIN;
	m->count++;
	return 0;
}

static bool
change(struct skink_object *m, uint32_t *seen, uint32_t to)
{
	return __atomic_compare_exchange_n(
	    &m->sync.word, seen, to, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* Waits for whom `seen` names, once; EAGAIN: the word is another by now. */
static int
wait_for_owner(struct skink_object *m, uint32_t tid, uint32_t seen, unsigned flags)
{
	int error = positive(skink_sync_wait(&m->sync, seen, SKINK_STATE_MUTEX, flags));
	bool ours = owner(__atomic_load_n(&m->sync.word, __ATOMIC_ACQUIRE)) == tid;

	if (error == 0)
		return ours ? 0 : SK_EAGAIN;
	if (error != SK_EOWNERDEAD)
		return error;
	if (!ours && !change(m, &seen, tid))
		return SK_EAGAIN;
	m->count = 0;
	if (m->robust != SKINK_ROBUST_NO)
		m->robust = SKINK_ROBUST_INCONSISTENT;
	return SK_EOWNERDEAD;
}

static int
lock_slowly(
    struct skink_object *m, uint32_t tid, uint32_t seen, const struct sync_deadline *deadline)
{
	int error = SK_EAGAIN;

	while (error == SK_EAGAIN) {
		uint32_t wanted = seen == 0 ? tid : seen | SKINK_MUTEX_WAITERS;

		if (seen == SKINK_MUTEX_DEAD)
			return SK_ENOTRECOVERABLE;
		if (seen != wanted && !change(m, &seen, wanted))
			continue;
		if (wanted == tid)
			return 0;
		error = arm(deadline, SKINK_STATE_MUTEX);
		if (error == 0)
			error = wait_for_owner(m, tid, wanted, 0);
		seen = __atomic_load_n(&m->sync.word, __ATOMIC_RELAXED);
	}
	return error == SK_ENOMEM ? SK_EAGAIN : error;
}

/*
 * Free: one compare-and-swap from 0 to our tid. Otherwise we add the waiters' bit and have the
 * nucleus wait, which it does only while the word is still what we saw. At the owner's unlock it
 * hands the mutex over, so a waiter that finds its tid there is the owner, and no thread that comes
 * later can take the mutex from under it (the word is never 0 while someone waits).
 *
 * A waiter that is killed before it gets to wait leaves the bit behind; that costs the next unlock
 * a call. An owner that dies hands over to who waits in the nucleus; so when one that comes there
 * later finds it dead, nobody waits, and those who found that out settle by compare-and-swap who
 * takes the mutex.
 */
int
sync_mutex_lock(struct skink_object *m, uint32_t tid, const struct sync_deadline *deadline)
{
	uint32_t seen = 0;

	if (change(m, &seen, tid))
		return 0;
	if (owner(seen) == tid)
		return lock_again(m, SK_EDEADLK);
	return lock_slowly(m, tid, seen, deadline);
}

int
sync_mutex_try(struct skink_object *m, uint32_t tid)
{
	uint32_t seen = 0;
	int error;

	if (change(m, &seen, tid))
		return 0;
	if (owner(seen) == tid)
		return lock_again(m, SK_EBUSY);
	if (seen == SKINK_MUTEX_DEAD)
		return SK_ENOTRECOVERABLE;
	error = wait_for_owner(m, tid, seen, SKINK_WAIT_TRY); /* it may be dead */
	return error == SK_EAGAIN ? SK_EBUSY : error;
}

/*
 * Nobody waits: one compare-and-swap from our bare tid to 0. It fails exactly when a waiter has
 * added its bit. Then the nucleus hands over, if that waiter has got there. We take the bit away
 * first: a waiter that had set it, but was not in the nucleus yet, finds another word than it saw
 * and sets the bit once more; so does one that comes later. Hence, when the nucleus knew nobody,
 * either the swap succeeds and no one waits, or the bit is there again.
 */
int
sync_mutex_unlock(struct skink_object *m, uint32_t tid)
{
	uint32_t seen = __atomic_load_n(&m->sync.word, __ATOMIC_RELAXED);
	long woken = 0;

	if (owner(seen) != tid)
		return SK_EPERM;
	if (m->count > 0) {
		m->count--;
		return 0;
	}
	if (m->robust == SKINK_ROBUST_INCONSISTENT) {
		seen = __atomic_exchange_n(&m->sync.word, SKINK_MUTEX_DEAD, __ATOMIC_RELEASE);
		if (seen != tid)
			woken = skink_sync_wake(&m->sync, UINT32_MAX);
		return positive(woken);
	}
	for (seen = tid; woken == 0 && !change(m, &seen, 0); seen = tid) {
		(void)__atomic_fetch_and(&m->sync.word, ~SKINK_MUTEX_WAITERS, __ATOMIC_RELEASE);
		woken = skink_sync_wake(&m->sync, 1);
	}
	return positive(woken);
}

int
sync_mutex_consistent(struct skink_object *m, uint32_t tid)
{
	if (owner(__atomic_load_n(&m->sync.word, __ATOMIC_RELAXED)) != tid ||
	    m->robust != SKINK_ROBUST_INCONSISTENT)
		return SK_EINVAL;
	m->robust = SKINK_ROBUST_YES;
	return 0;
}

/* ---- condition variables ---- */

/*
 * The word counts signals; `count` counts threads between their arrival here and their return from
 * the nucleus.
 *
 * No signal is lost: a waiter counts itself in and reads the word while it holds the mutex. Whoever
 * makes the condition true does so with the mutex held, so after this thread has released it; the
 * signal that follows therefore sees count > 0, changes the word, and wakes. If that change came
 * before the waiter reached the nucleus, the word is not `seen` any more and the nucleus does not
 * let it sleep; if after, the waiter is in the queue that the wake call looks at.
 *
 * A wake call may wake a thread that came after its signal's change of the word, instead of an
 * earlier one. That later thread looked at its condition after the change was made, with the mutex
 * held, and found it not (any more) true: what the signal announced is used up already, and nobody
 * waits for it in vain.
 */
int
sync_cond_wait(struct skink_object *c, struct skink_object *m, uint32_t tid,
    const struct sync_deadline *deadline)
{
	uint32_t seen, depth;
	int error, lock_error;

	if (owner(__atomic_load_n(&m->sync.word, __ATOMIC_RELAXED)) != tid)
		return SK_EPERM;
	__atomic_fetch_add(&c->count, 1, __ATOMIC_SEQ_CST);
	seen = __atomic_load_n(&c->sync.word, __ATOMIC_SEQ_CST);
	depth = m->count;
	m->count = 0;
	error = sync_mutex_unlock(m, tid);
	if (error != 0) {
		m->count = depth;
		__atomic_fetch_sub(&c->count, 1, __ATOMIC_SEQ_CST);
		return error;
	}
	error = arm(deadline, SKINK_STATE_CONDVAR);
	if (error == 0)
		error = positive(skink_sync_wait(&c->sync, seen, SKINK_STATE_CONDVAR, 0));
	__atomic_fetch_sub(&c->count, 1, __ATOMIC_SEQ_CST);
	lock_error = sync_mutex_lock(m, tid, NULL);
	if (lock_error == 0)
		m->count = depth;
	if (lock_error != 0)
		return lock_error;
	return error == SK_EAGAIN ? 0 : error;
}

int
sync_cond_wake(struct skink_object *c, uint32_t how_many)
{
	if (__atomic_load_n(&c->count, __ATOMIC_SEQ_CST) == 0)
		return 0;
	__atomic_fetch_add(&c->sync.word, 1, __ATOMIC_SEQ_CST);
	return positive(skink_sync_wake(&c->sync, how_many));
}

/* ---- semaphores ---- */

int
sync_sem_try(struct skink_object *s)
{
	uint32_t seen = __atomic_load_n(&s->sync.word, __ATOMIC_RELAXED);

	while (seen != 0)
		if (__atomic_compare_exchange_n(
			&s->sync.word, &seen, seen - 1, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			return 0;
	return SK_EAGAIN;
}

/*
 * The word is the semaphore's value; `count` counts threads that may sleep.
 *
 * No post is lost: a waiter counts itself in before the nucleus compares the word with 0; a post
 * raises the word before it looks at count. In any order of these four at least one sees the
 * other: either the nucleus finds the word not 0 and does not let the waiter sleep, or the post
 * finds count not 0 and wakes. A woken thread does not own anything yet and tries again, so one
 * that overtakes it only sends it back to sleep.
 */
int
sync_sem_wait(struct skink_object *s, const struct sync_deadline *deadline)
{
	while (sync_sem_try(s) != 0) {
		int error;

		__atomic_fetch_add(&s->count, 1, __ATOMIC_SEQ_CST);
		error = arm(deadline, SKINK_STATE_SEM);
		if (error == 0)
			error = positive(skink_sync_wait(&s->sync, 0, SKINK_STATE_SEM, 0));
		__atomic_fetch_sub(&s->count, 1, __ATOMIC_SEQ_CST);
		if (error != 0 && error != SK_EAGAIN)
			return error;
	}
	return 0;
}

/* Wakes as many as the value now serves, not just one: should a woken thread be killed before it
 * took its turn, the next post makes up for it. */
int
sync_sem_post(struct skink_object *s)
{
	uint32_t seen = __atomic_load_n(&s->sync.word, __ATOMIC_RELAXED);

	do {
		if (seen >= SEM_MAX)
			return SK_EOVERFLOW;
	} while (!__atomic_compare_exchange_n(
	    &s->sync.word, &seen, seen + 1, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	if (__atomic_load_n(&s->count, __ATOMIC_SEQ_CST) == 0)
		return 0;
	return positive(skink_sync_wake(&s->sync, seen + 1));
}
