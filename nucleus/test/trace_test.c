/* SPDX-License-Identifier: Apache-2.0 */
/* trace_test.c - the trace's ring: that it goes where it is put, in order, and what a message, a
 * pulse and a new process leave in it. */
#include <skink/trace_classes.h>

#include "tests.h"

#define RING    SHARED_BASE
#define ENTRIES (SKINK_PAGE / sizeof(struct skink_trace_entry))
#define BUFFER  (USER_BASE + 0x5000)

#define ALL     63

static const struct skink_trace_entry *
ring(void)
{
	return user(manager, RING);
}

static struct skink_trace_entry
newest(void)
{
	const struct skink_trace_entry *e = trace_last(0);

	CHECK(e != NULL);
	return *e;
}

static void
test_trace_goes_to_the_ring_that_is_put(void)
{
	struct skink_trace_entry e;
	uint32_t number;

	scene_begin();
	number = newest().number;
	CHECK_EQ(call(manager, p_trace, ALL, RING, SKINK_PAGE), 0);
	do
		e = ring()[++number % ENTRIES];
	while (e.number != number);
	CHECK(e.what == SKINK_TRACE_CLASSES && e.a == ALL);
	for (uint64_t i = 0; i < 3 * ENTRIES; i++) {
		CHECK_EQ(call(manager, trace_event, 7, i, 9), 0);
		e = newest();
		CHECK(e.number > number);
		number = e.number;
		CHECK(memcmp(&ring()[number % ENTRIES], &e, sizeof(e)) == 0);
	}
	CHECK(trace_last(ENTRIES - 1) != NULL);
	CHECK(trace_last(ENTRIES) == NULL);
	CHECK_EQ(call(manager, p_trace, 0, 0, 0), 0);
	number += 10; /* more than the call leaves */
	do
		e = ring()[--number % ENTRIES];
	while (e.number != number);
	CHECK(e.what == SKINK_TRACE_CLASSES && e.a == 0);
	CHECK_EQ(call(manager, p_trace, ALL, 0, 0), 0);
	CHECK_EQ(call(manager, trace_event, 7, 0, 9), 0);
	CHECK(newest().number > number);
	CHECK(memcmp(&ring()[number % ENTRIES], &e, sizeof(e)) == 0);
	scene_end();
}

static void
test_class_that_is_off_leaves_nothing(void)
{
	uint32_t number;

	scene_begin();
	CHECK_EQ(call(manager, p_trace, 0, 0, 0), 0);
	number = newest().number;
	CHECK_EQ(call(manager, trace_event, 7, 1, 9), 0);
	CHECK_EQ(newest().number, number);
	(void)process_at(10);
	CHECK(newest().number > number);
	scene_end();
}

/* The events since `number`, as "NAME NAME ..."; only those whose class is in `classes`. */
static const char *
names(uint32_t number, unsigned classes)
{
	static const struct {
		const char *name;
		uint32_t what;
	} list[] = {
#define TRACE_ROW(name, what, a, b) {#name, what},
	    SKINK_TRACES(TRACE_ROW)
#undef TRACE_ROW
	};
	static char text[1000];

	text[0] = '\0';
	for (uint32_t n = newest().number - number; n-- > 0;) {
		const struct skink_trace_entry *e = trace_last(n);

		for (unsigned i = 0; i < sizeof(list) / sizeof(list[0]); i++)
			if (list[i].what == e->what && classes & 1u << SKINK_TRACE_CLASS(e->what))
				strcat(strcat(text, text[0] == '\0' ? "" : " "), list[i].name);
	}
	return text;
}

static void
test_message_and_pulse_leave_their_events(void)
{
	const unsigned messages = 1u << SKINK_TRACE_CLASS_MESSAGES;
	struct thread *server, *client;
	uint32_t number;
	int chid, coid;
	long rcvid;

	scene_begin();
	server = process_at(20);
	client = process_at(10);
	chid = channel_new(server, 0);
	coid = connect_to(client, server, chid);
	number = newest().number;
	CHECK_EQ(call(client, msg_send, (uint64_t)coid, BUFFER, 4, BUFFER, 4), BLOCKED);
	rcvid = call(server, msg_receive, (uint64_t)chid, BUFFER, 4, 0);
	CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, 0, BUFFER, 4), 0);
	CHECK(strcmp(names(number, messages), "SEND RECEIVE REPLY") == 0);
	number = newest().number;
	CHECK_EQ(call(client, msg_send_pulse, (uint64_t)coid, 15, 3, 0), 0);
	CHECK(strcmp(names(number, messages), "PULSE") == 0);
	CHECK_EQ(call(server, msg_receive, (uint64_t)chid, BUFFER, sizeof(struct _pulse), 0), 0);
	CHECK(strcmp(names(number, messages), "PULSE PULSE_RECEIVE") == 0);
	scene_end();
}

static void
test_process_is_created_with_its_name(void)
{
	uint32_t number;

	scene_begin();
	number = newest().number;
	(void)process_at(20);
	CHECK(strstr(names(number, 1u << SKINK_TRACE_CLASS_LIFECYCLE),
		  "PROCESS_CREATE NAME THREAD_CREATE") != NULL);
	scene_end();
}

const struct test trace_tests[] = {
    TEST(test_trace_goes_to_the_ring_that_is_put),
    TEST(test_class_that_is_off_leaves_nothing),
    TEST(test_message_and_pulse_leave_their_events),
    TEST(test_process_is_created_with_its_name),
    {0},
};
