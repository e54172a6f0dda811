/* SPDX-License-Identifier: Apache-2.0 */
/* t-join.c - what becomes of threads that end: joining, detaching, and that their memory comes
 * back. `t-join hold` waits for a thread that does not end; `t-join main` is joined by one. */
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/neutrino.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "t-checks.h"

#define MS         1000000l
#define LARGE      ((size_t)4 << 20) /* a stack that is not kept for the next thread */
#define MORE_LARGE 60 /* of them are more than there is */

static struct timespec
from_now(long ns)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += ns;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static void *
sleep_us(void *arg)
{
	usleep((useconds_t)(intptr_t)arg);
	return arg;
}

static pthread_t
start(void *(*function)(void *), intptr_t arg)
{
	pthread_t t;

	CHECK_EQ(pthread_create(&t, NULL, function, (void *)arg), 0);
	return t;
}

static pthread_t
start_large(void *(*function)(void *), intptr_t arg)
{
	pthread_attr_t attr;
	pthread_t t;

	pthread_attr_init(&attr);
	CHECK_EQ(pthread_attr_setstacksize(&attr, LARGE), 0);
	CHECK_EQ(pthread_create(&t, &attr, function, (void *)arg), 0);
	return t;
}

static void
until_ended(pthread_t t)
{
	while (pthread_kill(t, 0) == 0)
		usleep(100);
	CHECK_EQ(pthread_kill(t, 0), ESRCH);
}

#define FOREVER 1000000000

/* Its value; or the error. */
static void *
join_it(void *arg)
{
	void *value = NULL;
	int error;

	while ((error = pthread_join((pthread_t)(intptr_t)arg, &value)) == EBUSY)
		usleep(100);
	return error != 0 ? (void *)(intptr_t)error : value;
}

/* One that has come to wait for t. */
static pthread_t
start_joiner(pthread_t t)
{
	const struct timespec past = {0, 0};
	pthread_t joiner = start(join_it, t);

	while (pthread_timedjoin(t, NULL, &past) != EBUSY)
		usleep(100);
	return joiner;
}

static void
value_comes_before_and_after_the_end(void)
{
	pthread_t t = start(sleep_us, 3000);
	void *value;

	CHECK_EQ(pthread_join(t, &value), 0);
	CHECK_EQ(value, 3000);
	CHECK_EQ(pthread_join(t, &value), ESRCH);
	t = start(sleep_us, 1);
	until_ended(t);
	CHECK_EQ(ThreadJoin(t, &value), 0);
	CHECK_EQ(value, 1);
	CHECK_FAILS(ThreadJoin(t, &value), ESRCH);
	t = start(sleep_us, 1);
	CHECK_EQ(pthread_join(t, NULL), 0);
}

static void
status_of_one_ended_from_outside_is_who_ended_its(void)
{
	pthread_t t = start(sleep_us, FOREVER);
	void *value;

	CHECK_EQ(ThreadDestroy(t, -1, (void *)77), 0);
	CHECK_EQ(pthread_join(t, &value), 0);
	CHECK_EQ(value, 77);
	t = start(sleep_us, FOREVER);
	CHECK_EQ(pthread_abort(t), 0);
	CHECK_EQ(pthread_abort(t), ESRCH);
	CHECK_EQ(pthread_join(t, &value), 0);
	CHECK_EQ(value, -1);
	CHECK_EQ(pthread_abort(t), ESRCH);
}

static void
join_refuses_what_it_should(void)
{
	pthread_t t = start(sleep_us, FOREVER), other;
	void *value;

	CHECK_EQ(pthread_join(0x7fff000, NULL), ESRCH);
	CHECK_EQ(pthread_detach(0x7fff000), ESRCH);
	CHECK_EQ(pthread_join(pthread_self(), NULL), EDEADLK);
	other = start_joiner(t);
	CHECK_EQ(pthread_join(t, NULL), EBUSY);
	CHECK_EQ(pthread_detach(t), EINVAL);
	CHECK_EQ(ThreadDestroy(t, -1, (void *)5), 0);
	CHECK_EQ(pthread_join(other, &value), 0);
	CHECK_EQ(value, 5);
	t = start(sleep_us, FOREVER);
	CHECK_EQ(ThreadDetach(t), 0);
	CHECK_EQ(pthread_join(t, NULL), EINVAL);
	CHECK_EQ(pthread_detach(t), EINVAL);
	CHECK_EQ(pthread_abort(t), 0);
	CHECK_EQ(pthread_join(t, NULL), ESRCH);
	CHECK_EQ(pthread_detach(t), ESRCH);
}

