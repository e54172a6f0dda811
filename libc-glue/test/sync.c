/* SPDX-License-Identifier: Apache-2.0 */
/* sync.c - tests of the lock protocols: real threads of the build host on the library's code,
 * over a model of the nucleus's calls. A lost wake-up shows as a test that hangs: alarm()
 * ends it. */
#include "../thread/sync.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdlib.h>
#include <test.h>
#include <time.h>
#include <unistd.h>

#include <skink/calls.h>
#include <skink/errno.h>

/* ---- the model: one lock stands for "the nucleus runs one call at a time" ---- */

struct sleeper {
	struct sleeper *next;
	struct skink_sync *sync;
	uint32_t tid;
	bool woken;
	long result; /* when woken */
	pthread_cond_t cond;
};

static pthread_mutex_t nucleus = PTHREAD_MUTEX_INITIALIZER;
static struct sleeper *sleepers;
static _Thread_local uint64_t timeout_ns;
static _Atomic unsigned calls;

#define LIVES 100000 /* tids are below */
static _Atomic bool is_dead[LIVES];
static bool killing; /* now and then a thread is killed as it enters the nucleus for a mutex */
static _Thread_local jmp_buf end_of_life;

static void
now_and_then(void)
{
	static _Thread_local unsigned seed;

	if (rand_r(&seed) % 4 == 0)
		sched_yield();
}

static void
killed_perhaps(void)
{
	static _Thread_local unsigned seed;

	if (killing && rand_r(&seed) % 16 == 0)
		longjmp(end_of_life, 1);
}

static long
sleep_on(struct skink_sync *sync, uint32_t tid)
{
	struct sleeper me = {NULL, sync, tid, false, 0, PTHREAD_COND_INITIALIZER};
	struct sleeper **p = &sleepers;
	struct timespec until = {
	    (time_t)(timeout_ns / 1000000000), (long)(timeout_ns % 1000000000)};
	bool timed = timeout_ns != 0, late = false;

	timeout_ns = 0;
	while (*p != NULL)
		p = &(*p)->next;
	*p = &me;
	while (!me.woken && !late) {
		if (timed)
			late = pthread_cond_timedwait(&me.cond, &nucleus, &until) != 0;
		else
			pthread_cond_wait(&me.cond, &nucleus);
	}
	if (me.woken)
		return me.result;
	for (p = &sleepers; *p != &me; p = &(*p)->next)
		;
	*p = me.next;
	return -SK_ETIMEDOUT;
}

static struct sleeper *
wake_first(struct skink_sync *sync, long result)
{
	for (struct sleeper **p = &sleepers; *p != NULL; p = &(*p)->next)
		if ((*p)->sync == sync) {
			struct sleeper *s = *p;

			*p = s->next;
			s->woken = true;
			s->result = result;
			pthread_cond_signal(&s->cond);
			return s;
		}
	return NULL;
}

static bool
has_sleeper(struct skink_sync *sync)
{
	for (struct sleeper *s = sleepers; s != NULL; s = s->next)
		if (s->sync == sync)
			return true;
	return false;
}

static _Thread_local uint32_t self;

long
skink_timer_timeout(int clock, unsigned flags, uint32_t states, uint64_t ns)
{
	(void)clock, (void)flags, (void)states;
	timeout_ns = ns;
	return 0;
}

long
skink_sync_wait(struct skink_sync *s, uint32_t expected, unsigned state, unsigned flags)
{
	uint32_t owner = expected & ~SKINK_MUTEX_WAITERS;
	long r;

	now_and_then();
	if (state == SKINK_STATE_MUTEX)
		killed_perhaps();
	pthread_mutex_lock(&nucleus);
	calls++;
	if (__atomic_load_n(&s->word, __ATOMIC_SEQ_CST) != expected)
		r = -SK_EAGAIN;
	else if (state == SKINK_STATE_MUTEX && (owner == 0 || owner >= LIVES || is_dead[owner]))
		r = -SK_EOWNERDEAD;
	else if (flags == SKINK_WAIT_TRY)
		r = -SK_EBUSY;
	else
		r = sleep_on(s, self);
	timeout_ns = 0;
	pthread_mutex_unlock(&nucleus);
	now_and_then();
	return r;
}

static bool
owner_is(const struct skink_sync *s, uint32_t tid)
{
	return (__atomic_load_n(&s->word, __ATOMIC_SEQ_CST) & ~SKINK_MUTEX_WAITERS) == tid;
}

