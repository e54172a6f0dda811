/* SPDX-License-Identifier: Apache-2.0 */
/* death_test.c - the end of threads and processes in every state, and who learns of it when. */
#include "tests.h"

#define BUFFER (USER_BASE + 0x5000)
#define MUTEX  SHARED_BASE

static uint64_t
pid(const struct thread *t)
{
	return (uint64_t)t->process->object.id;
}

static uint64_t
tid(const struct thread *t)
{
	return (uint64_t)t->object.id;
}

static long
receive(struct thread *t, int chid)
{
	return call(t, msg_receive, (uint64_t)chid, BUFFER, 64, 0);
}

static long
send(struct thread *t, int coid)
{
	return call(t, msg_send, (uint64_t)coid, BUFFER, 8, BUFFER, 8);
}

static void
manager_at(int priority)
{
	struct skink_sched s = {.policy = SKINK_SCHED_FIFO, .priority = priority};

	CHECK_EQ(call(manager, sched_set, 0, place(manager, &s, sizeof(s))), 0);
}

/* The manager, at the priority of whom it works for, kills; then it waits for news. What a hog of
 * middle priority must not delay has happened when that call is over. */
static void
kill_at(int priority, const struct thread *t)
{
	manager_at(priority);
	/* Those who are owed more than that come first. */
	if (call_now(manager, p_process_kill, pid(t), SKINK_STATUS_SIGNAL(9, 0), 1) == BLOCKED ||
	    current() != manager)
		return;
	CHECK_EQ(call_now(manager, msg_receive, (uint64_t)manager_chid, BUFFER, 24, 0) == 0 ||
		manager->state == SKINK_STATE_RECEIVE,
	    1);
}

static void
test_process_ends_at_once_when_its_killer_is_above_all_others(void)
{
	struct thread *hog, *victim, *second;

	scene_begin();
	hog = process_at(50);
	victim = process_at(10);
	second = thread_new(victim, 5);
	make_current(hog);
	enter();
	kill_at(200, victim);
	CHECK_EQ(victim->object.id, 0);
	CHECK_EQ(second->object.id, 0);
	CHECK_EQ(result_of(manager), 0);
	CHECK_EQ(((struct _pulse *)user(manager, BUFFER))->code, SKINK_PULSE_PROCESSDEATH);
	scene_end();
}

static void
test_process_ends_at_once_when_its_threads_serve_at_fixed_priority(void)
{
	struct thread *hog, *victim;
	int chid;

	scene_begin();
	hog = process_at(50);
	victim = process_at(10);
	chid = channel_new(victim, SKINK_CHF_FIXED_PRIORITY);
	CHECK_EQ(receive(victim, chid), BLOCKED);
	make_current(hog);
	enter();
	kill_at(200, victim);
	CHECK_EQ(victim->object.id, 0);
	scene_end();
}

/* Clients of 90 in each state, the killer low, a hog between. */
static void
test_clients_learn_before_any_lower_thread_runs_when_a_server_dies(void)
{
	for (unsigned durable = 0; durable < 2; durable++)
		for (unsigned state = 0; state < 4; state++) {
			struct thread *hog, *server, *client;
			int chid, coid;

			if (durable + state == 0)
				scene_begin();
			hog = process_at(50);
			server = service_at(3, 10);
			client = process_at(90);
			chid =
			    (int)call(server, channel_create, durable ? SKINK_CHF_DURABLE : 0, 0);
			CHECK(chid > 0);
			coid = connect_to(client, server, chid);
			if (state == 0) { /* REPLY */
				CHECK_EQ(receive(server, chid), BLOCKED);
				CHECK_EQ(send(client, coid), BLOCKED);
			} else if (state == 1) { /* REPLY, deferred */
				CHECK_EQ(receive(server, chid), BLOCKED);
				CHECK_EQ(send(client, coid), BLOCKED);
				CHECK_EQ(receive(server, chid), BLOCKED);
			} else if (state == 2) { /* SEND, the server is busy with another */
				struct thread *other = process_at(20);

				CHECK_EQ(receive(server, chid), BLOCKED);
				CHECK_EQ(send(other, connect_to(other, server, chid)), BLOCKED);
				CHECK_EQ(send(client, coid), BLOCKED);
			} else { /* MUTEX */
				((struct skink_sync *)user(client, MUTEX))->word =
				    (uint32_t)tid(server);
				CHECK_EQ(
				    call(client, sync_wait, MUTEX, tid(server), SKINK_STATE_MUTEX),
				    BLOCKED);
			}
			CHECK(server->effective == 90);
			make_current(hog);
			enter();
			kill_at(60, server);
			if (state == 3)
				CHECK_EQ(result_of(client), -SK_EOWNERDEAD);
			else if (durable)
				CHECK_EQ(client->state, SKINK_STATE_SEND);
			else
				CHECK_EQ(result_of(client), -SK_ESRCH);
			CHECK(current() != hog);
			((struct skink_sync *)user(client, MUTEX))->word = 0;
			if (manager->state == SKINK_STATE_RECEIVE)
				CHECK_EQ(call(manager, p_thread_jump, tid(manager), 0), 0);
			scene_kill_all();
			if (durable) {
				server = service_at(3, 10);
				chid = (int)call(server, channel_create, SKINK_CHF_DURABLE, 0);
				CHECK_EQ(call(server, channel_destroy, (uint64_t)chid), 0);
			}
		}
	scene_end();
}

