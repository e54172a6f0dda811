/* SPDX-License-Identifier: Apache-2.0 */
/* sporadic_test.c - SCHED_SPORADIC: budgets used up and given back, by the thread itself and by
 * those who work for it. Threads that are current use time; others do not. */
#include "tests.h"

#define BUFFER (USER_BASE + 0x5000)
#define MS     1000000ull
#define HIGH   60
#define MIDDLE 40
#define LOW    20

static struct thread *rest; /* what the others' share is for */

static struct skink_sched
sporadic(uint64_t budget_ns)
{
	return (struct skink_sched){
	    SKINK_SCHED_SPORADIC, HIGH, 0, 0, {LOW, 3, 100 * MS, budget_ns}};
}

static long
set_now(struct thread *t, struct skink_sched s)
{
	return call_now(t, sched_set, 0, place(t, &s, sizeof(s)));
}

/* A scene with a thread of 20 ms in 100, which runs; the time is 0 for the test. */
static struct thread *
begin(void)
{
	struct thread *t;

	scene_begin();
	rest = process_at(MIDDLE);
	t = process_at(HIGH);
	CHECK_EQ(set_now(t, sporadic(20 * MS)), 0);
	CHECK(current() == t);
	return t;
}

static long
sleep_now(struct thread *t, uint64_t ns)
{
	return call_now(t, thread_sleep, SKINK_CLOCK_MONOTONIC, 0, ns);
}

static struct thread *
server_at(int priority, int *chid)
{
	struct thread *server = process_at(priority);

	*chid = channel_new(server, 0);
	CHECK_EQ(call(server, msg_receive, (uint64_t)*chid, BUFFER, 64, 0), BLOCKED);
	return server;
}

static long
send_now(struct thread *t, int coid)
{
	return call_now(t, msg_send, (uint64_t)coid, BUFFER, 8, BUFFER, 8);
}

static void
test_budget_that_is_used_up_makes_it_low_until_a_period_after_it_began(void)
{
	struct thread *t = begin();

	for (unsigned i = 0; i < 3; i++) {
		time_pass_now(20 * MS - 1);
		CHECK(current() == t && t->effective == HIGH);
		CHECK_EQ(fake_alarm, fake_now + 1);
		time_pass_now(1);
		CHECK(current() == rest && t->effective == LOW);
		CHECK_EQ(fake_alarm, fake_now + 80 * MS);
		time_pass_now(80 * MS - 1);
		CHECK(current() == rest);
		time_pass_now(1);
		CHECK(current() == t && t->effective == HIGH);
	}
	scene_end();
}

static void
test_low_time_costs_no_budget_when_nobody_else_wants_the_hart(void)
{
	struct thread *t = begin();

	CHECK_EQ(sleep_now(rest, 1000 * MS), BLOCKED);
	CHECK(current() == t);
	time_pass_now(20 * MS);
	CHECK(current() == t && t->effective == LOW);
	time_pass_now(80 * MS);
	CHECK(current() == t && t->effective == HIGH);
	time_pass_now(20 * MS - 1);
	CHECK_EQ(t->effective, HIGH);
	time_pass_now(1);
	CHECK_EQ(t->effective, LOW);
	scene_end();
}

static void
test_each_activation_gets_back_what_it_used_a_period_after_it_began(void)
{
	struct thread *t = begin();

	time_pass_now(5 * MS);
	CHECK_EQ(sleep_now(t, 5 * MS), BLOCKED); /* 5 are due at 100 */
	CHECK(current() == rest);
	time_pass_now(5 * MS);
	CHECK(current() == t);
	time_pass_now(15 * MS); /* from 10 to 25: 15 are due at 110 */
	CHECK(current() == rest && t->effective == LOW);
	time_pass_now(75 * MS);
	CHECK(current() == t && t->effective == HIGH);
	CHECK_EQ(fake_alarm, fake_now + 5 * MS);
	time_pass_now(5 * MS); /* from 100 to 105: 5 are due at 200 */
	CHECK(current() == rest);
	time_pass_now(5 * MS);
	CHECK(current() == t);
	time_pass_now(15 * MS);
	CHECK(current() == rest);
	CHECK_EQ(fake_alarm, fake_now + 75 * MS);
	scene_end();
}

