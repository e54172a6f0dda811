/* SPDX-License-Identifier: Apache-2.0 */
/* time_test.c - clocks, sleeping, timers, and the timeout of every state in which a thread
 * waits. */
#include "tests.h"

#define BUFFER (USER_BASE + 0x5000)
#define SYNC   SHARED_BASE

static uint64_t
read_u64(struct thread *t, uint64_t at)
{
	return *(uint64_t *)user(t, at);
}

static uint64_t
timer_with_pulse(struct thread *t, int chid, int priority)
{
	struct skink_event ev = {.notify = SKINK_EV_PULSE,
	    .target = connect_to(t, t, chid),
	    .value = 9,
	    .code = 3,
	    .priority = (int16_t)priority};
	long id = call(t, timer_create, SKINK_CLOCK_MONOTONIC, place(t, &ev, sizeof(ev)));

	CHECK(id > 0);
	return (uint64_t)id;
}

static void
timer_set(struct thread *t, uint64_t id, uint64_t ns, uint64_t interval)
{
	CHECK(call(t, timer_settime, id, 0, ns, interval) >= 0);
}

static const struct _pulse *
pulse_of(struct thread *t, int chid)
{
	CHECK_EQ(call(t, msg_receive, (uint64_t)chid, BUFFER, sizeof(struct _pulse), 0), 0);
	return user(t, BUFFER);
}

static void
test_sleeper_wakes_when_its_time_has_come(void)
{
	struct thread *t[3];
	uint64_t start;

	scene_begin();
	for (unsigned i = 0; i < 3; i++)
		t[i] = process_at(10);
	start = fake_now;
	CHECK_EQ(call(t[0], thread_sleep, SKINK_CLOCK_MONOTONIC, 0, 3000), BLOCKED);
	CHECK_EQ(call(t[1], thread_sleep, SKINK_CLOCK_MONOTONIC, SKINK_TIMER_ABSTIME, start + 1000),
	    BLOCKED);
	CHECK_EQ(call(t[2], thread_sleep, SKINK_CLOCK_REALTIME, SKINK_TIMER_ABSTIME, 5), 0);
	CHECK_EQ(fake_alarm, start + 1000);
	time_pass(999);
	CHECK_EQ(result_of(t[1]), BLOCKED);
	time_pass(1);
	CHECK_EQ(result_of(t[1]), 0);
	CHECK_EQ(fake_alarm, start + 3000);
	time_pass(2000);
	CHECK_EQ(result_of(t[0]), 0);
	CHECK_EQ(call(t[0], thread_sleep, 7, 0, 3000), -SK_EINVAL);
	CHECK_EQ(call(t[0], thread_sleep, SKINK_CLOCK_MONOTONIC, 2, 3000), -SK_EINVAL);
	CHECK_EQ(call(t[0], thread_sleep, SKINK_CLOCK_MONOTONIC, 0, SKINK_NS_MAX), -SK_EINVAL);
	scene_end();
}

static void
test_clocks_tell_and_take_the_time(void)
{
	struct thread *t;
	uint64_t set = 1ull << 60;

	scene_begin();
	t = process_at(10);
	CHECK_EQ(call(t, clock_time, SKINK_CLOCK_MONOTONIC, BUFFER), 0);
	CHECK_EQ(read_u64(t, BUFFER), fake_now);
	CHECK_EQ(call(t, p_clock_set, set), -SK_EPERM);
	CHECK_EQ(call(manager, p_clock_set, set), 0);
	CHECK_EQ(call(t, clock_time, SKINK_CLOCK_REALTIME, BUFFER), 0);
	CHECK_EQ(read_u64(t, BUFFER), set);
	CHECK_EQ(call(manager, p_clock_set, 1ull << 62), -SK_EINVAL);
	CHECK_EQ(call(manager, p_clock_set, 5), -SK_EINVAL);
	CHECK_EQ(call(t, clock_time, SKINK_CLOCK_REALTIME, HOLE), -SK_EFAULT);
	CHECK_EQ(call(t, clock_time, 99, BUFFER), -SK_EINVAL);
	/* An absolute time of the clock that was set. */
	CHECK_EQ(
	    call(t, thread_sleep, SKINK_CLOCK_REALTIME, SKINK_TIMER_ABSTIME, set + 500), BLOCKED);
	time_pass(500);
	CHECK_EQ(result_of(t), 0);
	make_current(t);
	enter();
	time_pass_now(700);
	CHECK_EQ(call(t, clock_time, SKINK_CLOCK_THREAD, BUFFER), 0);
	CHECK(read_u64(t, BUFFER) >= 700);
	CHECK_EQ(call(t, clock_time, SKINK_CLOCK_PROCESS, BUFFER + 8), 0);
	CHECK(read_u64(t, BUFFER + 8) >= read_u64(t, BUFFER));
	scene_end();
}