/* Whoever kills is of low priority; the channel where the client waits is not its owner's first. */
static void
test_client_of_the_channel_served_learns_first_when_there_are_several(void)
{
	struct thread *hog, *server, *client;
	int chid;

	scene_begin();
	hog = process_at(50);
	server = process_at(10);
	client = process_at(90);
	for (unsigned i = 0; i < 3; i++)
		chid = channel_new(server, 0);
	CHECK_EQ(
	    call(server, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_RECEIVE, 0), 0);
	CHECK_EQ(receive(server, chid), -SK_ETIMEDOUT);
	CHECK_EQ(call(server, thread_sleep, SKINK_CLOCK_MONOTONIC, 0, 1 << 30), BLOCKED);
	CHECK_EQ(send(client, connect_to(client, server, chid)), BLOCKED);
	CHECK_EQ(server->effective, 90);
	make_current(hog);
	enter();
	kill_at(10, server);
	CHECK_EQ(result_of(client), -SK_ESRCH);
	CHECK(current() == client);
	scene_end();
}

/* The kill has come to the lesser thread only, when the one that is awaited wakes and dies. */
static void
test_client_learns_when_the_thread_it_waits_for_is_not_the_last_to_die(void)
{
	struct thread *hog, *server, *lesser, *client;
	int chid;

	scene_begin();
	hog = process_at(50);
	server = process_at(10);
	client = process_at(90);
	chid = channel_new(server, 0);
	lesser = thread_new(server, 5);
	CHECK_EQ(
	    call(server, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_RECEIVE, 0), 0);
	CHECK_EQ(receive(server, chid), -SK_ETIMEDOUT);
	CHECK_EQ(call(server, thread_sleep, SKINK_CLOCK_MONOTONIC, 0, 1000), BLOCKED);
	CHECK_EQ(send(client, connect_to(client, server, chid)), BLOCKED);
	make_current(hog);
	enter();
	manager_at(10);
	CHECK_EQ(call_now(manager, p_process_kill, pid(server), 9, 1), BLOCKED);
	CHECK(lesser->dying && !server->dying && current() == hog);
	time_pass_now(1000);
	CHECK_EQ(result_of(client), -SK_ESRCH);
	CHECK(current() == client);
	scene_end();
}

static void
test_server_goes_on_when_a_client_dies_in_any_state(void)
{
	struct thread *server, *client[3];
	int chid, coid[3];
	long rcvid;

	scene_begin();
	server = process_at(10);
	chid = channel_new(server, SKINK_CHF_DISCONNECT);
	for (unsigned i = 0; i < 3; i++) {
		client[i] = process_at(20);
		coid[i] = connect_to(client[i], server, chid);
	}
	/* REPLY-blocked, SEND-blocked, and with nothing under way. */
	CHECK_EQ(send(client[0], coid[0]), BLOCKED);
	rcvid = receive(server, chid);
	CHECK_EQ(send(client[1], coid[1]), BLOCKED);
	for (unsigned i = 0; i < 3; i++)
		CHECK_EQ(call(manager, p_process_kill, pid(client[i]), 9, 1), 0);
	for (unsigned i = 0; i < 3; i++) {
		CHECK_EQ(receive(server, chid), 0);
		CHECK_EQ(((struct _pulse *)user(server, BUFFER))->code, SKINK_PULSE_DISCONNECT);
	}
	CHECK_EQ(call(server, msg_reply, (uint64_t)rcvid, 0, 0, 0), -SK_ESRCH);
	CHECK_EQ(receive(server, chid), BLOCKED);
	CHECK_EQ(server->effective, 10);
	scene_end();
}