static bool
hand_over(struct skink_sync *s, long result)
{
	struct sleeper *next = wake_first(s, result);

	if (next == NULL)
		return false;
	__atomic_store_n(
	    &s->word, next->tid | (has_sleeper(s) ? SKINK_MUTEX_WAITERS : 0), __ATOMIC_SEQ_CST);
	return true;
}

static long
wake(struct skink_sync *s, uint32_t count)
{
	long woken = 0;

	if (has_sleeper(s) && owner_is(s, self))
		return hand_over(s, 0);
	while (count-- > 0 && wake_first(s, 0) != NULL)
		woken++;
	return woken;
}

long
skink_sync_wake(struct skink_sync *s, uint32_t count)
{
	long woken;

	now_and_then();
	if (owner_is(s, self))
		killed_perhaps();
	pthread_mutex_lock(&nucleus);
	calls++;
	woken = wake(s, count);
	pthread_mutex_unlock(&nucleus);
	now_and_then();
	return woken;
}

/* The calling thread's end, if that is the mutex it can own. */
static void
die(struct skink_sync *m)
{
	pthread_mutex_lock(&nucleus);
	is_dead[self] = true;
	if (owner_is(m, self))
		(void)hand_over(m, -SK_EOWNERDEAD);
	pthread_mutex_unlock(&nucleus);
}

/* ---- tests ---- */

#define THREADS 6

static void
run(void *(*function)(void *), int count)
{
	pthread_t threads[THREADS];

	alarm(60);
	for (int i = 0; i < count; i++)
		pthread_create(&threads[i], NULL, function, (void *)(intptr_t)(i + 100));
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	alarm(0);
	CHECK(sleepers == NULL);
}

static struct skink_object mutex, filled, drained, sem;
static unsigned long total;
static unsigned long produced, consumed, items;

static void
reset(void)
{
	mutex = filled = drained = sem = (struct skink_object){.kind = 0};
	total = produced = consumed = items = 0;
	for (unsigned i = 0; i < LIVES; i++)
		is_dead[i] = false;
	killing = false;
	self = 1;
	calls = 0;
}

static void
test_mutex_free_makes_no_call(void)
{
	reset();
	CHECK_EQ(sync_mutex_lock(&mutex, 1, NULL), 0);
	CHECK_EQ(sync_mutex_lock(&mutex, 1, NULL), SK_EDEADLK);
	CHECK_EQ(sync_mutex_unlock(&mutex, 2), SK_EPERM);
	CHECK_EQ(sync_mutex_unlock(&mutex, 1), 0);
	CHECK_EQ(sync_mutex_unlock(&mutex, 1), SK_EPERM);
	CHECK_EQ(sync_cond_wake(&filled, 1), 0);
	CHECK_EQ(sync_sem_post(&sem), 0);
	CHECK_EQ(sync_sem_wait(&sem, NULL), 0);
	CHECK_EQ(sync_sem_try(&sem), SK_EAGAIN);
	CHECK_EQ(calls, 0);
}

static void
test_mutex_recursive_counts(void)
{
	reset();
	mutex.kind = SYNC_RECURSIVE;
	CHECK_EQ(sync_mutex_lock(&mutex, 1, NULL), 0);
	CHECK_EQ(sync_mutex_lock(&mutex, 1, NULL), 0);
	CHECK_EQ(sync_mutex_try(&mutex, 1), 0);
	CHECK_EQ(sync_mutex_unlock(&mutex, 1), 0);
	CHECK_EQ(sync_mutex_unlock(&mutex, 1), 0);
	CHECK_EQ(mutex.sync.word, 1);
	CHECK_EQ(sync_mutex_unlock(&mutex, 1), 0);
	CHECK_EQ(mutex.sync.word, 0);
}

