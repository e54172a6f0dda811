/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - tests of the two-slot records: what a reader finds when the writer was killed at any
 * byte, and when a wild store hit. */
#include <stdlib.h>

#include <test.h>

#include "store.h"

struct sample {
	uint64_t words[5];
};
#define SIZE sizeof(struct sample)

static uint64_t memory[STORE_BYTES(SIZE) / 8];

static struct sample
sample_of(uint64_t n)
{
	return (struct sample){{n, n * 3, ~n, n << 20, 7}};
}

static void
put(uint64_t n)
{
	struct sample s = sample_of(n);

	store_commit(memory, &s, SIZE);
}

/* The number of the sample found; 0: none; a mixture fails. */
static uint64_t
get(void)
{
	struct sample s, whole;

	if (!store_read(memory, &s, SIZE))
		return 0;
	whole = sample_of(s.words[0]);
	CHECK(memcmp(&s, &whole, SIZE) == 0);
	return s.words[0];
}

static void
test_store_is_empty_when_zeroed(void)
{
	memset(memory, 0, sizeof(memory));
	CHECK_EQ(get(), 0);
}

static void
test_store_gives_newest_when_committed(void)
{
	memset(memory, 0, sizeof(memory));
	for (uint64_t n = 1; n < 100; n++) {
		put(n);
		CHECK_EQ(get(), n);
	}
}

static void
test_store_is_whole_when_writer_killed(void)
{
	/* Every mixture of old and new bytes, cut at any place, in any of the orders of its
	 * three parts that a compiler may choose before the seal. */
	for (uint64_t n = 1; n < 6; n++) {
		uint64_t before[STORE_BYTES(SIZE) / 8], after[STORE_BYTES(SIZE) / 8];

		memset(memory, 0, sizeof(memory));
		for (uint64_t i = 1; i <= n; i++)
			put(i);
		memcpy(before, memory, sizeof(memory));
		put(n + 1);
		memcpy(after, memory, sizeof(memory));
		for (size_t cut = 0; cut <= sizeof(memory); cut++) {
			memcpy(memory, after, cut);
			memcpy((char *)memory + cut, (char *)before + cut, sizeof(memory) - cut);
			CHECK(get() == n || get() == n + 1);
			memcpy(memory, before, cut);
			memcpy((char *)memory + cut, (char *)after + cut, sizeof(memory) - cut);
			CHECK(get() == n || get() == n + 1);
		}
	}
}

static void
test_store_keeps_a_version_when_hit_once(void)
{
	for (size_t at = 0; at < sizeof(memory); at++) {
		memset(memory, 0, sizeof(memory));
		put(1);
		put(2);
		((uint8_t *)memory)[at] ^= 0x40;
		CHECK(get() == 1 || get() == 2);
		put(3);
		CHECK_EQ(get(), 3);
	}
}

static void
test_store_finds_nothing_when_both_hit(void)
{
	memset(memory, 0, sizeof(memory));
	put(1);
	put(2);
	memset(memory, 0xa5, sizeof(memory));
	CHECK_EQ(get(), 0);
	put(9);
	CHECK_EQ(get(), 9);
}

TEST_MAIN(TEST(test_store_is_empty_when_zeroed), TEST(test_store_gives_newest_when_committed),
    TEST(test_store_is_whole_when_writer_killed), TEST(test_store_keeps_a_version_when_hit_once),
    TEST(test_store_finds_nothing_when_both_hit))
