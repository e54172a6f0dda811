/* SPDX-License-Identifier: Apache-2.0 */
/* keep.c - the commit protocol of keep memory, killed at every instruction. */
#include <stdint.h>
#include <stdlib.h>

#include <skink/keep.h>
#include <step.h>
#include <test.h>

#define CELLS  10
#define LOG    512
#define LAYOUT 7

struct cells {
	uint64_t count;
	uint64_t cell[CELLS]; /* all equal to count, after each transaction */
	uint8_t bytes[32]; /* all equal to the low byte of count */
};

static _Alignas(64) char image[1024];
static struct keep keep;
static int protected, writable;
static unsigned flags;

void
keep_protect(struct keep *k, int on)
{
	(void)k;
	protected++;
	writable = on;
}

static struct cells *
cells(struct keep *k)
{
	return k->data;
}

static int
is_whole(const struct cells *c)
{
	for (int i = 0; i < CELLS; i++)
		if (c->cell[i] != c->count)
			return 0;
	for (int i = 0; i < (int)sizeof(c->bytes); i++)
		if (c->bytes[i] != (uint8_t)c->count)
			return 0;
	return 1;
}

/* A transaction whose parts overlap, in an order that an undo in the wrong order would not
 * restore. */
static void
change(uint64_t to)
{
	struct cells *c = cells(&keep);

	KEEP_SET(&keep, c->cell[3], 99);
	keep_save(&keep, c->cell, sizeof(c->cell));
	for (int i = 0; i < CELLS; i++)
		c->cell[i] = to;
	KEEP_SET(&keep, c->count, to);
	for (int i = 0; i < (int)sizeof(c->bytes); i += 7)
		keep_copy(&keep, c->bytes + i, (uint8_t[7]){1, 2, 3, 4, 5, 6, 7},
		    i + 7 > (int)sizeof(c->bytes) ? sizeof(c->bytes) - (size_t)i : 7);
	keep_save(&keep, c->bytes, sizeof(c->bytes));
	memset(c->bytes, (uint8_t)to, sizeof(c->bytes));
}

static void
start(unsigned how)
{
	flags = how;
	memset(image, 0x5a, sizeof(image));
	memset(image, 0, 4);
	keep_format(&keep, image, sizeof(image), LOG, LAYOUT, flags);
	keep_ready(&keep);
}

static void
act_commit(void *arg)
{
	keep_begin(&keep);
	change(*(uint64_t *)arg);
	keep_commit(&keep);
}

static void
act_prepare_commit(void *arg)
{
	keep_begin(&keep);
	change(*(uint64_t *)arg);
	keep_prepare(&keep);
	keep_commit(&keep);
}

static void
act_prepare_abort(void *arg)
{
	keep_begin(&keep);
	change(*(uint64_t *)arg);
	keep_prepare(&keep);
	keep_abort(&keep);
}

static uint64_t seen_old, seen_new, was;

static void
died(void *arg)
{
	uint64_t to = *(uint64_t *)arg;
	struct keep next;

	CHECK_EQ(keep_adopt(&next, image, sizeof(image), LAYOUT, flags), KEEP_KEPT);
	CHECK(is_whole(cells(&next)));
	CHECK(cells(&next)->count == was || cells(&next)->count == to);
	seen_old += cells(&next)->count == was;
	seen_new += cells(&next)->count == to;
	CHECK_EQ(next.header->log, 0);
}

static void
sweep(unsigned how, void (*act)(void *arg), uint64_t end)
{
	start(how);
	was = 0;
	for (uint64_t to = 1; to < (how & KEEP_SUM ? 3 : 5); to++) {
		seen_old = seen_new = 0;
		step_run(image, sizeof(image), act, died, &to);
		CHECK_EQ(cells(&keep)->count, end ? to : 0);
		CHECK(is_whole(cells(&keep)));
		if (step_is_possible())
			CHECK(seen_old > 40 && seen_new > 0);
		was = cells(&keep)->count;
	}
}

static void
test_keep_commit_killed_anywhere_is_old_or_new(void)
{
	sweep(0, act_commit, 1);
	sweep(KEEP_SUM, act_commit, 1);
}

static void
test_keep_prepare_killed_anywhere_is_old_or_new(void)
{
	sweep(0, act_prepare_commit, 1);
	sweep(KEEP_SUM, act_prepare_commit, 1);
	sweep(0, act_prepare_abort, 0);
	sweep(KEEP_SUM, act_prepare_abort, 0);
}

/* A kill during the undo of the next instance: it is done again from the start. */
static void
act_recover(void *arg)
{
	struct keep next;

	(void)arg;
	keep_adopt(&next, image, sizeof(image), LAYOUT, flags);
}

static void
test_keep_recovery_killed_anywhere_is_old(void)
{
	uint64_t to = 9;

	start(KEEP_SUM);
	keep_begin(&keep);
	change(to);
	was = 0;
	to = 0; /* only the old state is right */
	step_run(image, sizeof(image), act_recover, died, &to);
	CHECK_EQ(keep_adopt(&keep, image, sizeof(image), LAYOUT, flags), KEEP_KEPT);
	CHECK_EQ(cells(&keep)->count, 0);
}

