/* SPDX-License-Identifier: Apache-2.0 */
/* sched_test.c - who runs: priorities, slices, inheritance through messages. */
#include "tests.h"

#define BUFFER (USER_BASE + 0x5000)

static long
receive(struct thread *t, int chid)
{
	return call(t, msg_receive, (uint64_t)chid, BUFFER, 64, 0);
}

static long
send_now(struct thread *t, int coid)
{
	return call_now(t, msg_send, (uint64_t)coid, BUFFER, 8, BUFFER, 8);
}

static long
send(struct thread *t, int coid)
{
	return call(t, msg_send, (uint64_t)coid, BUFFER, 8, BUFFER, 8);
}

static long
reply(struct thread *t, long rcvid)
{
	return call(t, msg_reply, (uint64_t)rcvid, 0, 0, 0);
}

static void
test_boost_travels_at_once_when_an_older_lesser_one_is_waiting(void)
{
	struct thread *hog, *victim, *server, *urgent;
	int chid, slow, fast;

	scene_begin();
	hog = process_at(50);
	victim = thread_new(hog, 20);
	server = process_at(10);
	urgent = process_at(100);
	chid = channel_new(server, 0);
	slow = connect_to(victim, server, chid);
	fast = connect_to(urgent, server, chid);
	CHECK_EQ(receive(server, chid), BLOCKED);
	CHECK_EQ(send(victim, slow), BLOCKED);
	CHECK_EQ(server->effective, 20);
	/* The server's way down is of no haste to the hog, and stays queued. */
	CHECK_EQ(call_now(hog, thread_kill, (uint64_t)victim->object.id), 0);
	CHECK(!list_is_empty(&server->boost_link) && server->effective == 20);
	CHECK_EQ(send_now(urgent, fast), BLOCKED);
	CHECK_EQ(server->effective, 100);
	CHECK(current() == server);
	scene_end();
}

static void
test_priority_goes_down_when_the_answer_is_given(void)
{
	struct thread *server, *client;
	int chid, coid;

	scene_begin();
	server = process_at(10);
	client = process_at(40);
	chid = channel_new(server, 0);
	coid = connect_to(client, server, chid);
	CHECK_EQ(receive(server, chid), BLOCKED);
	CHECK_EQ(send(client, coid), BLOCKED);
	CHECK_EQ(server->effective, 40);
	CHECK_EQ(reply(server, result_of(server)), 0);
	CHECK_EQ(server->effective, 10);
	scene_end();
}

static void
test_server_is_boosted_by_its_queue_when_it_is_busy(void)
{
	struct thread *server, *first, *second, *hog;
	int chid;
	long rcvid;

	scene_begin();
	server = process_at(10);
	first = process_at(20);
	second = process_at(60);
	hog = process_at(50);
	chid = channel_new(server, 0);
	CHECK_EQ(receive(server, chid), BLOCKED);
	CHECK_EQ(send(first, connect_to(first, server, chid)), BLOCKED);
	rcvid = result_of(server);
	make_current(hog);
	CHECK_EQ(send_now(second, connect_to(second, server, chid)), BLOCKED);
	CHECK_EQ(second->state, SKINK_STATE_SEND);
	CHECK_EQ(server->effective, 60);
	CHECK(current() == server);
	CHECK_EQ(call_now(server, msg_reply, (uint64_t)rcvid, 0, 0, 0), 0);
	CHECK(current() == server && server->effective == 60);
	CHECK(receive(server, chid) > 0);
	CHECK_EQ(server->effective, 60);
	scene_end();
}

static void
test_priority_travels_through_a_chain_of_three_servers(void)
{
	struct thread *server[3], *client, *hog;
	int chid[3], coid[3];

	scene_begin();
	client = process_at(90);
	hog = process_at(50);
	for (unsigned i = 0; i < 3; i++) {
		server[i] = process_at(10 + (int)i);
		chid[i] = channel_new(server[i], 0);
		coid[i] = connect_to(i == 0 ? client : server[i - 1], server[i], chid[i]);
	}
	for (unsigned i = 0; i < 3; i++)
		CHECK_EQ(receive(server[i], chid[i]), BLOCKED);
	/* Each is busy with a message of a client of its own, and asks the next. */
	for (unsigned i = 0; i < 2; i++) {
		struct thread *own = process_at(20);

		CHECK_EQ(send(own, connect_to(own, server[i], chid[i])), BLOCKED);
		CHECK_EQ(send(server[i], coid[i + 1]), BLOCKED);
	}
	CHECK_EQ(server[2]->effective, 20);
	make_current(hog);
	CHECK_EQ(send_now(client, coid[0]), BLOCKED);
	CHECK_EQ(server[2]->effective, 90);
	CHECK(current() == server[2]);
	/* And down again, when the one who waits gives up. */
	CHECK_EQ(call(manager, p_thread_jump, (uint64_t)client->object.id, USER_BASE), 0);
	CHECK_EQ(server[0]->effective, 20);
	CHECK_EQ(server[1]->effective, 20);
	CHECK_EQ(server[2]->effective, 20);
	scene_end();
}

