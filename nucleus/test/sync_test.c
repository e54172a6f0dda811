/* SPDX-License-Identifier: Apache-2.0 */
/* sync_test.c - mutexes, and waiting on words. The free paths are here what a library does. */
#include "tests.h"

#define MUTEX   SHARED_BASE
#define CONDVAR (SHARED_BASE + 8)

static struct skink_sync *
sync_at(uint64_t address)
{
	return user(manager, address);
}

static uint32_t
tid_of(const struct thread *t)
{
	return (uint32_t)t->object.id;
}

/* As the library does it. The nucleus's first result: BLOCKED if it comes to wait. */
static long
lock(struct thread *t)
{
	struct skink_sync *m = sync_at(MUTEX);
	long result;

	if (m->word == 0) {
		m->word = tid_of(t);
		return 0;
	}
	m->word |= SKINK_MUTEX_WAITERS;
	result = call(t, sync_wait, MUTEX, m->word, SKINK_STATE_MUTEX);
	if (result == -SK_EOWNERDEAD)
		m->word = tid_of(t);
	return result;
}

static long
unlock(struct thread *t)
{
	struct skink_sync *m = sync_at(MUTEX);
	long woken = 0;

	if (m->word & SKINK_MUTEX_WAITERS) {
		m->word &= ~SKINK_MUTEX_WAITERS;
		woken = call(t, sync_wake, MUTEX, 1);
	}
	if (woken == 0)
		m->word = 0;
	return woken < 0 ? woken : 0;
}

static void
test_mutex_costs_nothing_when_it_is_free(void)
{
	struct thread *t;

	scene_begin();
	t = process_at(10);
	CHECK_EQ(lock(t), 0);
	CHECK_EQ(unlock(t), 0);
	CHECK_EQ(pools[SKINK_POOL_SYNC].used, 0);
	CHECK_EQ(sync_at(MUTEX)->word, 0);
	scene_end();
}

static void
test_mutex_goes_to_the_highest_waiter_when_unlocked(void)
{
	struct thread *t[4];

	scene_begin();
	for (unsigned i = 0; i < 4; i++)
		t[i] = process_at(10 + (int)i % 3 * 10);
	CHECK_EQ(lock(t[0]), 0);
	for (unsigned i = 1; i < 4; i++)
		CHECK_EQ(lock(t[i]), BLOCKED);
	CHECK_EQ(t[0]->effective, 30);
	CHECK_EQ(sync_at(MUTEX)->word, tid_of(t[0]) | SKINK_MUTEX_WAITERS);
	CHECK_EQ(unlock(t[0]), 0);
	CHECK_EQ(t[0]->effective, 10);
	CHECK_EQ(result_of(t[2]), 0);
	CHECK_EQ(sync_at(MUTEX)->word, tid_of(t[2]) | SKINK_MUTEX_WAITERS);
	CHECK_EQ(unlock(t[2]), 0);
	CHECK_EQ(result_of(t[1]), 0);
	CHECK_EQ(unlock(t[1]), 0);
	CHECK_EQ(result_of(t[3]), 0);
	CHECK_EQ(sync_at(MUTEX)->word, tid_of(t[3]));
	CHECK_EQ(pools[SKINK_POOL_SYNC].used, 0);
	CHECK_EQ(unlock(t[3]), 0);
	scene_end();
}

static void
test_mutex_owner_is_not_boosted_when_it_is_of_another_session(void)
{
	struct thread *a, *b;

	scene_begin();
	a = process_new(&(struct options){.priority = 10, .sid = 5});
	b = process_new(&(struct options){.priority = 30, .sid = 6});
	CHECK_EQ(lock(a), 0);
	CHECK_EQ(lock(b), BLOCKED);
	CHECK_EQ(a->effective, 10);
	CHECK_EQ(unlock(a), 0);
	CHECK_EQ(result_of(b), 0);
	scene_end();
}

static void
test_mutex_boost_travels_through_messages_and_mutexes(void)
{
	struct thread *owner, *server, *high;
	int chid;

	scene_begin();
	owner = process_at(10);
	server = process_at(5);
	high = process_at(60);
	chid = channel_new(server, 0);
	CHECK_EQ(call(server, msg_receive, (uint64_t)chid, USER_BASE, 8, 0), BLOCKED);
	CHECK_EQ(lock(owner), 0);
	CHECK_EQ(call(owner, msg_send, (uint64_t)connect_to(owner, server, chid), USER_BASE, 0,
		     USER_BASE, 0),
	    BLOCKED);
	CHECK_EQ(server->effective, 10);
	CHECK_EQ(lock(high), BLOCKED);
	CHECK_EQ(owner->effective, 60);
	CHECK_EQ(server->effective, 60);
	scene_end();
}