static void
act_format(void *arg)
{
	(void)arg;
	keep_format(&keep, image, sizeof(image), LOG, LAYOUT, 0);
	keep_ready(&keep);
}

static void
died_formatting(void *arg)
{
	struct keep next;
	int found = keep_adopt(&next, image, sizeof(image), LAYOUT, 0);

	(void)arg;
	CHECK(found == KEEP_FRESH || found == KEEP_KEPT);
	if (found == KEEP_KEPT)
		CHECK_EQ(cells(&next)->count, 0);
}

static void
test_keep_format_killed_anywhere_is_fresh_or_kept(void)
{
	memset(image, 0, sizeof(image));
	step_run(image, sizeof(image), act_format, died_formatting, NULL);
}

static void
test_keep_abort_puts_all_back(void)
{
	start(0);
	act_commit(&(uint64_t){4});
	keep_begin(&keep);
	keep_begin(&keep);
	change(5);
	keep_commit(&keep);
	CHECK(keep_used(&keep) > 0);
	keep_abort(&keep);
	CHECK_EQ(cells(&keep)->count, 4);
	CHECK(is_whole(cells(&keep)));
	CHECK_EQ(keep_used(&keep), 0);
}

static void
test_keep_not_ready_is_fresh(void)
{
	memset(image, 0, sizeof(image));
	CHECK_EQ(keep_adopt(&keep, image, sizeof(image), LAYOUT, 0), KEEP_FRESH);
	keep_format(&keep, image, sizeof(image), LOG, LAYOUT, 0);
	CHECK_EQ(keep_adopt(&keep, image, sizeof(image), LAYOUT, 0), KEEP_FRESH);
}

static void
test_keep_damage_is_found(void)
{
	start(KEEP_SUM);
	CHECK_EQ(keep_adopt(&keep, image, sizeof(image), LAYOUT + 1, KEEP_SUM), KEEP_OTHER);
	for (size_t i = 0; i < 28; i++) { /* the header's fixed part */
		image[i] ^= 0x10;
		CHECK_EQ(keep_adopt(&keep, image, sizeof(image), LAYOUT, KEEP_SUM), KEEP_DAMAGED);
		image[i] ^= 0x10;
	}
	CHECK_EQ(keep_adopt(&keep, image, sizeof(image), LAYOUT, KEEP_SUM), KEEP_KEPT);
	for (size_t i = 0; i < keep.data_size; i += 13) { /* a wild store in the data */
		char *p = (char *)(image + sizeof(image) - keep.data_size) + i;

		*p ^= 1;
		struct keep next;

		CHECK_EQ(keep_adopt(&next, image, sizeof(image), LAYOUT, KEEP_SUM), KEEP_DAMAGED);
		*p ^= 1;
	}
}

/* Whatever a wild store made of the commit word and the log, nothing outside the object is
 * touched. */
static void
test_keep_log_damage_stays_inside(void)
{
	unsigned seed = 1;

	for (int round = 0; round < 2000; round++) {
		struct keep next;

		start(0);
		keep_begin(&keep);
		change(3);
		for (int i = 0; i < 3; i++) {
			seed = seed * 1103515245 + 12345;
			image[32 + seed / 65536 % (sizeof(struct keep_header) + 400 - 32)] ^=
			    (char)(1u << seed / 7 % 8);
		}
		keep_adopt(&next, image, sizeof(image), LAYOUT, 0);
	}
}

static void
test_keep_protects_outside_transactions(void)
{
	protected = 0;
	start(KEEP_PROTECT);
	CHECK_EQ(writable, 0);
	keep_begin(&keep);
	CHECK_EQ(writable, 1);
	change(2);
	keep_commit(&keep);
	CHECK_EQ(writable, 0);
	CHECK(protected >= 2);
}

static void
test_keep_plain_memory_is_left_alone(void)
{
	struct keep none = {0};
	uint64_t word = 1;

	keep_begin(&none);
	KEEP_SET(&none, word, 2);
	keep_commit(&none);
	CHECK_EQ(word, 2);
	CHECK_EQ(keep_used(&none), 0);
}

static void
test_keep_crc_is_the_known_one(void)
{
	CHECK_EQ(keep_crc(0, "123456789", 9), 0xcbf43926);
}

TEST_MAIN(TEST(test_keep_commit_killed_anywhere_is_old_or_new),
    TEST(test_keep_prepare_killed_anywhere_is_old_or_new),
    TEST(test_keep_recovery_killed_anywhere_is_old),
    TEST(test_keep_format_killed_anywhere_is_fresh_or_kept), TEST(test_keep_abort_puts_all_back),
    TEST(test_keep_not_ready_is_fresh), TEST(test_keep_damage_is_found),
    TEST(test_keep_log_damage_stays_inside), TEST(test_keep_protects_outside_transactions),
    TEST(test_keep_plain_memory_is_left_alone), TEST(test_keep_crc_is_the_known_one))
