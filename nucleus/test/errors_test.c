/* SPDX-License-Identifier: Apache-2.0 */
/* errors_test.c - every call is made to return every error that skink/syscalls.h lists for it, and
 * to succeed. seen.c fails a test when a call returns any other error, and counts what was not
 * seen. */
#include "tests.h"

#define BUFFER (USER_BASE + 0x5000)
#define SYNC   SHARED_BASE

static struct thread *a, *b, *low, *service;
static int chid, coid; /* b's channel, a's way to it */
static long low_chid;

#define E(expected, t, name, ...) CHECK_EQ(call(t, name, ##__VA_ARGS__), expected)

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

static void
timeout(struct thread *t, unsigned state)
{
	E(0, t, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << state, 0);
}

#define SIGNAL 1 /* an event of a kind that there is not */

static uint64_t
event(struct thread *t, uint32_t notify, int32_t target, int priority)
{
	struct skink_event ev = {
	    .notify = notify, .target = target, .priority = (int16_t)priority, .value = SYNC};

	return place(t, &ev, sizeof(ev));
}

static void
provoke_messages(void)
{
	uint64_t rcvid;

	E(-SK_EBADF, a, msg_send, 99, BUFFER, 0, 0, 0);
	E(-SK_EINVAL, a, msg_send, (uint64_t)coid, BUFFER, (uint64_t)-65, 0, 0);
	E(-SK_EMSGSIZE, a, msg_send, (uint64_t)coid, BUFFER, SKINK_MSG_MAX, 0, 0);
	E(-SK_EFAULT, a, msg_send, (uint64_t)coid, HOLE, (uint64_t)-1, 0, 0);
	timeout(a, SKINK_STATE_SEND);
	E(-SK_ETIMEDOUT, a, msg_send, (uint64_t)coid, BUFFER, 0, 0, 0);
	E(-SK_ESRCH, b, msg_receive, 99, BUFFER, 0, 0);
	E(-SK_EFAULT, b, msg_receive, (uint64_t)chid, HOLE, (uint64_t)-1, 0);
	E(-SK_EINVAL, b, msg_receive, (uint64_t)chid, BUFFER, SKINK_MSG_MAX, 0);
	timeout(b, SKINK_STATE_RECEIVE);
	E(-SK_ETIMEDOUT, b, msg_receive, (uint64_t)chid, BUFFER, 0, 0);
	E(BLOCKED, a, msg_send, (uint64_t)coid, BUFFER, 8, BUFFER, 8);
	rcvid = (uint64_t)call(b, msg_receive, (uint64_t)chid, BUFFER, 0, 0);
	E(-SK_ESRCH, b, msg_reply, rcvid + 1, 0, 0, 0);
	E(-SK_EFAULT, b, msg_reply, rcvid, 0, HOLE, 1);
	E(-SK_EINVAL, b, msg_reply, rcvid, 1ull << 63, 0, 0);
	E(-SK_ESRCH, b, msg_read, rcvid + 1, BUFFER, 1, 0);
	E(-SK_EFAULT, b, msg_read, rcvid, HOLE, 1, 0);
	E(-SK_EINVAL, b, msg_read, rcvid, HOLE, SKINK_MSG_MAX, 0);
	E(1, b, msg_read, rcvid, BUFFER, 1, 0);
	E(-SK_ESRCH, b, msg_write, rcvid + 1, BUFFER, 1, 0);
	E(-SK_EFAULT, b, msg_write, rcvid, HOLE, 1, 0);
	E(-SK_EINVAL, b, msg_write, rcvid, HOLE, SKINK_MSG_MAX, 0);
	E(1, b, msg_write, rcvid, BUFFER, 1, 0);
	E(-SK_ESRCH, b, msg_info, rcvid + 1, BUFFER);
	E(-SK_EFAULT, b, msg_info, rcvid, HOLE);
	E(0, b, msg_info, rcvid, BUFFER);
	E(-SK_ESRCH, b, msg_current, rcvid + 1);
	E(0, b, msg_current, rcvid);
	E(-SK_ESRCH, b, msg_reply_receive, rcvid + 1, 0, 0, 0, (uint64_t)chid, BUFFER, 0, 0);
	E(-SK_EFAULT, b, msg_reply_receive, rcvid, 0, HOLE, 1, (uint64_t)chid, BUFFER, 0, 0);
	E(-SK_EINVAL, b, msg_reply_receive, rcvid, 1ull << 63, 0, 0, (uint64_t)chid, BUFFER, 0, 0);
	timeout(b, SKINK_STATE_RECEIVE);
	E(-SK_ETIMEDOUT, b, msg_reply_receive, rcvid, 0, 0, 0, (uint64_t)chid, BUFFER, 0, 0);
	E(0, a, msg_send_pulse, (uint64_t)coid, 1, 0, 0);
	E(0, b, msg_reply_receive, 0, 0, 0, 0, (uint64_t)chid, BUFFER, 0, 0);
	E(BLOCKED, a, msg_send, (uint64_t)coid, BUFFER, 8, BUFFER, 8);
	rcvid = (uint64_t)call(b, msg_receive, (uint64_t)chid, BUFFER, 0, 0);
	E(0, b, msg_reply, rcvid, (uint64_t)-SK_EIO, 0, 0);
	E(BLOCKED, a, msg_send, (uint64_t)coid, BUFFER, 8, BUFFER, 8);
	rcvid = (uint64_t)call(b, msg_receive, (uint64_t)chid, BUFFER, 0, 0);
	E(0, b, msg_reply, rcvid, 0, 0, 0);
}