/* A process that waits in each way there is ends, and all of it comes back. */
static void
test_process_ends_whole_when_its_threads_wait_in_every_state(void)
{
	struct skink_event ev = {.notify = SKINK_EV_PULSE, .priority = 10};
	struct thread *main, *t[12], *server;
	int own, chid, coid;
	unsigned n = 0;
	uint64_t timer;
	long irq_id;

	scene_begin();
	server = process_at(10);
	chid = channel_new(server, 0);
	main = process_at(20);
	own = channel_new(main, SKINK_CHF_DISCONNECT | SKINK_CHF_COIDDEATH);
	coid = connect_to(main, server, chid);
	for (unsigned i = 0; i < 12; i++)
		t[i] = thread_new(main, 20);
	CHECK_EQ(receive(server, chid), BLOCKED);
	CHECK_EQ(send(t[n++], coid), BLOCKED); /* REPLY */
	CHECK_EQ(send(t[n++], coid), BLOCKED); /* SEND */
	CHECK_EQ(receive(t[n++], own), BLOCKED); /* RECEIVE */
	CHECK_EQ(call(t[n++], sync_wait, MUTEX + 8, 0, SKINK_STATE_CONDVAR), BLOCKED);
	CHECK_EQ(call(t[n++], sync_wait, MUTEX + 16, 0, SKINK_STATE_SEM), BLOCKED);
	((struct skink_sync *)user(main, MUTEX))->word = (uint32_t)tid(main);
	CHECK_EQ(call(t[n++], sync_wait, MUTEX, tid(main), SKINK_STATE_MUTEX), BLOCKED);
	CHECK_EQ(call(t[n++], thread_sleep, SKINK_CLOCK_MONOTONIC, 0, 1 << 30), BLOCKED);
	CHECK_EQ(call(manager, p_interrupt_grant, pid(main), 7), 0);
	irq_id = call(t[n], interrupt_attach, 7, 0, 0);
	CHECK(irq_id > 0);
	CHECK_EQ(call(t[n++], interrupt_wait, (uint64_t)irq_id, 0), BLOCKED);
	((struct skink_sync *)user(main, MUTEX + 24))->word = (uint32_t)tid(main);
	CHECK_EQ(call(t[n++], sync_wait, MUTEX + 24, tid(main), SKINK_STATE_JOIN), BLOCKED);
	fault(t[n++], STORE_FAULT, 4);
	CHECK_EQ(call(t[n++], thread_kill, 0), GONE);
	ev.target = coid;
	CHECK(call(main, msg_register_event, (uint64_t)coid, place(main, &ev, sizeof(ev))) > 0);
	timer =
	    (uint64_t)call(main, timer_create, SKINK_CLOCK_MONOTONIC, place(main, &ev, sizeof(ev)));
	CHECK_EQ(call(main, timer_settime, timer, 0, 1000000, 0), 0);
	CHECK_EQ(call(main, msg_send_pulse, (uint64_t)coid, -1, 1, 1), 0);
	CHECK_EQ(send(server, connect_to(server, main, own)) == BLOCKED || result_of(t[2]) > 0, 1);
	(void)call(main, process_exit, SKINK_STATUS_EXIT(3));
	CHECK_EQ(call(manager, msg_receive, (uint64_t)manager_chid, BUFFER, 24, 0), 0);
	CHECK_EQ(result_of(server), -SK_ESRCH);
	CHECK_EQ(pools[SKINK_POOL_TIMER].used + pools[SKINK_POOL_EVENT].used, 0);
	CHECK_EQ(pools[SKINK_POOL_SYNC].used, 0);
	scene_end();
}

static void
test_process_tells_its_status_when_it_has_ended(void)
{
	struct skink_process_info *info = NULL;
	struct thread *t;
	struct process *p;

	scene_begin();
	t = process_at(10);
	p = t->process;
	CHECK_EQ(call(t, process_exit, SKINK_STATUS_EXIT(3)), GONE);
	CHECK_EQ(p->state, PROCESS_ENDED);
	CHECK_EQ(call(manager, p_info, SKINK_INFO_PROCESS, (uint64_t)p->object.id, BUFFER,
		     sizeof(*info)),
	    p->object.id);
	info = user(manager, BUFFER);
	CHECK_EQ(info->status, SKINK_STATUS_EXIT(3));
	CHECK_EQ(info->state, PROCESS_ENDED);
	CHECK_EQ(call(manager, p_process_kill, (uint64_t)p->object.id, 9, 1), 0);
	CHECK_EQ(p->status, SKINK_STATUS_EXIT(3));
	process_reclaim(p);
	CHECK_EQ(call(manager, p_process_kill, (uint64_t)info->pid, 9, 1), -SK_ESRCH);
	/* The last thread's exit is the process's. */
	t = process_at(10);
	p = t->process;
	(void)call(t, thread_kill, 0);
	CHECK_EQ(p->state, PROCESS_ENDED);
	CHECK_EQ(p->status, SKINK_STATUS_EXIT(0));
	scene_end();
}

