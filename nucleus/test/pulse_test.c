/* SPDX-License-Identifier: Apache-2.0 */
/* pulse_test.c - pulses and events: order, counting, who pays, who may deliver. */
#include "tests.h"

#define BUFFER (USER_BASE + 0x5000)
#define SYNC   SHARED_BASE

static struct thread *server, *client;
static int chid, coid;

static void
begin(void)
{
	scene_begin();
	server = process_at(20);
	client = process_at(10);
	chid = channel_new(server, 0);
	coid = connect_to(client, server, chid);
}

static const struct _pulse *
pulse_next(struct thread *t, int at)
{
	CHECK_EQ(call(t, msg_receive, (uint64_t)at, BUFFER, sizeof(struct _pulse), 0), 0);
	return user(t, BUFFER);
}

static long
pulse(int priority, int code, uint64_t value)
{
	return call(
	    client, msg_send_pulse, (uint64_t)coid, (uint64_t)priority, (uint64_t)code, value);
}

/* Registers an event of the client's for the server; returns the handle. */
static uint64_t
registered(struct skink_event ev)
{
	long handle =
	    call(client, msg_register_event, (uint64_t)coid, place(client, &ev, sizeof(ev)));

	CHECK(handle > 0);
	return (uint64_t)handle;
}

static void
test_pulses_come_by_priority_then_age_and_never_merge(void)
{
	static const struct {
		int priority;
		uint64_t value;
	} sent[] = {{10, 1}, {30, 2}, {10, 3}, {30, 2}, {-1, 5}};
	static const uint64_t order[] = {2, 2, 1, 3, 5};

	begin();
	for (unsigned i = 0; i < 5; i++)
		CHECK_EQ(pulse(sent[i].priority, (int)i, sent[i].value), 0);
	for (unsigned i = 0; i < 5; i++) {
		const struct _pulse *p = pulse_next(server, chid);

		CHECK_EQ(p->value, order[i]);
		CHECK_EQ(p->count, 1);
	}
	CHECK_EQ(client->process->used[SKINK_POOL_PULSE], 0);
	scene_end();
}

static void
test_pulse_and_message_wait_in_one_order(void)
{
	begin();
	CHECK_EQ(pulse(9, 0, 0), 0);
	CHECK_EQ(call(client, msg_send, (uint64_t)coid, BUFFER, 0, 0, 0), BLOCKED);
	CHECK(call(server, msg_receive, (uint64_t)chid, BUFFER, 24, 0) > 0);
	(void)pulse_next(server, chid);
	scene_end();
}

static void
test_pulse_stays_when_its_receivers_buffer_is_bad(void)
{
	begin();
	CHECK_EQ(pulse(9, 7, 77), 0);
	CHECK_EQ(call(server, msg_receive, (uint64_t)chid, HOLE, 24, 0), -SK_EFAULT);
	CHECK_EQ(pulse_next(server, chid)->value, 77);
	/* A short buffer gets as much as it has room for. */
	CHECK_EQ(pulse(9, 7, 78), 0);
	memset(user(server, BUFFER), 0xee, 24);
	CHECK_EQ(call(server, msg_receive, (uint64_t)chid, BUFFER, 6, 0), 0);
	CHECK_EQ(((uint8_t *)user(server, BUFFER))[4], 7);
	CHECK_EQ(((uint8_t *)user(server, BUFFER))[6], 0xee);
	scene_end();
}

/* One whose buffer is bad, or who would not run next, is not. */
static void
test_pulse_is_handed_over_when_its_receiver_runs_next(void)
{
	static const struct {
		uint32_t flags;
		int receiver, sender, priority;
		bool good, handed;
	} cases[] = {
	    {0, 20, 10, 30, true, true},
	    {0, 20, 10, 10, true, false}, /* it waits behind its sender */
	    {0, 20, 30, 30, true, false},
	    {0, 20, 10, 30, false, false}, /* it learns that, and the pulse stays */
	    {SKINK_CHF_FIXED_PRIORITY, 20, 10, 5, true, true},
	    {SKINK_CHF_FIXED_PRIORITY, 20, 30, 40, true, false},
	};

	scene_begin();
	hart0.fast_epoch = FAST_OFF;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct thread *receiver = process_at(cases[i].receiver);
		struct thread *sender = process_at(cases[i].sender);
		int at = channel_new(receiver, cases[i].flags);
		int way = connect_to(sender, receiver, at);
		unsigned queued;

		CHECK_EQ(
		    call(receiver, msg_receive, (uint64_t)at, cases[i].good ? BUFFER : HOLE, 24, 0),
		    BLOCKED);
		(void)call_now(
		    sender, msg_send_pulse, (uint64_t)way, (uint64_t)cases[i].priority, 3, 33);
		queued = channel_find(receiver->process, at)->queued;
		if (cases[i].handed) {
			CHECK(current() == receiver && queued == 0);
			CHECK_EQ(receiver->effective,
			    cases[i].flags ? cases[i].receiver : cases[i].priority);
		} else {
			CHECK(cases[i].good ? current() == sender : queued == 1);
		}
		settle();
		CHECK_EQ(result_of(receiver), cases[i].good ? 0 : -SK_EFAULT);
		if (!cases[i].good)
			(void)pulse_next(receiver, at);
		CHECK_EQ(((const struct _pulse *)user(receiver, BUFFER))->value, 33);
		process_end(receiver->process);
		process_end(sender->process);
	}
	scene_end();
}

