/* SPDX-License-Identifier: Apache-2.0 */
/* connect.c - tests of who may connect to whose channels: every rule by itself, the table of grants
 * when it is full, and what is left of grants when channels and processes have gone. */
#include <test.h>

#include <skink/errno.h>

#include "arena.h"
#include "connect.h"
#include "limit.h"
#include "nucleus.h"
#include "process.h"
#include "request.h"

#define CHANNELS     8
#define LIFE(id, n)  ((id) | (n) << SKINK_INDEX_BITS)
#define PEER_SERVICE 5
#define COID         77

/* The nucleus's channels: whose each is, by index; in which life of its slot. */
static struct {
	int chid, owner;
	bool is_private;
} channels[CHANNELS + 1];
static struct process processes[16];
static struct service services[2];
static struct skink_service entries[2];
static int installed_pid, installed_chid;
static long install_error;

long
skink_p_channel_owner(int chid)
{
	unsigned index = (unsigned)chid & SKINK_INDEX_MASK;

	if (chid <= 0 || index > CHANNELS || channels[index].chid != chid)
		return -SK_ESRCH;
	return channels[index].owner | (channels[index].is_private ? SKINK_CHANNEL_PRIVATE : 0);
}

long
limit_connect(struct process *p, int chid, int index, unsigned flags)
{
	(void)index, (void)flags;
	if (install_error < 0)
		return install_error;
	installed_pid = p->pid;
	installed_chid = chid;
	return COID;
}

struct process *
process_find(int pid)
{
	for (unsigned i = 0; i < 16; i++)
		if (pid > 0 && processes[i].pid == pid)
			return &processes[i];
	return NULL;
}

struct service *
process_owner(const struct process *p)
{
	return &services[p->owner - 1];
}

static struct process *
process_at(int pid)
{
	struct process *p = &processes[pid & 15];

	*p = (struct process){.pid = pid, .owner = 1, .state = PROCESS_ALIVE};
	return p;
}

static int
channel_at(int index, int life, int owner)
{
	channels[index].chid = LIFE(index, life);
	channels[index].owner = owner;
	channels[index].is_private = false;
	return channels[index].chid;
}

static void
start(void)
{
	arena_init(100, 5);
	memset(channels, 0, sizeof(channels));
	memset(processes, 0, sizeof(processes));
	memset(entries, 0, sizeof(entries));
	install_error = 0;
	for (int i = 0; i < 2; i++)
		services[i].entry = &entries[i];
	CHECK(connect_init(CHANNELS));
}

static long
try(struct process *p, int pid, int chid)
{
	struct proc_connect m = {.pid = pid, .chid = chid};
	struct request r = {.process = p, .bytes = (void *)&m, .length = sizeof(m)};
	long result;

	installed_pid = installed_chid = 0;
	result = connect_request(&r);
	if (result >= 0)
		CHECK(result == COID && installed_pid == p->pid && installed_chid == chid);
	else
		CHECK(installed_pid == 0);
	return result;
}

static long
grant(struct process *p, int chid, int pid)
{
	struct proc_grant m = {.chid = chid, .pid = pid};
	struct request r = {.process = p, .bytes = (void *)&m, .length = sizeof(m)};

	return connect_grant_request(&r);
}

static void
test_connect_when_nobody_allows_it_is_refused(void)
{
	struct process *a, *b;
	int chid;

	start();
	a = process_at(2);
	b = process_at(3);
	chid = channel_at(4, 1, b->pid);
	CHECK_EQ(try(a, b->pid, chid), -SK_EPERM);
	CHECK_EQ(try(b, b->pid, chid), COID);
	/* No such channel; another's; nobody's; of no process. */
	CHECK_EQ(try(a, b->pid, LIFE(4, 2)), -SK_ESRCH);
	CHECK_EQ(try(a, b->pid, -4), -SK_ESRCH);
	CHECK_EQ(try(a, a->pid, chid), -SK_ESRCH);
	channels[4].owner = 0;
	CHECK_EQ(try(b, b->pid, chid), -SK_ESRCH);
	CHECK_EQ(try(b, 0, chid), -SK_ESRCH);
}

static void
test_connect_when_it_has_the_ability_is_let(void)
{
	struct process *a, *b;
	int chid;

	start();
	a = process_at(2);
	b = process_at(3);
	chid = channel_at(4, 1, b->pid);
	a->attr.abilities = ~(uint64_t)SKINK_AB_CONNECT_ANY;
	CHECK_EQ(try(a, b->pid, chid), -SK_EPERM);
	a->attr.abilities = SKINK_AB_CONNECT_ANY;
	CHECK_EQ(try(a, b->pid, chid), COID);
	channels[4].is_private = true;
	CHECK_EQ(try(a, b->pid, chid), -SK_EPERM);
	CHECK_EQ(try(b, b->pid, chid), COID);
	/* procmgr has no entry in the table of processes. */
	chid = channel_at(1, 0, SKINK_PROCMGR_PID);
	CHECK_EQ(try(a, SKINK_PROCMGR_PID, chid), COID);
	a->attr.abilities = 0;
	CHECK_EQ(try(a, SKINK_PROCMGR_PID, chid), -SK_EPERM);
}

