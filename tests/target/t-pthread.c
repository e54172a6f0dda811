/* SPDX-License-Identifier: Apache-2.0 */
/* t-pthread.c - threads and locks on the nucleus: what <pthread.h> and <semaphore.h> promise. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "t-checks.h"

#define MS 1000000l

static struct timespec
from_now(clockid_t clock, long ns)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_nsec += ns;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static void *
return_arg(void *arg)
{
	return arg;
}

static void
thread_is_joined_with_its_value(void)
{
	pthread_t t;
	void *value;

	for (intptr_t i = 0; i < 20; i++) {
		CHECK_EQ(pthread_create(&t, NULL, return_arg, (void *)(i * 1000)), 0);
		CHECK_EQ(pthread_join(t, &value), 0);
		CHECK_EQ(value, i * 1000);
	}
	CHECK_EQ(pthread_join(t, &value), ESRCH);
	CHECK_EQ(pthread_join(pthread_self(), &value), EDEADLK);
	CHECK_EQ(pthread_kill(t, 0), ESRCH);
	CHECK_EQ(pthread_kill(pthread_self(), 0), 0);
}

static atomic_int ended;

static void *
count_end(void *arg)
{
	atomic_fetch_add(&ended, 1);
	return arg;
}

static void
thread_detached_needs_no_join(void)
{
	pthread_attr_t attr;
	pthread_t t;

	ended = 0;
	pthread_attr_init(&attr);
	CHECK_EQ(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED), 0);
	/* More than the quota of threads at a time: ended ones must be gone. */
	for (int i = 1; i <= 200; i++) {
		CHECK_EQ(pthread_create(&t, &attr, count_end, NULL), 0);
		while (ended < i)
			usleep(100);
	}
	CHECK_EQ(pthread_create(&t, NULL, count_end, NULL), 0);
	CHECK_EQ(pthread_detach(t), 0);
	while (ended < 201)
		usleep(100);
}

static _Thread_local int counter = 7;

static void *
use_own_errno(void *arg)
{
	errno = 0;
	close(-1);
	counter += (int)(intptr_t)arg;
	usleep(1000);
	return (void *)(intptr_t)(errno * 1000 + counter);
}

static void
thread_has_its_own_errno_and_variables(void)
{
	pthread_t t[4];
	void *value;

	errno = 0;
	for (intptr_t i = 0; i < 4; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, use_own_errno, (void *)i), 0);
	for (intptr_t i = 0; i < 4; i++) {
		CHECK_EQ(pthread_join(t[i], &value), 0);
		CHECK_EQ(value, EBADF * 1000 + 7 + i);
	}
	CHECK_EQ(errno, 0);
	CHECK_EQ(counter, 7);
}

static void *
tell_sched(void *arg)
{
	struct sched_param p;
	int policy;

	(void)arg;
	pthread_getschedparam(pthread_self(), &policy, &p);
	return (void *)(intptr_t)(policy * 1000 + p.sched_priority);
}

static void
thread_gets_its_priority(void)
{
	struct sched_param p = {.sched_priority = 5};
	pthread_attr_t attr;
	pthread_t t;
	void *value;

	pthread_attr_init(&attr);
	CHECK_EQ(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED), 0);
	CHECK_EQ(pthread_attr_setschedpolicy(&attr, SCHED_FIFO), 0);
	CHECK_EQ(pthread_attr_setschedparam(&attr, &p), 0);
	CHECK_EQ(pthread_create(&t, &attr, tell_sched, NULL), 0);
	CHECK_EQ(pthread_join(t, &value), 0);
	CHECK_EQ(value, SCHED_FIFO * 1000 + 5);
	p.sched_priority = 254;
	CHECK_EQ(pthread_attr_setschedparam(&attr, &p), 0);
	CHECK_EQ(pthread_create(&t, &attr, tell_sched, NULL), EPERM);
	CHECK_EQ(pthread_attr_setschedpolicy(&attr, SCHED_SPORADIC), 0);
	CHECK_EQ(pthread_create(&t, &attr, tell_sched, NULL), EINVAL); /* a budget of nothing */
	p = (struct sched_param){
	    .sched_priority = 5,
	    .sched_ss_low_priority = 3,
	    .sched_ss_max_repl = 4,
	    .sched_ss_repl_period.tv_sec = 1,
	    .sched_ss_init_budget.tv_nsec = 200000000,
	};
	CHECK_EQ(pthread_attr_setschedparam(&attr, &p), 0);
	CHECK_EQ(pthread_create(&t, &attr, tell_sched, NULL), 0);
	CHECK_EQ(pthread_join(t, &value), 0);
	CHECK_EQ(value, SCHED_SPORADIC * 1000 + 5);
}

