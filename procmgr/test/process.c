/* SPDX-License-Identifier: Apache-2.0 */
/* process.c - tests of the table of processes: how quotas are carved and come back. */
#include <test.h>

#include <skink/calls.h>
#include <skink/errno.h>

#include "arena.h"
#include "job.h"
#include "nucleus.h"
#include "process.h"

static struct {
	struct skink_manifest head;
	struct skink_service services[2];
	char names[16];
} manifest;
static int next_index;
static uint32_t used[64]; /* threads in use, by index */
static struct skink_process_attr known[64];

bool
job_prepare(uint32_t processes)
{
	(void)processes;
	return true;
}

long
skink_p_process_attr(int pid, const struct skink_process_attr *attr)
{
	if (pid == 0 && next_index == 63)
		return -SK_EAGAIN;
	if (pid == 0)
		pid = ++next_index | 1 << SKINK_INDEX_BITS;
	known[pid & SKINK_INDEX_MASK] = *attr;
	return pid;
}

long
skink_p_process_free(int pid)
{
	(void)pid;
	return 0;
}

long
skink_p_process_kill(int pid, int status, int by)
{
	(void)pid, (void)status, (void)by;
	return 0;
}

long
skink_p_info(int kind, uint64_t id, void *answer, size_t size)
{
	struct skink_process_info *info = answer;

	CHECK(kind == SKINK_INFO_PROCESS && size == sizeof(*info));
	memset(info, 0, size);
	info->used[SKINK_POOL_THREAD] = used[id & SKINK_INDEX_MASK];
	return id;
}

static void
start(void)
{
	arena_init(100, 5);
	memset(&manifest, 0, sizeof(manifest));
	memset(used, 0, sizeof(used));
	next_index = 0;
	manifest.head.services.offset = offsetof(typeof(manifest), services);
	manifest.head.services.count = 2;
	strcpy(manifest.names, "ham");
	strcpy(manifest.names + 8, "esh");
	for (int i = 0; i < 2; i++) {
		struct skink_service *s = &manifest.services[i];

		s->name = offsetof(typeof(manifest), names) + i * 8;
		s->memory_bytes = 1 << 20;
		s->processes = 5;
		s->quota[SKINK_POOL_THREAD] = 16;
	}
	CHECK(process_init(64, &manifest.head));
}

static struct process *
make(uint32_t service, struct process *parent, uint32_t threads)
{
	struct skink_process_attr attr = {.service = service};
	struct process *p = NULL;

	attr.quota[SKINK_POOL_THREAD] = service != 0 ? 16 : threads;
	process_create(&attr, service != 0 ? service : parent->owner, parent, parent, &p);
	if (p != NULL)
		p->state = PROCESS_ALIVE;
	return p;
}

static uint32_t
threads(const struct process *p)
{
	CHECK_EQ(known[p->pid & SKINK_INDEX_MASK].quota[SKINK_POOL_THREAD],
	    p->attr.quota[SKINK_POOL_THREAD]);
	return p->attr.quota[SKINK_POOL_THREAD];
}

static void
end(struct process *p)
{
	p->state = PROCESS_ENDING;
	process_settle(p);
	if (p->parent == NULL || p->attr.service != 0)
		process_free(p);
}

static void
test_quota_when_child_ends_comes_back(void)
{
	struct process *esh, *a, *b;

	start();
	esh = make(2, NULL, 0);
	a = make(0, esh, 4);
	b = make(0, a, 2);
	CHECK_EQ(threads(esh), 12);
	CHECK_EQ(threads(a), 2);
	CHECK_EQ(threads(b), 2);
	/* The middle one ends first: its child's come back to the grandparent. */
	end(a);
	CHECK_EQ(threads(esh), 14);
	CHECK(b->parent == NULL && b->lender == esh);
	end(b);
	CHECK_EQ(threads(esh), 16);
	process_free(a);
	CHECK_EQ(service_find(2)->processes, 1);
}

static void
test_quota_when_parent_cannot_spare_them_is_taken_further_up(void)
{
	struct process *esh, *a, *b;

	start();
	esh = make(2, NULL, 0);
	a = make(0, esh, 2);
	used[a->pid & SKINK_INDEX_MASK] = 1;
	b = make(0, a, 2);
	CHECK(b != NULL && b->lender == esh && b->parent == a);
	CHECK_EQ(threads(esh), 12);
	CHECK_EQ(threads(a), 2);
	a->closed = true;
	CHECK(make(0, a, 2) == NULL);
	used[esh->pid & SKINK_INDEX_MASK] = 11;
	CHECK(make(0, esh, 2) == NULL);
	CHECK(make(0, esh, 1) != NULL);
}

static void
test_quota_when_service_restarts_lacks_what_orphans_have(void)
{
	struct process *esh, *orphan;

	start();
	esh = make(2, NULL, 0);
	orphan = make(0, esh, 5);
	end(esh);
	CHECK(orphan->parent == NULL && orphan->lender == NULL);
	esh = make(2, NULL, 0);
	CHECK_EQ(threads(esh), 11);
	end(orphan);
	CHECK_EQ(threads(esh), 16);
	CHECK(service_find(2)->process == esh);
}

