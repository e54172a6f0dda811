/* SPDX-License-Identifier: Apache-2.0 */
/* channel_test.c - channels: making, access, the end of one, durable ones between two instances. */
#include "tests.h"

#define BUFFER (USER_BASE + 0x5000)
#define INFO   (USER_BASE + 0x9000)

static long
receive(struct thread *t, int chid)
{
	return call(t, msg_receive, (uint64_t)chid, BUFFER, 64, INFO);
}

static long
send(struct thread *t, int coid)
{
	return call(t, msg_send, (uint64_t)coid, BUFFER, 8, BUFFER, 8);
}

static long
reply(struct thread *t, long rcvid, uint64_t status)
{
	return call(t, msg_reply, (uint64_t)rcvid, status, 0, 0);
}

static struct _msg_info *
info(struct thread *t)
{
	return user(t, INFO);
}

static int
channel_durable(struct thread *t, unsigned key, bool adopted)
{
	long chid = call(t, channel_create, SKINK_CHF_DURABLE, key);

	CHECK(chid > 0);
	CHECK_EQ((chid & SKINK_CHANNEL_ADOPTED) != 0, adopted);
	return (int)chid;
}

static void
kill(struct process *p)
{
	CHECK_EQ(call(manager, p_process_kill, (uint64_t)p->object.id, 9, 1), 0);
	CHECK_EQ(p->state, PROCESS_ENDED);
}

static void
test_channel_destroy_ends_all_who_wait_when_some_do(void)
{
	struct thread *server, *second, *held, *queued;
	int chid, other;

	scene_begin();
	server = process_at(10);
	second = thread_new(server, 10);
	held = process_at(20);
	queued = process_at(20);
	chid = channel_new(server, 0);
	other = connect_to(queued, server, chid);
	CHECK_EQ(receive(server, chid), BLOCKED);
	CHECK_EQ(send(held, connect_to(held, server, chid)), BLOCKED);
	CHECK_EQ(send(queued, other), BLOCKED);
	CHECK_EQ(call(server, channel_destroy, (uint64_t)chid), 0);
	CHECK_EQ(result_of(held), -SK_ESRCH);
	CHECK_EQ(result_of(queued), -SK_ESRCH);
	CHECK_EQ(send(queued, other), -SK_ESRCH);
	chid = channel_new(server, 0);
	CHECK_EQ(receive(second, chid), BLOCKED);
	CHECK_EQ(call(server, channel_destroy, (uint64_t)chid), 0);
	CHECK_EQ(result_of(second), -SK_ESRCH);
	CHECK_EQ(receive(server, chid), -SK_ESRCH);
	CHECK_EQ(call(server, channel_destroy, (uint64_t)chid), -SK_EINVAL);
	scene_end();
}

/* A receiver of lower priority has been sent for a message, and not run yet. */
static void
test_receiver_under_way_is_told_when_its_channel_ends_before_it_looks(void)
{
	scene_begin();
	for (unsigned dies = 0; dies < 2; dies++) {
		struct thread *server = process_at(30), *receiver = thread_new(server, 10);
		struct thread *client = process_at(20);
		int chid = channel_new(server, 0), coid = connect_to(client, server, chid);
		int32_t tid;

		CHECK_EQ(receive(receiver, chid), BLOCKED);
		make_current(server);
		CHECK_EQ(call_now(client, msg_send, (uint64_t)coid, BUFFER, SKINK_PAGE, BUFFER, 8),
		    BLOCKED);
		CHECK_EQ(receiver->task, TASK_TAKE);
		CHECK_EQ(call_now(server, channel_destroy, (uint64_t)chid), 0);
		CHECK(receiver->serves == NULL);
		if (dies)
			CHECK_EQ(call_now(server, thread_kill, (uint64_t)receiver->object.id), 0);
		tid = receiver->object.id;
		settle();
		CHECK_EQ(pool_find(SKINK_POOL_THREAD, tid) == NULL, dies);
		if (!dies)
			CHECK_EQ(result_of(receiver), -SK_ESRCH);
		CHECK_EQ(result_of(client), -SK_ESRCH);
		process_end(client->process);
		process_end(server->process);
	}
	scene_end();
}

