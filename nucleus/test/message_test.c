/* SPDX-License-Identifier: Apache-2.0 */
/* message_test.c - send, receive, reply, read and write: every state of both parties, buffers of
 * one and many pieces, long copies that are broken off at each step. */
#include "tests.h"

#define BUFFER        (USER_BASE + 0x4000) /* 4 pages */
#define REPLY         (USER_BASE + 0x8000) /* 4 pages */
#define INFO          (USER_BASE + 0x3000)
#define LONG          (3 * SKINK_PAGE + 100)
#define SERVERS_ERROR 28 /* one that the nucleus never returns of its own */

static struct thread *server, *client;
static int chid, coid;

static void
begin(unsigned flags)
{
	scene_begin();
	server = process_at(20);
	client = process_at(10);
	chid = channel_new(server, flags);
	coid = connect_to(client, server, chid);
}

static void
fill(struct thread *t, uint64_t at, size_t len, unsigned seed)
{
	for (size_t i = 0; i < len; i++)
		*(uint8_t *)user(t, at + i) = (uint8_t)(i * 7 + seed);
}

static bool
is_filled(struct thread *t, uint64_t at, size_t len, unsigned seed)
{
	for (size_t i = 0; i < len; i++)
		if (*(uint8_t *)user(t, at + i) != (uint8_t)(i * 7 + seed))
			return false;
	return true;
}

static long
receive(uint64_t at, long len)
{
	return call(server, msg_receive, (uint64_t)chid, at, (uint64_t)len, 0);
}

static long
send(uint64_t at, long len, uint64_t to, long room)
{
	return call(client, msg_send, (uint64_t)coid, at, (uint64_t)len, to, (uint64_t)room);
}

static uint64_t
iov(struct thread *t, unsigned parts, const uint64_t *pairs)
{
	struct skink_iov v[8];

	for (unsigned i = 0; i < parts; i++) {
		v[i].base = (void *)(uintptr_t)pairs[2 * i];
		v[i].len = pairs[2 * i + 1];
	}
	return place(t, v, parts * sizeof(v[0]));
}
#define IOV(t, ...) \
	iov(t, sizeof((const uint64_t[]){__VA_ARGS__}) / 16, (const uint64_t[]){__VA_ARGS__})

static void
test_message_arrives_when_server_waits(void)
{
	long rcvid;

	begin(0);
	CHECK_EQ(receive(BUFFER, 100), BLOCKED);
	CHECK_EQ(send(place(client, "hello", 6), 6, REPLY, 50), BLOCKED);
	rcvid = result_of(server);
	CHECK(rcvid > 0);
	CHECK(strcmp(user(server, BUFFER), "hello") == 0);
	CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, 42, place(server, "good", 5), 5), 0);
	CHECK_EQ(result_of(client), 42);
	CHECK(strcmp(user(client, REPLY), "good") == 0);
	scene_end();
}

static void
test_message_arrives_when_server_comes_later(void)
{
	struct _msg_info *info;
	long rcvid;

	begin(0);
	fill(client, BUFFER, 200, 1);
	CHECK_EQ(send(BUFFER, 200, REPLY, 50), BLOCKED);
	CHECK_EQ(client->state, SKINK_STATE_SEND);
	rcvid = call(server, msg_receive, (uint64_t)chid, BUFFER, 100, INFO);
	CHECK(rcvid > 0);
	CHECK_EQ(client->state, SKINK_STATE_REPLY);
	CHECK(is_filled(server, BUFFER, 100, 1));
	info = user(server, INFO);
	CHECK_EQ(info->pid, client->process->object.id);
	CHECK_EQ(info->tid, client->object.id);
	CHECK_EQ(info->chid, chid);
	CHECK_EQ(info->coid, coid);
	CHECK_EQ(info->priority, 10);
	CHECK_EQ(info->msglen, 100);
	CHECK_EQ(info->srcmsglen, 200);
	CHECK_EQ(info->dstmsglen, 50);
	CHECK_EQ(info->seq, 1);
	memset(info, 0, sizeof(*info));
	CHECK_EQ(call(server, msg_info, (uint64_t)rcvid, INFO), 0);
	CHECK_EQ(info->srcmsglen, 200);
	CHECK_EQ(info->msglen, 100);
	CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, (uint64_t)-SERVERS_ERROR, 0, 0), 0);
	CHECK_EQ(result_of(client), -SERVERS_ERROR);
	CHECK_EQ(
	    call(server, msg_reply, (uint64_t)rcvid, (uint64_t)-SERVERS_ERROR, 0, 0), -SK_ESRCH);
	CHECK_EQ(call(server, msg_info, (uint64_t)rcvid, INFO), -SK_ESRCH);
	scene_end();
}