static void
test_mutex_lender_gets_eownerdead_when_a_live_owner_dies(void)
{
	struct thread *owner, *high, *low;

	scene_begin();
	owner = process_at(10);
	high = process_at(30);
	low = process_at(20);
	CHECK_EQ(lock(owner), 0);
	CHECK_EQ(lock(low), BLOCKED);
	CHECK_EQ(lock(high), BLOCKED);
	process_end(owner->process);
	CHECK_EQ(result_of(high), -SK_EOWNERDEAD);
	CHECK_EQ(result_of(low), BLOCKED);
	CHECK_EQ(sync_at(MUTEX)->word, tid_of(high) | SKINK_MUTEX_WAITERS);
	CHECK_EQ(unlock(high), 0);
	CHECK_EQ(result_of(low), 0);
	scene_end();
}

static void
test_mutex_lock_gets_eownerdead_when_the_owner_died_long_ago(void)
{
	struct thread *owner, *t;

	scene_begin();
	owner = process_at(10);
	CHECK_EQ(lock(owner), 0);
	process_end(owner->process);
	t = process_at(20); /* perhaps in the very slot */
	sync_at(MUTEX)->word |= SKINK_MUTEX_WAITERS; /* one who was killed before it waited */
	CHECK_EQ(call(t, sync_wait, MUTEX, sync_at(MUTEX)->word, SKINK_STATE_MUTEX, SKINK_WAIT_TRY),
	    -SK_EOWNERDEAD);
	CHECK_EQ(lock(t), -SK_EOWNERDEAD);
	CHECK_EQ(pools[SKINK_POOL_SYNC].used, 0);
	CHECK_EQ(unlock(t), 0);
	CHECK_EQ(sync_at(MUTEX)->word, 0);
	scene_end();
}

static void
test_mutex_waiters_are_all_woken_when_it_is_not_recoverable(void)
{
	struct thread *t[5];

	scene_begin();
	for (unsigned i = 0; i < 5; i++)
		t[i] = process_at(10);
	for (unsigned killed = 0; killed < 2; killed++) {
		sync_at(MUTEX)->word = 0;
		CHECK_EQ(lock(t[killed]), 0);
		CHECK_EQ(lock(t[2]), BLOCKED);
		CHECK_EQ(lock(t[3]), BLOCKED);
		CHECK_EQ(call(t[4], sync_wake, MUTEX, 1), -SK_EPERM);
		sync_at(MUTEX)->word = SKINK_MUTEX_DEAD;
		if (killed)
			process_end(t[killed]->process);
		else
			CHECK_EQ(call(t[killed], sync_wake, MUTEX, 1), 0);
		CHECK_EQ(result_of(t[2]), 0);
		CHECK_EQ(result_of(t[3]), 0);
		CHECK_EQ(sync_at(MUTEX)->word, SKINK_MUTEX_DEAD);
		CHECK_EQ(pools[SKINK_POOL_SYNC].used, 0);
	}
	scene_end();
}

/* Between its compare-and-swap and its call. */
static void
test_mutex_does_not_wait_when_the_word_has_changed(void)
{
	struct thread *owner, *late;
	uint32_t seen;

	scene_begin();
	owner = process_at(10);
	late = process_at(20);
	CHECK_EQ(lock(owner), 0);
	seen = sync_at(MUTEX)->word |= SKINK_MUTEX_WAITERS;
	CHECK_EQ(unlock(owner), 0);
	CHECK_EQ(sync_at(MUTEX)->word, 0);
	CHECK_EQ(
	    call(late, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_MUTEX, 500), 0);
	CHECK_EQ(call(late, sync_wait, MUTEX, seen, SKINK_STATE_MUTEX), -SK_EAGAIN);
	CHECK_EQ(pools[SKINK_POOL_SYNC].used, 0);
	/* That timeout is over. */
	CHECK_EQ(lock(owner), 0);
	CHECK_EQ(lock(late), BLOCKED);
	time_pass(1000);
	CHECK_EQ(result_of(late), BLOCKED);
	CHECK_EQ(unlock(owner), 0);
	CHECK_EQ(result_of(late), 0);
	scene_end();
}

static long
wait_for(struct thread *t, uint64_t mutex, uint64_t flags)
{
	return call(t, sync_wait, mutex, sync_at(mutex)->word, SKINK_STATE_MUTEX, flags);
}

static void
test_mutex_lock_finds_a_deadlock_when_the_chain_closes(void)
{
	struct thread *a, *b, *c;
	struct skink_sync *m;

	scene_begin();
	a = process_at(10);
	b = process_at(10);
	c = process_at(10);
	m = sync_at(SHARED_BASE);
	m[0].word = tid_of(a);
	m[1].word = tid_of(b);
	m[2].word = tid_of(c);
	CHECK_EQ(wait_for(a, SHARED_BASE, 0), -SK_EDEADLK);
	CHECK_EQ(wait_for(a, SHARED_BASE, SKINK_WAIT_TRY), -SK_EDEADLK);
	CHECK_EQ(wait_for(a, SHARED_BASE + 8, SKINK_WAIT_TRY), -SK_EBUSY);
	CHECK_EQ(wait_for(a, SHARED_BASE + 8, 0), BLOCKED);
	CHECK_EQ(wait_for(b, SHARED_BASE + 16, 0), BLOCKED);
	CHECK_EQ(wait_for(c, SHARED_BASE, 0), -SK_EDEADLK);
	scene_end();
}

