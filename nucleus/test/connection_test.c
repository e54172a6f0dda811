/* SPDX-License-Identifier: Apache-2.0 */
/* connection_test.c - coids: their tables, what connections share, access, the end of either
 * side. */
#include "tests.h"

#define BUFFER (USER_BASE + 0x5000)

static struct thread *server, *client;
static int chid;

static void
begin(unsigned flags)
{
	scene_begin();
	server = process_at(20);
	client = process_at(10);
	chid = channel_new(server, flags);
}

static uint64_t
pid(const struct thread *t)
{
	return (uint64_t)t->process->object.id;
}

static long
receive(void)
{
	return call(server, msg_receive, (uint64_t)chid, BUFFER, 24, 0);
}

static int
scoid_of(struct thread *t, int coid)
{
	struct _server_info *info = user(t, BUFFER);

	CHECK_EQ(call(t, connect_server_info, (uint64_t)coid, BUFFER), 0);
	return info->scoid;
}

static void
test_coid_is_the_lowest_free_when_connecting(void)
{
	begin(0);
	CHECK_EQ(connect_to(client, server, chid), 0);
	CHECK_EQ(connect_to(client, server, chid), 1);
	CHECK_EQ(call(client, connect_dup, 0, 5, 0), 5);
	CHECK_EQ(call(client, connect_dup, 0, 0, 0), 2);
	CHECK_EQ(call(client, connect_dup, 0, SKINK_SIDE_CHANNEL, 0), SKINK_SIDE_CHANNEL);
	CHECK_EQ(
	    call(client, connect_dup, 0, SKINK_SIDE_CHANNEL | 1023, 0), SKINK_SIDE_CHANNEL | 1023);
	CHECK_EQ(call(client, connect_dup, 0, SKINK_SIDE_CHANNEL | 1023, 0), -SK_EMFILE);
	CHECK_EQ(call(client, connect_detach, 1), 0);
	CHECK_EQ(call(client, connect_dup, 0, 0, 0), 1);
	CHECK_EQ(call(client, connect_dup, 0, 1024, 0), -SK_EINVAL);
	CHECK_EQ(call(client, connect_dup, 0, (uint64_t)-1, 0), -SK_EINVAL);
	CHECK_EQ(call(client, connect_dup, 0, 0, 2), -SK_EINVAL);
	CHECK_EQ(call(client, connect_dup, 9, 0, 0), -SK_EBADF);
	scene_end();
}

static void
test_coid_is_the_lowest_free_when_chunks_are_full(void)
{
	struct process *p;

	begin(0);
	client = process_new(&(struct options){.quota = 2000});
	p = client->process;
	CHECK_EQ(connect_to(client, server, chid), 0);
	for (int i = 1; i < SKINK_COIDS; i++)
		CHECK_EQ(coid_new(p, coid_find(p, 0), 0, 0), i);
	CHECK_EQ(call(client, connect_dup, 0, 0, 0), -SK_EMFILE);
	CHECK_EQ(call(client, connect_dup, 0, 1000, 0), -SK_EMFILE);
	CHECK_EQ(call(client, connect_detach, 777), 0);
	CHECK_EQ(call(client, connect_dup, 0, 778, 0), -SK_EMFILE);
	CHECK_EQ(call(client, connect_dup, 0, 700, 0), 777);
	scene_end();
}

/* Who scatters its coids uses up its own share of the pieces, and nobody else's. */
static void
test_coids_of_others_have_room_when_a_process_scatters_its_own(void)
{
	struct thread *scatterer;

	begin(0);
	scatterer = process_new(&(struct options){.quota = 6});
	CHECK_EQ(connect_to(scatterer, server, chid), 0);
	for (uint64_t i = 1; i < 5; i++)
		CHECK_EQ(call(scatterer, connect_dup, 0, i * 100, 0), (long)i * 100);
	CHECK_EQ(call(scatterer, connect_dup, 0, SKINK_SIDE_CHANNEL, 0), SKINK_SIDE_CHANNEL);
	CHECK_EQ(scatterer->process->used[SKINK_POOL_COIDS], 6);
	CHECK_EQ(call(scatterer, connect_detach, 100), 0);
	CHECK_EQ(call(scatterer, connect_detach, 200), 0);
	CHECK_EQ(scatterer->process->used[SKINK_POOL_COIDS], 4);
	scatterer->process->attr.quota[SKINK_POOL_COIDS] = 4;
	CHECK_EQ(call(scatterer, connect_dup, 0, 500, 0), -SK_EMFILE);
	CHECK_EQ(scatterer->process->used[SKINK_POOL_CONNECTION], 4);
	/* Where it has a piece it goes on, and so does everybody else. */
	CHECK_EQ(call(scatterer, connect_dup, 0, 0, 0), 1);
	CHECK_EQ(connect_to(client, server, chid), 0);
	scatterer->process->attr.quota[SKINK_POOL_COIDS] = 6;
	scene_end();
}

