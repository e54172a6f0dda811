/* SPDX-License-Identifier: Apache-2.0 */
/* pool_test.c - pools: generations, stale ids, order of reuse, what outlives an object. */
#include "startup/pools.h"
#include "tests.h"

static void
pools_begin(uint32_t timers)
{
	uint32_t counts[SKINK_POOL_COUNT] = {[SKINK_POOL_TIMER] = timers};

	pools_make(pools, aligned_alloc(64, pools_size(counts)), 0, counts);
}

static void
test_pool_gives_null_when_all_are_used(void)
{
	struct timer *t[4];

	pools_begin(3);
	for (unsigned i = 0; i < 4; i++)
		t[i] = pool_new(SKINK_POOL_TIMER);
	CHECK(t[2] != NULL && t[3] == NULL);
	CHECK_EQ(pools[SKINK_POOL_TIMER].used, 3);
	pool_free(SKINK_POOL_TIMER, t[1]);
	CHECK(pool_new(SKINK_POOL_TIMER) == t[1]);
	CHECK(pool_new(SKINK_POOL_TIMER) == NULL);
	CHECK_EQ(pools[SKINK_POOL_TIMER].peak, 3);
	CHECK(pool_new(SKINK_POOL_SYNC) == NULL);
}

static void
test_pool_finds_nothing_when_the_id_is_stale_or_wild(void)
{
	struct timer *t;
	int32_t id;

	pools_begin(1);
	CHECK(pool_find(SKINK_POOL_TIMER, 1) == NULL);
	t = pool_new(SKINK_POOL_TIMER);
	id = t->notice.object.id;
	CHECK_EQ(id, 1);
	CHECK(pool_find(SKINK_POOL_TIMER, id) == t);
	CHECK(pool_find(SKINK_POOL_TIMER, id | 1ll << 32) == NULL);
	CHECK(pool_find(SKINK_POOL_TIMER, 0) == NULL);
	CHECK(pool_find(SKINK_POOL_TIMER, -1) == NULL);
	CHECK(pool_find(SKINK_POOL_TIMER, INT64_MIN) == NULL);
	CHECK(pool_find(SKINK_POOL_TIMER, 2) == NULL);
	pool_free(SKINK_POOL_TIMER, t);
	CHECK(pool_find(SKINK_POOL_TIMER, id) == NULL);
	t = pool_new(SKINK_POOL_TIMER);
	CHECK_EQ(t->notice.object.id, 1 << SKINK_INDEX_BITS | 1);
	CHECK(pool_find(SKINK_POOL_TIMER, id) == NULL);
	CHECK(pool_find(SKINK_POOL_TIMER, t->notice.object.id) == t);
}

static void
test_pool_reuses_the_oldest_when_slots_are_freed(void)
{
	struct timer *a, *b, *c;

	pools_begin(3);
	a = pool_new(SKINK_POOL_TIMER);
	b = pool_new(SKINK_POOL_TIMER);
	c = pool_new(SKINK_POOL_TIMER);
	pool_free(SKINK_POOL_TIMER, b);
	pool_free(SKINK_POOL_TIMER, a);
	pool_free(SKINK_POOL_TIMER, c);
	CHECK(pool_new(SKINK_POOL_TIMER) == b);
	CHECK(pool_new(SKINK_POOL_TIMER) == a);
	CHECK(pool_new(SKINK_POOL_TIMER) == c);
}

static void
test_pool_id_stays_positive_when_generations_wrap(void)
{
	uint32_t generations = 1u << (31 - SKINK_INDEX_BITS);
	struct timer *t;

	pools_begin(1);
	for (uint32_t i = 0; i < generations + 2; i++) {
		t = pool_new(SKINK_POOL_TIMER);
		CHECK(t->notice.object.id > 0);
		CHECK_EQ(t->notice.object.id >> SKINK_INDEX_BITS, i % generations);
		pool_free(SKINK_POOL_TIMER, t);
	}
}

static void
test_pool_object_is_zeroed_but_for_what_is_kept_when_new(void)
{
	struct timer *t;

	pools_begin(1);
	t = pool_new(SKINK_POOL_TIMER);
	t->interval_ns = 5;
	t->notice.object.kept = 77;
	pool_free(SKINK_POOL_TIMER, t);
	t = pool_new(SKINK_POOL_TIMER);
	CHECK_EQ(t->interval_ns, 0);
	CHECK_EQ(t->notice.object.kept, 77);
}

static void
test_pool_finds_a_slot_when_it_is_asked_by_index(void)
{
	struct timer *t;

	pools_begin(2);
	(void)pool_new(SKINK_POOL_TIMER);
	t = pool_new(SKINK_POOL_TIMER);
	pool_free(SKINK_POOL_TIMER, t);
	CHECK(pool_at(SKINK_POOL_TIMER, 2) == t);
	CHECK(pool_at(SKINK_POOL_TIMER, 0) == NULL && pool_at(SKINK_POOL_TIMER, 3) == NULL);
	CHECK(pools[SKINK_POOL_TIMER].size >= sizeof(struct timer));
}

const struct test pool_tests[] = {
    TEST(test_pool_gives_null_when_all_are_used),
    TEST(test_pool_finds_nothing_when_the_id_is_stale_or_wild),
    TEST(test_pool_reuses_the_oldest_when_slots_are_freed),
    TEST(test_pool_id_stays_positive_when_generations_wrap),
    TEST(test_pool_object_is_zeroed_but_for_what_is_kept_when_new),
    TEST(test_pool_finds_a_slot_when_it_is_asked_by_index),
    {0},
};