static void
test_mutex_of_dead_owner(void)
{
	reset();
	mutex.robust = SKINK_ROBUST_YES;
	CHECK_EQ(sync_mutex_lock(&mutex, 7, NULL), 0);
	CHECK_EQ(sync_mutex_try(&mutex, 1), SK_EBUSY);
	is_dead[7] = true;
	CHECK_EQ(sync_mutex_lock(&mutex, 1, NULL), SK_EOWNERDEAD);
	CHECK_EQ(sync_mutex_consistent(&mutex, 2), SK_EINVAL);
	CHECK_EQ(sync_mutex_consistent(&mutex, 1), 0);
	CHECK_EQ(sync_mutex_consistent(&mutex, 1), SK_EINVAL);
	CHECK_EQ(sync_mutex_unlock(&mutex, 1), 0);
	CHECK_EQ(sync_mutex_lock(&mutex, 7, NULL), 0);
	CHECK_EQ(sync_mutex_try(&mutex, 1), SK_EOWNERDEAD);
	CHECK_EQ(sync_mutex_unlock(&mutex, 1), 0);
	CHECK_EQ(sync_mutex_lock(&mutex, 1, NULL), SK_ENOTRECOVERABLE);
}

static void *
add_thread(void *arg)
{
	self = (uint32_t)(intptr_t)arg;
	for (int i = 0; i < 20000; i++) {
		CHECK_EQ(sync_mutex_lock(&mutex, self, NULL), 0);
		total++;
		if (i % 64 == 0)
			sched_yield();
		CHECK_EQ(sync_mutex_unlock(&mutex, self), 0);
	}
	return NULL;
}

static void
test_mutex_excludes_under_contention(void)
{
	reset();
	run(add_thread, THREADS);
	CHECK_EQ(total, THREADS * 20000);
	CHECK_EQ(mutex.sync.word, 0);
}

#define LOCKS 8000

static _Atomic unsigned long deaths, told;

/* Dies with the mutex now and then, is killed on its way in or out of the nucleus, and goes on
 * under another tid. Who gets the mutex of a dead owner is told so once, and no lock is lost. */
static void *
mortal_thread(void *arg)
{
	volatile int i = 0;

	self = (uint32_t)(intptr_t)arg;
	if (setjmp(end_of_life) != 0) {
		deaths += owner_is(&mutex.sync, self);
		die(&mutex.sync);
		self += THREADS;
	}
	while (i < LOCKS) {
		int error =
		    i % 3 == 0 ? sync_mutex_try(&mutex, self) : sync_mutex_lock(&mutex, self, NULL);

		if (error == SK_EBUSY) {
			sched_yield();
			continue;
		}
		CHECK(error == 0 || error == SK_EOWNERDEAD);
		told += error == SK_EOWNERDEAD;
		i++;
		total++;
		if (i % 50 == 0)
			longjmp(end_of_life, 1);
		CHECK_EQ(sync_mutex_unlock(&mutex, self), 0);
	}
	return NULL;
}

static void
test_mutex_passes_over_deaths_under_contention(void)
{
	reset();
	deaths = told = 0;
	killing = true;
	run(mortal_thread, THREADS);
	CHECK_EQ(total, THREADS * LOCKS);
	killing = false;
	self = 1;
	told += sync_mutex_lock(&mutex, self, NULL) == SK_EOWNERDEAD;
	CHECK(deaths >= THREADS * LOCKS / 50);
	CHECK_EQ(told, deaths);
	CHECK_EQ(sync_mutex_unlock(&mutex, self), 0);
	CHECK_EQ(mutex.sync.word, 0);
}

static void *
find_it_dead(void *arg)
{
	self = (uint32_t)(intptr_t)arg;
	CHECK_EQ(sync_mutex_lock(&mutex, self, NULL), SK_ENOTRECOVERABLE);
	return NULL;
}

static void *
leave_it_dead(void *arg)
{
	if ((intptr_t)arg != 100)
		return find_it_dead(arg);
	while (!(__atomic_load_n(&mutex.sync.word, __ATOMIC_SEQ_CST) & SKINK_MUTEX_WAITERS))
		sched_yield();
	CHECK_EQ(sync_mutex_unlock(&mutex, 1), 0);
	return NULL;
}

static void
test_mutex_wakes_all_when_it_becomes_unrecoverable(void)
{
	reset();
	mutex.robust = SKINK_ROBUST_INCONSISTENT;
	CHECK_EQ(sync_mutex_lock(&mutex, 1, NULL), 0);
	run(leave_it_dead, THREADS);
	CHECK_EQ(mutex.sync.word, SKINK_MUTEX_DEAD);
}

/* A queue of four places; half the threads fill it, half empty it. */
#define PLACES 4
#define ITEMS  8000