/* Whoever looks between two steps finds nothing that is half gone. */
static void
test_channel_destroy_shows_whole_threads_when_it_is_interrupted(void)
{
	scene_begin();
	for (unsigned n = 0, more = 1; more; n++) {
		struct thread *server = process_at(10), *receiver = thread_new(server, 10);
		int chid = channel_new(server, 0);

		CHECK_EQ(receive(receiver, chid), BLOCKED);
		more = call_broken(n, server, channel_destroy, (uint64_t)chid);
		if (more) {
			(void)call_now(manager, p_info, SKINK_INFO_THREAD,
			    (uint64_t)receiver->object.id, INFO, sizeof(struct skink_thread_info));
			make_current(intruder);
			intruder_leave();
		}
		settle();
		CHECK_EQ(result_of(receiver), -SK_ESRCH);
		process_end(server->process);
	}
	scene_end();
}

static void
test_channel_ends_without_news_to_itself_when_its_owner_is_connected_to_it(void)
{
	struct thread *t;
	int chid;

	scene_begin();
	t = process_at(10);
	chid = channel_new(t, SKINK_CHF_COIDDEATH | SKINK_CHF_DISCONNECT);
	(void)connect_to(t, t, chid);
	(void)connect_to(t, t, chid);
	CHECK_EQ(call(t, channel_destroy, (uint64_t)chid), 0);
	CHECK(call(t, channel_create, SKINK_CHF_COIDDEATH, 0) > 0);
	scene_end();
}

static void
test_parked_channel_ends_with_all_its_connections_when_given_up(void)
{
	struct thread *server, *a, *b;
	int chid, first, second;
	long own, left;

	scene_begin();
	server = service_at(3, 10);
	a = process_at(20);
	b = process_at(20);
	chid = channel_durable(server, 1, false);
	own = connect_to(manager, server, chid);
	first = connect_to(a, server, chid);
	second = connect_to(b, server, chid);
	CHECK_EQ(send(a, first), BLOCKED);
	CHECK_EQ(call(manager, p_channel_fail, 3, SK_ESTALE, SKINK_FAIL_DESTROY), 0);
	kill(server->process);
	CHECK_EQ(result_of(a), BLOCKED);
	CHECK_EQ(send(b, second), BLOCKED);
	while ((left = call(manager, p_channel_fail, 3, SK_ESRCH, SKINK_FAIL_DESTROY)) > 0)
		;
	CHECK_EQ(left, 0);
	CHECK_EQ(result_of(a), -SK_ESRCH);
	CHECK_EQ(result_of(b), -SK_ESRCH);
	CHECK(pool_find(SKINK_POOL_CHANNEL, chid) == NULL);
	CHECK_EQ(send(a, first), -SK_ESRCH);
	CHECK_EQ(send(b, second), -SK_ESRCH);
	CHECK_EQ(call(manager, p_channel_fail, 3, SK_ESRCH, 0), 0);
	CHECK_EQ(call(manager, connect_detach, (uint64_t)own), 0);
	scene_end();
}

static void
test_durable_channel_ends_when_its_owner_dies_while_destroying_it(void)
{
	scene_begin();
	for (unsigned n = 0, more = 1; more; n++) {
		struct thread *server = service_at(3, 10), *a = process_at(20);
		int chid = channel_durable(server, 1, false), coid = connect_to(a, server, chid);

		CHECK_EQ(send(a, coid), BLOCKED);
		more = call_broken(n, server, channel_destroy, (uint64_t)chid);
		if (more) {
			(void)call_now(
			    manager, p_process_kill, (uint64_t)server->process->object.id, 9, 1);
			intruder_leave();
		}
		settle();
		CHECK_EQ(result_of(a), -SK_ESRCH);
		CHECK(pool_find(SKINK_POOL_CHANNEL, chid) == NULL);
		scene_kill_all();
	}
	scene_end();
}