static void
test_preemption_neither_uses_budget_nor_ends_an_activation(void)
{
	struct thread *t = begin(), *above = process_at(80);

	CHECK_EQ(sleep_now(above, 5 * MS), BLOCKED);
	CHECK(current() == t);
	time_pass_now(5 * MS);
	CHECK(current() == above);
	time_pass_now(30 * MS);
	CHECK_EQ(sleep_now(above, 1000 * MS), BLOCKED);
	CHECK(current() == t);
	time_pass_now(15 * MS - 1);
	CHECK(current() == t);
	time_pass_now(1);
	CHECK(current() == rest);
	CHECK_EQ(fake_alarm, fake_now + 50 * MS);
	time_pass_now(50 * MS);
	CHECK(current() == t);
	CHECK_EQ(t->sporadic.left, 20 * MS);
	scene_end();
}

static void
test_thread_is_low_when_as_many_replenishments_as_it_may_have_are_pending(void)
{
	struct thread *t = begin();

	for (unsigned i = 0; i < 3; i++) {
		CHECK_EQ(t->effective, HIGH);
		time_pass_now(1 * MS);
		CHECK_EQ(sleep_now(t, 1 * MS), BLOCKED);
		time_pass_now(1 * MS);
	}
	CHECK_EQ(t->effective, LOW);
	CHECK(current() == rest && t->sporadic.left == 17 * MS);
	time_pass_now(94 * MS);
	CHECK(current() == t && t->effective == HIGH);
	scene_end();
}

static void
test_server_uses_its_clients_budget_and_falls_with_it(void)
{
	struct thread *t = begin(), *server;
	int chid;
	long rcvid;

	server = server_at(50, &chid);
	time_pass_now(5 * MS);
	CHECK_EQ(send_now(t, connect_to(t, server, chid)), BLOCKED);
	CHECK(current() == server && server->payer == t && server->effective == HIGH);
	rcvid = result_of(server);
	time_pass_now(15 * MS - 1);
	CHECK(current() == server);
	CHECK_EQ(fake_alarm, fake_now + 1);
	time_pass_now(1);
	CHECK(current() == rest && server->effective == LOW && t->effective == LOW);
	time_pass_now(80 * MS);
	CHECK(current() == server && server->effective == HIGH);
	/* What it does after its answer is its own. */
	time_pass_now(3 * MS);
	CHECK_EQ(call_now(server, msg_reply, (uint64_t)rcvid, 0, 0, 0), 0);
	CHECK(current() == t && server->payer == NULL && server->effective == 50);
	CHECK_EQ(t->sporadic.left, 17 * MS);
	scene_end();
}

static void
test_end_of_budget_travels_through_a_chain_of_servers_and_a_mutex(void)
{
	struct thread *t = begin(), *a, *b, *owner;
	struct skink_sync *mutex;
	int to_a, to_b, chid_a, chid_b;

	a = server_at(10, &chid_a);
	b = process_at(10);
	owner = thread_new(b, 10);
	chid_b = channel_new(b, 0);
	CHECK_EQ(call(b, msg_receive, (uint64_t)chid_b, BUFFER, 64, 0), BLOCKED);
	to_a = connect_to(t, a, chid_a);
	to_b = connect_to(a, b, chid_b);
	make_current(t);
	mutex = user(b, BUFFER + 256);
	*mutex = (struct skink_sync){.word = (uint32_t)owner->object.id};
	CHECK_EQ(send_now(t, to_a), BLOCKED);
	CHECK_EQ(send_now(a, to_b), BLOCKED);
	CHECK(current() == b && b->payer == t);
	time_pass_now(4 * MS);
	CHECK_EQ(call_now(b, sync_wait, BUFFER + 256, mutex->word, SKINK_STATE_MUTEX), BLOCKED);
	CHECK(current() == owner && owner->payer == t && owner->effective == HIGH);
	time_pass_now(16 * MS - 1);
	CHECK(current() == owner);
	time_pass_now(1);
	CHECK(current() == rest);
	CHECK(a->effective == LOW && b->effective == LOW && owner->effective == LOW);
	time_pass_now(80 * MS);
	CHECK(current() == owner && owner->effective == HIGH);
	scene_end();
}