static void
provoke_too_many_servers(void)
{
	struct thread *t = process_at(10), *last;
	uint64_t own = (uint64_t)channel_new(t, 0);

	for (unsigned i = 0; i < SKINK_CHANNEL_SERVERS; i++)
		E(BLOCKED, thread_new(t, 10), msg_receive, own, BUFFER, 0, 0);
	last = thread_new(t, 10);
	E(-SK_EAGAIN, last, msg_receive, own, BUFFER, 0, 0);
	E(-SK_EAGAIN, last, msg_reply_receive, 0, 0, 0, 0, own, BUFFER, 0, 0);
	process_end(t->process);
}

static struct thread *
service_new(void)
{
	return process_new(&(struct options){.priority = 10, .service = 3, .abilities = 0x5a});
}

static void
provoke_deaths(void)
{
	long result = call(service, channel_create, SKINK_CHF_DURABLE, 1), own;
	int at;

	CHECK(result > 0);
	at = connect_to(a, service, (int)result);
	own = connect_to(manager, service, (int)result);
	E(BLOCKED, a, msg_send, (uint64_t)at, BUFFER, 0, 0, 0);
	for (unsigned i = 0; i < 2; i++) {
		CHECK(call(service, msg_receive, (uint64_t)(int32_t)result, BUFFER, 0, 0) > 0);
		process_end(service->process);
		service = service_new();
		if (i == 0)
			CHECK(call(service, channel_create, SKINK_CHF_DURABLE, 1) > 0);
	}
	CHECK_EQ(result_of(a), -SK_ESRVRFAULT);
	E(BLOCKED, a, msg_send, (uint64_t)at, BUFFER, 0, 0, 0);
	E(-SK_EINVAL, manager, p_channel_fail, 64, SK_ESTALE, 0);
	E(-SK_EINVAL, manager, p_channel_fail, 3, 0, 0);
	E(0, manager, p_channel_fail, 63, SK_ESTALE, 0);
	while (call(manager, p_channel_fail, 3, SK_ESTALE, 0) > 0)
		;
	CHECK_EQ(result_of(a), -SK_ESTALE);
	result = call(service, channel_create, SKINK_CHF_DURABLE, 1);
	E(0, service, channel_destroy, (uint64_t)(int32_t)result);
	E(-SK_ESRCH, a, msg_send, (uint64_t)at, BUFFER, 0, 0, 0);
	E(-SK_ESRCH, a, msg_send_pulse, (uint64_t)at, 1, 0, 0);
	/* Registered over a connection that is gone. */
	E(0, a, connect_detach, (uint64_t)at);
	E(0, manager, connect_detach, (uint64_t)own);
}

