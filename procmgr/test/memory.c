/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c - tests of frames, small objects, memory objects, regions and filling. */
#include <test.h>

#include <skink/errno.h>

#include "arena.h"
#include "aspace.h"
#include "fill.h"
#include "object.h"
#include "region.h"
#include "store.h"

static uint32_t mapped;
static long map_result;

long
aspace_map(struct process *p, uint64_t address, uint64_t physical, uint32_t pages, unsigned prot,
    uint64_t *tables)
{
	(void)p, (void)address, (void)physical, (void)prot, (void)tables;
	mapped += pages;
	return map_result;
}

static void
test_pages_come_back_when_freed(void)
{
	uint32_t frames[600], counts[600];
	uint64_t before, largest;

	arena_init(100, 7);
	before = pages_free_count();
	largest = pages_largest();
	CHECK_EQ(before, ARENA_PAGES - 7 - PAGE_UP(pages_overhead()));
	for (int round = 0; round < 20; round++) {
		int n = 0;
		uint64_t left = before;

		CHECK(pages_reserve(before));
		while (n < 600 && left > 0) {
			uint32_t want = arena_random() % 40 + 1;

			want = want < left ? want : left;
			frames[n] = pages_take(want, &counts[n]);
			CHECK(counts[n] >= 1 && counts[n] <= want);
			memset(frame_memory(frames[n]), round, (size_t)counts[n] * PAGE_SIZE);
			left -= counts[n++];
		}
		CHECK(!pages_reserve(pages_free_count() - left + 1));
		pages_unreserve(left);
		for (int i = 0; i < n; i++)
			for (int k = 0; k < i && round == 0; k++)
				CHECK(frames[i] + counts[i] <= frames[k] ||
				    frames[k] + counts[k] <= frames[i]);
		while (n > 0) {
			int i = arena_random() % n--;

			pages_free(frames[i], counts[i]);
			frames[i] = frames[n];
			counts[i] = counts[n];
		}
		CHECK_EQ(pages_free_count(), before);
		CHECK_EQ(pages_largest(), largest);
	}
}

static void
test_pages_contiguous_when_reserved_refuses(void)
{
	uint64_t before;
	uint32_t frame;

	arena_init(2000, 0);
	before = pages_free_count();
	frame = pages_contiguous(300);
	CHECK(frame != 0);
	CHECK_EQ(pages_free_count(), before - 300);
	pages_free(frame, 300);
	CHECK(pages_reserve(before - 10));
	CHECK_EQ(pages_contiguous(11), 0);
	frame = pages_contiguous(10);
	CHECK(frame != 0);
	CHECK(!pages_reserve(1));
	pages_free(frame, 10);
	pages_unreserve(before - 10);
	CHECK_EQ(pages_contiguous(ARENA_PAGES + 1), 0);
	CHECK_EQ(pages_free_count(), before);
}

static void
test_pages_init_when_too_little_says_so(void)
{
	struct skink_range none = {ARENA_START, 0}, one = {ARENA_START, PAGE_SIZE};

	arena_init(100, 1);
	CHECK(!pages_init(&none, 1));
	CHECK(!pages_init(&one, 1));
}

static void
test_account_when_either_is_full_refuses(void)
{
	struct account service = {0, 10, NULL}, a = {0, 8, &service}, b = {0, 8, &service};

	CHECK(account_charge(&a, 8));
	CHECK(!account_charge(&a, 1));
	CHECK(!account_charge(&b, 3));
	CHECK_EQ(b.used, 0);
	CHECK(account_charge(&b, 2));
	CHECK(!account_charge(&b, UINT64_MAX));
	account_refund(&a, 8);
	CHECK_EQ(service.used, 2);
}

/* An object of `pages` pages made of frames with gaps. */
static struct object *
object_of(struct account *payer, uint32_t pages)
{
	struct object *o = object_new(OBJECT_PRIVATE, payer, 5);

	CHECK(o != NULL && account_charge(payer, pages) && pages_reserve(pages));
	for (uint32_t at = 0, count; at < pages; at += count) {
		uint32_t frame =
		    pages_take(1 + at % 3 < pages - at ? 1 + at % 3 : pages - at, &count);

		CHECK(object_add(o, at, frame, count));
	}
	return o;
}

static void
empty(struct object *o)
{
	while (!object_empty(o))
		;
}