static void
joiner_that_is_killed_leaves_the_thread_to_others(void)
{
	pthread_t t = start(sleep_us, FOREVER), joiner = start_joiner(t), next;
	void *value;

	CHECK_EQ(pthread_abort(joiner), 0);
	next = start_joiner(t);
	CHECK_EQ(pthread_join(t, NULL), EBUSY);
	CHECK_EQ(pthread_abort(next), 0);
	CHECK_EQ(pthread_join(joiner, &value), 0);
	CHECK_EQ(value, -1);
	CHECK_EQ(pthread_join(next, NULL), 0);
	CHECK_EQ(ThreadDestroy(t, -1, (void *)6), 0);
	CHECK_EQ(pthread_join(t, &value), 0);
	CHECK_EQ(value, 6);
	/* Or to nobody. */
	t = start(sleep_us, FOREVER);
	joiner = start_joiner(t);
	CHECK_EQ(pthread_abort(joiner), 0);
	CHECK_EQ(pthread_detach(t), 0);
	CHECK_EQ(pthread_abort(t), 0);
	CHECK_EQ(pthread_join(joiner, NULL), 0);
}

static void
join_times_out_and_can_be_tried_again(void)
{
	pthread_t t = start(sleep_us, FOREVER);
	struct timespec deadline = from_now(2 * MS);
	uint64_t ns = 2 * MS;
	void *value;

	CHECK_EQ(pthread_timedjoin(t, NULL, &deadline), ETIMEDOUT);
	CHECK_EQ(TimerTimeout(CLOCK_MONOTONIC, _NTO_TIMEOUT_JOIN, NULL, &ns, NULL), 0);
	CHECK_FAILS(ThreadJoin(t, NULL), ETIMEDOUT);
	deadline.tv_nsec = -1;
	CHECK_EQ(pthread_timedjoin(t, NULL, &deadline), EINVAL);
	CHECK_EQ(ThreadDestroy(t, -1, (void *)8), 0);
	usleep(1000);
	/* What has ended needs no time. */
	deadline = (struct timespec){0, 0};
	CHECK_EQ(pthread_timedjoin(t, &value, &deadline), 0);
	CHECK_EQ(value, 8);
	/* And that deadline is forgotten. */
	t = start(sleep_us, 3000);
	CHECK_EQ(pthread_join(t, NULL), 0);
}

/* Another thread has the library's lock, whenever it gets the processor. */
static void *
make_threads(void *arg)
{
	while (!*(atomic_bool *)arg)
		if (pthread_join(start(sleep_us, 1), NULL) != 0)
			return arg;
	return NULL;
}

static void
timeout_is_kept_while_others_make_threads(void)
{
	static atomic_bool stop;
	pthread_t t = start(sleep_us, FOREVER), busy[3];
	void *value;

	for (int i = 0; i < 3; i++)
		busy[i] = start(make_threads, (intptr_t)&stop);
	for (int i = 0; i < 50; i++) {
		uint64_t ns = MS / 2;

		CHECK_EQ(TimerTimeout(CLOCK_MONOTONIC, _NTO_TIMEOUT_JOIN, NULL, &ns, NULL), 0);
		CHECK_FAILS(ThreadJoin(t, NULL), ETIMEDOUT);
	}
	stop = true;
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(pthread_join(busy[i], &value), 0);
		CHECK_EQ(value, 0);
	}
	CHECK_EQ(pthread_abort(t), 0);
	CHECK_EQ(pthread_join(t, NULL), 0);
}