static void
provoke_pulses_and_events(void)
{
	struct skink_event at = {.notify = SKINK_EV_SEM};
	struct thread *gone;
	long handle;

	E(-SK_EBADF, a, msg_send_pulse, 99, 1, 0, 0);
	E(-SK_EINVAL, a, msg_send_pulse, (uint64_t)coid, 0, 0, 0);
	E(-SK_EINVAL, a, msg_send_pulse, (uint64_t)coid, 255, 0, 0);
	E(-SK_EINVAL, a, msg_send_pulse, (uint64_t)coid, 1, 128, 0);
	E(-SK_EPERM, low, msg_send_pulse, (uint64_t)connect_to(low, b, chid), 21, 0, 0);
	while (call(low, msg_send_pulse, 0, 1, 0, 0) == 0)
		;
	CHECK_EQ(result_of(low), -SK_EAGAIN);

	E(-SK_EBADF, a, msg_register_event, 99, event(a, SKINK_EV_PULSE, coid, 5));
	E(-SK_EFAULT, a, msg_register_event, (uint64_t)coid, HOLE);
	E(-SK_EFAULT, a, msg_register_event, (uint64_t)coid, 0);
	E(-SK_EINVAL, a, msg_register_event, (uint64_t)coid, event(a, 0x10004, coid, 5));
	E(-SK_EINVAL, a, msg_register_event, (uint64_t)coid,
	    event(a, 0x1000 | SKINK_EV_PULSE, coid, 5));
	E(-SK_EINVAL, a, msg_register_event, (uint64_t)coid, event(a, SKINK_EV_PULSE, coid, 0));
	E(-SK_EBADF, a, msg_register_event, (uint64_t)coid, event(a, SKINK_EV_PULSE, 99, 5));
	E(-SK_ENOTSUP, a, msg_register_event, (uint64_t)coid, event(a, SIGNAL, 0, 0));
	E(-SK_EPERM, low, msg_register_event, 0, event(low, SKINK_EV_PULSE, 0, 30));
	for (unsigned i = 0; i < 4; i++)
		CHECK(call(low, msg_register_event, 0, event(low, SKINK_EV_NONE, 0, 0)) > 0);
	E(-SK_EAGAIN, low, msg_register_event, 0, event(low, SKINK_EV_NONE, 0, 0));
	handle = call(a, msg_register_event, (uint64_t)coid,
	    event(a, SKINK_EV_PULSE | SKINK_EV_UPDATEABLE, coid, 5));
	CHECK(handle > 0);

	E(-SK_ESRCH, b, msg_deliver_event, 99, 0);
	E(-SK_EPERM, low, msg_deliver_event, (uint64_t)handle, 0);
	E(0, b, msg_deliver_event, (uint64_t)handle, 0);
	E(-SK_EINVAL, a, notice_free, SKINK_POOL_CHANNEL, (uint64_t)handle);
	E(-SK_EINVAL, b, notice_free, SKINK_POOL_EVENT, (uint64_t)handle);
	E(0, a, notice_free, SKINK_POOL_EVENT, (uint64_t)handle);
	E(-SK_EINVAL, a, notice_free, SKINK_POOL_EVENT, (uint64_t)handle);
	E(-SK_ESRCH, b, msg_deliver_event, (uint64_t)handle, 0);
	gone = process_at(10);
	at.value = SYNC;
	handle = call(gone, msg_register_event, (uint64_t)connect_to(gone, b, chid),
	    place(gone, &at, sizeof(at)));
	page_unmap(gone->process, SHARED_BASE);
	E(-SK_EFAULT, b, msg_deliver_event, (uint64_t)handle, 0);
	process_end(gone->process);
}

static void
provoke_channels(void)
{
	E(-SK_EINVAL, a, channel_create, 0x4000, 0);
	E(-SK_EPERM, a, channel_create, SKINK_CHF_DURABLE, 0);
	low_chid = call(low, channel_create, SKINK_CHF_COIDDEATH, 0);
	CHECK(low_chid > 0);
	E(-SK_EBUSY, low, channel_create, SKINK_CHF_COIDDEATH, 0);
	for (unsigned i = 1; i < 4; i++)
		CHECK(call(low, channel_create, 0, 0) > 0);
	E(-SK_EAGAIN, low, channel_create, 0, 0);
	E(-SK_EINVAL, a, channel_destroy, (uint64_t)chid);
	E(-SK_ESRCH, manager, p_channel_owner, 9999);
	E((int32_t)pid(b), manager, p_channel_owner, (uint64_t)chid);
}