static void
test_object_punch_when_random_keeps_the_rest(void)
{
	struct account payer = {0, 1000, NULL};
	uint64_t before;

	arena_init(100, 5);
	empty(object_of(&payer, 64));
	before = pages_free_count();
	for (int round = 0; round < 200; round++) {
		struct object *o = object_of(&payer, 64);
		uint32_t frames[64], count;
		bool gone[64] = {false};

		for (uint32_t i = 0; i < 64; i++)
			frames[i] = object_find(o, i, &count);
		for (int cut = 0; cut < 6; cut++) {
			uint32_t at = arena_random() % 64, n = arena_random() % 20 + 1;

			CHECK(object_prepare());
			while (!object_punch(o, at, n))
				;
			for (uint32_t i = at; i < 64 && i < at + n; i++)
				gone[i] = true;
		}
		for (uint32_t i = 0; i < 64; i++)
			CHECK_EQ(object_find(o, i, &count), gone[i] ? 0 : frames[i]);
		CHECK_EQ(payer.used, o->pages);
		empty(o);
		CHECK_EQ(payer.used, 0);
		CHECK_EQ(pages_free_count(), before);
	}
}

static void
test_object_pay_moves_the_charge(void)
{
	struct account service = {0, 100, NULL}, a = {0, 50, &service};
	struct object *o;

	arena_init(100, 5);
	o = object_of(&a, 20);
	object_pay(o, &service);
	CHECK_EQ(a.used, 0);
	CHECK_EQ(service.used, 20);
	empty(o);
	CHECK_EQ(service.used, 0);
}

static struct region
region_from(uint64_t start, uint64_t end)
{
	return (struct region){.start = start, .end = end, .prot = 3, .prot_max = 7};
}

static void
test_region_room_when_guarded_leaves_the_guard(void)
{
	struct space s;
	struct region r = region_from(0x20000, 0x30000);

	space_init(&s);
	r.guard = 0x1000;
	CHECK(region_insert(&s, &r) != NULL);
	CHECK_EQ(region_room(&s, 0x10000, 0x100000, 0, 0xf000), 0x10000);
	CHECK_EQ(region_room(&s, 0x10000, 0x100000, 0, 0x10000), 0x30000);
	CHECK_EQ(region_room(&s, 0x10000, 0x100000, 0x1000, 0xf000), 0x31000);
	CHECK_EQ(region_room(&s, 0x10000, 0x100000, 0, 0xd0001), 0);
	CHECK_EQ(region_room(&s, 0x10000, 0x100000, 0x1000, UINT64_MAX), 0);
	CHECK(region_overlaps(&s, 0x1f000, 0x20000));
	CHECK(!region_overlaps(&s, 0x1e000, 0x1f000));
	CHECK(!region_overlaps(&s, 0x30000, 0x31000));
}

static void
test_region_cut_and_join_when_random_give_one_again(void)
{
	struct space s;
	struct region r = region_from(0x100000, 0x100000 + 64 * PAGE_SIZE);

	space_init(&s);
	r.base = 7 * PAGE_SIZE;
	CHECK(region_insert(&s, &r) != NULL);
	for (int i = 0; i < 100; i++) {
		uint64_t at = r.start + (arena_random() % 63 + 1) * PAGE_SIZE;
		struct region *hit = region_at(&s, at);

		CHECK(hit != NULL && region_at(&s, at - 1) != NULL);
		if (hit->start < at)
			CHECK(region_cut(&s, hit, at) != NULL);
		CHECK_EQ(region_at(&s, at)->start, at);
		CHECK_EQ(region_at(&s, at)->base - r.base, at - r.start);
		CHECK(region_covers(&s, r.start, r.end));
		CHECK(!region_covers(&s, r.start, r.end + 1));
	}
	region_join(&s, r.start, r.end);
	CHECK_EQ(s.count, 1);
	CHECK_EQ(region_at(&s, r.start)->end, r.end);
}

static void
test_region_insert_when_full_refuses(void)
{
	struct space s;

	arena_init(100, 5);
	space_init(&s);
	for (unsigned i = 0; i < REGIONS_MAX; i++) {
		struct region r = region_from(0x10000 + i * 0x2000ull, 0x11000 + i * 0x2000ull);

		CHECK(region_prepare(&s, 1));
		CHECK(region_insert(&s, &r) != NULL);
	}
	CHECK(!region_prepare(&s, 1));
	CHECK(region_cut(&s, region_at(&s, 0x10000), 0x10800) == NULL);
	CHECK_EQ(region_at(&s, 0x10000)->end, 0x11000);
}