static void *
queue_thread(void *arg)
{
	bool fills = (intptr_t)arg % 2 == 0;

	self = (uint32_t)(intptr_t)arg;
	for (int i = 0; i < ITEMS; i++) {
		sync_mutex_lock(&mutex, self, NULL);
		while (fills ? items == PLACES : items == 0)
			CHECK_EQ(sync_cond_wait(fills ? &drained : &filled, &mutex, self, NULL), 0);
		items += fills ? 1 : -1ul;
		*(fills ? &produced : &consumed) += 1;
		/* Half of the signals are sent with the mutex held. */
		if (i % 2 == 0)
			sync_mutex_unlock(&mutex, self);
		sync_cond_wake(fills ? &filled : &drained, 1);
		if (i % 2 != 0)
			sync_mutex_unlock(&mutex, self);
	}
	return NULL;
}

static void
test_cond_loses_no_signal(void)
{
	reset();
	run(queue_thread, THREADS);
	CHECK_EQ(produced, THREADS / 2 * ITEMS);
	CHECK_EQ(consumed, produced);
	CHECK_EQ(filled.count, 0);
	CHECK_EQ(drained.count, 0);
}

static struct sync_deadline
soon(long ns)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (struct sync_deadline){
	    0, (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec + (uint64_t)ns};
}

/* Waits with deadlines of a few microseconds among waits without: a timeout must not eat a
 * signal. */
static void *
impatient_thread(void *arg)
{
	bool fills = (intptr_t)arg % 2 == 0;
	bool impatient = (intptr_t)arg % 3 == 0;

	self = (uint32_t)(intptr_t)arg;
	for (int i = 0; i < ITEMS / 2; i++) {
		sync_mutex_lock(&mutex, self, NULL);
		while (fills ? items == PLACES : items == 0) {
			struct sync_deadline d = soon(2000);

			sync_cond_wait(
			    fills ? &drained : &filled, &mutex, self, impatient ? &d : NULL);
		}
		items += fills ? 1 : -1ul;
		sync_cond_wake(fills ? &filled : &drained, 1);
		sync_mutex_unlock(&mutex, self);
	}
	return NULL;
}

static void
test_cond_timeouts_eat_no_signal(void)
{
	reset();
	run(impatient_thread, THREADS);
	CHECK_EQ(items, 0);
}

static void
test_cond_times_out_and_owns_the_mutex(void)
{
	struct sync_deadline d = soon(1000000);

	reset();
	sync_mutex_lock(&mutex, 1, NULL);
	CHECK_EQ(sync_cond_wait(&filled, &mutex, 1, &d), SK_ETIMEDOUT);
	CHECK_EQ(mutex.sync.word, 1);
	CHECK_EQ(filled.count, 0);
	CHECK_EQ(sync_mutex_unlock(&mutex, 1), 0);
	CHECK_EQ(sync_cond_wait(&filled, &mutex, 1, NULL), SK_EPERM);
}

static void *
sem_thread(void *arg)
{
	self = (uint32_t)(intptr_t)arg;
	for (int i = 0; i < ITEMS; i++)
		if ((intptr_t)arg % 2 == 0) {
			CHECK_EQ(sync_sem_post(&sem), 0);
		} else if ((intptr_t)arg % 3 == 0) {
			struct sync_deadline d;

			do
				d = soon(2000);
			while (sync_sem_wait(&sem, &d) != 0);
		} else {
			CHECK_EQ(sync_sem_wait(&sem, NULL), 0);
		}
	return NULL;
}

static void
test_sem_loses_no_post(void)
{
	reset();
	run(sem_thread, THREADS);
	CHECK_EQ(sem.sync.word, 0);
	CHECK_EQ(sem.count, 0);
}

static void
test_sem_overflow_is_refused(void)
{
	reset();
	sem.sync.word = 0x7fffffff;
	CHECK_EQ(sync_sem_post(&sem), SK_EOVERFLOW);
}

TEST_MAIN(TEST(test_mutex_free_makes_no_call), TEST(test_mutex_recursive_counts),
    TEST(test_mutex_of_dead_owner), TEST(test_mutex_excludes_under_contention),
    TEST(test_mutex_passes_over_deaths_under_contention),
    TEST(test_mutex_wakes_all_when_it_becomes_unrecoverable), TEST(test_cond_loses_no_signal),
    TEST(test_cond_timeouts_eat_no_signal), TEST(test_cond_times_out_and_owns_the_mutex),
    TEST(test_sem_loses_no_post), TEST(test_sem_overflow_is_refused))