static void *
use_stack(void *arg)
{
	volatile char big[6000];

	(void)arg;
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)i;
	return (void *)(intptr_t)big[100];
}

static void
thread_runs_on_a_given_stack(void)
{
	static _Alignas(16) char stack[16384];
	pthread_attr_t attr;
	pthread_t t;
	void *value;

	pthread_attr_init(&attr);
	CHECK_EQ(pthread_attr_setstack(&attr, stack, 100), EINVAL);
	CHECK_EQ(pthread_attr_setstack(&attr, stack, sizeof(stack)), 0);
	CHECK_EQ(pthread_create(&t, &attr, use_stack, NULL), 0);
	CHECK_EQ(pthread_join(t, &value), 0);
	CHECK_EQ(value, 100);
}

static pthread_key_t key;
static atomic_int destroyed;

static void
destroy(void *value)
{
	destroyed += (int)(intptr_t)value;
}

static void *
set_key(void *arg)
{
	if (pthread_getspecific(key) != NULL)
		return (void *)1;
	pthread_setspecific(key, arg);
	return pthread_getspecific(key) == arg ? NULL : (void *)2;
}

static void
key_values_are_per_thread_and_destroyed(void)
{
	pthread_t t[3];
	void *value;

	destroyed = 0;
	CHECK_EQ(pthread_key_create(&key, destroy), 0);
	for (intptr_t i = 0; i < 3; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, set_key, (void *)(i + 1)), 0);
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(pthread_join(t[i], &value), 0);
		CHECK_EQ(value, 0);
	}
	CHECK_EQ(destroyed, 6);
	CHECK_EQ(pthread_setspecific(key, &key), 0);
	CHECK_EQ(pthread_key_delete(key), 0);
	CHECK_EQ(pthread_setspecific(key, &key), EINVAL);
	CHECK_EQ(pthread_key_create(&key, NULL), 0);
	CHECK(pthread_getspecific(key) == NULL);
	CHECK_EQ(pthread_key_delete(key), 0);
}

static int once_runs;

static void
once_function(void)
{
	usleep(2000);
	once_runs++;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *
call_once(void *arg)
{
	(void)arg;
	pthread_once(&once, once_function);
	return (void *)(intptr_t)once_runs;
}

static void
once_runs_once(void)
{
	pthread_t t[4];
	void *value;

	for (int i = 0; i < 4; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, call_once, NULL), 0);
	for (int i = 0; i < 4; i++) {
		CHECK_EQ(pthread_join(t[i], &value), 0);
		CHECK_EQ(value, 1);
	}
}