static void
test_dup_exact_puts_the_connection_there_when_it_is_taken(void)
{
	int first, second;

	begin(SKINK_CHF_DISCONNECT);
	first = connect_to(client, server, chid);
	second = connect_to(client, server, chid);
	CHECK(scoid_of(client, first) != scoid_of(client, second));
	CHECK_EQ(
	    call(client, connect_dup, (uint64_t)first, (uint64_t)second, SKINK_DUP_EXACT), second);
	CHECK_EQ(scoid_of(client, first), scoid_of(client, second));
	CHECK_EQ(receive(), 0);
	CHECK_EQ(((struct _pulse *)user(server, BUFFER))->code, SKINK_PULSE_DISCONNECT);
	CHECK_EQ(
	    call(client, connect_dup, (uint64_t)first, (uint64_t)first, SKINK_DUP_EXACT), first);
	CHECK_EQ(call(client, connect_dup, (uint64_t)first, 20, SKINK_DUP_EXACT), 20);
	scene_end();
}

/* What is replaced makes the room, even while its server has still to be told of its end. */
static void
test_dup_exact_succeeds_when_the_quota_is_used_up(void)
{
	int first, second;

	begin(SKINK_CHF_DISCONNECT);
	client = process_new(&(struct options){.quota = 2});
	first = connect_to(client, server, chid);
	second = connect_to(client, server, chid);
	CHECK_EQ(call(client, connect_dup, (uint64_t)first, 9, 0), -SK_EMFILE);
	CHECK_EQ(
	    call(client, connect_dup, (uint64_t)first, (uint64_t)second, SKINK_DUP_EXACT), second);
	CHECK_EQ(scoid_of(client, first), scoid_of(client, second));
	CHECK_EQ(call(client, connect_dup, (uint64_t)first, 9, SKINK_DUP_EXACT), -SK_EMFILE);
	scene_end();
}

/* A message by the short way; its server asks who it is from. */
static void
exchange(struct thread *sender, int coid)
{
	const struct _client_info *info = user(server, BUFFER + 128);
	uint64_t scoid = (uint64_t)scoid_of(sender, coid);

	CHECK_EQ(receive(), BLOCKED);
	CHECK_EQ(call(sender, msg_send, (uint64_t)coid, BUFFER, 8, BUFFER, 8), BLOCKED);
	CHECK(result_of(server) > 0);
	CHECK_EQ(call(server, connect_client_info, scoid, BUFFER + 128), 0);
	CHECK_EQ(info->pid, sender->process->object.id);
	CHECK_EQ(info->priority_max, sender->process->attr.priority_max);
	CHECK_EQ(call(server, msg_reply, (uint64_t)sender->rcvid, 0, 0, 0), 0);
}

static void
test_server_is_told_of_the_holder_who_sent_when_another_has_left(void)
{
	int coid;

	begin(0);
	coid = connect_to(client, server, chid);
	for (unsigned uses = 0; uses < 2; uses++) {
		struct thread *heir = process_at(10);

		CHECK_EQ(
		    call(manager, p_connect_inherit, pid(client), (uint64_t)coid, pid(heir), 9), 9);
		if (uses > 0)
			exchange(heir, 9);
		process_end(heir->process);
		exchange(client, coid);
	}
	scene_end();
}