static void
test_one_sender_cannot_use_up_all_pulses(void)
{
	struct thread *other;
	unsigned n = 0;

	begin();
	while (pulse(1, 0, 0) == 0)
		n++;
	CHECK_EQ(n, pools[SKINK_POOL_PULSE].total / 4 + 1);
	other = process_at(10);
	/* Another's, to another channel. */
	{
		int own = channel_new(other, 0), way = connect_to(other, other, own);

		CHECK_EQ(call(other, msg_send_pulse, (uint64_t)way, 1, 0, 0), 0);
		CHECK_EQ(call(other, msg_receive, (uint64_t)own, BUFFER, 24, 0), 0);
	}
	/* What was sent stays when its sender ends, and is paid by nobody. */
	process_end(client->process);
	CHECK_EQ(call(server, msg_receive, (uint64_t)chid, BUFFER, 24, 0), 0);
	process_end(server->process);
	CHECK_EQ(pools[SKINK_POOL_PULSE].used, 0);
	scene_end();
}

static void
test_event_pulses_coalesce_when_nobody_receives(void)
{
	uint64_t handle;
	int own;

	begin();
	own = channel_new(client, 0);
	handle = registered((struct skink_event){.notify = SKINK_EV_PULSE | SKINK_EV_UPDATEABLE,
	    .target = connect_to(client, client, own),
	    .value = 5,
	    .code = 9,
	    .priority = 15});
	CHECK_EQ(call(server, msg_deliver_event, handle, 5), 0);
	CHECK_EQ(call(server, msg_deliver_event, handle, 6), 0);
	CHECK_EQ(call(server, msg_deliver_event, handle, 6), 0);
	CHECK_EQ(pulse_next(client, own)->count, 3);
	CHECK_EQ(((struct _pulse *)user(client, BUFFER))->value, 6);
	CHECK_EQ(((struct _pulse *)user(client, BUFFER))->code, 9);
	CHECK_EQ(call(server, msg_deliver_event, handle, 6), 0);
	CHECK_EQ(pulse_next(client, own)->count, 1);
	CHECK_EQ(client->effective, 15);
	scene_end();
}

static void
test_event_keeps_its_value_when_it_is_not_updateable(void)
{
	uint64_t handle;
	int own;

	begin();
	own = channel_new(client, 0);
	handle = registered((struct skink_event){.notify = SKINK_EV_PULSE,
	    .target = connect_to(client, client, own),
	    .value = 5,
	    .priority = -1});
	CHECK_EQ(call(server, msg_deliver_event, handle, 6), 0);
	CHECK_EQ(pulse_next(client, own)->value, 5);
	/* Delivered, not received, and unregistered: it is not there any more. */
	CHECK_EQ(call(server, msg_deliver_event, handle, 6), 0);
	CHECK_EQ(call(client, notice_free, SKINK_POOL_EVENT, handle), 0);
	CHECK_EQ(call(client, msg_receive, (uint64_t)own, BUFFER, 24, 0), BLOCKED);
	CHECK_EQ(call(server, msg_deliver_event, handle, 6), -SK_ESRCH);
	scene_end();
}

static void
test_event_posts_a_semaphore_when_it_names_one(void)
{
	uint64_t handle;

	begin();
	handle = registered(
	    (struct skink_event){.notify = SKINK_EV_SEM | SKINK_EV_UPDATEABLE, .value = SYNC + 40});
	CHECK_EQ(call(server, msg_deliver_event, handle, SYNC + 48), 0); /* not there */
	CHECK_EQ(((struct skink_sync *)user(client, SYNC + 40))->word, 1);
	CHECK_EQ(call(client, sync_wait, SYNC + 40, 1, SKINK_STATE_SEM), BLOCKED);
	CHECK_EQ(call(server, msg_deliver_event, handle, 0), 0);
	CHECK_EQ(result_of(client), 0);
	CHECK_EQ(((struct skink_sync *)user(client, SYNC + 40))->word, 2);
	page_unmap(client->process, SHARED_BASE);
	CHECK_EQ(call(server, msg_deliver_event, handle, 0), -SK_EFAULT);
	scene_end();
}