static void
test_timer_sends_pulses_that_count_when_nobody_receives(void)
{
	struct thread *t;
	uint64_t id;
	int chid;

	scene_begin();
	t = process_at(10);
	chid = channel_new(t, 0);
	id = timer_with_pulse(t, chid, 20);
	timer_set(t, id, 1000, 20000);
	time_pass(1000);
	CHECK_EQ(pulse_of(t, chid)->count, 1);
	CHECK_EQ(((struct _pulse *)user(t, BUFFER))->value, 9);
	time_pass(60000);
	CHECK_EQ(pulse_of(t, chid)->count, 3);
	timer_set(t, id, 0, 0);
	time_pass(60000);
	CHECK_EQ(call(t, msg_receive, (uint64_t)chid, BUFFER, 24, 0), BLOCKED);
	scene_end();
}

/* Nobody looks at a timer while a thread above it runs: the pulse then stands for all it missed. */
static void
test_timer_counts_what_it_missed_when_it_was_late_and_somebody_waits(void)
{
	struct thread *t, *high;
	uint64_t id;
	int chid;

	scene_begin();
	t = process_at(10);
	high = process_at(200);
	chid = channel_new(t, 0);
	id = timer_with_pulse(t, chid, 20);
	timer_set(t, id, 20000, 20000);
	CHECK_EQ(call(t, msg_receive, (uint64_t)chid, BUFFER, 24, 0), BLOCKED);
	make_current(high);
	enter();
	CHECK_EQ(fake_alarm, UINT64_MAX);
	time_pass_now(90000);
	CHECK_EQ(result_of(t), BLOCKED);
	CHECK_EQ(call_now(high, thread_sleep, SKINK_CLOCK_MONOTONIC, 0, 1000000), BLOCKED);
	CHECK_EQ(result_of(t), 0);
	CHECK_EQ(((struct _pulse *)user(t, BUFFER))->count, 4);
	/* And goes on in its old beat. */
	CHECK_EQ(call(t, msg_receive, (uint64_t)chid, BUFFER, 24, 0), BLOCKED);
	time_pass(9999);
	CHECK_EQ(result_of(t), BLOCKED);
	time_pass(1);
	CHECK_EQ(result_of(t), 0);
	CHECK_EQ(((struct _pulse *)user(t, BUFFER))->count, 1);
	scene_end();
}

static void
test_timer_tells_what_is_left_when_asked(void)
{
	struct thread *t;
	uint64_t id;

	scene_begin();
	t = process_at(10);
	id = timer_with_pulse(t, channel_new(t, 0), -1);
	CHECK_EQ(call(t, timer_settime, id, SKINK_TIMER_LOOK, 7, 7), 0);
	CHECK_EQ(t->regs.x[REG_A1], 0);
	timer_set(t, id, 5000, 50000);
	time_pass(2000);
	CHECK_EQ(call(t, timer_settime, id, SKINK_TIMER_LOOK, 0, 0), 3000);
	CHECK_EQ(t->regs.x[REG_A1], 50000);
	CHECK_EQ(call(t, timer_settime, id, 0, 6000, 9999), -SK_EINVAL);
	CHECK_EQ(call(t, timer_settime, id, 0, 6000, 60000), 3000);
	CHECK_EQ(t->regs.x[REG_A1], 50000);
	CHECK_EQ(call(t, timer_settime, id, 0, 0, 0), 6000);
	CHECK_EQ(t->regs.x[REG_A1], 60000);
	CHECK_EQ(call(t, timer_settime, id, SKINK_TIMER_LOOK, 0, 0), 0);
	CHECK_EQ(call(t, notice_free, SKINK_POOL_TIMER, id), 0);
	CHECK_EQ(call(t, notice_free, SKINK_POOL_TIMER, id), -SK_EINVAL);
	CHECK_EQ(call(t, timer_settime, id, SKINK_TIMER_LOOK, 0, 0), -SK_EINVAL);
	scene_end();
}

