/* SPDX-License-Identifier: Apache-2.0 */
/* pipe.c - pipes: ends, order, wrap-around, and a transfer killed at every instruction. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <skink/errno.h>
#include <skink/keep.h>
#include <step.h>
#include <test.h>

#include "../pipe.h"

#define MAKER 5

static _Alignas(64) struct {
	char head[sizeof(struct keep_header) + 1024 + sizeof(struct pipe_state) + 64];
	char rings[PIPE_CHUNKS][PIPE_CHUNK * PIPE_SIZE];
} memory;
static struct keep keep;
static struct pipes ps;
static int no_memory;

void
keep_protect(struct keep *k, int writable)
{
	(void)k;
	(void)writable;
}

static char *
grow(struct pipes *p, unsigned chunk)
{
	(void)p;
	return no_memory ? NULL : memory.rings[chunk];
}

static void
attach(struct keep *k, struct pipes *p)
{
	*p = (struct pipes){.keep = k, .s = k->data, .grow = grow};
}

static void
start(void)
{
	memset(&memory, 0, sizeof(memory));
	no_memory = 0;
	keep_format(&keep, memory.head, sizeof(memory.head), 1024, 1, 0);
	keep_ready(&keep);
	attach(&keep, &ps);
}

static int
make(void)
{
	int i;

	keep_begin(&keep);
	i = pipe_make(&ps, MAKER);
	if (i >= 0)
		pipe_open_write(&ps, ps.s->last_id, MAKER);
	keep_commit(&keep);
	return i;
}

static void
put(struct keep *k, struct pipes *p, unsigned i, const char *data, size_t len)
{
	struct skink_iov iov[2];
	int parts;

	keep_begin(k);
	parts = pipe_space(p, i, len, iov);
	memcpy(iov[0].base, data, iov[0].len);
	if (parts == 2)
		memcpy(iov[1].base, data + iov[0].len, iov[1].len);
	pipe_gave(p, i, len);
	keep_commit(k);
}

static void
take(struct keep *k, struct pipes *p, unsigned i, char *data, size_t len)
{
	struct skink_iov iov[2];
	int parts;

	keep_begin(k);
	parts = pipe_data(p, i, len, iov);
	memcpy(data, iov[0].base, iov[0].len);
	if (parts == 2)
		memcpy(data + iov[0].len, iov[1].base, iov[1].len);
	pipe_took(p, i, len);
	keep_commit(k);
}

static void
test_pipe_keeps_order_round_the_ring(void)
{
	uint8_t next_in = 0, next_out = 0;
	char data[PIPE_SIZE] = {0};
	int i;

	start();
	i = make();
	CHECK_EQ(i, 0);
	srand(3);
	for (int round = 0; round < 2000; round++) {
		size_t in = (size_t)rand() % (pipe_room(&ps, 0) + 1);
		size_t out;

		for (size_t n = 0; n < in; n++)
			data[n] = (char)next_in++;
		put(&keep, &ps, 0, data, in);
		out = (size_t)rand() % (pipe_count(&ps, 0) + 1);
		take(&keep, &ps, 0, data, out);
		for (size_t n = 0; n < out; n++)
			CHECK_EQ((uint8_t)data[n], next_out++);
		CHECK(pipe_is_sound(&ps));
	}
}

static void
test_pipe_ends(void)
{
	char data[4];

	start();
	CHECK_EQ(make(), 0);
	put(&keep, &ps, 0, "ab", 2);
	CHECK(!pipe_is_ended(&ps, 0));
	keep_begin(&keep);
	pipe_close(&ps, 0, PIPE_WRITE);
	keep_commit(&keep);
	CHECK(!pipe_is_ended(&ps, 0)); /* there are bytes still */
	take(&keep, &ps, 0, data, 2);
	CHECK(pipe_is_ended(&ps, 0));
	keep_begin(&keep);
	pipe_close(&ps, 0, PIPE_READ);
	keep_commit(&keep);
	CHECK_EQ(ps.s->pipes[0].id, 0);
	CHECK_EQ(pipe_empty_chunks(&ps), 1);
}