static void
test_sequence_number_goes_on_when_the_slot_has_a_new_thread(void)
{
	uint64_t before;
	struct thread *t;

	begin(0);
	CHECK_EQ(send(BUFFER, 0, 0, 0), BLOCKED);
	t = client;
	before = thread_seq(t);
	process_end(t->process);
	do {
		client = process_at(10);
		if (client == t)
			break;
		process_end(client->process);
	} while (true);
	coid = connect_to(client, server, chid);
	CHECK_EQ(send(BUFFER, 0, 0, 0), BLOCKED);
	CHECK(thread_seq(client) > before);
	scene_end();
}

static void
test_message_is_whole_when_both_sides_have_pieces(void)
{
	long rcvid;

	begin(0);
	fill(client, BUFFER, 2 * SKINK_PAGE, 3);
	/* 1 + 0 + 4999 + 3000 bytes that lie one behind the other, into other pieces. */
	CHECK_EQ(send(IOV(client, BUFFER, 1, HOLE, 0, BUFFER + 1, 4999, BUFFER + 5000, 3000), -4,
		     IOV(client, REPLY, 10, REPLY + 10, 5000), -2),
	    BLOCKED);
	rcvid = receive(IOV(server, REPLY, 3000, REPLY + 3000, 4000, REPLY + 7000, 5000), -3);
	CHECK(rcvid > 0);
	CHECK(is_filled(server, REPLY, 8000, 3));
	fill(server, BUFFER, 6000, 9);
	CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, 0,
		     IOV(server, BUFFER, 4097, BUFFER + 4097, 1903), (uint64_t)-2),
	    0);
	CHECK_EQ(result_of(client), 0);
	CHECK(is_filled(client, REPLY, 5010, 9));
	CHECK_EQ(*(uint8_t *)user(client, REPLY + 5010), 0);
	scene_end();
}

static void
test_buffers_are_refused_when_their_sizes_are_wild(void)
{
	begin(0);
	CHECK_EQ(send(BUFFER, 1l << 31, 0, 0), -SK_EMSGSIZE);
	CHECK_EQ(send(BUFFER, 0, 0, (1l << 31)), -SK_EMSGSIZE);
	CHECK_EQ(send(BUFFER, -65, 0, 0), -SK_EINVAL);
	CHECK_EQ(send(BUFFER, INT64_MIN, 0, 0), -SK_EINVAL);
	CHECK_EQ(send(HOLE, -1, 0, 0), -SK_EFAULT);
	CHECK_EQ(send(BUFFER + 4, -1, 0, 0), -SK_EFAULT);
	CHECK_EQ(send(IOV(client, BUFFER, 1ull << 31), -1, 0, 0), -SK_EMSGSIZE);
	CHECK_EQ(send(IOV(client, BUFFER, 1ull << 30, BUFFER, 1ull << 30), -2, 0, 0), -SK_EMSGSIZE);
	CHECK_EQ(send(IOV(client, BUFFER, UINT64_MAX), -1, 0, 0), -SK_EMSGSIZE);
	CHECK_EQ(receive(BUFFER, 1l << 31), -SK_EINVAL);
	CHECK_EQ(receive(HOLE, -2), -SK_EFAULT);
	/* An array that goes over a page's end, into nothing or on. */
	CHECK_EQ(send(USER_BASE + PRIVATE * SKINK_PAGE - 16, -2, 0, 0), -SK_EFAULT);
	CHECK_EQ(send(USER_BASE + 5 * SKINK_PAGE - 16, -3, 0, 0), BLOCKED);
	scene_end();
}