static void
test_timer_posts_a_semaphore_when_it_has_one(void)
{
	struct skink_event ev = {.notify = SKINK_EV_SEM, .value = SYNC};
	struct thread *t;
	long id;

	scene_begin();
	t = process_at(10);
	id = call(t, timer_create, SKINK_CLOCK_REALTIME, place(t, &ev, sizeof(ev)));
	CHECK(id > 0);
	timer_set(t, (uint64_t)id, 1000, 0);
	CHECK_EQ(call(t, sync_wait, SYNC, 0, SKINK_STATE_SEM), BLOCKED);
	time_pass(1000);
	CHECK_EQ(result_of(t), 0);
	CHECK_EQ(((struct skink_sync *)user(t, SYNC))->word, 1);
	scene_end();
}

/* Each state in which a call can wait. */
static void
test_timeout_ends_the_wait_in_every_state(void)
{
	struct thread *t, *other, *server;
	uint64_t irq_id;
	int chid, coid;

	scene_begin();
	t = process_at(30);
	other = thread_new(t, 10);
	server = process_at(10);
	chid = channel_new(server, 0);
	coid = connect_to(t, server, chid);
	CHECK_EQ(call(manager, p_interrupt_grant, (uint64_t)t->process->object.id, 5), 0);
	irq_id = (uint64_t)call(t, interrupt_attach, 5, 0, 0);
	((struct skink_sync *)user(t, SYNC))->word = (uint32_t)other->object.id;
	for (unsigned zero = 0; zero < 2; zero++)
		for (unsigned state = 0; state < SKINK_STATE_COUNT; state++) {
			uint64_t ns = zero ? 0 : 1000, own = 0;
			long result;

			if (state == SKINK_STATE_RUNNING || state == SKINK_STATE_READY ||
			    state == SKINK_STATE_COPY || state == SKINK_STATE_NANOSLEEP ||
			    state == SKINK_STATE_FAULT || state == SKINK_STATE_STOPPED)
				continue;
			if (state == SKINK_STATE_RECEIVE)
				own = (uint64_t)channel_new(t, 0);
			if (state == SKINK_STATE_REPLY)
				CHECK_EQ(call(server, msg_receive, (uint64_t)chid, BUFFER, 0, 0),
				    BLOCKED);
			CHECK_EQ(
			    call(t, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << state, ns), 0);
			switch (state) {
			case SKINK_STATE_SEND:
			case SKINK_STATE_REPLY:
				result = call(t, msg_send, (uint64_t)coid, BUFFER, 0, 0, 0);
				break;
			case SKINK_STATE_RECEIVE:
				result = call(t, msg_receive, own, BUFFER, 0, 0);
				break;
			case SKINK_STATE_MUTEX:
				result = call(t, sync_wait, SYNC, (uint64_t)other->object.id,
				    SKINK_STATE_MUTEX);
				break;
			case SKINK_STATE_CONDVAR:
				result = call(t, sync_wait, SYNC + 8, 0, SKINK_STATE_CONDVAR);
				break;
			case SKINK_STATE_SEM:
				result = call(t, sync_wait, SYNC + 8, 0, SKINK_STATE_SEM);
				break;
			case SKINK_STATE_INTR:
				result = call(t, interrupt_wait, irq_id, 0);
				break;
			case SKINK_STATE_JOIN:
				result = call(t, sync_wait, SYNC, (uint64_t)other->object.id,
				    SKINK_STATE_JOIN);
				break;
			default:
				FAIL("state %u has no test", state);
			}
			if (!zero) {
				CHECK_EQ(result, BLOCKED);
				CHECK_EQ(t->state, state);
				time_pass(999);
				CHECK_EQ(result_of(t), BLOCKED);
				time_pass(1);
			}
			CHECK_EQ(result_of(t), -SK_ETIMEDOUT);
			CHECK_EQ(t->timeout_states, 0);
			if (own != 0)
				CHECK_EQ(call(t, channel_destroy, own), 0);
		}
	scene_end();
}