/* Another thread of the process lives on. */
static void
test_channel_ends_when_the_thread_that_destroys_it_dies_alone(void)
{
	scene_begin();
	for (unsigned n = 0, more = 1; more; n++) {
		struct thread *server = process_at(10), *second = thread_new(server, 10);
		struct thread *held = process_at(20), *queued = process_at(20);
		int chid = channel_new(server, 0);

		CHECK_EQ(send(held, connect_to(held, server, chid)), BLOCKED);
		CHECK(receive(second, chid) > 0);
		CHECK_EQ(send(queued, connect_to(queued, server, chid)), BLOCKED);
		more = call_broken(n, server, channel_destroy, (uint64_t)chid);
		if (more) {
			intruder_leave();
			(void)call_now(second, thread_kill, (uint64_t)server->object.id, 0);
		}
		settle();
		CHECK_EQ(result_of(held), -SK_ESRCH);
		CHECK_EQ(result_of(queued), -SK_ESRCH);
		CHECK(pool_find(SKINK_POOL_CHANNEL, chid) == NULL);
		scene_kill_all();
	}
	scene_end();
}

static void
test_durable_channel_is_adopted_with_its_queue_in_order(void)
{
	struct thread *server, *again, *client[4];
	int chid;
	uint64_t seq[4];
	long rcvid;

	scene_begin();
	server = service_at(3, 10);
	chid = channel_durable(server, 7, false);
	for (unsigned i = 0; i < 4; i++)
		client[i] = process_at(20);
	for (unsigned i = 0; i < 4; i++) {
		CHECK_EQ(send(client[i], connect_to(client[i], server, chid)), BLOCKED);
		seq[i] = thread_seq(client[i]);
	}
	/* Two are received: the first is deferred, the second in service. */
	CHECK(receive(server, chid) > 0);
	CHECK_EQ(info(server)->flags, 0);
	CHECK(receive(server, chid) > 0);
	CHECK_EQ(info(server)->tid, client[1]->object.id);
	kill(server->process);
	for (unsigned i = 0; i < 4; i++) {
		CHECK_EQ(result_of(client[i]), BLOCKED);
		CHECK_EQ(client[i]->state, SKINK_STATE_SEND);
	}
	again = service_at(3, 10);
	CHECK_EQ(channel_durable(again, 7, true), chid);
	for (unsigned i = 0; i < 4; i++) {
		rcvid = receive(again, chid);
		CHECK(rcvid > 0);
		CHECK_EQ(info(again)->tid, client[i]->object.id);
		CHECK_EQ(info(again)->seq, seq[i]);
		CHECK_EQ(info(again)->flags, i < 2 ? SKINK_MI_REDELIVERED : 0);
		CHECK_EQ(info(again)->deaths, i == 1 ? 1 : 0);
		CHECK_EQ(reply(again, rcvid, i), 0);
		CHECK_EQ(result_of(client[i]), i);
	}
	CHECK_EQ(call(again, channel_destroy, (uint64_t)chid), 0);
	scene_end();
}

/* At each step of receiving a long message, reading from it, and answering it at length. */
static void
test_request_is_answered_when_its_server_dies_at_any_step(void)
{
	const uint64_t len = 3 * SKINK_PAGE;

	scene_begin();
	for (unsigned what = 0; what < 3; what++) {
		unsigned n = 0;

		for (bool more = true; more; n++) {
			struct thread *server = service_at(3, 20), *client = process_at(10);
			long chid = call(server, channel_create, SKINK_CHF_DURABLE, 0), rcvid;
			int coid = connect_to(client, server, (int)chid);
			uint64_t ch = (uint64_t)(int)chid, seq;

			*(uint64_t *)user(client, BUFFER + SKINK_PAGE) = n;
			/* The answer's place is another: half of it may come before the death. */
			CHECK_EQ(
			    call(client, msg_send, (uint64_t)coid, BUFFER, len, BUFFER + len, len),
			    BLOCKED);
			seq = thread_seq(client);
			if (what == 0) {
				more = call_broken(n, server, msg_receive, ch, BUFFER, len, INFO);
			} else {
				rcvid = call(server, msg_receive, ch, BUFFER, 8, INFO);
				CHECK(rcvid > 0);
			}
			if (what == 1)
				more = call_broken(
				    n, server, msg_read, (uint64_t)rcvid, BUFFER, len, 0);
			if (what == 2)
				more = call_broken(
				    n, server, msg_reply, (uint64_t)rcvid, 1, BUFFER, len);
			if (more) {
				(void)call_now(manager, p_process_kill,
				    (uint64_t)server->process->object.id, 9, 1);
				intruder_leave();
			}
			settle();
			if (server->process->state == PROCESS_ENDED)
				process_reclaim(server->process);
			else
				process_end(server->process);
			server = service_at(3, 20);
			CHECK((int)call(server, channel_create, SKINK_CHF_DURABLE, 0) == chid);
			if (what < 2 || more)
				CHECK(result_of(client) == BLOCKED || result_of(client) == 1);
			if (result_of(client) == BLOCKED) {
				rcvid = call(server, msg_receive, ch, BUFFER, len, INFO);
				CHECK(rcvid > 0);
				CHECK_EQ(info(server)->seq, seq);
				CHECK_EQ(info(server)->msglen, len);
				CHECK(info(server)->deaths <= 1);
				if (info(server)->deaths == 1)
					CHECK_EQ(info(server)->flags, SKINK_MI_REDELIVERED);
				CHECK_EQ(*(uint64_t *)user(server, BUFFER + SKINK_PAGE), n);
				CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, 9, 0, 0), 0);
				CHECK_EQ(result_of(client), 9);
			}
			CHECK_EQ(call(server, channel_destroy, ch), 0);
			scene_kill_all();
		}
		CHECK(n > 3 && n < 100);
	}
	scene_end();
}