static void
test_sender_gets_efault_when_its_message_is_bad(void)
{
	begin(0);
	CHECK_EQ(receive(BUFFER, 100), BLOCKED);
	CHECK_EQ(send(HOLE, 10, 0, 0), -SK_EFAULT);
	CHECK_EQ(result_of(server), BLOCKED);
	CHECK_EQ(call(manager, p_thread_jump, (uint64_t)server->object.id, USER_BASE), 0);
	CHECK_EQ(send(HOLE, 10, 0, 0), BLOCKED);
	CHECK_EQ(receive(BUFFER, 100), BLOCKED);
	CHECK_EQ(result_of(client), -SK_EFAULT);
	/* Bad after the first step only. */
	CHECK_EQ(call(manager, p_thread_jump, (uint64_t)server->object.id, USER_BASE), 0);
	CHECK_EQ(receive(BUFFER, LONG), BLOCKED);
	CHECK_EQ(send(IOV(client, BUFFER, 9000, HOLE, 5), -2, 0, 0), -SK_EFAULT);
	CHECK_EQ(result_of(server), BLOCKED);
	scene_end();
}

static void
test_receiver_gets_efault_when_its_buffer_is_bad(void)
{
	struct thread *other;

	begin(0);
	other = thread_new(server, 15);
	CHECK_EQ(receive(HOLE, 100), BLOCKED);
	CHECK_EQ(call(other, msg_receive, (uint64_t)chid, BUFFER, 100, HOLE), BLOCKED);
	fill(client, BUFFER, 100, 5);
	CHECK_EQ(send(BUFFER, 100, 0, 0), BLOCKED);
	CHECK_EQ(result_of(server), -SK_EFAULT);
	CHECK_EQ(result_of(other), -SK_EFAULT);
	CHECK_EQ(client->state, SKINK_STATE_SEND);
	CHECK_EQ(receive(READ_ONLY, 100), -SK_EFAULT);
	CHECK_EQ(receive(IOV(server, BUFFER, 50, HOLE, 50), -2), -SK_EFAULT);
	CHECK(receive(BUFFER, 100) > 0);
	CHECK(is_filled(server, BUFFER, 100, 5));
	scene_end();
}

static void
test_receiver_gets_efault_when_a_long_messages_buffer_is_bad_late(void)
{
	begin(0);
	fill(client, BUFFER, LONG, 5);
	CHECK_EQ(receive(IOV(server, BUFFER, 9000, HOLE, 5000), -2), BLOCKED);
	CHECK_EQ(send(BUFFER, LONG, 0, 0), BLOCKED);
	CHECK_EQ(result_of(server), -SK_EFAULT);
	CHECK_EQ(client->state, SKINK_STATE_SEND);
	CHECK(receive(BUFFER, LONG) > 0);
	CHECK(is_filled(server, BUFFER, LONG, 5));
	scene_end();
}

static void
test_reply_hurts_only_the_one_whose_buffer_is_bad(void)
{
	long rcvid;

	begin(0);
	CHECK_EQ(send(BUFFER, 0, HOLE, 100), BLOCKED);
	rcvid = receive(BUFFER, 0);
	CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, 0, HOLE, 50), -SK_EFAULT);
	CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, 1ull << 63, BUFFER, 50), -SK_EINVAL);
	CHECK_EQ(
	    call(server, msg_reply, (uint64_t)rcvid, (1ull << 62) + 1, BUFFER, 50), -SK_EINVAL);
	CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, 0, BUFFER, 1ull << 31), -SK_EINVAL);
	CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, (uint64_t)-4096, 0, 0), -SK_EINVAL);
	CHECK_EQ(result_of(client), BLOCKED);
	CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, 0, BUFFER, 50), 0);
	CHECK_EQ(result_of(client), -SK_EFAULT);
	/* Late in a long one: the server's, then the client's. */
	CHECK_EQ(send(BUFFER, 0, IOV(client, REPLY, 7000, HOLE, 3000), -2), BLOCKED);
	rcvid = receive(BUFFER, 0);
	CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, 0, IOV(server, BUFFER, 6000, HOLE, 3000),
		     (uint64_t)-2),
	    -SK_EFAULT);
	CHECK_EQ(client->state, SKINK_STATE_REPLY);
	CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, 0, BUFFER, 9000), 0);
	CHECK_EQ(result_of(client), -SK_EFAULT);
	CHECK_EQ(send(BUFFER, 0, 0, 0), BLOCKED);
	CHECK_EQ(call(server, msg_reply, (uint64_t)receive(BUFFER, 0), 1ull << 62, BUFFER, 50), 0);
	CHECK_EQ(result_of(client), 1l << 62);
	scene_end();
}