static void
test_flags_are_kept_with_each_coid(void)
{
	const struct _server_info *info;
	int coid;

	begin(0);
	coid = connect_to(client, server, chid);
	info = user(client, BUFFER);
	CHECK_EQ(call(client, connect_server_info, (uint64_t)coid, 0), 0);
	CHECK_EQ(
	    call(client, connect_dup, (uint64_t)coid, (uint64_t)coid, SKINK_DUP_EXACT | 1), coid);
	CHECK_EQ(call(client, connect_server_info, (uint64_t)coid, BUFFER), 1);
	CHECK(info->flags == 1 && info->holders == 1);
	CHECK_EQ(call(client, connect_dup, (uint64_t)coid, 0, 0), coid + 1);
	CHECK_EQ(call(client, connect_server_info, (uint64_t)coid + 1, 0), 0);
	CHECK_EQ(call(client, connect_dup, (uint64_t)coid, (uint64_t)coid, SKINK_DUP_EXACT | 2),
	    -SK_EINVAL);
	CHECK_EQ(call(client, connect_server_info, (uint64_t)coid, 0), 1);
	CHECK_EQ(call(client, connect_server_info, 55, 0), -SK_EBADF);
	scene_end();
}

static void
test_server_is_told_once_when_the_last_holder_goes(void)
{
	struct thread *child;
	int coid, scoid;

	begin(SKINK_CHF_DISCONNECT);
	child = process_at(10);
	coid = connect_to(client, server, chid);
	scoid = scoid_of(client, coid);
	CHECK_EQ(call(manager, p_connect_inherit, pid(client), (uint64_t)coid, pid(child), 3), 3);
	CHECK_EQ(call(manager, p_connect_inherit, pid(client), (uint64_t)coid, pid(child), 3),
	    -SK_EBADF);
	CHECK_EQ(scoid_of(child, 3), scoid);
	CHECK_EQ(call(server, connect_client_info, (uint64_t)scoid, BUFFER), 0);
	CHECK_EQ(((struct _client_info *)user(server, BUFFER))->holders, 2);
	CHECK_EQ(call(client, connect_detach, (uint64_t)coid), 0);
	CHECK_EQ(receive(), BLOCKED);
	process_end(child->process);
	CHECK_EQ(result_of(server), 0);
	CHECK_EQ(((struct _pulse *)user(server, BUFFER))->code, SKINK_PULSE_DISCONNECT);
	CHECK_EQ(((struct _pulse *)user(server, BUFFER))->scoid, scoid);
	CHECK_EQ(call(server, connect_client_info, (uint64_t)scoid, BUFFER), -SK_EINVAL);
	scene_end();
}

static void
test_closed_connection_costs_its_holder_until_the_server_was_told(void)
{
	int coid;

	begin(SKINK_CHF_DISCONNECT);
	coid = connect_to(client, server, chid);
	CHECK_EQ(call(client, connect_detach, (uint64_t)coid), 0);
	CHECK_EQ(client->process->used[SKINK_POOL_CONNECTION], 1);
	CHECK_EQ(receive(), 0);
	CHECK_EQ(client->process->used[SKINK_POOL_CONNECTION], 0);
	scene_end();
}

static void
test_connection_lives_until_its_send_ends_when_closed_meanwhile(void)
{
	struct thread *second;
	int coid, scoid;

	begin(SKINK_CHF_DISCONNECT);
	second = thread_new(client, 10);
	coid = connect_to(client, server, chid);
	scoid = scoid_of(client, coid);
	CHECK_EQ(call(client, msg_send, (uint64_t)coid, BUFFER, 0, 0, 0), BLOCKED);
	CHECK_EQ(call(second, connect_detach, (uint64_t)coid), 0);
	CHECK(receive() > 0);
	CHECK_EQ(call(server, connect_client_info, (uint64_t)scoid, BUFFER), 0);
	CHECK_EQ(call(server, msg_reply, (uint64_t)client->rcvid, 4, 0, 0), 0);
	CHECK_EQ(result_of(client), 4);
	CHECK_EQ(receive(), 0);
	CHECK_EQ(((struct _pulse *)user(server, BUFFER))->code, SKINK_PULSE_DISCONNECT);
	scene_end();
}