static void
test_message_is_refused_when_its_servers_died_twice(void)
{
	struct thread *server, *client, *other;
	int chid, coid, second;

	scene_begin();
	client = process_at(20);
	other = process_at(15);
	server = service_at(3, 10);
	chid = channel_durable(server, 0, false);
	coid = connect_to(client, server, chid);
	second = connect_to(other, server, chid);
	CHECK_EQ(send(client, coid), BLOCKED);
	CHECK_EQ(send(other, second), BLOCKED);
	for (unsigned i = 0; i < 2; i++) {
		CHECK_EQ(result_of(client), BLOCKED);
		CHECK(receive(server, chid) > 0);
		CHECK_EQ(info(server)->tid, client->object.id);
		CHECK_EQ(info(server)->deaths, i);
		process_end(server->process);
		server = service_at(3, 10);
		CHECK_EQ(channel_durable(server, 0, true), chid);
	}
	CHECK_EQ(result_of(client), -SK_ESRVRFAULT);
	CHECK(receive(server, chid) > 0);
	CHECK_EQ(info(server)->tid, other->object.id);
	CHECK_EQ(info(server)->deaths, 0);
	/* A new message starts anew. */
	CHECK_EQ(send(client, coid), BLOCKED);
	CHECK(receive(server, chid) > 0);
	CHECK_EQ(info(server)->deaths, 0);
	CHECK_EQ(call(server, channel_destroy, (uint64_t)chid), 0);
	scene_end();
}

static void
test_deferred_message_counts_a_death_only_when_it_is_current_again(void)
{
	struct thread *server, *a, *b;
	int chid;
	long first;

	scene_begin();
	a = process_at(20);
	b = process_at(15);
	server = service_at(3, 10);
	chid = channel_durable(server, 0, false);
	CHECK_EQ(send(a, connect_to(a, server, chid)), BLOCKED);
	first = receive(server, chid);
	CHECK(first > 0);
	CHECK_EQ(receive(server, chid), BLOCKED);
	process_end(server->process);
	CHECK_EQ(a->deaths, 0);
	server = service_at(3, 10);
	CHECK_EQ(channel_durable(server, 0, true), chid);
	first = receive(server, chid);
	CHECK_EQ(send(b, connect_to(b, server, chid)), BLOCKED);
	CHECK(receive(server, chid) > 0);
	CHECK_EQ(call(server, msg_current, (uint64_t)first), 0);
	process_end(server->process);
	CHECK_EQ(a->deaths, 1);
	CHECK_EQ(b->deaths, 0);
	server = service_at(3, 10);
	CHECK_EQ(channel_durable(server, 0, true), chid);
	CHECK_EQ(call(server, channel_destroy, (uint64_t)chid), 0);
	scene_end();
}