static void
test_long_message_arrives_when_it_is_interrupted_anywhere(void)
{
	begin(0);
	for (unsigned n = 0, more = 1; more; n++) {
		long rcvid;

		fill(client, BUFFER, LONG, n);
		CHECK_EQ(receive(REPLY, LONG), BLOCKED);
		more = call_broken(n, client, msg_send, (uint64_t)coid, BUFFER, LONG, REPLY, LONG);
		if (more)
			intruder_leave();
		settle();
		rcvid = result_of(server);
		CHECK(rcvid > 0);
		CHECK(is_filled(server, REPLY, LONG, n));
		if (call_broken(n, server, msg_reply, (uint64_t)rcvid, n, REPLY, LONG)) {
			intruder_leave();
			more = 1;
		}
		settle();
		CHECK_EQ(result_of(server), 0);
		CHECK_EQ(result_of(client), n);
		CHECK(is_filled(client, REPLY, LONG, n));
		CHECK(n < 100);
	}
	scene_end();
}

/* The client dies at each step of: being received, answered, read, written. */
static void
test_server_goes_on_when_its_client_dies_at_any_step(void)
{
	for (unsigned what = 0; what < 4; what++) {
		unsigned n = 0;

		if (what == 0)
			begin(0);
		for (bool more = true; more; n++) {
			struct thread *second = process_at(5);
			int other = connect_to(second, server, chid);
			long rcvid = 0, result;
			int32_t pid;

			client = process_at(10);
			coid = connect_to(client, server, chid);
			pid = client->process->object.id;
			if (what == 0) {
				CHECK_EQ(receive(REPLY, LONG), BLOCKED);
				more = call_broken(
				    n, client, msg_send, (uint64_t)coid, BUFFER, LONG, REPLY, LONG);
			} else {
				CHECK_EQ(send(BUFFER, LONG, REPLY, LONG), BLOCKED);
				rcvid = receive(REPLY, 1);
				CHECK(rcvid > 0);
			}
			if (what == 1)
				more = call_broken(
				    n, server, msg_reply, (uint64_t)rcvid, 1, BUFFER, LONG);
			if (what == 2)
				more = call_broken(
				    n, server, msg_read, (uint64_t)rcvid, BUFFER, LONG, 0);
			if (what == 3)
				more = call_broken(
				    n, server, msg_write, (uint64_t)rcvid, BUFFER, LONG, 0);
			if (more) {
				(void)call_now(manager, p_process_kill, (uint64_t)pid, 9, 1);
				intruder_leave();
			}
			settle();
			result = result_of(server);
			if (what == 0 && more && result == BLOCKED) {
				/* Never received: it waits for the next. */
				CHECK_EQ(call(second, msg_send, (uint64_t)other, BUFFER, 0, 0, 0),
				    BLOCKED);
				CHECK(result_of(server) > 0);
			} else if (what == 0) {
				CHECK(result > 0);
			} else if (more) {
				CHECK(result == -SK_ESRCH || result == 0 || result == (long)LONG);
			} else {
				CHECK_EQ(result, what == 1 ? 0 : (long)LONG);
			}
			settle();
			process_end(second->process);
			if (pool_find(SKINK_POOL_PROCESS, pid) == NULL)
				continue;
			if (client->process->state == PROCESS_ENDED)
				process_reclaim(client->process);
			else
				process_end(client->process);
		}
		CHECK(n > 3 && n < 100);
	}
	scene_end();
}