static void
provoke_connections(void)
{
	uint64_t ch = (uint64_t)chid;
	struct thread *full = process_new(&(struct options){.quota = 40, .priority_max = 20});
	struct _server_info *info = user(a, BUFFER);
	uint64_t full_chid;

	E(-SK_ESRCH, a, connect_attach, 9999, 0, 0);
	E(-SK_ESRCH, a, connect_attach, ch, 0, 0);
	E(-SK_EINVAL, b, connect_attach, ch, SKINK_COIDS, 0);
	E(-SK_EINVAL, b, connect_attach, ch, 0, 2);
	CHECK(call(b, connect_attach, ch, 0, 0) >= 0);
	CHECK(call(manager, p_connect_install, pid(low), ch, 0, 0) > 0);
	while (call(low, connect_attach, (uint64_t)low_chid, 0, 0) >= 0)
		;
	CHECK_EQ(result_of(low), -SK_EMFILE);
	E(-SK_EMFILE, low, connect_dup, 0, 0, 0);
	E(-SK_EBADF, a, connect_detach, 99);
	E(-SK_EBADF, a, connect_dup, 99, 0, 0);
	E(-SK_EINVAL, a, connect_dup, (uint64_t)coid, SKINK_COIDS, 0);
	E(0, a, connect_server_info, (uint64_t)coid, 0);
	E(-SK_EBADF, a, connect_server_info, 99, BUFFER);
	E(-SK_EFAULT, a, connect_server_info, (uint64_t)coid, HOLE);
	E(0, a, connect_server_info, (uint64_t)coid, BUFFER);
	E(-SK_EINVAL, a, connect_client_info, (uint64_t)info->scoid, BUFFER);
	E(-SK_EFAULT, b, connect_client_info, (uint64_t)info->scoid, HOLE);
	E(0, b, connect_client_info, (uint64_t)info->scoid, BUFFER);

	E(-SK_ESRCH, manager, p_connect_install, 9999, 0, 0, 0);
	E(-SK_EBADF, manager, p_connect_install, pid(a), 9999, 0, 0);
	E(-SK_EINVAL, manager, p_connect_install, pid(a), ch, SKINK_COIDS, 0);
	E(-SK_EMFILE, manager, p_connect_install, pid(low), ch, 0, 0);
	CHECK(call(manager, p_connect_install, pid(a), ch, 0, 0) > 0);
	E(-SK_ESRCH, manager, p_connect_inherit, 9999, 0, pid(a), 0);
	E(-SK_ESRCH, manager, p_connect_inherit, pid(a), 0, 9999, 0);
	E(-SK_EBADF, manager, p_connect_inherit, pid(a), 99, pid(b), 0);
	E(-SK_EINVAL, manager, p_connect_inherit, pid(a), (uint64_t)coid, pid(b), SKINK_COIDS);
	E(-SK_EMFILE, manager, p_connect_inherit, pid(a), (uint64_t)coid, pid(low), 77);
	E(50, manager, p_connect_inherit, pid(a), (uint64_t)coid, pid(b), 50);

	/* The pool of table pieces, then that of connections. */
	full_chid = (uint64_t)channel_new(full, 0);
	CHECK(call(full, connect_attach, full_chid, 0, 0) == 0);
	for (unsigned i = 1; pools[SKINK_POOL_COIDS].used < pools[SKINK_POOL_COIDS].total; i++)
		CHECK(call(full, connect_dup, 0, i * COIDS_PER_CHUNK, 0) > 0);
	E(-SK_EMFILE, full, connect_dup, 0, 31 * COIDS_PER_CHUNK, 0);
	E(-SK_EMFILE, full, connect_attach, full_chid, 31 * COIDS_PER_CHUNK, 0);
	E(-SK_EMFILE, manager, p_connect_inherit, pid(a), (uint64_t)coid, pid(full),
	    31 * COIDS_PER_CHUNK);
	process_end(full->process);
	while (pools[SKINK_POOL_CONNECTION].used < pools[SKINK_POOL_CONNECTION].total)
		CHECK(call(manager, p_connect_install, 1, ch, 0, 0) >= 0);
	E(-SK_EAGAIN, b, connect_attach, ch, 0, 0);
	E(-SK_EAGAIN, manager, p_connect_install, pid(a), ch, 0, 0);
}

static uint64_t
attr(struct thread *t, int priority, uint64_t sp)
{
	struct skink_thread_attr at = {.entry = USER_BASE, .sp = sp, .sched.priority = priority};

	return place(t, &at, sizeof(at));
}

static uint64_t
sched(struct thread *t, int policy, int priority)
{
	struct skink_sched s = {.policy = policy, .priority = priority};

	return place(t, &s, sizeof(s));
}

static void
provoke_threads(void)
{
	struct thread *dead = thread_new(a, 10);
	const struct _client_info *self = user(service, BUFFER);
	struct process *leader;

	E(-SK_EFAULT, a, thread_create, HOLE);
	E(-SK_EINVAL, a, thread_create, attr(a, 10, 3));
	E(-SK_EINVAL, a, thread_create, attr(a, 255, 0));
	E(-SK_EPERM, low, thread_create, attr(low, 21, 0));
	while (call(low, thread_create, attr(low, 1, 0)) > 0)
		;
	CHECK_EQ(result_of(low), -SK_EAGAIN);
	E(-SK_ESRCH, a, thread_kill, tid(b));
	E(0, a, thread_kill, tid(dead));
	CHECK_EQ(call(a, thread_self), (long)tid(a));
	E(-SK_ESRCH, a, thread_name, tid(b), BUFFER);
	E(-SK_EFAULT, a, thread_name, 0, HOLE);
	E(0, a, thread_name, 0, place(a, "name", 5));
	CHECK(strcmp(a->name, "name") == 0);
	E(-SK_EFAULT, a, connect_client_info, (uint64_t)SKINK_SCOID_SELF, HOLE);
	E(0, service, connect_client_info, (uint64_t)SKINK_SCOID_SELF, BUFFER);
	CHECK(self->pid == (int32_t)pid(service) && self->ppid == 1 && self->sid == 0);
	CHECK(self->service == 3 && self->abilities == 0x5a);
	leader = process_make(&(struct options){.priority = 10, .sid = -1});
	CHECK_EQ(leader->attr.sid, leader->object.id);
	process_end(leader);
	E(0, low, connect_client_info, (uint64_t)SKINK_SCOID_SELF, BUFFER);
	CHECK_EQ(((struct _client_info *)user(low, BUFFER))->priority_max, 20);
	E(-SK_ESRCH, a, sched_get, tid(b), BUFFER);
	E(-SK_EFAULT, a, sched_get, 0, HOLE);
	E(0, a, sched_get, 0, BUFFER);
	E(-SK_ESRCH, a, sched_set, tid(b), sched(a, 1, 10));
	E(-SK_EFAULT, a, sched_set, 0, HOLE);
	E(-SK_EINVAL, a, sched_set, 0, sched(a, 1, 0));
	E(-SK_EINVAL, a, sched_set, 0, sched(a, 3, 10));
	E(-SK_EINVAL, a, sched_set, 0, sched(a, SKINK_SCHED_SPORADIC, 10));
	E(-SK_EPERM, low, sched_set, 0, sched(low, 1, 21));
	E(0, a, sched_set, 0, sched(a, 1, 10));
	E(0, a, sched_yield);
}