/* As when a library has to wait for a lock of its own first. */
static void
test_timeout_is_kept_when_a_mutex_comes_before(void)
{
	struct thread *t, *other;
	struct skink_sync *s;
	uint64_t chid;

	scene_begin();
	t = process_at(30);
	other = thread_new(t, 10);
	chid = (uint64_t)channel_new(t, 0);
	s = user(t, SYNC);
	for (unsigned blocks = 0; blocks < 2; blocks++) {
		s->word = (uint32_t)other->object.id | SKINK_MUTEX_WAITERS;
		CHECK_EQ(call(t, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_RECEIVE,
			     1000),
		    0);
		if (blocks) {
			CHECK_EQ(call(t, sync_wait, SYNC, s->word, SKINK_STATE_MUTEX), BLOCKED);
			time_pass(500);
			CHECK_EQ(call(other, sync_wake, SYNC, 1), 1);
			CHECK_EQ(result_of(t), 0);
		} else {
			CHECK_EQ(
			    call(t, sync_wait, SYNC, s->word, SKINK_STATE_MUTEX, SKINK_WAIT_TRY),
			    -SK_EBUSY);
			time_pass(500);
		}
		CHECK_EQ(call(t, msg_receive, chid, BUFFER, 0, 0), BLOCKED);
		time_pass(499);
		CHECK_EQ(result_of(t), BLOCKED);
		time_pass(1);
		CHECK_EQ(result_of(t), -SK_ETIMEDOUT);
		CHECK_EQ(t->timeout_states, 0);
	}
	scene_end();
}

static void
test_timeout_leaves_other_states_alone(void)
{
	struct thread *t, *server;
	int chid, coid;

	scene_begin();
	t = process_at(30);
	server = process_at(10);
	chid = channel_new(server, 0);
	coid = connect_to(t, server, chid);
	CHECK_EQ(call(t, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_SEND, 1000), 0);
	CHECK_EQ(call(t, msg_send, (uint64_t)coid, BUFFER, 0, 0, 0), BLOCKED);
	CHECK(call(server, msg_receive, (uint64_t)chid, BUFFER, 0, 0) > 0);
	time_pass(5000);
	CHECK_EQ(result_of(t), BLOCKED);
	CHECK_EQ(call(server, msg_reply, (uint64_t)t->rcvid, 0, 0, 0), 0);
	/* The next call has none. */
	CHECK_EQ(call(t, msg_send, (uint64_t)coid, BUFFER, 0, 0, 0), BLOCKED);
	time_pass(5000);
	CHECK_EQ(result_of(t), BLOCKED);
	scene_end();
}

/* Received, then not answered: the wait in SEND goes on, and so does its timeout. */
static void
test_timeout_in_send_holds_again_when_the_server_dies(void)
{
	struct thread *t, *server;
	int chid, coid;

	scene_begin();
	t = process_at(30);
	server = service_at(3, 10);
	chid = (int)call(server, channel_create, SKINK_CHF_DURABLE, 0);
	coid = connect_to(t, server, chid);
	for (unsigned late = 0; late < 2; late++) {
		CHECK_EQ(
		    call(t, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_SEND, 1000),
		    0);
		CHECK_EQ(call(t, msg_send, (uint64_t)coid, BUFFER, 0, 0, 0), BLOCKED);
		CHECK(call(server, msg_receive, (uint64_t)chid, BUFFER, 0, 0) > 0);
		time_pass(late ? 5000 : 500);
		CHECK_EQ(result_of(t), BLOCKED);
		CHECK_EQ(
		    call(manager, p_process_kill, (uint64_t)server->process->object.id, 9, 1), 0);
		if (!late) {
			CHECK_EQ(result_of(t), BLOCKED);
			time_pass(400);
			CHECK_EQ(result_of(t), BLOCKED);
			time_pass(200);
		}
		CHECK_EQ(result_of(t), -SK_ETIMEDOUT);
		server = service_at(3, 10);
		CHECK(call(server, channel_create, SKINK_CHF_DURABLE, 0) > 0);
	}
	CHECK_EQ(call(server, channel_destroy, (uint64_t)chid), 0);
	scene_end();
}