static void
test_server_runs_for_another_client_when_one_is_out_of_budget(void)
{
	struct thread *t = begin(), *other = process_at(MIDDLE + 5), *server;
	int chid;

	server = server_at(10, &chid);
	CHECK_EQ(
	    call(other, msg_send, (uint64_t)connect_to(other, server, chid), BUFFER, 8, BUFFER, 8),
	    BLOCKED);
	make_current(t);
	CHECK_EQ(send_now(t, connect_to(t, server, chid)), BLOCKED);
	/* Queued, it lends its priority, and pays for that. */
	CHECK(current() == server && server->effective == HIGH && server->payer == t);
	time_pass_now(20 * MS);
	CHECK(current() == server && server->effective == MIDDLE + 5 && server->payer == NULL);
	time_pass_now(10 * MS);
	CHECK(current() == server && t->sporadic.left == 0);
	scene_end();
}

static void
test_pulses_take_a_sporadic_thread_not_past_its_budget(void)
{
	struct thread *t = begin();
	int chid = channel_new(t, 0), coid = connect_to(t, t, chid);
	uint64_t spent;

	make_current(t);
	CHECK_EQ(call_now(t, msg_send_pulse, (uint64_t)coid, 70, 1, 0), 0);
	CHECK_EQ(call_now(t, msg_receive, (uint64_t)chid, BUFFER, 64, 0), 0);
	CHECK(current() == t && t->effective == HIGH && t->payer == t);
	CHECK_EQ(call_now(t, msg_send_pulse, (uint64_t)coid, 70, 1, 0), 0);
	CHECK_EQ(t->effective, HIGH);
	spent = 20 * MS - t->sporadic.left;
	time_pass_now(20 * MS - spent);
	CHECK(current() == rest && t->effective == LOW);
	scene_end();
}

/* A sporadic thread is sent for a pulse, and is low: the pulse waits, and another receiver too. */
static void
test_message_comes_after_a_pulse_that_a_sporadic_thread_was_sent_for(void)
{
	struct thread *t = begin(), *other = thread_new(t, LOW), *client = process_at(MIDDLE);
	struct skink_sched fifo = {.policy = SKINK_SCHED_FIFO, .priority = LOW};
	int chid = channel_new(t, 0), coid = connect_to(client, t, chid);

	time_pass_now(20 * MS);
	CHECK_EQ(t->effective, LOW);
	CHECK_EQ(set_now(other, fifo), 0);
	CHECK_EQ(call(other, msg_receive, (uint64_t)chid, BUFFER, 64, 0), BLOCKED);
	CHECK_EQ(call(t, msg_receive, (uint64_t)chid, BUFFER, 64, 0), BLOCKED);
	CHECK_EQ(call_now(client, msg_send_pulse, (uint64_t)coid, HIGH, 1, 0), 0);
	CHECK(t->task == TASK_TAKE && t->effective == LOW);
	CHECK_EQ(send_now(client, coid), BLOCKED);
	CHECK_EQ(result_of(other), 0);
	CHECK_EQ(other->effective, HIGH);
	CHECK_EQ(client->state, SKINK_STATE_SEND);
	scene_end();
}

static void
test_end_of_a_client_or_of_its_policy_frees_its_server(void)
{
	struct thread *t = begin(), *helper = thread_new(t, LOW), *server;
	struct skink_sched fifo = {.policy = SKINK_SCHED_FIFO, .priority = 55}, now;
	int chid;

	server = server_at(10, &chid);
	CHECK_EQ(call(t, msg_send, (uint64_t)connect_to(t, server, chid), BUFFER, 8, BUFFER, 8),
	    BLOCKED);
	CHECK(server->payer == t);
	CHECK_EQ(
	    call(helper, sched_set, (uint64_t)t->object.id, place(helper, &fifo, sizeof(fifo))), 0);
	CHECK(server->payer == NULL && server->effective == 55 && server->budget == 0);
	now = sporadic(20 * MS);
	CHECK_EQ(
	    call(helper, sched_set, (uint64_t)t->object.id, place(helper, &now, sizeof(now))), 0);
	CHECK(server->payer == t && server->effective == HIGH);
	CHECK_EQ(call(helper, thread_kill, (uint64_t)t->object.id), 0);
	CHECK(server->payer == NULL && server->effective == 10 && server->budget == 0);
	CHECK_EQ(hart0.sporadics, 1); /* the helper, which inherited it */
	scene_end();
}