/* And the server, at each step of the same. */
static void
test_client_gets_esrch_when_its_server_dies_at_any_step(void)
{
	scene_begin();
	for (unsigned what = 0; what < 4; what++) {
		unsigned n = 0;

		for (bool more = true; more; n++) {
			long rcvid = 0;

			server = process_at(20);
			client = process_at(10);
			chid = channel_new(server, 0);
			coid = connect_to(client, server, chid);
			if (what == 0) {
				CHECK_EQ(receive(REPLY, LONG), BLOCKED);
				more = call_broken(
				    n, client, msg_send, (uint64_t)coid, BUFFER, LONG, REPLY, LONG);
			} else {
				CHECK_EQ(send(BUFFER, LONG, REPLY, LONG), BLOCKED);
				rcvid = receive(REPLY, 1);
			}
			if (what == 1)
				more = call_broken(
				    n, server, msg_reply, (uint64_t)rcvid, 1, BUFFER, LONG);
			if (what == 2)
				more = call_broken(
				    n, server, msg_read, (uint64_t)rcvid, BUFFER, LONG, 0);
			if (what == 3)
				more = call_broken(
				    n, server, msg_write, (uint64_t)rcvid, BUFFER, LONG, 0);
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
			CHECK(result_of(client) == -SK_ESRCH ||
			    (what == 1 && result_of(client) == 1));
			process_end(client->process);
		}
		CHECK(n > 3 && n < 100);
	}
	scene_end();
}

static void
test_message_goes_to_another_thread_when_the_copying_one_is_killed(void)
{
	unsigned n = 0;

	scene_begin();
	hart0.fast_epoch = FAST_OFF;
	for (bool more = true; more; n++) {
		struct thread *first, *killer;

		first = process_at(20);
		server = thread_new(first, 20);
		killer = thread_new(first, 5);
		client = process_at(10);
		chid = channel_new(first, 0);
		coid = connect_to(client, first, chid);
		fill(client, BUFFER, LONG, n);
		CHECK_EQ(receive(REPLY, LONG), BLOCKED);
		CHECK_EQ(call(first, msg_receive, (uint64_t)chid, BUFFER, LONG, 0), BLOCKED);
		/* The last to come is the first to be served. */
		more = call_broken(n, client, msg_send, (uint64_t)coid, BUFFER, LONG, REPLY, LONG);
		if (more) {
			CHECK_EQ(call_now(killer, thread_kill, (uint64_t)first->object.id), 0);
			intruder_leave();
		}
		settle();
		if (more && result_of(server) != BLOCKED) {
			CHECK(result_of(server) > 0);
			CHECK(is_filled(server, REPLY, LONG, n));
			CHECK_EQ(client->deaths, 0);
			CHECK_EQ(call(server, msg_reply, (uint64_t)result_of(server), 3, 0, 0), 0);
			CHECK_EQ(result_of(client), 3);
		}
		process_end(client->process);
		process_end(server->process);
	}
	CHECK(n > 3 && n < 100);
	scene_end();
}

/* And when it is made to go elsewhere: it has received nothing. */
static void
test_message_goes_to_another_thread_when_the_copying_one_is_sent_away(void)
{
	struct thread *second;

	begin(0);
	hart0.fast_epoch = FAST_OFF;
	second = thread_new(server, 20);
	fill(client, BUFFER, LONG, 4);
	CHECK_EQ(call(second, msg_receive, (uint64_t)chid, REPLY, LONG, 0), BLOCKED);
	CHECK_EQ(receive(BUFFER, LONG), BLOCKED);
	CHECK(call_broken(4, client, msg_send, (uint64_t)coid, BUFFER, LONG, REPLY, LONG));
	CHECK_EQ(client->state, SKINK_STATE_COPY);
	CHECK_EQ(call_now(manager, p_thread_jump, (uint64_t)server->object.id, USER_BASE), 0);
	intruder_leave();
	settle();
	CHECK(result_of(second) > 0);
	CHECK(is_filled(second, REPLY, LONG, 4));
	CHECK_EQ(call(second, msg_reply, (uint64_t)result_of(second), 0, 0, 0), 0);
	scene_end();
}