static void
test_pipe_write_end_is_the_makers_and_opened_once(void)
{
	start();
	keep_begin(&keep);
	CHECK_EQ(pipe_make(&ps, MAKER), 0);
	CHECK(!pipe_is_ended(&ps, 0)); /* its writer is yet to come */
	CHECK_EQ(pipe_open_write(&ps, 1, MAKER + 1), -SK_EPERM);
	CHECK_EQ(pipe_open_write(&ps, 2, MAKER), -SK_ENOENT);
	CHECK_EQ(pipe_open_write(&ps, 0, MAKER), -SK_ENOENT);
	CHECK_EQ(pipe_open_write(&ps, 1, MAKER), 0);
	CHECK_EQ(pipe_open_write(&ps, 1, MAKER), -SK_EPERM);
	keep_commit(&keep);
}

static void
test_pipe_limits(void)
{
	start();
	for (unsigned i = 0; i < PIPE_MAX; i++)
		CHECK_EQ(make(), (int)i);
	CHECK_EQ(make(), -SK_ENFILE);
	CHECK_EQ(ps.s->chunks, PIPE_CHUNKS);
	start();
	no_memory = 1;
	CHECK_EQ(make(), -SK_ENOMEM);
	CHECK(pipe_is_sound(&ps));
}

static void
test_pipe_undone_transfer_leaves_the_bytes(void)
{
	struct skink_iov iov[2];
	char data[8];

	start();
	make();
	put(&keep, &ps, 0, "12345678", 8);
	keep_begin(&keep);
	pipe_data(&ps, 0, 8, iov);
	pipe_took(&ps, 0, 8);
	keep_abort(&keep); /* the reader was gone */
	CHECK_EQ(pipe_count(&ps, 0), 8);
	take(&keep, &ps, 0, data, 8);
	CHECK(memcmp(data, "12345678", 8) == 0);
}

/* ---- killed anywhere ---- */

static void
act(void *arg)
{
	char data[64];

	(void)arg;
	put(&keep, &ps, 0, "abcdefghij", 10);
	take(&keep, &ps, 0, data, 6);
	put(&keep, &ps, 0, "klm", 3);
}

/* The bytes are some run of the stream, without a gap. */
static void
died(void *arg)
{
	static const char stream[] = "wxyzabcdefghijklm";
	struct keep next;
	struct pipes p;
	char data[64];
	size_t n;

	(void)arg;
	CHECK_EQ(keep_adopt(&next, memory.head, sizeof(memory.head), 1, 0), KEEP_KEPT);
	attach(&next, &p);
	CHECK_EQ(pipe_attach(&p), 0);
	n = pipe_count(&p, 0);
	take(&next, &p, 0, data, n);
	data[n] = '\0';
	CHECK(n == 4 || n == 14 || n == 8 || n == 11);
	CHECK(strstr(stream, data) != NULL);
}

static void
test_pipe_killed_anywhere_has_no_gap(void)
{
	start();
	make();
	put(&keep, &ps, 0, (char[PIPE_SIZE - 8]){0}, PIPE_SIZE - 8);
	take(&keep, &ps, 0, (char[PIPE_SIZE]){0}, PIPE_SIZE - 8);
	put(&keep, &ps, 0, "wxyz", 4); /* what follows goes round the ring's end */
	step_run(&memory, sizeof(memory.head) + PIPE_SIZE, act, died, NULL);
	CHECK(!step_is_possible() || step.deaths > 10);
}

static void
act_make(void *arg)
{
	(void)arg;
	make();
	keep_begin(&keep);
	pipe_close(&ps, 0, PIPE_WRITE);
	keep_commit(&keep);
	keep_begin(&keep);
	pipe_close(&ps, 0, PIPE_READ);
	keep_commit(&keep);
	keep_begin(&keep);
	pipe_drop_chunk(&ps);
	keep_commit(&keep);
}

static void
died_making(void *arg)
{
	struct keep next;
	struct pipes p;

	(void)arg;
	CHECK_EQ(keep_adopt(&next, memory.head, sizeof(memory.head), 1, 0), KEEP_KEPT);
	attach(&next, &p);
	CHECK_EQ(pipe_attach(&p), 0);
}

static void
test_pipe_made_and_closed_killed_anywhere_is_sound(void)
{
	start();
	step_run(&memory, sizeof(memory.head) + 64, act_make, died_making, NULL);
	CHECK_EQ(ps.s->chunks, 0);
}

TEST_MAIN(TEST(test_pipe_keeps_order_round_the_ring), TEST(test_pipe_ends),
    TEST(test_pipe_write_end_is_the_makers_and_opened_once), TEST(test_pipe_limits),
    TEST(test_pipe_undone_transfer_leaves_the_bytes), TEST(test_pipe_killed_anywhere_has_no_gap),
    TEST(test_pipe_made_and_closed_killed_anywhere_is_sound))