static void
provoke_sync(void)
{
	struct skink_sync *s = user(a, SYNC);
	struct thread *full[4], *dead = process_at(10);

	E(-SK_EFAULT, a, sync_wait, SYNC + 4, 0, SKINK_STATE_SEM);
	s[0].word = (uint32_t)tid(a);
	E(-SK_EDEADLK, a, sync_wait, SYNC, tid(a), SKINK_STATE_MUTEX);
	E(-SK_EBUSY, b, sync_wait, SYNC, tid(a), SKINK_STATE_MUTEX, SKINK_WAIT_TRY);
	timeout(b, SKINK_STATE_MUTEX);
	E(-SK_ETIMEDOUT, b, sync_wait, SYNC, tid(a), SKINK_STATE_MUTEX);
	s[1].word = (uint32_t)tid(dead);
	process_end(dead->process);
	E(-SK_EOWNERDEAD, b, sync_wait, SYNC + 8, s[1].word, SKINK_STATE_MUTEX);
	E(BLOCKED, b, sync_wait, SYNC, tid(a), SKINK_STATE_MUTEX);
	E(-SK_EPERM, low, sync_wake, SYNC, 1);
	E(1, a, sync_wake, SYNC, 1);
	CHECK_EQ(result_of(b), 0);
	E(-SK_EFAULT, a, sync_wait, HOLE, 0, SKINK_STATE_SEM);
	E(-SK_EINVAL, a, sync_wait, SYNC + 16, 0, SKINK_STATE_REPLY);
	E(-SK_EINVAL, a, sync_wait, SYNC + 16, 0, SKINK_STATE_COUNT);
	E(-SK_EINVAL, a, sync_wait, SYNC + 16, 0, SKINK_STATE_SEM, 2);
	E(-SK_EAGAIN, a, sync_wait, SYNC + 16, 1, SKINK_STATE_SEM);
	timeout(a, SKINK_STATE_SEM);
	E(-SK_ETIMEDOUT, a, sync_wait, SYNC + 16, 0, SKINK_STATE_SEM);
	E(-SK_EFAULT, a, sync_wake, HOLE, 1);
	E(-SK_EINVAL, a, sync_wake, SYNC, 0);
	E(0, a, sync_wake, SYNC + 16, 1);
	dead = process_new(&(struct options){.quota = 6, .priority = 10});
	for (unsigned i = 0; i < 4; i++)
		full[i] = thread_new(dead, 10);
	for (unsigned i = 0; i < 4; i++)
		E(BLOCKED, full[i], sync_wait, SYNC + 64 + 8 * i, 0, SKINK_STATE_SEM);
	full[0] = thread_new(dead, 10);
	E(BLOCKED, full[0], sync_wait, SYNC + 64 + 8 * 5, 0, SKINK_STATE_SEM);
	/* One more by the first thread; then another has none. */
	E(-SK_EFAULT, dead, sync_wait, HOLE, 0, SKINK_STATE_SEM);
	process_end(dead->process);
	dead = process_new(&(struct options){.quota = 2, .priority = 10});
	full[0] = thread_new(dead, 10);
	{
		struct skink_process_attr limit = {.priority_max = 20, .quota = {4}};

		CHECK(call(manager, p_process_attr, pid(dead),
			  place(manager, &limit, sizeof(limit))) > 0);
	}
	E(-SK_ENOMEM, dead, sync_wait, SYNC + 16, 0, SKINK_STATE_SEM);
	process_end(dead->process);
	E(BLOCKED, b, sync_wait, SYNC + 16, 0, SKINK_STATE_SEM);
	E(1, a, sync_wake, SYNC + 16, 5);
}