static void
test_event_is_delivered_only_by_whom_it_was_given_to(void)
{
	struct thread *thief, *again;
	uint64_t handle;
	long parked;

	begin();
	process_end(server->process);
	server = service_at(2, 20);
	thief = process_at(10);
	parked = call(server, channel_create, SKINK_CHF_DURABLE, 0);
	chid = (int)parked;
	coid = connect_to(client, server, chid);
	handle = registered((struct skink_event){.notify = SKINK_EV_SEM, .value = SYNC});
	CHECK_EQ(call(thief, msg_deliver_event, handle, 0), -SK_EPERM);
	CHECK_EQ(call(client, msg_deliver_event, handle, 0), -SK_EPERM);
	CHECK_EQ(call(server, msg_deliver_event, handle, 0), 0);
	/* Also by its next instance, which finds the handle in keep memory. */
	process_end(server->process);
	again = service_at(2, 20);
	CHECK_EQ(call(again, msg_deliver_event, handle, 0), -SK_EPERM);
	CHECK_EQ((int)call(again, channel_create, SKINK_CHF_DURABLE, 0), chid);
	CHECK_EQ(call(again, msg_deliver_event, handle, 0), 0);
	CHECK_EQ(call(again, msg_deliver_event, handle + 1, 0), -SK_ESRCH);
	process_end(client->process);
	CHECK_EQ(call(again, msg_deliver_event, handle, 0), -SK_ESRCH);
	CHECK_EQ(call(again, channel_destroy, (uint64_t)chid), 0);
	scene_end();
}

/* A process that takes all it may of each kind has no more; another does not notice; and all of it
 * is there again when the first has ended. */
static void
test_quota_is_used_up_by_its_process_alone(void)
{
	struct thread *greedy, *modest;
	struct skink_event none = {.notify = SKINK_EV_NONE};
	uint32_t used[SKINK_POOL_COUNT];

	begin();
	modest = process_at(10);
	for (unsigned i = 0; i < SKINK_POOL_COUNT; i++)
		used[i] = pools[i].used;
	greedy = process_new(&(struct options){.quota = 5, .priority = 30});
	for (unsigned i = 0; i < 5; i++) {
		uint64_t source = 40 + i;

		CHECK_EQ(call(greedy, channel_create, 0, 0) > 0, 1);
		CHECK_EQ(connect_to(greedy, server, chid), (int)i);
		CHECK(call(greedy, timer_create, SKINK_CLOCK_MONOTONIC,
			  place(greedy, &none, sizeof(none))) > 0);
		CHECK(call(greedy, msg_register_event, 0, place(greedy, &none, sizeof(none))) > 0);
		CHECK_EQ(
		    call(manager, p_interrupt_grant, (uint64_t)greedy->process->object.id, source),
		    0);
		CHECK(call(greedy, interrupt_attach, source, 0, 0) > 0);
		CHECK_EQ(call(greedy, msg_send_pulse, 0, 1, 0, 0), 0);
		if (i > 0)
			CHECK_EQ(call(thread_new(greedy, 10), sync_wait, SYNC + 8 * i, 0,
				     SKINK_STATE_SEM),
			    BLOCKED);
	}
	CHECK_EQ(call(greedy, channel_create, 0, 0), -SK_EAGAIN);
	CHECK_EQ(call(greedy, connect_dup, 0, 0, 0), -SK_EMFILE);
	CHECK_EQ(
	    call(greedy, timer_create, SKINK_CLOCK_MONOTONIC, place(greedy, &none, sizeof(none))),
	    -SK_EAGAIN);
	CHECK_EQ(
	    call(greedy, msg_register_event, 0, place(greedy, &none, sizeof(none))), -SK_EAGAIN);
	CHECK_EQ(call(greedy, msg_send_pulse, 0, 1, 0, 0), -SK_EAGAIN);
	for (unsigned i = 0; i < SKINK_POOL_COIDS; i++)
		CHECK(greedy->process->used[i] >= (i == SKINK_POOL_SYNC ? 4 : 5));
	CHECK(call(modest, channel_create, 0, 0) > 0);
	CHECK(call(modest, timer_create, SKINK_CLOCK_MONOTONIC,
		  place(modest, &none, sizeof(none))) > 0);
	CHECK_EQ(call(modest, sync_wait, SYNC + 64, 0, SKINK_STATE_SEM), BLOCKED);
	process_end(modest->process);
	process_end(greedy->process);
	while (!heap_is_empty(&channel_find(server->process, chid)->queue))
		CHECK_EQ(call(server, msg_receive, (uint64_t)chid, BUFFER, 24, 0), 0);
	used[SKINK_POOL_PROCESS]--;
	used[SKINK_POOL_THREAD]--;
	for (unsigned i = 0; i < SKINK_POOL_COUNT; i++)
		CHECK_EQ(pools[i].used, used[i]);
	scene_end();
}

const struct test pulse_tests[] = {
    TEST(test_pulses_come_by_priority_then_age_and_never_merge),
    TEST(test_pulse_and_message_wait_in_one_order),
    TEST(test_pulse_stays_when_its_receivers_buffer_is_bad),
    TEST(test_pulse_is_handed_over_when_its_receiver_runs_next),
    TEST(test_one_sender_cannot_use_up_all_pulses),
    TEST(test_event_pulses_coalesce_when_nobody_receives),
    TEST(test_event_keeps_its_value_when_it_is_not_updateable),
    TEST(test_event_posts_a_semaphore_when_it_names_one),
    TEST(test_event_is_delivered_only_by_whom_it_was_given_to),
    TEST(test_quota_is_used_up_by_its_process_alone),
    {0},
};