static void
test_read_and_write_go_to_their_offsets_when_in_pieces(void)
{
	uint64_t rcvid;

	begin(0);
	fill(client, BUFFER, 9000, 1);
	CHECK_EQ(send(IOV(client, BUFFER, 1000, BUFFER + 1000, 8000), -2,
		     IOV(client, REPLY, 3000, REPLY + 3000, 3000), -2),
	    BLOCKED);
	rcvid = (uint64_t)receive(BUFFER, 0);
	CHECK_EQ(call(server, msg_read, rcvid, BUFFER, 9500, 0), 9000);
	CHECK(is_filled(server, BUFFER, 9000, 1));
	CHECK_EQ(call(server, msg_read, rcvid, BUFFER, 100, 8950), 50);
	CHECK_EQ(call(server, msg_read, rcvid, BUFFER, 100, 9000), 0);
	CHECK_EQ(call(server, msg_read, rcvid, BUFFER, 100, UINT64_MAX), 0);
	CHECK_EQ(call(server, msg_read, rcvid, REPLY, 1000, 700), 1000);
	CHECK(is_filled(server, REPLY, 1000, 1 + 700 * 7));
	fill(server, BUFFER, 6000, 0);
	CHECK_EQ(call(server, msg_write, rcvid, BUFFER, 5000, 0), 5000);
	CHECK_EQ(call(server, msg_write, rcvid, BUFFER + 5000, 5000, 5000), 1000);
	CHECK(is_filled(client, REPLY, 6000, 0));
	CHECK_EQ(call(server, msg_write, rcvid, HOLE, 10, 0), -SK_EFAULT);
	CHECK_EQ(call(server, msg_read, rcvid, HOLE, 10, 0), -SK_EFAULT);
	CHECK_EQ(call(server, msg_read, rcvid, BUFFER, 1ull << 31, 0), -SK_EINVAL);
	CHECK_EQ(call(server, msg_read, rcvid + (1 << SKINK_INDEX_BITS), BUFFER, 9, 0), -SK_ESRCH);
	CHECK_EQ(call(server, msg_reply, rcvid, 0, 0, 0), 0);
	CHECK_EQ(call(server, msg_read, rcvid, BUFFER, 10, 0), -SK_ESRCH);
	/* A client's bad buffer makes it short, wherever it is. */
	CHECK_EQ(
	    send(IOV(client, BUFFER, 100, HOLE, 100), -2, IOV(client, REPLY, 3000, HOLE, 300), -2),
	    BLOCKED);
	rcvid = (uint64_t)receive(BUFFER, 50);
	CHECK_EQ(call(server, msg_read, rcvid, BUFFER, 200, 0), 100);
	CHECK_EQ(call(server, msg_read, rcvid, BUFFER, 200, 150), 0);
	CHECK_EQ(call(server, msg_write, rcvid, BUFFER, 3200, 0), 3000);
	scene_end();
}

static void
test_rcvid_is_nothing_to_other_processes(void)
{
	struct thread *thief;
	uint64_t rcvid;

	begin(0);
	thief = process_at(10);
	CHECK_EQ(send(BUFFER, 0, 0, 0), BLOCKED);
	CHECK_EQ(call(server, msg_reply, (uint64_t)client->rcvid, 0, 0, 0), -SK_ESRCH);
	rcvid = (uint64_t)receive(BUFFER, 0);
	CHECK_EQ(call(thief, msg_reply, rcvid, 0, 0, 0), -SK_ESRCH);
	CHECK_EQ(call(thief, msg_read, rcvid, BUFFER, 1, 0), -SK_ESRCH);
	CHECK_EQ(call(thief, msg_reply, rcvid, (uint64_t)-SK_EPERM, 0, 0), -SK_ESRCH);
	CHECK_EQ(call(thief, msg_current, rcvid), -SK_ESRCH);
	CHECK_EQ(call(server, msg_reply, (uint64_t)-1, 0, 0, 0), -SK_ESRCH);
	CHECK_EQ(call(server, msg_reply, 0, 0, 0, 0), -SK_ESRCH);
	CHECK_EQ(call(server, msg_reply, rcvid, 0, 0, 0), 0);
	scene_end();
}