static void
test_thread_inherits_the_policy_and_has_a_budget_of_its_own(void)
{
	struct thread *t = begin(), *child;
	struct skink_sched *is = user(t, BUFFER);

	time_pass_now(20 * MS);
	child = thread_new(t, 0);
	CHECK_EQ(call(t, sched_get, (uint64_t)child->object.id, BUFFER), 0);
	CHECK(is->policy == SKINK_SCHED_SPORADIC && is->priority == HIGH && is->effective == HIGH);
	CHECK(is->sporadic.low_priority == LOW && is->sporadic.max_repl == 3);
	CHECK(is->sporadic.period_ns == 100 * MS && is->sporadic.budget_ns == 20 * MS);
	CHECK_EQ(call(t, sched_get, 0, BUFFER), 0);
	CHECK(is->priority == HIGH && is->effective == LOW);
	scene_end();
}

static void
test_parameters_that_make_no_sense_are_refused(void)
{
	struct thread *t = begin();
	struct skink_sched bad;

#define REFUSED(field, value) \
	(bad = sporadic(20 * MS), bad.field = (value), CHECK_EQ(set_now(t, bad), -SK_EINVAL))
	REFUSED(sporadic.low_priority, 0);
	REFUSED(sporadic.low_priority, HIGH + 1);
	REFUSED(sporadic.max_repl, 0);
	REFUSED(sporadic.max_repl, SKINK_SS_REPL_MAX + 1);
	REFUSED(sporadic.period_ns, 20 * MS - 1);
	REFUSED(sporadic.period_ns, SKINK_NS_MAX);
	REFUSED(sporadic.budget_ns, SKINK_SS_BUDGET_MIN_NS - 1);
	/* Its priority may change alone, but not below the low one. */
	bad = (struct skink_sched){.policy = SKINK_SCHED_NOCHANGE, .priority = LOW - 1};
	CHECK_EQ(set_now(t, bad), -SK_EINVAL);
	bad.priority = 50;
	CHECK_EQ(set_now(t, bad), 0);
	CHECK_EQ(t->effective, 50);
	time_pass_now(20 * MS);
	CHECK_EQ(t->effective, LOW);
	time_pass_now(80 * MS);
	CHECK_EQ(t->effective, 50);
	scene_end();
}

const struct test sporadic_tests[] = {
    TEST(test_budget_that_is_used_up_makes_it_low_until_a_period_after_it_began),
    TEST(test_low_time_costs_no_budget_when_nobody_else_wants_the_hart),
    TEST(test_each_activation_gets_back_what_it_used_a_period_after_it_began),
    TEST(test_preemption_neither_uses_budget_nor_ends_an_activation),
    TEST(test_thread_is_low_when_as_many_replenishments_as_it_may_have_are_pending),
    TEST(test_server_uses_its_clients_budget_and_falls_with_it),
    TEST(test_end_of_budget_travels_through_a_chain_of_servers_and_a_mutex),
    TEST(test_server_runs_for_another_client_when_one_is_out_of_budget),
    TEST(test_pulses_take_a_sporadic_thread_not_past_its_budget),
    TEST(test_message_comes_after_a_pulse_that_a_sporadic_thread_was_sent_for),
    TEST(test_end_of_a_client_or_of_its_policy_frees_its_server),
    TEST(test_thread_inherits_the_policy_and_has_a_budget_of_its_own),
    TEST(test_parameters_that_make_no_sense_are_refused),
    {NULL, NULL},
};