static void
test_server_keeps_its_priority_when_the_channel_is_fixed(void)
{
	struct thread *server, *client;
	int chid;

	scene_begin();
	server = process_at(10);
	client = process_at(40);
	chid = channel_new(server, SKINK_CHF_FIXED_PRIORITY);
	CHECK_EQ(receive(server, chid), BLOCKED);
	CHECK_EQ(send(client, connect_to(client, server, chid)), BLOCKED);
	CHECK_EQ(server->effective, 10);
	scene_end();
}

static void
test_server_takes_the_pulses_priority_when_it_handles_one(void)
{
	struct thread *server, *client;
	int chid, coid;

	scene_begin();
	server = process_at(10);
	client = process_at(40);
	chid = channel_new(server, 0);
	coid = connect_to(client, server, chid);
	CHECK_EQ(receive(server, chid), BLOCKED);
	CHECK_EQ(call(client, msg_send_pulse, (uint64_t)coid, 33, 1, 2), 0);
	CHECK_EQ(result_of(server), 0);
	CHECK_EQ(server->effective, 33);
	CHECK_EQ(receive(server, chid), BLOCKED);
	CHECK_EQ(server->effective, 10);
	scene_end();
}

static void
test_priority_drops_when_the_channel_served_is_destroyed(void)
{
	struct thread *server, *other, *first, *second;
	int chid, fixed;

	scene_begin();
	server = process_at(10);
	other = thread_new(server, 10);
	first = process_at(20);
	second = process_at(40);
	chid = channel_new(server, 0);
	CHECK_EQ(send(first, connect_to(first, server, chid)), BLOCKED);
	CHECK_EQ(send(second, connect_to(second, server, chid)), BLOCKED);
	CHECK(receive(server, chid) > 0);
	CHECK(reply(server, result_of(server)) == 0);
	CHECK_EQ(server->effective, 20);
	CHECK_EQ(call(other, channel_destroy, (uint64_t)chid), 0);
	CHECK_EQ(server->effective, 10);
	/* And does not rise when it was a fixed one. */
	fixed = channel_new(server, SKINK_CHF_FIXED_PRIORITY);
	CHECK_EQ(
	    call(second, msg_send_pulse, (uint64_t)connect_to(second, server, fixed), 40, 0, 0), 0);
	CHECK_EQ(receive(server, fixed), 0);
	CHECK_EQ(server->effective, 10);
	CHECK_EQ(call(other, channel_destroy, (uint64_t)fixed), 0);
	CHECK_EQ(server->effective, 10);
	scene_end();
}

static void
test_priority_drops_when_the_sender_times_out(void)
{
	struct thread *server, *client;
	int chid;

	scene_begin();
	server = process_at(10);
	client = process_at(40);
	chid = channel_new(server, 0);
	CHECK_EQ(receive(server, chid), BLOCKED);
	CHECK_EQ(
	    call(client, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_REPLY, 1000000),
	    0);
	CHECK_EQ(send(client, connect_to(client, server, chid)), BLOCKED);
	CHECK_EQ(server->effective, 40);
	time_pass(999999);
	CHECK_EQ(result_of(client), BLOCKED);
	time_pass(1);
	CHECK_EQ(result_of(client), -SK_ETIMEDOUT);
	CHECK_EQ(server->effective, 10);
	CHECK_EQ(reply(server, result_of(server)), -SK_ESRCH);
	scene_end();
}