/* ---- mutexes ---- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long total;

static void *
add(void *arg)
{
	for (int i = 0; i < 2000; i++) {
		long seen;

		pthread_mutex_lock(&mutex);
		seen = total;
		if (i % 100 == 0)
			sched_yield();
		total = seen + 1;
		pthread_mutex_unlock(&mutex);
		if (i % 70 == (intptr_t)arg)
			usleep(1);
	}
	return NULL;
}

static void
mutex_excludes(void)
{
	pthread_t t[4];

	total = 0;
	for (intptr_t i = 0; i < 4; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, add, (void *)i), 0);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
	CHECK_EQ(total, 8000);
	CHECK_EQ(mutex.sync.word, 0);
}

static void *
try_it(void *arg)
{
	(void)arg;
	return (void *)(intptr_t)pthread_mutex_trylock(&mutex);
}

static void *
lock_until(void *arg)
{
	struct timespec t = from_now((clockid_t)(intptr_t)arg, 5 * MS);

	return (void *)(intptr_t)pthread_mutex_clocklock(&mutex, (clockid_t)(intptr_t)arg, &t);
}

static void *
unlock_it(void *arg)
{
	(void)arg;
	return (void *)(intptr_t)pthread_mutex_unlock(&mutex);
}

static void *
in_thread(void *(*function)(void *), void *arg)
{
	pthread_t t;
	void *value;

	CHECK_EQ(pthread_create(&t, NULL, function, arg), 0);
	CHECK_EQ(pthread_join(t, &value), 0);
	return value;
}

static void
mutex_refuses_what_it_should(void)
{
	CHECK_EQ(pthread_mutex_lock(&mutex), 0);
	CHECK_EQ(pthread_mutex_lock(&mutex), EDEADLK);
	CHECK_EQ(pthread_mutex_trylock(&mutex), EBUSY);
	CHECK_EQ(in_thread(try_it, NULL), EBUSY);
	CHECK_EQ(in_thread(unlock_it, NULL), EPERM);
	CHECK_EQ(in_thread(lock_until, (void *)CLOCK_REALTIME), ETIMEDOUT);
	CHECK_EQ(in_thread(lock_until, (void *)CLOCK_MONOTONIC), ETIMEDOUT);
	CHECK_EQ(pthread_mutex_destroy(&mutex), EBUSY);
	CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
	CHECK_EQ(pthread_mutex_unlock(&mutex), EPERM);
	CHECK_EQ(pthread_mutex_destroy(&mutex), 0);
}

static void
mutex_recursive_counts(void)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	CHECK_EQ(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE), 0);
	CHECK_EQ(pthread_mutex_init(&mutex, &attr), 0);
	for (int i = 0; i < 3; i++)
		CHECK_EQ(pthread_mutex_lock(&mutex), 0);
	CHECK_EQ(in_thread(try_it, NULL), EBUSY);
	for (int i = 0; i < 3; i++)
		CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
	CHECK_EQ(pthread_mutex_unlock(&mutex), EPERM);
	CHECK_EQ(pthread_mutex_init(&mutex, NULL), 0);
}

static void *
die_with_it(void *arg)
{
	(void)arg;
	return (void *)(intptr_t)pthread_mutex_lock(&mutex);
}

static void
mutex_robust_tells_of_a_dead_owner(void)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	CHECK_EQ(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST), 0);
	CHECK_EQ(pthread_mutex_init(&mutex, &attr), 0);
	CHECK_EQ(in_thread(die_with_it, NULL), 0);
	CHECK_EQ(pthread_mutex_lock(&mutex), EOWNERDEAD);
	CHECK_EQ(pthread_mutex_consistent(&mutex), 0);
	CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
	CHECK_EQ(in_thread(die_with_it, NULL), 0);
	CHECK_EQ(pthread_mutex_trylock(&mutex), EOWNERDEAD);
	CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
	CHECK_EQ(pthread_mutex_lock(&mutex), ENOTRECOVERABLE);
	CHECK_EQ(pthread_mutex_init(&mutex, NULL), 0);
}

/* ---- condition variables ---- */

#define PLACES 3
#define ITEMS  1500

static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, drained = PTHREAD_COND_INITIALIZER;
static int items;
static long moved;