static void
test_new_process_ends_when_it_has_never_run(void)
{
	struct process *p;
	struct thread *server;
	int chid;

	scene_begin();
	server = process_at(10);
	chid = channel_new(server, SKINK_CHF_DISCONNECT);
	p = process_make(&(struct options){0});
	CHECK_EQ(call(manager, p_connect_install, (uint64_t)p->object.id, (uint64_t)chid, 0, 0), 0);
	CHECK_EQ(call(manager, p_process_free, (uint64_t)p->object.id), -SK_EBUSY);
	CHECK_EQ(call(manager, p_process_kill, (uint64_t)p->object.id, 9, 1), 0);
	CHECK_EQ(receive(server, chid), 0);
	CHECK_EQ(call(manager, msg_receive, (uint64_t)manager_chid, BUFFER, 24, 0), 0);
	CHECK_EQ(((struct _pulse *)user(manager, BUFFER))->value, p->object.id);
	CHECK_EQ(call(manager, p_table_give, (uint64_t)p->object.id, RAM_BASE), -SK_ESRCH);
	scene_end();
}

static void
test_look_finds_the_next_that_lives_when_many_before_it_are_dead(void)
{
	struct thread *t, *many, *last;

	scene_begin();
	t = process_at(10);
	many = process_new(&(struct options){.priority = 10, .quota = 48});
	while (thread_new(many, 10)->object.index < pools[SKINK_POOL_THREAD].total - 1)
		;
	last = thread_new(t, 10);
	process_end(many->process);
	CHECK_EQ(call(manager, p_info, SKINK_INFO_THREAD_NEXT, tid(t), BUFFER,
		     sizeof(struct skink_thread_info)),
	    (long)tid(last));
	CHECK_EQ(call(manager, p_info, SKINK_INFO_THREAD_NEXT, tid(last), BUFFER,
		     sizeof(struct skink_thread_info)),
	    -SK_ESRCH);
	scene_end();
}

static void
test_fault_stops_the_thread_until_the_manager_decides(void)
{
	const struct _pulse *pulse;
	struct skink_thread_info *info;
	struct thread *t;

	scene_begin();
	t = process_at(10);
	fault(t, STORE_FAULT, 0xdead);
	CHECK_EQ(t->state, SKINK_STATE_FAULT);
	CHECK_EQ(call(manager, msg_receive, (uint64_t)manager_chid, BUFFER, 24, 0), 0);
	pulse = user(manager, BUFFER);
	CHECK_EQ(pulse->code, SKINK_PULSE_FAULT);
	CHECK_EQ(pulse->value, t->object.id);
	CHECK_EQ(
	    call(manager, p_info, SKINK_INFO_THREAD, tid(t), BUFFER, sizeof(*info)), (long)tid(t));
	info = user(manager, BUFFER);
	CHECK_EQ(info->cause, STORE_FAULT);
	CHECK_EQ(info->address, 0xdead);
	CHECK_EQ(info->state, SKINK_STATE_FAULT);
	CHECK_EQ(call(manager, p_thread_jump, tid(t), USER_BASE + 4), 0);
	CHECK_EQ(t->regs.pc, USER_BASE + 4);
	CHECK(t->state == SKINK_STATE_READY || t->state == SKINK_STATE_RUNNING);
	/* And one whose news has not been read is killed. */
	fault(t, LOAD_FAULT, 1);
	process_end(t->process);
	scene_end();
}