static void
test_server_follows_when_its_clients_priority_changes(void)
{
	struct thread *server, *client, *helper;
	struct skink_sched s = {.policy = SKINK_SCHED_FIFO, .priority = 70};
	int chid;

	scene_begin();
	server = process_at(10);
	client = process_at(40);
	helper = thread_new(client, 30);
	chid = channel_new(server, 0);
	CHECK_EQ(receive(server, chid), BLOCKED);
	CHECK_EQ(send(client, connect_to(client, server, chid)), BLOCKED);
	CHECK_EQ(
	    call(helper, sched_set, (uint64_t)client->object.id, place(helper, &s, sizeof(s))), 0);
	CHECK_EQ(server->effective, 70);
	s.priority = 15;
	CHECK_EQ(
	    call(helper, sched_set, (uint64_t)client->object.id, place(helper, &s, sizeof(s))), 0);
	CHECK_EQ(server->effective, 15);
	scene_end();
}

static void
test_round_robin_goes_round_when_slices_are_used_up(void)
{
	struct thread *t[3];

	scene_begin();
	for (unsigned i = 0; i < 3; i++)
		t[i] = process_new(&(struct options){.priority = 60, .policy = SKINK_SCHED_RR});
	make_current(t[0]);
	enter();
	for (unsigned i = 1; i < 10; i++) {
		CHECK(current() == t[(i - 1) % 3]);
		time_pass_now(SLICE_NS - 1);
		CHECK(current() == t[(i - 1) % 3]);
		CHECK_EQ(fake_alarm, fake_now + 1);
		time_pass_now(1);
		CHECK(current() == t[i % 3]);
	}
	CHECK_EQ(t[0]->runtime / SLICE_NS, 3);
	scene_end();
}

static void
test_round_robin_thread_goes_on_with_its_slice_when_it_was_preempted(void)
{
	struct thread *a, *b, *high;

	scene_begin();
	a = process_new(&(struct options){.priority = 60, .policy = SKINK_SCHED_RR});
	b = process_new(&(struct options){.priority = 60, .policy = SKINK_SCHED_RR});
	high = process_at(80);
	CHECK_EQ(call_now(high, thread_sleep, SKINK_CLOCK_MONOTONIC, 0, SLICE_NS / 2), BLOCKED);
	make_current(a);
	enter();
	time_pass_now(SLICE_NS / 2);
	CHECK(current() == high);
	CHECK_EQ(call_now(high, thread_sleep, SKINK_CLOCK_MONOTONIC, 0, SLICE_NS * 9), BLOCKED);
	CHECK(current() == a);
	time_pass_now(SLICE_NS / 2 - 1);
	CHECK(current() == a);
	time_pass_now(1);
	CHECK(current() == b);
	scene_end();
}

static void
test_fifo_thread_stays_when_equals_are_ready(void)
{
	struct thread *a, *b;

	scene_begin();
	a = process_at(60);
	b = process_at(60);
	make_current(a);
	enter();
	time_pass_now(10 * SLICE_NS);
	CHECK(current() == a);
	CHECK_EQ(call_now(a, sched_yield), 0);
	CHECK(current() == b);
	CHECK_EQ(call_now(b, sched_yield), 0);
	CHECK(current() == a);
	scene_end();
}

static void
test_thread_runs_at_once_when_it_is_woken_above(void)
{
	struct thread *low, *high;

	scene_begin();
	low = process_at(20);
	high = process_at(60);
	CHECK_EQ(call_now(high, thread_sleep, SKINK_CLOCK_MONOTONIC, 0, 5000), BLOCKED);
	make_current(low);
	enter();
	time_pass_now(5000);
	CHECK(current() == high);
	CHECK_EQ(result_of(high), 0);
	scene_end();
}

static void
test_hart_counts_idle_and_running_time_when_both_happen(void)
{
	struct thread *t;
	uint64_t before;

	scene_begin();
	t = process_at(60);
	make_current(t);
	enter();
	before = t->runtime;
	time_pass_now(7000);
	CHECK_EQ(call_now(t, sched_yield), 0);
	CHECK_EQ(t->runtime - before, 7000);
	scene_end();
}

/* Its address space has no epoch yet, and there is none for the short ways. */
static void
test_yield_goes_the_general_way_to_a_new_process_when_all_is_traced(void)
{
	struct thread *a, *b;
	uint64_t before;

	scene_begin();
	hart0.fast_epoch = FAST_OFF;
	a = process_at(60);
	b = process_at(60);
	make_current(a);
	b->process->aspace.asid_epoch = 0;
	before = hart0.fast_switches;
	CHECK_EQ(call_now(a, sched_yield), 0);
	CHECK(current() == b);
	CHECK_EQ(hart0.fast_switches, before);
	scene_end();
}