static void *
fill_or_drain(void *arg)
{
	bool fills = (intptr_t)arg % 2 == 0;

	for (int i = 0; i < ITEMS; i++) {
		pthread_mutex_lock(&mutex);
		while (fills ? items == PLACES : items == 0)
			pthread_cond_wait(fills ? &drained : &filled, &mutex);
		items += fills ? 1 : -1;
		moved++;
		if (i % 2 == 0)
			pthread_mutex_unlock(&mutex);
		pthread_cond_signal(fills ? &filled : &drained);
		if (i % 2 != 0)
			pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void
cond_loses_no_signal(void)
{
	pthread_t t[6];

	items = 0;
	moved = 0;
	for (intptr_t i = 0; i < 6; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, fill_or_drain, (void *)i), 0);
	for (int i = 0; i < 6; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
	CHECK_EQ(items, 0);
	CHECK_EQ(moved, 6 * ITEMS);
	CHECK_EQ(pthread_cond_destroy(&filled), 0);
}

static void
cond_times_out_on_both_clocks(void)
{
	static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC};
	pthread_condattr_t attr;
	pthread_cond_t cond;

	for (int i = 0; i < 2; i++) {
		struct timespec until = from_now(clocks[i], 5 * MS), after;

		pthread_condattr_init(&attr);
		CHECK_EQ(pthread_condattr_setclock(&attr, clocks[i]), 0);
		CHECK_EQ(pthread_cond_init(&cond, &attr), 0);
		CHECK_EQ(pthread_cond_timedwait(&cond, &mutex, &until), EPERM);
		pthread_mutex_lock(&mutex);
		CHECK_EQ(pthread_cond_timedwait(&cond, &mutex, &until), ETIMEDOUT);
		clock_gettime(clocks[i], &after);
		CHECK(after.tv_sec > until.tv_sec ||
		    (after.tv_sec == until.tv_sec && after.tv_nsec >= until.tv_nsec));
		until.tv_nsec = 1000000000;
		CHECK_EQ(pthread_cond_timedwait(&cond, &mutex, &until), EINVAL);
		CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
		CHECK_EQ(pthread_cond_destroy(&cond), 0);
	}
}

static int released;

static void *
wait_released(void *arg)
{
	pthread_mutex_lock(&mutex);
	while (!released)
		pthread_cond_wait(&filled, &mutex);
	pthread_mutex_unlock(&mutex);
	return arg;
}

static void
cond_broadcast_wakes_all(void)
{
	pthread_t t[5];

	released = 0;
	for (int i = 0; i < 5; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, wait_released, NULL), 0);
	usleep(5000);
	pthread_mutex_lock(&mutex);
	released = 1;
	pthread_cond_broadcast(&filled);
	pthread_mutex_unlock(&mutex);
	for (int i = 0; i < 5; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
}

/* ---- semaphores, read-write locks, barriers ---- */

static sem_t sem;

static void *
take_ten(void *arg)
{
	for (int i = 0; i < 10; i++)
		if (sem_wait(&sem) != 0)
			return (void *)1;
	return arg;
}

static void
sem_loses_no_post(void)
{
	struct timespec t = from_now(CLOCK_REALTIME, 3 * MS);
	pthread_t threads[3];
	void *value;
	int left;

	CHECK_EQ(sem_init(&sem, 0, 2), 0);
	for (int i = 0; i < 3; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, take_ten, NULL), 0);
	for (int i = 0; i < 28; i++) {
		CHECK_EQ(sem_post(&sem), 0);
		if (i % 3 == 0)
			usleep(200);
	}
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(pthread_join(threads[i], &value), 0);
		CHECK_EQ(value, 0);
	}
	CHECK_EQ(sem_getvalue(&sem, &left), 0);
	CHECK_EQ(left, 0);
	CHECK_FAILS(sem_trywait(&sem), EAGAIN);
	CHECK_FAILS(sem_timedwait(&sem, &t), ETIMEDOUT);
	CHECK_EQ(sem_destroy(&sem), 0);
	CHECK_FAILS(sem_init(&sem, 0, 0x80000000u), EINVAL);
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static atomic_int readers_inside, writers_inside, wrong;

static void *
read_or_write(void *arg)
{
	bool writes = (intptr_t)arg == 0;

	for (int i = 0; i < 100; i++) {
		if (writes) {
			pthread_rwlock_wrlock(&rwlock);
			wrong += ++writers_inside != 1 || readers_inside != 0;
			usleep(50);
			writers_inside--;
		} else {
			pthread_rwlock_rdlock(&rwlock);
			readers_inside++;
			wrong += writers_inside != 0;
			usleep(20);
			readers_inside--;
		}
		pthread_rwlock_unlock(&rwlock);
	}
	return NULL;
}

static void
rwlock_excludes(void)
{
	pthread_t t[4];

	for (intptr_t i = 0; i < 4; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, read_or_write, (void *)i), 0);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
	CHECK_EQ(wrong, 0);
	CHECK_EQ(pthread_rwlock_rdlock(&rwlock), 0);
	CHECK_EQ(pthread_rwlock_trywrlock(&rwlock), EBUSY);
	CHECK_EQ(pthread_rwlock_tryrdlock(&rwlock), 0);
	CHECK_EQ(pthread_rwlock_unlock(&rwlock), 0);
	CHECK_EQ(pthread_rwlock_unlock(&rwlock), 0);
	CHECK_EQ(pthread_rwlock_unlock(&rwlock), EPERM);
	CHECK_EQ(pthread_rwlock_wrlock(&rwlock), 0);
	CHECK_EQ(pthread_rwlock_rdlock(&rwlock), EDEADLK);
	CHECK_EQ(pthread_rwlock_unlock(&rwlock), 0);
	CHECK_EQ(pthread_rwlock_destroy(&rwlock), 0);
}

static pthread_barrier_t barrier;
static atomic_int rounds[8];

static void *
pass_rounds(void *arg)
{
	for (int i = 0; i < 8; i++) {
		rounds[i]++;
		pthread_barrier_wait(&barrier);
		if (rounds[i] != 3)
			return (void *)1;
	}
	return arg;
}