static void
provoke_time(void)
{
	long id;

	E(-SK_EINVAL, a, clock_time, 99, BUFFER);
	E(-SK_EFAULT, a, clock_time, SKINK_CLOCK_REALTIME, HOLE);
	E(0, a, clock_time, SKINK_CLOCK_PROCESS, BUFFER);
	E(-SK_EINVAL, manager, p_clock_set, 0);
	E(0, manager, p_clock_set, fake_now + 1);
	E(-SK_EINVAL, a, thread_sleep, 99, 0, 0);
	E(0, a, thread_sleep, SKINK_CLOCK_MONOTONIC, 0, 0);
	E(-SK_EINVAL, a, timer_timeout, 99, 0, 0, 0);
	E(-SK_EINVAL, a, timer_timeout, SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_COUNT, 0);
	E(-SK_EINVAL, a, timer_create, SKINK_CLOCK_THREAD, event(a, SKINK_EV_NONE, 0, 0));
	E(-SK_EFAULT, a, timer_create, SKINK_CLOCK_MONOTONIC, HOLE);
	E(-SK_EFAULT, a, timer_create, SKINK_CLOCK_MONOTONIC, 0);
	E(-SK_ENOTSUP, a, timer_create, SKINK_CLOCK_MONOTONIC, event(a, SIGNAL, 0, 0));
	E(-SK_EBADF, a, timer_create, SKINK_CLOCK_MONOTONIC, event(a, SKINK_EV_PULSE, 99, 5));
	E(-SK_EPERM, low, timer_create, SKINK_CLOCK_MONOTONIC, event(low, SKINK_EV_PULSE, 0, 30));
	for (unsigned i = 0; i < 4; i++)
		CHECK(call(low, timer_create, SKINK_CLOCK_MONOTONIC,
			  event(low, SKINK_EV_NONE, 0, 0)) > 0);
	E(-SK_EAGAIN, low, timer_create, SKINK_CLOCK_MONOTONIC, event(low, SKINK_EV_NONE, 0, 0));
	id = call(a, timer_create, SKINK_CLOCK_MONOTONIC, event(a, SKINK_EV_NONE, 0, 0));
	E(-SK_EINVAL, b, notice_free, SKINK_POOL_TIMER, (uint64_t)id);
	E(-SK_EINVAL, b, timer_settime, (uint64_t)id, 0, 5, 0);
	E(-SK_EINVAL, b, timer_settime, (uint64_t)id, SKINK_TIMER_LOOK, 0, 0);
	E(-SK_EINVAL, a, timer_settime, (uint64_t)id, SKINK_TIMER_LOOK | SKINK_TIMER_ABSTIME, 5, 0);
	E(-SK_EINVAL, a, timer_settime, (uint64_t)id, 0, 1, 1);
	E(-SK_EINVAL, a, timer_settime, (uint64_t)id, 0, SKINK_NS_MAX, 0);
	E(-SK_EINVAL, a, timer_settime, (uint64_t)id, 0, 5, SKINK_NS_MAX);
	E(0, a, timer_settime, (uint64_t)id, 0, 5, 0);
	E(0, a, notice_free, SKINK_POOL_TIMER, (uint64_t)id);
	E(-SK_EINVAL, a, trace_event, 256, 0, 0);
	E(0, a, trace_event, 255, 1, 2);
}

static void
provoke_interrupts(void)
{
	long id;

	E(-SK_EINVAL, manager, p_interrupt_grant, pid(a), 0);
	E(-SK_ESRCH, manager, p_interrupt_grant, 9999, 3);
	E(0, manager, p_interrupt_grant, pid(a), 3);
	E(0, manager, p_interrupt_grant, pid(a), 4);
	E(-SK_EBUSY, manager, p_interrupt_grant, pid(b), 3);
	E(-SK_EINVAL, a, interrupt_attach, 0, 0, 0);
	E(-SK_EPERM, b, interrupt_attach, 3, 0, 0);
	E(-SK_EFAULT, a, interrupt_attach, 3, HOLE, 0);
	E(-SK_ENOTSUP, a, interrupt_attach, 3, event(a, SIGNAL, 0, 0), 0);
	E(-SK_EBADF, a, interrupt_attach, 3, event(a, SKINK_EV_PULSE, 99, 5), 0);
	CHECK((id = call(a, interrupt_attach, 3, 0, 0)) > 0);
	E(-SK_EBUSY, a, interrupt_attach, 3, 0, 0);
	for (unsigned i = 20; i < 24; i++) {
		E(0, manager, p_interrupt_grant, pid(low), i);
		CHECK(call(low, interrupt_attach, i, 0, 0) > 0);
	}
	E(0, manager, p_interrupt_grant, pid(low), 30);
	E(-SK_EAGAIN, low, interrupt_attach, 30, 0, 0);
	E(-SK_EINVAL, b, interrupt_wait, (uint64_t)id, 0);
	timeout(a, SKINK_STATE_INTR);
	E(-SK_ETIMEDOUT, a, interrupt_wait, (uint64_t)id, 0);
	irq(3);
	fake_irq_lower(3);
	E(1, a, interrupt_wait, (uint64_t)id, 0);
	E(-SK_EINVAL, b, interrupt_mask, (uint64_t)id, 1);
	E(-SK_EINVAL, a, interrupt_mask, (uint64_t)id, 2);
	E(0, a, interrupt_mask, (uint64_t)id, 1);
	E(0, a, interrupt_mask, (uint64_t)id, 0);
	E(-SK_EINVAL, b, notice_free, SKINK_POOL_INTERRUPT, (uint64_t)id);
	E(0, a, notice_free, SKINK_POOL_INTERRUPT, (uint64_t)id);
}