static void
test_reply_receive_replies_each_time_when_its_receive_has_timed_out(void)
{
	struct thread *second;

	begin(0);
	second = process_at(10);
	CHECK_EQ(send(BUFFER, 0, 0, 0), BLOCKED);
	CHECK(receive(BUFFER, 0) > 0);
	CHECK_EQ(
	    call(second, msg_send, (uint64_t)connect_to(second, server, chid), BUFFER, 0, 0, 0),
	    BLOCKED);
	CHECK(receive(BUFFER, 0) > 0);
	CHECK_EQ(
	    call(server, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_RECEIVE, 100),
	    0);
	CHECK_EQ(call(server, msg_reply_receive, (uint64_t)client->rcvid, 1, 0, 0, (uint64_t)chid,
		     BUFFER, 100, 0),
	    BLOCKED);
	CHECK_EQ(result_of(client), 1);
	time_pass(100);
	CHECK_EQ(result_of(server), -SK_ETIMEDOUT);
	CHECK_EQ(call(server, msg_reply_receive, (uint64_t)second->rcvid, 2, 0, 0, (uint64_t)chid,
		     BUFFER, 100, 0),
	    BLOCKED);
	CHECK_EQ(result_of(second), 2);
	/* A reply that cannot be made: nothing is received. */
	CHECK_EQ(send(BUFFER, 0, REPLY, 10), BLOCKED);
	CHECK(result_of(server) > 0);
	CHECK_EQ(
	    call(server, msg_reply_receive, 5, 2, 0, 0, (uint64_t)chid, BUFFER, 100, 0), -SK_ESRCH);
	CHECK_EQ(call(server, msg_reply_receive, (uint64_t)client->rcvid, 2, HOLE, 5,
		     (uint64_t)chid, BUFFER, 100, 0),
	    -SK_EFAULT);
	CHECK_EQ(result_of(client), BLOCKED);
	scene_end();
}

static void
test_reply_receive_goes_on_when_the_reply_is_long(void)
{
	struct thread *second;

	begin(0);
	second = process_at(10);
	CHECK_EQ(send(BUFFER, 0, REPLY, LONG), BLOCKED);
	CHECK(receive(BUFFER, 0) > 0);
	fill(server, BUFFER, LONG, 3);
	CHECK_EQ(
	    call(second, msg_send, (uint64_t)connect_to(second, server, chid), BUFFER, 0, 0, 0),
	    BLOCKED);
	CHECK_EQ(call(server, msg_reply_receive, (uint64_t)client->rcvid, 7, BUFFER, LONG,
		     (uint64_t)chid, REPLY, 10, 0),
	    second->rcvid);
	CHECK_EQ(result_of(client), 7);
	CHECK(is_filled(client, REPLY, LONG, 3));
	scene_end();
}

static void
test_server_is_asked_first_when_its_client_times_out(void)
{
	const struct _pulse *pulse;
	long rcvid;

	begin(SKINK_CHF_UNBLOCK);
	for (unsigned answers = 0; answers < 2; answers++) {
		CHECK_EQ(call(client, timer_timeout, SKINK_CLOCK_MONOTONIC, 0,
			     1u << SKINK_STATE_REPLY | 1u << SKINK_STATE_SEND, 1000),
		    0);
		CHECK_EQ(send(BUFFER, 0, 0, 0), BLOCKED);
		rcvid = receive(BUFFER, 100);
		time_pass(1000);
		CHECK_EQ(result_of(client), BLOCKED);
		CHECK_EQ(receive(BUFFER, 100), 0);
		pulse = user(server, BUFFER);
		CHECK_EQ(pulse->code, SKINK_PULSE_UNBLOCK);
		CHECK_EQ(pulse->value, rcvid);
		CHECK_EQ(call(server, msg_info, (uint64_t)rcvid, INFO), 0);
		CHECK_EQ(((struct _msg_info *)user(server, INFO))->flags, SKINK_MI_UNBLOCK_REQ);
		if (answers == 0) {
			CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, (uint64_t)-SERVERS_ERROR,
				     0, 0),
			    0);
			CHECK_EQ(result_of(client), -SERVERS_ERROR);
		} else {
			time_pass(SKINK_UNBLOCK_GRACE_NS - 1);
			CHECK_EQ(result_of(client), BLOCKED);
			time_pass(1);
			CHECK_EQ(result_of(client), -SK_ETIMEDOUT);
		}
	}
	/* Not received yet: nobody to ask. */
	CHECK_EQ(call(client, timer_timeout, SKINK_CLOCK_MONOTONIC, 0,
		     1u << SKINK_STATE_REPLY | 1u << SKINK_STATE_SEND, 1000),
	    0);
	CHECK_EQ(send(BUFFER, 0, 0, 0), BLOCKED);
	time_pass(1000);
	CHECK_EQ(result_of(client), -SK_ETIMEDOUT);
	scene_end();
}