/* The call that the timeout was for has got a pulse at once; the next has none. */
static void
test_timeout_is_over_when_a_pulse_was_there(void)
{
	struct thread *t;
	int chid, coid;

	scene_begin();
	t = process_at(30);
	chid = channel_new(t, 0);
	coid = connect_to(t, t, chid);
	CHECK_EQ(call(t, msg_send_pulse, (uint64_t)coid, (uint64_t)-1, 1, 0), 0);
	CHECK_EQ(
	    call(t, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_RECEIVE, 1000), 0);
	CHECK_EQ(call(t, msg_receive, (uint64_t)chid, BUFFER, 64, 0), 0);
	time_pass(500);
	CHECK_EQ(call(t, msg_receive, (uint64_t)chid, BUFFER, 64, 0), BLOCKED);
	time_pass(5000);
	CHECK_EQ(result_of(t), BLOCKED);
	scene_end();
}

/* It waits after all: the end of the message is not there. */
static void
test_timeout_in_receive_holds_when_the_copy_of_a_message_fails(void)
{
	struct thread *server, *client;
	int chid, coid;

	scene_begin();
	server = process_at(10);
	client = process_at(10);
	chid = channel_new(server, 0);
	coid = connect_to(client, server, chid);
	CHECK_EQ(call(client, msg_send, (uint64_t)coid, USER_BASE + (PRIVATE - 2) * SKINK_PAGE,
		     3 * SKINK_PAGE, 0, 0),
	    BLOCKED);
	CHECK_EQ(
	    call(server, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_RECEIVE, 1000),
	    0);
	CHECK_EQ(call(server, msg_receive, (uint64_t)chid, BUFFER, 4 * SKINK_PAGE, 0), BLOCKED);
	CHECK_EQ(result_of(client), -SK_EFAULT);
	time_pass(1000);
	CHECK_EQ(result_of(server), -SK_ETIMEDOUT);
	scene_end();
}

/* A faulted thread is procmgr's; no timeout of its own takes it away. */
static void
test_timeout_is_refused_when_it_names_the_fault_state(void)
{
	struct thread *t;

	scene_begin();
	t = process_at(30);
	CHECK_EQ(
	    call(t, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, (1u << SKINK_STATE_COUNT) - 1, 1000),
	    0);
	fault(t, LOAD_FAULT, 0x123);
	CHECK_EQ(t->state, SKINK_STATE_FAULT);
	time_pass(2000);
	CHECK_EQ(t->state, SKINK_STATE_FAULT);
	scene_end();
}

const struct test time_tests[] = {
    TEST(test_sleeper_wakes_when_its_time_has_come),
    TEST(test_clocks_tell_and_take_the_time),
    TEST(test_timer_sends_pulses_that_count_when_nobody_receives),
    TEST(test_timer_counts_what_it_missed_when_it_was_late_and_somebody_waits),
    TEST(test_timer_tells_what_is_left_when_asked),
    TEST(test_timer_posts_a_semaphore_when_it_has_one),
    TEST(test_timeout_ends_the_wait_in_every_state),
    TEST(test_timeout_is_kept_when_a_mutex_comes_before),
    TEST(test_timeout_leaves_other_states_alone),
    TEST(test_timeout_in_send_holds_again_when_the_server_dies),
    TEST(test_timeout_is_over_when_a_pulse_was_there),
    TEST(test_timeout_in_receive_holds_when_the_copy_of_a_message_fails),
    TEST(test_timeout_is_refused_when_it_names_the_fault_state),
    {0},
};