static void
test_join_ends_when_the_thread_does_and_lends_nothing(void)
{
	struct thread *a, *b, *c;
	struct skink_sync *end;
	uint64_t tid_b;

	scene_begin();
	a = process_at(30);
	b = thread_new(a, 10);
	c = thread_new(a, 20);
	tid_b = tid(b);
	end = user(a, BUFFER);
	end[0].word = end[1].word = end[2].word = (uint32_t)tid_b;
	CHECK_EQ(call(b, sync_wait, BUFFER, tid_b, SKINK_STATE_JOIN), -SK_EDEADLK);
	CHECK_EQ(call(a, sync_wait, BUFFER, tid_b, SKINK_STATE_JOIN), BLOCKED);
	CHECK_EQ(a->state, SKINK_STATE_JOIN);
	CHECK_EQ(call(c, sync_wait, BUFFER + 8, tid_b, SKINK_STATE_JOIN), BLOCKED);
	CHECK_EQ(b->effective, 10);
	CHECK_EQ(call(b, thread_kill, 0), GONE);
	CHECK_EQ(result_of(a), -SK_EOWNERDEAD);
	CHECK_EQ(result_of(c), -SK_EOWNERDEAD);
	CHECK_EQ(a->process->used[SKINK_POOL_THREAD], 2);
	CHECK_EQ(pools[SKINK_POOL_SYNC].used, 0);
	CHECK_EQ(call(a, sync_wait, BUFFER + 16, tid_b, SKINK_STATE_JOIN), -SK_EOWNERDEAD);
	CHECK_EQ(call(a, thread_kill, tid_b), -SK_ESRCH);
	/* Whoever waits for the end of one who waits for its mutex is in no ring. */
	b = thread_new(a, 10);
	end[0].word = (uint32_t)tid(a) | SKINK_MUTEX_WAITERS;
	end[1].word = (uint32_t)tid(b);
	CHECK_EQ(call(b, sync_wait, BUFFER, end[0].word, SKINK_STATE_MUTEX), BLOCKED);
	CHECK_EQ(call(a, sync_wait, BUFFER + 8, tid(b), SKINK_STATE_JOIN), BLOCKED);
	CHECK_EQ(call(c, thread_kill, tid(b)), 0);
	CHECK_EQ(result_of(a), -SK_EOWNERDEAD);
	scene_end();
}

static void
test_message_is_answered_by_another_thread_when_its_receiver_ended(void)
{
	struct thread *server, *second, *client;
	int chid;

	scene_begin();
	server = process_at(10);
	second = thread_new(server, 10);
	client = process_at(20);
	chid = channel_new(server, 0);
	CHECK_EQ(send(client, connect_to(client, server, chid)), BLOCKED);
	CHECK(receive(second, chid) > 0);
	CHECK_EQ(call(server, thread_kill, tid(second)), 0);
	CHECK_EQ(result_of(client), BLOCKED);
	CHECK_EQ(call(server, msg_current, (uint64_t)client->rcvid), 0);
	CHECK_EQ(server->effective, 20);
	CHECK_EQ(call(server, msg_reply, (uint64_t)client->rcvid, 8, 0, 0), 0);
	CHECK_EQ(result_of(client), 8);
	scene_end();
}

/* Broken off at each step, by nothing but a look around. */
static void
test_process_ends_whole_when_its_end_is_interrupted_anywhere(void)
{
	unsigned n = 0;

	scene_begin();
	for (bool more = true; more; n++) {
		struct thread *main = process_at(60), *client = process_at(20), *two;
		int chid = channel_new(main, 0);

		two = thread_new(main, 60);
		CHECK_EQ(receive(main, chid), BLOCKED);
		CHECK_EQ(send(client, connect_to(client, main, chid)), BLOCKED);
		CHECK_EQ(receive(two, chid), BLOCKED);
		more = call_broken(n, main, process_exit, 0);
		if (more)
			intruder_leave();
		settle();
		CHECK_EQ(result_of(client), -SK_ESRCH);
		CHECK_EQ(main->process->state, PROCESS_ENDED);
		process_reclaim(main->process);
		process_end(client->process);
	}
	CHECK(n > 6 && n < 200);
	scene_end();
}

const struct test death_tests[] = {
    TEST(test_process_ends_at_once_when_its_killer_is_above_all_others),
    TEST(test_process_ends_at_once_when_its_threads_serve_at_fixed_priority),
    TEST(test_clients_learn_before_any_lower_thread_runs_when_a_server_dies),
    TEST(test_client_of_the_channel_served_learns_first_when_there_are_several),
    TEST(test_client_learns_when_the_thread_it_waits_for_is_not_the_last_to_die),
    TEST(test_server_goes_on_when_a_client_dies_in_any_state),
    TEST(test_process_ends_whole_when_its_threads_wait_in_every_state),
    TEST(test_process_tells_its_status_when_it_has_ended),
    TEST(test_new_process_ends_when_it_has_never_run),
    TEST(test_look_finds_the_next_that_lives_when_many_before_it_are_dead),
    TEST(test_fault_stops_the_thread_until_the_manager_decides),
    TEST(test_join_ends_when_the_thread_does_and_lends_nothing),
    TEST(test_message_is_answered_by_another_thread_when_its_receiver_ended),
    TEST(test_process_ends_whole_when_its_end_is_interrupted_anywhere),
    {0},
};