static void
test_quota_when_a_child_grows_is_bounded_by_what_it_leaves(void)
{
	struct process *esh, *a, *b;

	start();
	esh = make(2, NULL, 0);
	a = make(0, esh, 1);
	b = make(0, esh, 1);
	/* A quarter of what there is for it: (1 + 14) / 4. */
	CHECK(process_quota_grow(a, SKINK_POOL_THREAD));
	CHECK_EQ(threads(a), 3);
	CHECK(!process_quota_grow(a, SKINK_POOL_THREAD));
	CHECK_EQ(threads(a), 3);
	CHECK_EQ(threads(esh), 12);
	/* What a small program needs is more than a quarter, if the lender can do without. */
	used[esh->pid & SKINK_INDEX_MASK] = 12;
	CHECK(!process_quota_grow(b, SKINK_POOL_THREAD));
	used[esh->pid & SKINK_INDEX_MASK] = 11;
	CHECK(process_quota_grow(b, SKINK_POOL_THREAD));
	CHECK_EQ(threads(b), 2);
	CHECK_EQ(threads(esh), 11);
	end(a);
	end(b);
	CHECK_EQ(threads(esh), 16);
}

static void
test_quota_when_nobody_lends_does_not_grow(void)
{
	struct process *esh, *a, *b;
	uint32_t none[SKINK_QUOTA_COUNT] = {0}, chosen[SKINK_QUOTA_COUNT] = {4},
		 spare[SKINK_QUOTA_COUNT];

	start();
	esh = make(2, NULL, 0);
	CHECK(!process_quota_grow(esh, SKINK_POOL_THREAD));
	a = make(0, esh, 4);
	a->closed = true;
	CHECK(!process_quota_grow(a, SKINK_POOL_THREAD));
	process_quota_spare(a, spare);
	CHECK_EQ(spare[SKINK_POOL_THREAD], 0);
	/* Its children live on what it has. */
	CHECK(process_quota_lender(a, none) == a && process_quota_lender(esh, none) == esh);
	b = make(0, a, 1);
	CHECK(b->lender == a && process_quota_lender(b, none) == a);
	CHECK(process_quota_lender(b, chosen) == b);
	process_quota_spare(b, spare);
	CHECK_EQ(spare[SKINK_POOL_THREAD], 3);
	CHECK(process_quota_grow(b, SKINK_POOL_THREAD));
	CHECK_EQ(threads(a), 2);
	/* A service's orphan grows by the next instance, or not at all. */
	end(a);
	CHECK(b->lender == esh);
	end(esh);
	CHECK(!process_quota_grow(b, SKINK_POOL_THREAD));
	esh = make(2, NULL, 0);
	CHECK_EQ(threads(esh), 14);
	CHECK(process_quota_grow(b, SKINK_POOL_THREAD));
	CHECK_EQ(threads(esh) + threads(b), 16);
}

static void
test_quota_when_it_begins_covers_what_is_inherited(void)
{
	struct proc_fd fds[4] = {{0, 0}, {1, 1}, {2, 700}, {2, 1000}};
	uint32_t none[SKINK_QUOTA_COUNT] = {0}, chosen[SKINK_QUOTA_COUNT], quota[SKINK_QUOTA_COUNT];

	process_quota_first(quota, none, fds, 4);
	CHECK(quota[SKINK_POOL_THREAD] == 1 && quota[SKINK_POOL_INTERRUPT] == 0);
	CHECK(quota[SKINK_POOL_CONNECTION] > 5);
	CHECK_EQ(quota[SKINK_POOL_COIDS], 4);
	for (int i = 0; i < SKINK_QUOTA_COUNT; i++)
		chosen[i] = 3;
	process_quota_first(quota, chosen, fds, 4);
	CHECK(quota[SKINK_POOL_THREAD] == 3 && quota[SKINK_POOL_CONNECTION] == 5 &&
	    quota[SKINK_POOL_COIDS] == 4);
}

static void
test_process_when_service_has_too_many_is_refused(void)
{
	struct process *esh;

	start();
	esh = make(2, NULL, 0);
	for (int i = 0; i < 5; i++)
		CHECK(make(0, esh, 1) != NULL);
	CHECK(make(0, esh, 1) == NULL);
	CHECK_EQ(threads(esh), 11);
	CHECK(make(1, NULL, 0) != NULL);
}

static void
test_process_find_when_stale_finds_none(void)
{
	struct process *esh;
	int pid, count = 0;

	start();
	esh = make(2, NULL, 0);
	pid = esh->pid;
	CHECK(process_find(pid) == esh);
	CHECK(process_find(pid + (1 << SKINK_INDEX_BITS)) == NULL);
	CHECK(
	    process_find(0) == NULL && process_find(-1) == NULL && process_find(INT32_MAX) == NULL);
	make(0, esh, 1);
	PROCESS_EACH(p)
	count++;
	CHECK_EQ(count, 2);
	end(esh);
	CHECK(process_find(pid) == NULL);
	CHECK(service_find(0) == NULL && service_find(3) == NULL);
}

TEST_MAIN(TEST(test_quota_when_child_ends_comes_back),
    TEST(test_quota_when_parent_cannot_spare_them_is_taken_further_up),
    TEST(test_quota_when_service_restarts_lacks_what_orphans_have),
    TEST(test_quota_when_a_child_grows_is_bounded_by_what_it_leaves),
    TEST(test_quota_when_nobody_lends_does_not_grow),
    TEST(test_quota_when_it_begins_covers_what_is_inherited),
    TEST(test_process_when_service_has_too_many_is_refused),
    TEST(test_process_find_when_stale_finds_none))
