/* SPDX-License-Identifier: Apache-2.0 */
/* message_test.c - send, receive, reply. */
#include "tests.h"

static void
test_message_arrives_when_server_waits(void)
{
	struct thread *server, *client;
	uint64_t to, reply;
	int chid, coid;
	long rcvid;

	scene_begin();
	server = process_at(20);
	client = process_at(10);
	chid = channel_new(server, 0);
	coid = connect_to(client, server, chid);
	to = USER_BASE + 0x4000;
	reply = USER_BASE + 0x5000;
	CHECK_EQ(call(server, msg_receive, (uint64_t)chid, to, 100, 0), BLOCKED);
	CHECK_EQ(call(client, msg_send, (uint64_t)coid, place(client, "hello", 6), 6, reply, 50),
	    BLOCKED);
	rcvid = result_of(server);
	CHECK(rcvid > 0);
	CHECK(strcmp(user(server, to), "hello") == 0);
	CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, 42, place(server, "good", 5), 5), 0);
	CHECK_EQ(result_of(client), 42);
	CHECK(strcmp(user(client, reply), "good") == 0);
	scene_end();
}

const struct test message_tests[] = {
    TEST(test_message_arrives_when_server_waits),
    {0},
};