/* Threads that wait for each other's answers in a ring; none will ever run. */
static void
make_ring(struct thread **ring, int *chid, unsigned n)
{
	int first;

	for (unsigned i = 0; i < n; i++) {
		ring[i] = process_at(10);
		chid[i] = channel_new(ring[i], 0);
		CHECK_EQ(receive(ring[i], chid[i]), BLOCKED);
	}
	/* The first has something to do; each of the others gets that from the one before it. */
	first = connect_to(manager, ring[0], chid[0]);
	CHECK_EQ(call(manager, msg_send_pulse, (uint64_t)first, (uint64_t)-1, 1, 0), 0);
	CHECK_EQ(call(manager, connect_detach, (uint64_t)first), 0);
	for (unsigned i = 0; i < n; i++) {
		unsigned next = (i + 1) % n;

		CHECK_EQ(send(ring[i], connect_to(ring[i], ring[next], chid[next])), BLOCKED);
	}
}

/* A boost is on its way round when whoever lends it dies, so that the way down begins behind the
 * way up: it must not follow it for ever. True if the client was under way before step n. */
static bool
chase_round_a_ring(unsigned n, bool sporadic)
{
	struct skink_sched set = {SKINK_SCHED_SPORADIC, 50, 0, 0, {5, 3, 100000000, 20000000}};
	struct thread *ring[6], *client = process_at(50);
	struct process *p = client->process;
	int chid[6];
	bool more;

	make_ring(ring, chid, 6);
	if (sporadic)
		CHECK_EQ(call(client, sched_set, 0, place(client, &set, sizeof(set))), 0);
	more = call_broken(n, client, msg_send, (uint64_t)connect_to(client, ring[0], chid[0]),
	    BUFFER, 8, BUFFER, 8);
	if (more) {
		CHECK_EQ(call_now(manager, p_process_kill, (uint64_t)p->object.id, 9, 1), 0);
		fake_raise_source = INTRUDER_SOURCE;
		fake_raise_at = fake_looks + 1000;
		intruder_leave();
		fake_raise_at = 0;
		settle();
		process_reclaim(p);
	} else {
		process_end(p);
	}
	for (unsigned i = 0; i < 6; i++) {
		CHECK_EQ(ring[i]->effective, ring[0]->effective);
		CHECK(ring[i]->payer == ring[0]->payer);
	}
	for (unsigned i = 0; i < 6; i++)
		process_end(ring[i]->process);
	return more;
}

static void
test_boosts_end_when_they_chase_each_other_round_a_ring(void)
{
	scene_begin();
	for (unsigned sporadic = 0; sporadic < 2; sporadic++)
		for (unsigned n = 0; chase_round_a_ring(n, sporadic != 0); n++)
			CHECK(n < 50);
	scene_end();
}

const struct test sched_tests[] = {
    TEST(test_yield_goes_the_general_way_to_a_new_process_when_all_is_traced),
    TEST(test_boost_travels_at_once_when_an_older_lesser_one_is_waiting),
    TEST(test_priority_goes_down_when_the_answer_is_given),
    TEST(test_server_is_boosted_by_its_queue_when_it_is_busy),
    TEST(test_priority_travels_through_a_chain_of_three_servers),
    TEST(test_server_keeps_its_priority_when_the_channel_is_fixed),
    TEST(test_server_takes_the_pulses_priority_when_it_handles_one),
    TEST(test_priority_drops_when_the_channel_served_is_destroyed),
    TEST(test_priority_drops_when_the_sender_times_out),
    TEST(test_server_follows_when_its_clients_priority_changes),
    TEST(test_round_robin_goes_round_when_slices_are_used_up),
    TEST(test_round_robin_thread_goes_on_with_its_slice_when_it_was_preempted),
    TEST(test_boosts_end_when_they_chase_each_other_round_a_ring),
    TEST(test_fifo_thread_stays_when_equals_are_ready),
    TEST(test_thread_runs_at_once_when_it_is_woken_above),
    TEST(test_hart_counts_idle_and_running_time_when_both_happen),
    {0},
};