/* If it did not come back, there would soon be none. */
static void
memory_comes_back_in_every_case(void)
{
	pthread_t t, joiner;

	for (int i = 0; i < MORE_LARGE; i++) {
		t = start_large(sleep_us, i % 4 == 0 ? 1 : FOREVER);
		if (i % 4 == 0) {
			CHECK_EQ(pthread_join(t, NULL), 0);
			continue;
		}
		joiner = i % 4 == 3 ? start_joiner(t) : 0;
		if (joiner != 0)
			CHECK_EQ(pthread_abort(joiner), 0);
		if (i % 4 == 1)
			CHECK_EQ(pthread_detach(t), 0);
		CHECK_EQ(pthread_abort(t), 0);
		until_ended(t);
		if (i % 4 == 2)
			CHECK_EQ(pthread_detach(t), 0);
		if (joiner != 0) {
			CHECK_EQ(pthread_join(t, NULL), 0);
			CHECK_EQ(pthread_join(joiner, NULL), 0);
		}
	}
}

/* The library keeps nothing there once the thread has ended. */
static void
given_stack_is_the_programs_again_after_the_end(void)
{
	static _Alignas(16) char stack[16384];
	pthread_attr_t attr;
	pthread_t t;

	pthread_attr_init(&attr);
	CHECK_EQ(pthread_attr_setstack(&attr, stack, sizeof(stack)), 0);
	for (int i = 0; i < 6; i++) {
		CHECK_EQ(pthread_attr_setdetachstate(
			     &attr, i < 3 ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE),
		    0);
		CHECK_EQ(pthread_create(
			     &t, &attr, sleep_us, (void *)(intptr_t)(i % 3 == 0 ? 1 : FOREVER)),
		    0);
		if (i == 1 || i == 2)
			CHECK_EQ(pthread_join(t, NULL), EINVAL);
		if (i % 3 == 1)
			CHECK_EQ(pthread_abort(t), 0);
		if (i % 3 == 2)
			CHECK_EQ(ThreadDestroy(t, -1, NULL), 0);
		until_ended(t);
		if (i < 3)
			CHECK_EQ(pthread_join(t, NULL), ESRCH);
		if (i == 3)
			CHECK_EQ(pthread_detach(t), 0);
		if (i > 3)
			CHECK_EQ(pthread_join(t, NULL), 0);
		memset(stack, 0xff, sizeof(stack));
		CHECK_EQ(pthread_join(start(sleep_us, 1), NULL), 0);
	}
}

static pthread_t main_thread;

static void *
join_main(void *arg)
{
	void *value = NULL;

	(void)arg;
	if (pthread_join(main_thread, &value) != 0 || pthread_join(main_thread, NULL) != ESRCH)
		_exit(1);
	exit((int)(intptr_t)value);
}

static void
main_thread_is_joined_as_others(void)
{
	static char *argv[] = {"t-join", "main", NULL};
	pid_t pid;
	int status;

	CHECK_EQ(posix_spawnp(&pid, argv[0], NULL, NULL, argv, NULL), 0);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 42);
}

int
main(int argc, char **argv)
{
	static const struct t_case cases[] = {
	    CASE(value_comes_before_and_after_the_end),
	    CASE(status_of_one_ended_from_outside_is_who_ended_its),
	    CASE(join_refuses_what_it_should),
	    CASE(joiner_that_is_killed_leaves_the_thread_to_others),
	    CASE(join_times_out_and_can_be_tried_again),
	    CASE(timeout_is_kept_while_others_make_threads),
	    CASE(memory_comes_back_in_every_case),
	    CASE(given_stack_is_the_programs_again_after_the_end),
	    CASE(main_thread_is_joined_as_others),
	};
	void *value;

	if (argc == 2 && strcmp(argv[1], "hold") == 0)
		return pthread_join(start(sleep_us, FOREVER), &value);
	if (argc == 2 && strcmp(argv[1], "main") == 0) {
		main_thread = pthread_self();
		(void)start(join_main, 0);
		pthread_exit((void *)42);
	}
	return t_run(cases, (int)(sizeof(cases) / sizeof(cases[0])), argc, argv);
}