static void
test_connect_when_the_owner_is_a_peer_is_let(void)
{
	struct process *a, *child, *b;
	int chid;

	start();
	a = process_at(2);
	child = process_at(4);
	b = process_at(3);
	b->owner = 2;
	chid = channel_at(4, 1, b->pid);
	entries[0].peers = 1ull << PEER_SERVICE;
	CHECK_EQ(try(a, b->pid, chid), -SK_EPERM); /* a child of the service */
	b->attr.service = PEER_SERVICE;
	CHECK_EQ(try(a, b->pid, chid), COID);
	CHECK_EQ(try(child, b->pid, chid), COID);
	child->owner = 2;
	CHECK_EQ(try(child, b->pid, chid), -SK_EPERM);
	b->attr.service = PEER_SERVICE + 1;
	CHECK_EQ(try(a, b->pid, chid), -SK_EPERM);
	b->attr.service = PEER_SERVICE;
	channels[4].is_private = true;
	CHECK_EQ(try(a, b->pid, chid), -SK_EPERM);
}

static void
test_connect_when_it_was_granted_is_let(void)
{
	struct process *a, *b, *c;
	int chid, other;

	start();
	a = process_at(2);
	b = process_at(3);
	c = process_at(4);
	chid = channel_at(4, 1, b->pid);
	other = channel_at(5, 1, b->pid);
	CHECK_EQ(grant(b, chid, a->pid), 0);
	CHECK_EQ(try(a, b->pid, chid), COID);
	CHECK_EQ(try(a, b->pid, other), -SK_EPERM);
	CHECK_EQ(try(c, b->pid, chid), -SK_EPERM);
	CHECK_EQ(grant(b, chid, -1), 0);
	CHECK_EQ(grant(b, chid, c->pid), 0);
	CHECK_EQ(try(c, b->pid, chid), COID);
	CHECK_EQ(try(a, b->pid, chid), COID);
	channels[4].is_private = true;
	CHECK_EQ(try(c, b->pid, chid), -SK_EPERM);
	channels[4].is_private = false;
	install_error = -SK_EMFILE;
	CHECK_EQ(try(a, b->pid, chid), -SK_EMFILE);
	install_error = -SK_EBADF;
	CHECK_EQ(try(a, b->pid, chid), -SK_ESRCH);
}

static void
test_grant_when_it_is_not_the_owners_is_refused(void)
{
	struct process *a, *b;
	int chid;

	start();
	a = process_at(2);
	b = process_at(3);
	chid = channel_at(4, 1, b->pid);
	CHECK_EQ(grant(a, chid, a->pid), -SK_EINVAL);
	CHECK_EQ(grant(a, chid, -1), -SK_EINVAL);
	CHECK_EQ(grant(b, LIFE(4, 2), -1), -SK_EINVAL);
	CHECK_EQ(grant(b, -1, -1), -SK_EINVAL);
	CHECK_EQ(grant(b, chid, 9999), -SK_ESRCH);
	CHECK_EQ(grant(b, chid, 0), -SK_ESRCH);
	a->state = PROCESS_ENDING;
	CHECK_EQ(grant(b, chid, a->pid), -SK_ESRCH);
	a->state = PROCESS_ALIVE;
	CHECK_EQ(try(a, b->pid, chid), -SK_EPERM);
}

static void
test_grants_when_there_are_too_many_make_room_for_those_that_live(void)
{
	struct process *b, *some[PROC_GRANTS + 1];
	int chid;

	start();
	b = process_at(1 | 1 << SKINK_INDEX_BITS);
	chid = channel_at(4, 1, b->pid);
	for (int i = 0; i <= PROC_GRANTS; i++)
		some[i] = process_at(4 + i);
	for (int i = 0; i < PROC_GRANTS; i++)
		for (int twice = 0; twice < 2; twice++)
			CHECK_EQ(grant(b, chid, some[i]->pid), 0);
	CHECK_EQ(grant(b, chid, some[PROC_GRANTS]->pid), -SK_EAGAIN);
	CHECK_EQ(try(some[PROC_GRANTS], b->pid, chid), -SK_EPERM);
	/* One ends, and another has its slot: it is not who was let. */
	some[2] = process_at(LIFE(some[2]->pid, 1));
	CHECK_EQ(try(some[2], b->pid, chid), -SK_EPERM);
	CHECK_EQ(grant(b, chid, some[PROC_GRANTS]->pid), 0);
	for (int i = 0; i <= PROC_GRANTS; i++)
		CHECK_EQ(try(some[i], b->pid, chid), i == 2 ? -SK_EPERM : COID);
	CHECK_EQ(grant(b, chid, -1), 0);
	CHECK_EQ(try(some[2], b->pid, chid), COID);
}

static void
test_grants_when_their_channel_has_gone_are_not_its_successors(void)
{
	struct process *a, *b, *next;
	int chid;

	start();
	a = process_at(2);
	b = process_at(3);
	chid = channel_at(CHANNELS, 1, b->pid);
	CHECK_EQ(grant(b, chid, -1), 0);
	/* The next instance of its service has the same channel. */
	next = process_at(LIFE(3, 1));
	channels[CHANNELS].owner = next->pid;
	CHECK_EQ(try(a, next->pid, chid), COID);
	chid = channel_at(CHANNELS, 2, next->pid);
	CHECK_EQ(try(a, next->pid, chid), -SK_EPERM);
	CHECK_EQ(grant(next, chid, a->pid), 0);
	CHECK_EQ(try(a, next->pid, chid), COID);
	CHECK_EQ(try(process_at(4), next->pid, chid), -SK_EPERM);
}

TEST_MAIN(TEST(test_connect_when_nobody_allows_it_is_refused),
    TEST(test_connect_when_it_has_the_ability_is_let),
    TEST(test_connect_when_the_owner_is_a_peer_is_let),
    TEST(test_connect_when_it_was_granted_is_let),
    TEST(test_grant_when_it_is_not_the_owners_is_refused),
    TEST(test_grants_when_there_are_too_many_make_room_for_those_that_live),
    TEST(test_grants_when_their_channel_has_gone_are_not_its_successors))