static void
test_holder_is_told_when_the_channel_goes(void)
{
	const struct _pulse *pulse = NULL;
	int own, coid;

	begin(0);
	own = channel_new(client, SKINK_CHF_COIDDEATH);
	coid = connect_to(client, server, chid);
	CHECK_EQ(call(client, msg_receive, (uint64_t)own, BUFFER, 24, 0), BLOCKED);
	process_end(server->process);
	CHECK_EQ(result_of(client), 0);
	pulse = user(client, BUFFER);
	CHECK_EQ(pulse->code, SKINK_PULSE_COIDDEATH);
	CHECK_EQ(pulse->value, coid);
	CHECK_EQ(call(client, connect_server_info, (uint64_t)coid, BUFFER), 0);
	CHECK_EQ(((struct _server_info *)user(client, BUFFER))->pid, -1);
	CHECK_EQ(call(client, msg_send, (uint64_t)coid, BUFFER, 0, 0, 0), -SK_ESRCH);
	CHECK_EQ(call(client, msg_send_pulse, (uint64_t)coid, 1, 0, 0), -SK_ESRCH);
	scene_end();
}

static void
test_connecting_by_chid_is_refused_when_the_channel_is_another_processs(void)
{
	struct thread *other;
	int private;

	begin(0);
	other = process_new(&(struct options){.abilities = ~0ull});
	private = channel_new(server, SKINK_CHF_PRIVATE);
	CHECK_EQ(call(server, connect_attach, (uint64_t)chid, 0, 0), 0);
	CHECK_EQ(call(server, connect_attach, (uint64_t) private, 0, 0), 1);
	CHECK_EQ(call(other, connect_attach, (uint64_t)chid, 0, 0), -SK_ESRCH);
	CHECK_EQ(call(manager, connect_attach, (uint64_t)chid, 0, 0), -SK_ESRCH);
	CHECK_EQ(call(manager, p_channel_owner, (uint64_t)chid), pid(server));
	CHECK_EQ(call(manager, p_channel_owner, (uint64_t) private),
	    (long)pid(server) | SKINK_CHANNEL_PRIVATE);
	CHECK_EQ(call(manager, p_connect_install, pid(other), (uint64_t) private, 0, 0), 0);
	scene_end();
}

static void
test_manager_connects_to_a_channel_when_it_is_parked(void)
{
	struct thread *service, *other;
	long parked;

	begin(0);
	service = service_at(5, 10);
	other = process_at(10);
	parked = call(service, channel_create, SKINK_CHF_DURABLE, 0);
	CHECK(parked > 0);
	process_end(service->process);
	CHECK_EQ(call(manager, p_channel_owner, (uint64_t)parked), 0);
	CHECK_EQ(call(manager, p_connect_install, pid(other), (uint64_t)parked, 0, 0), 0);
	CHECK_EQ(call(other, msg_send, 0, BUFFER, 0, 0, 0), BLOCKED);
	while (call(manager, p_channel_fail, 5, SK_ESRCH, SKINK_FAIL_DESTROY) > 0)
		;
	CHECK_EQ(result_of(other), -SK_ESRCH);
	CHECK_EQ(call(manager, p_channel_owner, (uint64_t)parked), -SK_ESRCH);
	CHECK_EQ(call(manager, p_connect_install, pid(other), (uint64_t)parked, 0, 0), -SK_EBADF);
	scene_end();
}

const struct test connection_tests[] = {
    TEST(test_coid_is_the_lowest_free_when_connecting),
    TEST(test_coid_is_the_lowest_free_when_chunks_are_full),
    TEST(test_coids_of_others_have_room_when_a_process_scatters_its_own),
    TEST(test_dup_exact_puts_the_connection_there_when_it_is_taken),
    TEST(test_dup_exact_succeeds_when_the_quota_is_used_up),
    TEST(test_server_is_told_of_the_holder_who_sent_when_another_has_left),
    TEST(test_flags_are_kept_with_each_coid),
    TEST(test_server_is_told_once_when_the_last_holder_goes),
    TEST(test_closed_connection_costs_its_holder_until_the_server_was_told),
    TEST(test_connection_lives_until_its_send_ends_when_closed_meanwhile),
    TEST(test_holder_is_told_when_the_channel_goes),
    TEST(test_connecting_by_chid_is_refused_when_the_channel_is_another_processs),
    TEST(test_manager_connects_to_a_channel_when_it_is_parked),
    {0},
};