static void
test_mutex_waiter_takes_its_boost_along_when_it_times_out(void)
{
	struct thread *owner, *high;

	scene_begin();
	owner = process_at(10);
	high = process_at(30);
	CHECK_EQ(lock(owner), 0);
	CHECK_EQ(
	    call(high, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_MUTEX, 500), 0);
	CHECK_EQ(lock(high), BLOCKED);
	CHECK_EQ(owner->effective, 30);
	time_pass(500);
	CHECK_EQ(result_of(high), -SK_ETIMEDOUT);
	CHECK_EQ(owner->effective, 10);
	CHECK_EQ(pools[SKINK_POOL_SYNC].used, 0);
	CHECK_EQ(sync_at(MUTEX)->word, tid_of(owner) | SKINK_MUTEX_WAITERS);
	CHECK_EQ(unlock(owner), 0);
	CHECK_EQ(sync_at(MUTEX)->word, 0);
	scene_end();
}

static void
test_mutex_waiter_gets_efault_when_its_mapping_went_away(void)
{
	struct thread *owner, *gone, *stays;

	scene_begin();
	owner = process_at(10);
	gone = process_at(30);
	stays = process_at(20);
	CHECK_EQ(lock(owner), 0);
	CHECK_EQ(lock(gone), BLOCKED);
	CHECK_EQ(lock(stays), BLOCKED);
	page_unmap(gone->process, SHARED_BASE);
	CHECK_EQ(unlock(owner), 0);
	CHECK_EQ(result_of(gone), -SK_EFAULT);
	CHECK_EQ(result_of(stays), 0);
	CHECK_EQ(sync_at(MUTEX)->word, tid_of(stays));
	scene_end();
}

static void
test_sync_wake_wakes_the_highest_first_when_several_wait(void)
{
	struct thread *t[4], *waker;

	scene_begin();
	waker = process_at(50);
	for (unsigned i = 0; i < 4; i++) {
		t[i] = process_at(10 + (int)i);
		CHECK_EQ(call(t[i], sync_wait, CONDVAR, 0, SKINK_STATE_CONDVAR), BLOCKED);
		CHECK_EQ(t[i]->state, SKINK_STATE_CONDVAR);
	}
	CHECK_EQ(call(waker, sync_wake, CONDVAR, 1), 1);
	CHECK_EQ(result_of(t[3]), 0);
	CHECK_EQ(result_of(t[2]), BLOCKED);
	CHECK_EQ(call(waker, sync_wake, CONDVAR, 2), 2);
	CHECK_EQ(result_of(t[1]), 0);
	CHECK_EQ(result_of(t[0]), BLOCKED);
	CHECK_EQ(call(waker, sync_wake, CONDVAR, UINT32_MAX), 1);
	CHECK_EQ(call(waker, sync_wake, CONDVAR, 1), 0);
	CHECK_EQ(call(waker, sync_wait, CONDVAR, 1, SKINK_STATE_CONDVAR), -SK_EAGAIN);
	scene_end();
}

static void
test_sync_objects_do_not_mix_when_one_is_used_as_mutex_and_condvar(void)
{
	struct thread *owner, *locks, *waits;

	scene_begin();
	owner = process_at(10);
	locks = process_at(20);
	waits = process_at(30);
	sync_at(MUTEX)->word = tid_of(owner);
	CHECK_EQ(call(waits, sync_wait, MUTEX, tid_of(owner), SKINK_STATE_CONDVAR), BLOCKED);
	CHECK_EQ(lock(locks), BLOCKED);
	CHECK_EQ(unlock(owner), 0);
	CHECK_EQ(result_of(locks), 0);
	CHECK_EQ(result_of(waits), BLOCKED);
	process_end(waits->process);
	scene_end();
}

const struct test sync_tests[] = {
    TEST(test_mutex_costs_nothing_when_it_is_free),
    TEST(test_mutex_goes_to_the_highest_waiter_when_unlocked),
    TEST(test_mutex_owner_is_not_boosted_when_it_is_of_another_session),
    TEST(test_mutex_boost_travels_through_messages_and_mutexes),
    TEST(test_mutex_lender_gets_eownerdead_when_a_live_owner_dies),
    TEST(test_mutex_lock_gets_eownerdead_when_the_owner_died_long_ago),
    TEST(test_mutex_waiters_are_all_woken_when_it_is_not_recoverable),
    TEST(test_mutex_does_not_wait_when_the_word_has_changed),
    TEST(test_mutex_lock_finds_a_deadlock_when_the_chain_closes),
    TEST(test_mutex_waiter_takes_its_boost_along_when_it_times_out),
    TEST(test_mutex_waiter_gets_efault_when_its_mapping_went_away),
    TEST(test_sync_wake_wakes_the_highest_first_when_several_wait),
    TEST(test_sync_objects_do_not_mix_when_one_is_used_as_mutex_and_condvar),
    {0},
};