static void
test_timeout_is_over_when_a_long_message_has_been_received(void)
{
	begin(0);
	CHECK_EQ(
	    call(server, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_RECEIVE, 1000),
	    0);
	CHECK_EQ(receive(BUFFER, LONG), BLOCKED);
	CHECK_EQ(send(BUFFER, LONG, 0, 0), BLOCKED);
	CHECK(result_of(server) > 0);
	time_pass(2000);
	CHECK_EQ(receive(BUFFER, LONG), BLOCKED);
	time_pass(2000);
	CHECK_EQ(result_of(server), BLOCKED);
	scene_end();
}

static void
test_equals_have_their_turn_when_a_long_message_is_copied(void)
{
	struct thread *equal;

	scene_begin();
	server = process_new(&(struct options){.priority = 20, .policy = SKINK_SCHED_RR});
	client = process_at(20);
	equal = process_at(20);
	chid = channel_new(server, 0);
	coid = connect_to(client, server, chid);
	CHECK_EQ(call_now(client, msg_send, (uint64_t)coid, BUFFER, LONG, REPLY, 0), BLOCKED);
	fake_look_ns = SLICE_NS / 4;
	CHECK_EQ(call_now(server, msg_receive, (uint64_t)chid, BUFFER, LONG, 0), BLOCKED);
	fake_look_ns = 0;
	CHECK(current() == equal && client->state == SKINK_STATE_COPY);
	settle();
	CHECK(result_of(server) > 0);
	scene_end();
}

const struct test message_tests[] = {
    TEST(test_message_arrives_when_server_waits),
    TEST(test_message_arrives_when_server_comes_later),
    TEST(test_sequence_number_goes_on_when_the_slot_has_a_new_thread),
    TEST(test_message_is_whole_when_both_sides_have_pieces),
    TEST(test_buffers_are_refused_when_their_sizes_are_wild),
    TEST(test_sender_gets_efault_when_its_message_is_bad),
    TEST(test_receiver_gets_efault_when_its_buffer_is_bad),
    TEST(test_receiver_gets_efault_when_a_long_messages_buffer_is_bad_late),
    TEST(test_reply_hurts_only_the_one_whose_buffer_is_bad),
    TEST(test_long_message_arrives_when_it_is_interrupted_anywhere),
    TEST(test_server_goes_on_when_its_client_dies_at_any_step),
    TEST(test_client_gets_esrch_when_its_server_dies_at_any_step),
    TEST(test_message_goes_to_another_thread_when_the_copying_one_is_killed),
    TEST(test_message_goes_to_another_thread_when_the_copying_one_is_sent_away),
    TEST(test_read_and_write_go_to_their_offsets_when_in_pieces),
    TEST(test_rcvid_is_nothing_to_other_processes),
    TEST(test_reply_receive_replies_each_time_when_its_receive_has_timed_out),
    TEST(test_reply_receive_goes_on_when_the_reply_is_long),
    TEST(test_server_is_asked_first_when_its_client_times_out),
    TEST(test_timeout_is_over_when_a_long_message_has_been_received),
    TEST(test_equals_have_their_turn_when_a_long_message_is_copied),
    {0},
};