static void
barrier_holds_until_all_are_there(void)
{
	pthread_t t[3];
	void *value;

	CHECK_EQ(pthread_barrier_init(&barrier, NULL, 0), EINVAL);
	CHECK_EQ(pthread_barrier_init(&barrier, NULL, 3), 0);
	for (int i = 0; i < 3; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, pass_rounds, NULL), 0);
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(pthread_join(t[i], &value), 0);
		CHECK_EQ(value, 0);
	}
	CHECK_EQ(pthread_barrier_destroy(&barrier), 0);
}

/* ---- 8- and 16-bit atomics ---- */

static void
small_atomics_work(void)
{
	_Atomic uint8_t bytes[8] = {0};
	_Atomic uint16_t half = 0xfffe;
	_Atomic bool flag = false;
	uint8_t expected = 9;

	for (int i = 0; i < 8; i++)
		atomic_fetch_add(&bytes[i], (uint8_t)(i + 250));
	for (int i = 0; i < 8; i++)
		CHECK_EQ(bytes[i], (uint8_t)(i + 250));
	CHECK_EQ(atomic_fetch_add(&bytes[5], 1), 255);
	CHECK_EQ(bytes[4], 254);
	CHECK_EQ(bytes[5], 0);
	CHECK_EQ(bytes[6], 0);
	CHECK_EQ(atomic_fetch_or(&half, 1), 0xfffe);
	CHECK_EQ(atomic_fetch_sub(&half, 0xffff), 0xffff);
	CHECK_EQ(half, 0);
	CHECK_EQ(atomic_exchange(&flag, true), false);
	CHECK_EQ(atomic_exchange(&flag, true), true);
	CHECK(!atomic_compare_exchange_strong(&bytes[1], &expected, 3));
	CHECK_EQ(expected, 251);
	CHECK(atomic_compare_exchange_strong(&bytes[1], &expected, 3));
	CHECK_EQ(bytes[1], 3);
}

static void *
print_lines(void *arg)
{
	for (int i = 0; i < 50; i++)
		printf("line of thread %d\n", (int)(intptr_t)arg);
	return NULL;
}

/* The host looks whether each line is whole. */
static void
stdio_lines_stay_whole(void)
{
	pthread_t t[3];

	for (intptr_t i = 0; i < 3; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, print_lines, (void *)i), 0);
	for (int i = 0; i < 3; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
}

static void *
allocate(void *arg)
{
	char *blocks[16] = {0};
	void *result = NULL;

	for (int i = 0; i < 400 && result == NULL; i++) {
		size_t size = (size_t)(i * 37 % 700) + 1;
		char **b = &blocks[i % 16];

		if (*b != NULL && (*b)[0] != (char)(intptr_t)arg)
			result = (void *)1;
		free(*b);
		*b = malloc(size);
		if (*b == NULL) {
			result = (void *)2;
			break;
		}
		memset(*b, (int)(intptr_t)arg, size);
		if (i % 50 == 0)
			usleep(1);
	}
	for (int i = 0; i < 16; i++)
		free(blocks[i]);
	return result;
}

static void
malloc_serves_several_threads(void)
{
	pthread_t t[4];
	void *value;

	for (intptr_t i = 0; i < 4; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, allocate, (void *)(i + 1)), 0);
	for (int i = 0; i < 4; i++) {
		CHECK_EQ(pthread_join(t[i], &value), 0);
		CHECK_EQ(value, 0);
	}
}

int
main(int argc, char **argv)
{
	static const struct t_case cases[] = {
	    CASE(thread_is_joined_with_its_value),
	    CASE(thread_detached_needs_no_join),
	    CASE(thread_has_its_own_errno_and_variables),
	    CASE(thread_gets_its_priority),
	    CASE(thread_runs_on_a_given_stack),
	    CASE(key_values_are_per_thread_and_destroyed),
	    CASE(once_runs_once),
	    CASE(mutex_excludes),
	    CASE(mutex_refuses_what_it_should),
	    CASE(mutex_recursive_counts),
	    CASE(mutex_robust_tells_of_a_dead_owner),
	    CASE(cond_loses_no_signal),
	    CASE(cond_times_out_on_both_clocks),
	    CASE(cond_broadcast_wakes_all),
	    CASE(sem_loses_no_post),
	    CASE(rwlock_excludes),
	    CASE(barrier_holds_until_all_are_there),
	    CASE(small_atomics_work),
	    CASE(stdio_lines_stay_whole),
	    CASE(malloc_serves_several_threads),
	};

	return t_run(cases, (int)(sizeof(cases) / sizeof(cases[0])), argc, argv);
}