/* One that no user's code can have seen does not count. */
static void
test_message_counts_no_death_when_it_comes_while_the_process_ends(void)
{
	unsigned n = 0;
	bool more = true;

	scene_begin();
	for (; more; n++) {
		struct thread *server = service_at(3, 10), *a = process_at(5), *receiver[3];
		int chid = channel_durable(server, 1, n != 0), coid = connect_to(a, server, chid);

		for (unsigned i = 0; i < 3; i++) {
			receiver[i] = thread_new(server, 10);
			CHECK_EQ(receive(receiver[i], chid), BLOCKED);
		}
		more = call_broken(
		    n, manager, p_process_kill, (uint64_t)server->process->object.id, 9, 1);
		if (more) {
			CHECK_EQ(
			    call_now(a, msg_send, (uint64_t)coid, BUFFER, 8, BUFFER, 8), BLOCKED);
			make_current(intruder);
			intruder_leave();
			settle();
			if (server->process->state == PROCESS_ENDED) {
				CHECK_EQ(a->deaths, 0);
				CHECK(!a->redelivered);
			}
		}
		settle();
		scene_kill_all();
	}
	CHECK(n > 4);
	{
		struct thread *server = service_at(3, 10);

		CHECK_EQ(
		    call(server, channel_destroy, (uint64_t)channel_durable(server, 1, true)), 0);
	}
	scene_end();
}

static void
test_channel_create_is_refused_when_the_name_is_taken(void)
{
	struct thread *server;

	scene_begin();
	server = service_at(3, 10);
	(void)channel_durable(server, 7, false);
	CHECK_EQ(call(server, channel_create, SKINK_CHF_DURABLE, 7), -SK_EBUSY);
	CHECK_EQ(call(service_at(3, 10), channel_create, SKINK_CHF_DURABLE, 7), -SK_EBUSY);
	CHECK_EQ(call(server, channel_create, SKINK_CHF_DURABLE, 256), -SK_EINVAL);
	CHECK_EQ(call(process_at(10), channel_create, SKINK_CHF_DURABLE, 7), -SK_EPERM);
	CHECK_EQ(call(server, channel_create, SKINK_CHF_COIDDEATH, 0) > 0, 1);
	CHECK_EQ(call(server, channel_create, SKINK_CHF_COIDDEATH, 0), -SK_EBUSY);
	kill(server->process);
	server = service_at(3, 10);
	CHECK_EQ(call(server, channel_destroy, (uint64_t)channel_durable(server, 7, true)), 0);
	scene_end();
}

static void
test_waiters_get_estale_when_the_service_starts_cold(void)
{
	struct thread *server, *a;
	int chid, coid;

	scene_begin();
	server = service_at(3, 10);
	a = process_at(20);
	chid = channel_durable(server, 1, false);
	coid = connect_to(a, server, chid);
	CHECK_EQ(send(a, coid), BLOCKED);
	CHECK(receive(server, chid) > 0);
	kill(server->process);
	while (call(manager, p_channel_fail, 3, SK_ESTALE, 0) > 0)
		;
	CHECK_EQ(result_of(a), -SK_ESTALE);
	/* The channel is still there. */
	CHECK_EQ(send(a, coid), BLOCKED);
	server = service_at(3, 10);
	CHECK_EQ(channel_durable(server, 1, true), chid);
	CHECK_EQ(reply(server, receive(server, chid), 5), 0);
	CHECK_EQ(result_of(a), 5);
	CHECK_EQ(call(server, channel_destroy, (uint64_t)chid), 0);
	scene_end();
}

const struct test channel_tests[] = {
    TEST(test_channel_destroy_ends_all_who_wait_when_some_do),
    TEST(test_receiver_under_way_is_told_when_its_channel_ends_before_it_looks),
    TEST(test_channel_destroy_shows_whole_threads_when_it_is_interrupted),
    TEST(test_channel_ends_when_the_thread_that_destroys_it_dies_alone),
    TEST(test_channel_ends_without_news_to_itself_when_its_owner_is_connected_to_it),
    TEST(test_parked_channel_ends_with_all_its_connections_when_given_up),
    TEST(test_durable_channel_ends_when_its_owner_dies_while_destroying_it),
    TEST(test_durable_channel_is_adopted_with_its_queue_in_order),
    TEST(test_request_is_answered_when_its_server_dies_at_any_step),
    TEST(test_message_is_refused_when_its_servers_died_twice),
    TEST(test_deferred_message_counts_a_death_only_when_it_is_current_again),
    TEST(test_message_counts_no_death_when_it_comes_while_the_process_ends),
    TEST(test_channel_create_is_refused_when_the_name_is_taken),
    TEST(test_waiters_get_estale_when_the_service_starts_cold),
    {0},
};