static void
fill_all(struct fill *f)
{
	long more;

	CHECK_EQ(fill_begin(f), 0);
	while ((more = fill_step(f, PAGE_STEP)) > 0)
		;
	CHECK_EQ(more, 0);
	fill_end(f);
}

static void
test_fill_when_source_is_unaligned_surrounds_it_with_zeros(void)
{
	static uint8_t source[5 * PAGE_SIZE], seen[8 * PAGE_SIZE];
	struct account payer = {0, 1000, NULL};
	uint64_t before;

	arena_init(100, 5);
	for (unsigned i = 0; i < sizeof(source); i++)
		source[i] = i % 251 + 1;
	empty(object_of(&payer, 8));
	before = pages_free_count();
	for (int round = 0; round < 100; round++) {
		struct object *o = object_new(OBJECT_PRIVATE, &payer, 5);
		struct fill f = {.object = o, .pages = 8, .make = true, .source = source};

		f.lead = arena_random() % PAGE_SIZE;
		f.source_bytes = arena_random() % (sizeof(source) + 1);
		fill_all(&f);
		CHECK_EQ(o->pages, 8);
		object_read(o, 0, seen, sizeof(seen));
		for (unsigned i = 0; i < sizeof(seen); i++) {
			bool inside = i >= f.lead && i - f.lead < f.source_bytes;

			if (seen[i] != (inside ? source[i - f.lead] : 0))
				CHECK_EQ(seen[i], i);
		}
		empty(o);
		CHECK_EQ(pages_free_count(), before);
		CHECK_EQ(payer.used, 0);
	}
}

static void
test_fill_when_it_cannot_be_undoes_its_promises(void)
{
	struct account payer = {0, 10, NULL};
	struct object *o;
	struct fill f;
	uint64_t before;

	arena_init(100, 5);
	o = object_new(OBJECT_PRIVATE, &payer, 5);
	before = pages_free_count();
	f = (struct fill){.object = o, .pages = 11, .make = true};
	CHECK_EQ(fill_begin(&f), -SK_ENOMEM);
	f.pages = ARENA_PAGES;
	payer.max = 2 * ARENA_PAGES;
	CHECK_EQ(fill_begin(&f), -SK_ENOMEM);
	CHECK_EQ(payer.used, 0);
	CHECK(pages_reserve(before));
	pages_unreserve(before);
	/* The nucleus refuses half-way. */
	f = (struct fill){.object = o, .pages = 20, .make = true, .maps = true};
	f.region = &f.proto;
	map_result = 0;
	CHECK_EQ(fill_begin(&f), 0);
	CHECK_EQ(fill_step(&f, PAGE_STEP), 1);
	map_result = -SK_ENOMEM;
	CHECK_EQ(fill_step(&f, PAGE_STEP), -SK_ENOMEM);
	fill_end(&f);
	map_result = 0;
	empty(o);
	CHECK_EQ(payer.used, 0);
	CHECK(pages_reserve(pages_free_count()));
}

static void
test_store_when_prepared_never_fails(void)
{
	struct store store = {.size = 24};
	void *taken[500];

	arena_init(100, 5);
	CHECK(store_prepare(&store, 500));
	CHECK(pages_reserve(pages_free_count()));
	for (int i = 0; i < 500; i++) {
		taken[i] = store_get(&store);
		CHECK(taken[i] != NULL && *(uint64_t *)taken[i] == 0);
		memset(taken[i], 0xff, 24);
	}
	for (int i = 0; i < 500; i++)
		store_put(&store, taken[i]);
	CHECK_EQ(store.used, 0);
	CHECK(!store_prepare(&store, 100000));
}

TEST_MAIN(TEST(test_pages_come_back_when_freed), TEST(test_pages_contiguous_when_reserved_refuses),
    TEST(test_pages_init_when_too_little_says_so), TEST(test_account_when_either_is_full_refuses),
    TEST(test_object_punch_when_random_keeps_the_rest), TEST(test_object_pay_moves_the_charge),
    TEST(test_region_room_when_guarded_leaves_the_guard),
    TEST(test_region_cut_and_join_when_random_give_one_again),
    TEST(test_region_insert_when_full_refuses),
    TEST(test_fill_when_source_is_unaligned_surrounds_it_with_zeros),
    TEST(test_fill_when_it_cannot_be_undoes_its_promises),
    TEST(test_store_when_prepared_never_fails))