static void
provoke_memory(struct process *p)
{
	uint64_t id = (uint64_t)p->object.id;

	E(-SK_ESRCH, manager, p_map, 9999, HOLE, RAM_BASE, SKINK_PAGE, 3);
	E(-SK_EINVAL, manager, p_map, id, 0, RAM_BASE, SKINK_PAGE, 3);
	E(-SK_EINVAL, manager, p_map, id, HOLE + 1, RAM_BASE, SKINK_PAGE, 3);
	E(-SK_EINVAL, manager, p_map, id, HOLE, RAM_BASE, SKINK_PAGE, 6);
	E(-SK_EINVAL, manager, p_map, id, SKINK_USER_END - SKINK_PAGE, RAM_BASE, 2 * SKINK_PAGE, 3);
	E(-SK_ENOMEM, manager, p_map, id, SKINK_USER_END - SKINK_PAGE, RAM_BASE, SKINK_PAGE, 3);
	E(-SK_EINVAL, manager, p_map, id, HOLE, SKINK_PA_KEEP + SKINK_PAGE, SKINK_PAGE, 3);
	E(-SK_EINVAL, manager, p_map, id, HOLE, (1ull << 56) - SKINK_PAGE, 2 * SKINK_PAGE, 3);
	E(-SK_ESRCH, manager, p_map, 9999, HOLE, SKINK_PA_NONE, SKINK_PAGE, 0);
	E(-SK_EINVAL, manager, p_map, id, HOLE, SKINK_PA_NONE, 5, 0);
	E(-SK_ESRCH, manager, p_map, 9999, HOLE, SKINK_PA_KEEP, SKINK_PAGE, 1);
	E(-SK_EINVAL, manager, p_map, id, HOLE, SKINK_PA_KEEP, SKINK_PAGE, 8);
	E(SKINK_PAGE, manager, p_map, id, READ_ONLY, SKINK_PA_KEEP, SKINK_PAGE, 1);
	E(SKINK_PAGE, manager, p_map, id, READ_ONLY, SKINK_PA_NONE, SKINK_PAGE, 0);
	E(-SK_ESRCH, manager, p_table_give, 9999, RAM_BASE);
	E(-SK_EINVAL, manager, p_table_give, id, 8);
}

static void
provoke_management(void)
{
	struct skink_process_attr good = {.priority_max = 20}, bad = {.priority_max = 255};
	struct process *p = process_make(&(struct options){.quota = 2});
	uint64_t id = (uint64_t)p->object.id;
	struct thread *t;
	long pids[16];
	unsigned n = 0;

	E(-SK_EFAULT, manager, p_process_attr, 0, HOLE);
	E(-SK_EINVAL, manager, p_process_attr, 0, place(manager, &bad, sizeof(bad)));
	while (
	    (pids[n] = call(manager, p_process_attr, 0, place(manager, &good, sizeof(good)))) > 0)
		n++;
	CHECK_EQ(pids[n], -SK_EAGAIN);
	E(-SK_EPERM, manager, p_process_start, (uint64_t)pids[0], attr(manager, 21, 0));
	E(-SK_EAGAIN, manager, p_process_start, (uint64_t)pids[0], attr(manager, 1, 0));
	while (n-- > 0) {
		E(0, manager, p_process_kill, (uint64_t)pids[n], 0, 1);
		E(0, manager, p_process_free, (uint64_t)pids[n]);
	}
	provoke_memory(p);
	E(-SK_ESRCH, manager, p_process_attr, 9999, place(manager, &good, sizeof(good)));
	E(-SK_EFAULT, manager, p_process_attr, pid(a), HOLE);
	E(-SK_EINVAL, manager, p_process_attr, pid(a), place(manager, &bad, sizeof(bad)));
	E(-SK_ESRCH, manager, p_process_start, 9999, attr(manager, 1, 0));
	E(-SK_EFAULT, manager, p_process_start, id, HOLE);
	E(-SK_EINVAL, manager, p_process_start, id, attr(manager, 255, 0));
	E(-SK_EBUSY, manager, p_process_start, pid(a), attr(manager, 1, 0));
	E(-SK_ESRCH, manager, p_process_kill, 9999, 9, 1);
	E(-SK_ESRCH, manager, p_process_kill, 1, 9, 1);
	E(-SK_ESRCH, manager, p_process_free, 9999);
	E(-SK_EBUSY, manager, p_process_free, pid(a));
	E(-SK_ESRCH, manager, p_thread_jump, 9999, 0);
	E(-SK_ESRCH, manager, p_thread_jump, tid(manager), 0);
	E(-SK_EINVAL, manager, p_thread_jump, tid(a), SKINK_USER_END);
	E(0, manager, p_thread_jump, tid(a), USER_BASE);
	E(-SK_EINVAL, manager, p_reset, 2, 0);
	E(-SK_EIO, manager, p_reset, 1, 0);
	E(-SK_EINVAL, manager, p_trace, 63, BUFFER + 8, SKINK_PAGE);
	E(-SK_EINVAL, manager, p_trace, 63, BUFFER, 320);
	E(-SK_EINVAL, manager, p_trace, 63, USER_BASE, 3 * SKINK_PAGE);
	E(-SK_EINVAL, manager, p_trace, 63, USER_BASE, 2 * SKINK_TRACE_RING_MAX);
	E(-SK_EFAULT, manager, p_trace, 63, HOLE, SKINK_PAGE);
	E(0, manager, p_trace, 63, 0, 0);
	/* A frame far up makes the search for tables long. */
	t = process_at(10);
	page_map(t->process, SKINK_USER_END - SKINK_PAGE, RAM_BASE, 3);
	process_end(t->process);
}

static void
provoke_info(void)
{
	uint64_t sizes[] = {sizeof(struct skink_process_info), sizeof(struct skink_process_info),
	    sizeof(struct skink_thread_info), sizeof(struct skink_thread_info),
	    sizeof(struct _server_info), sizeof(struct _server_info),
	    sizeof(struct skink_nucleus_info)};
	uint64_t ids[] = {
	    pid(a), 0, tid(a), 0, pid(a) << 32 | (uint32_t)coid, pid(a) << 32 | UINT32_MAX, 0};

	for (unsigned kind = 0; kind <= SKINK_INFO_NUCLEUS; kind++) {
		CHECK(call(manager, p_info, kind, ids[kind], BUFFER, sizes[kind]) >= 0);
		E(-SK_EFAULT, manager, p_info, kind, ids[kind], HOLE, sizes[kind]);
		E(-SK_EINVAL, manager, p_info, kind, ids[kind], BUFFER, sizes[kind] + 1);
		if (kind == SKINK_INFO_NUCLEUS)
			continue;
		E(-SK_ESRCH, manager, p_info, kind,
		    kind == SKINK_INFO_PROCESS_NEXT || kind == SKINK_INFO_THREAD_NEXT
			? SKINK_INDEX_MASK
			: ~0ull,
		    BUFFER, sizes[kind]);
	}
	E(-SK_EINVAL, manager, p_info, 99, 0, BUFFER, 0);
}

static void
test_each_call_returns_each_of_its_errors(void)
{
	scene_begin();
	a = process_at(10);
	b = process_at(10);
	low = process_new(&(struct options){.quota = 4, .priority = 5, .priority_max = 20});
	service = service_new();
	chid = channel_new(b, 0);
	coid = connect_to(a, b, chid);
	provoke_messages();
	provoke_too_many_servers();
	provoke_deaths();
	provoke_pulses_and_events();
	provoke_channels();
	provoke_threads();
	provoke_sync();
	provoke_time();
	provoke_interrupts();
	provoke_management();
	provoke_info();
	provoke_connections();
	CHECK_EQ(seen_missing(true), 0);
	scene_end();
}

static void
test_errors_of_the_nucleus_are_those_that_its_calls_list(void)
{
	CHECK_EQ(seen_strangers(), 0);
}

static void
test_calls_of_the_manager_are_refused_when_others_make_them(void)
{
	struct thread *t;

	scene_begin();
	t = process_new(&(struct options){.abilities = ~0ull, .service = 1});
	for (unsigned n = SKINK_SYS_p_process_attr; n < SKINK_SYSCALL_COUNT; n++)
		for (uint64_t first = 0; first < 3; first++)
			CHECK_EQ(call_args(true, t, n, ARGS(first, BUFFER, 0, 0, 0)), -SK_EPERM);
	scene_end();
}

static void
test_numbers_that_are_no_calls_return_enosys(void)
{
	struct thread *t;

	scene_begin();
	t = process_at(10);
	for (unsigned n = SKINK_SYS_trace_event + 1; n < SKINK_SYS_p_process_attr; n++)
		CHECK_EQ(call_args(true, t, n, ARGS(0)), -SK_ENOSYS);
	CHECK_EQ(call_args(true, t, SKINK_SYSCALL_COUNT, ARGS(0)), -SK_ENOSYS);
	CHECK_EQ(call_args(true, t, UINT32_MAX, ARGS(0)), -SK_ENOSYS);
	scene_end();
}

const struct test errors_tests[] = {
    TEST(test_each_call_returns_each_of_its_errors),
    TEST(test_errors_of_the_nucleus_are_those_that_its_calls_list),
    TEST(test_calls_of_the_manager_are_refused_when_others_make_them),
    TEST(test_numbers_that_are_no_calls_return_enosys),
    {0},
};
