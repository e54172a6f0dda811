/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tmpfs.c - the file system over a memory image: each operation killed at every instruction leaves
 * the tree as it was before or as it is after, and sound; and a long random run against a plain
 * model.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skink/errno.h>
#include <skink/keep.h>
#include <step.h>
#include <test.h>

#include "../tmpfs.h"

#define LOG    8192
#define CHUNKS 3

static _Alignas(64) struct {
	char head[sizeof(struct keep_header) + LOG + sizeof(struct tmpfs_state) + 64];
	char pages[CHUNKS][TMPFS_CHUNK_PAGES * TMPFS_PAGE];
} memory;
static struct keep keep;
static struct tmpfs fs;

void
keep_protect(struct keep *k, int writable)
{
	(void)k;
	(void)writable;
}

static char *
grow(struct tmpfs *f, unsigned chunk)
{
	(void)f;
	return chunk < CHUNKS ? memory.pages[chunk] : NULL;
}

static void
attach(struct keep *k, struct tmpfs *f)
{
	memset(f, 0, sizeof(*f));
	f->keep = k;
	f->s = k->data;
	f->grow = grow;
}

static void
start(void)
{
	memset(&memory, 0, sizeof(memory));
	keep_format(&keep, memory.head, sizeof(memory.head), LOG, 1, 0);
	attach(&keep, &fs);
	tmpfs_format(&fs, CHUNKS, 1);
	keep_ready(&keep);
}

/* ---- operations by path, each a transaction ---- */

static int
done(struct tmpfs *f, int r)
{
	if (r < 0) {
		keep_abort(f->keep);
		tmpfs_derive(f);
	} else {
		keep_commit(f->keep);
	}
	return r;
}

static int
create(struct tmpfs *f, const char *path, enum tmpfs_type type)
{
	const char *name;
	uint32_t parent;
	size_t len;
	int n = tmpfs_find(f, path, &parent, &name, &len);

	if (n >= 0)
		return -SK_EEXIST;
	if (parent == UINT32_MAX)
		return n;
	keep_begin(f->keep);
	return done(f, tmpfs_create(f, parent, name, len, type, 0644, 2));
}

static int
find(struct tmpfs *f, const char *path)
{
	const char *name;
	uint32_t parent;
	size_t len;

	return tmpfs_find(f, path, &parent, &name, &len);
}

static int
removed(struct tmpfs *f, const char *path)
{
	int n = find(f, path);

	if (n < 0)
		return n;
	keep_begin(f->keep);
	return done(f, tmpfs_remove(f, (uint32_t)n, 3));
}

static int
renamed(struct tmpfs *f, const char *from, const char *to)
{
	int n = find(f, from), r;
	const char *name;
	uint32_t parent;
	size_t len;

	if (n < 0)
		return n;
	r = tmpfs_find(f, to, &parent, &name, &len);
	if (parent == UINT32_MAX)
		return r < 0 ? r : -SK_EBUSY;
	keep_begin(f->keep);
	return done(f, tmpfs_rename(f, (uint32_t)n, parent, name, len, 4));
}

static int
written(struct tmpfs *f, const char *path, uint64_t offset, const char *data, size_t len)
{
	struct skink_iov iov[80];
	int n = find(f, path), r, parts;

	if (n < 0)
		return n;
	keep_begin(f->keep);
	r = tmpfs_extend(f, (uint32_t)n, offset + len);
	if (r < 0)
		return done(f, r);
	parts = tmpfs_parts(f, (uint32_t)n, offset, len, iov, 80);
	for (int i = 0; i < parts; i++) {
		memcpy(iov[i].base, data, iov[i].len);
		data += iov[i].len;
	}
	return done(f, (int)len);
}

static int
resized(struct tmpfs *f, const char *path, uint64_t size)
{
	int n = find(f, path), r;

	if (n < 0)
		return n;
	keep_begin(f->keep);
	r = tmpfs_extend(f, (uint32_t)n, size);
	if (r >= 0)
		tmpfs_shrink(f, (uint32_t)n, size);
	return done(f, r);
}

static size_t
contents(struct tmpfs *f, int n, char *to)
{
	uint64_t size = f->s->nodes[n].size, at = 0;
	struct skink_iov iov[80];

	while (at < size) {
		int parts = tmpfs_parts(f, (uint32_t)n, at, size - at, iov, 80);

		for (int i = 0; i < parts; i++) {
			memcpy(to + at, iov[i].base, iov[i].len);
			at += iov[i].len;
		}
	}
	return size;
}

/* A number for all that can be seen: names, types, sizes, contents. */
static uint32_t
picture(struct tmpfs *f)
{
	static char data[CHUNKS * TMPFS_CHUNK_PAGES * TMPFS_PAGE];
	uint32_t sum = 0;

	for (uint32_t n = 0; n < TMPFS_NODES; n++) {
		const struct tmpfs_node *node = &f->s->nodes[n];

		if (node->type == TMPFS_FREE)
			continue;
		sum = keep_crc(sum, &n, sizeof(n));
		sum = keep_crc(sum, node, offsetof(struct tmpfs_node, generation));
		sum = keep_crc(sum, node->name, sizeof(node->name));
		sum = keep_crc(sum, &node->opens, sizeof(node->opens));
		sum = keep_crc(sum, data, contents(f, (int)n, data));
	}
	return sum;
}

/* ---- plain behaviour ---- */

static void
test_tmpfs_finds_what_was_made(void)
{
	start();
	CHECK(create(&fs, "a", TMPFS_FILE) > 0);
	CHECK(create(&fs, "d", TMPFS_DIR) > 0);
	CHECK(create(&fs, "d/b", TMPFS_FILE) > 0);
	CHECK_EQ(find(&fs, ""), TMPFS_ROOT);
	CHECK(find(&fs, "d/b") > 0);
	CHECK_EQ(find(&fs, "d/"), find(&fs, "d"));
	CHECK_EQ(find(&fs, "a/"), -SK_ENOTDIR);
	CHECK_EQ(find(&fs, "a/x"), -SK_ENOTDIR);
	CHECK_EQ(find(&fs, "x/y"), -SK_ENOENT);
	CHECK_EQ(create(&fs, "x/y", TMPFS_FILE), -SK_ENOENT);
	CHECK_EQ(removed(&fs, "d"), -SK_ENOTEMPTY);
	CHECK_EQ(removed(&fs, ""), -SK_EBUSY);
	CHECK_EQ(removed(&fs, "d/b"), 0);
	CHECK_EQ(removed(&fs, "d"), 0);
	CHECK(tmpfs_is_sound(&fs));
}

static void
test_tmpfs_name_length(void)
{
	char name[TMPFS_NAME + 1];

	start();
	memset(name, 'n', sizeof(name));
	name[TMPFS_NAME] = '\0';
	CHECK_EQ(create(&fs, name, TMPFS_FILE), -SK_ENAMETOOLONG);
	name[TMPFS_NAME - 1] = '\0';
	CHECK(create(&fs, name, TMPFS_FILE) > 0);
	CHECK(find(&fs, name) > 0);
}

static void
test_tmpfs_rename_rules(void)
{
	start();
	create(&fs, "f", TMPFS_FILE);
	create(&fs, "g", TMPFS_FILE);
	create(&fs, "d", TMPFS_DIR);
	create(&fs, "d/e", TMPFS_DIR);
	create(&fs, "empty", TMPFS_DIR);
	CHECK_EQ(renamed(&fs, "d", "d/e/x"), -SK_EINVAL);
	CHECK_EQ(renamed(&fs, "d", "d"), 0);
	CHECK_EQ(renamed(&fs, "f", "d"), -SK_EISDIR);
	CHECK_EQ(renamed(&fs, "d", "f"), -SK_ENOTDIR);
	CHECK_EQ(renamed(&fs, "empty", "d"), -SK_ENOTEMPTY);
	CHECK_EQ(renamed(&fs, "d", "empty"), 0);
	CHECK(find(&fs, "empty/e") > 0);
	CHECK_EQ(find(&fs, "d"), -SK_ENOENT);
	CHECK_EQ(renamed(&fs, "f", "g"), 0);
	CHECK_EQ(find(&fs, "f"), -SK_ENOENT);
	CHECK_EQ(renamed(&fs, "g", "empty/e/h"), 0);
	CHECK(tmpfs_is_sound(&fs));
}

static void
test_tmpfs_full_is_enospc_and_comes_back(void)
{
	static char page[TMPFS_PAGE];
	uint64_t room;
	uint32_t before;
	int n;

	start();
	n = create(&fs, "big", TMPFS_FILE);
	room = tmpfs_room(&fs, (uint32_t)n);
	CHECK_EQ(room, (CHUNKS * TMPFS_CHUNK_PAGES - 1) * TMPFS_PAGE);
	for (uint64_t at = 0; at < room; at += TMPFS_PAGE)
		CHECK_EQ(written(&fs, "big", at, page, TMPFS_PAGE), TMPFS_PAGE);
	before = picture(&fs);
	CHECK_EQ(written(&fs, "big", room, page, 1), -SK_ENOSPC);
	CHECK_EQ(picture(&fs), before);
	CHECK(tmpfs_is_sound(&fs));
	CHECK_EQ(removed(&fs, "big"), 0);
	CHECK_EQ(fs.s->used, 0);
	CHECK_EQ(tmpfs_empty_chunks(&fs), CHUNKS);
	for (int i = 1; i < (int)TMPFS_NODES; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%d", i);
		CHECK(create(&fs, name, TMPFS_FILE) > 0);
	}
	CHECK_EQ(create(&fs, "more", TMPFS_FILE), -SK_ENOSPC);
}

static void
test_tmpfs_growth_reads_as_zeros(void)
{
	char data[2 * TMPFS_PAGE];

	start();
	create(&fs, "f", TMPFS_FILE);
	memset(data, 'x', sizeof(data));
	written(&fs, "f", 0, data, sizeof(data));
	resized(&fs, "f", 10);
	resized(&fs, "f", 5000);
	CHECK_EQ(contents(&fs, find(&fs, "f"), data), 5000);
	for (int i = 0; i < 5000; i++)
		CHECK_EQ(data[i], i < 10 ? 'x' : 0);
}

static void
test_tmpfs_open_file_outlives_its_name(void)
{
	int n;

	start();
	n = create(&fs, "f", TMPFS_FILE);
	written(&fs, "f", 0, "abc", 3);
	keep_begin(&keep);
	tmpfs_hold(&fs, (uint32_t)n);
	keep_commit(&keep);
	CHECK_EQ(removed(&fs, "f"), 0);
	CHECK_EQ(find(&fs, "f"), -SK_ENOENT);
	CHECK_EQ(fs.s->nodes[n].size, 3);
	CHECK(tmpfs_is_sound(&fs));
	keep_begin(&keep);
	tmpfs_release(&fs, (uint32_t)n);
	keep_commit(&keep);
	CHECK_EQ(fs.s->nodes[n].type, TMPFS_FREE);
	CHECK_EQ(fs.s->used, 0);
	CHECK(tmpfs_is_sound(&fs));
}

/* ---- killed anywhere ---- */

static uint32_t before, after;
static int seen_before, seen_after;
static void (*operation)(struct tmpfs *f);

static void
act(void *arg)
{
	(void)arg;
	operation(&fs);
}

static void
died(void *arg)
{
	struct keep next;
	struct tmpfs f;
	uint32_t now;

	(void)arg;
	CHECK_EQ(keep_adopt(&next, memory.head, sizeof(memory.head), 1, 0), KEEP_KEPT);
	attach(&next, &f);
	CHECK_EQ(tmpfs_attach(&f), 0);
	now = picture(&f);
	CHECK(now == before || now == after);
	seen_before += now == before;
	seen_after += now == after;
}

/* `watched`: bytes of the first chunk that the operation may change. */
static void
check_everywhere(void (*op)(struct tmpfs *f), size_t watched)
{
	static char copy[sizeof(memory)];
	struct keep keep_copy_ = keep;
	struct tmpfs fs_copy = fs;

	memcpy(copy, &memory, sizeof(memory));
	before = picture(&fs);
	op(&fs);
	after = picture(&fs);
	CHECK(before != after);
	memcpy(&memory, copy, sizeof(memory));
	keep = keep_copy_;
	fs = fs_copy;
	tmpfs_derive(&fs);
	operation = op;
	seen_before = seen_after = 0;
	step_run(&memory, sizeof(memory.head) + watched, act, died, NULL);
	CHECK_EQ(picture(&fs), after);
	CHECK(tmpfs_is_sound(&fs));
	CHECK(!step_is_possible() || (seen_before > 3 && seen_after > 0));
}

static void
op_create(struct tmpfs *f)
{
	create(f, "d/new", TMPFS_FILE);
}

static void
op_append(struct tmpfs *f)
{
	char data[600];

	memset(data, 'n', sizeof(data));
	written(f, "f", 4 * TMPFS_PAGE - 300, data, sizeof(data)); /* takes the page of numbers */
}

static void
op_first(struct tmpfs *f)
{
	written(f, "none", 0, "first", 5);
}

static void
op_shrink(struct tmpfs *f)
{
	resized(f, "f", 20);
}

static void
op_grow(struct tmpfs *f)
{
	resized(f, "f", 4 * TMPFS_PAGE - 300 + 100);
}

static void
op_rename(struct tmpfs *f)
{
	renamed(f, "f", "d/g");
}

static void
op_rename_over(struct tmpfs *f)
{
	renamed(f, "none", "f");
}

static void
op_rename_directory(struct tmpfs *f)
{
	renamed(f, "d", "e");
}

static void
op_unlink(struct tmpfs *f)
{
	removed(f, "f");
}

static void
op_rmdir(struct tmpfs *f)
{
	removed(f, "d");
}

static void
op_unlink_open(struct tmpfs *f)
{
	int n = find(f, "f");

	keep_begin(f->keep);
	tmpfs_hold(f, (uint32_t)n);
	tmpfs_remove(f, (uint32_t)n, 9);
	keep_commit(f->keep);
}

static void
test_tmpfs_operations_killed_anywhere_are_whole(void)
{
	static void (*const operations[])(struct tmpfs * f) = {op_create, op_append, op_first,
	    op_shrink, op_grow, op_rename, op_rename_over, op_rename_directory, op_unlink, op_rmdir,
	    op_unlink_open};
	static char data[4 * TMPFS_PAGE];

	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		start();
		create(&fs, "d", TMPFS_DIR);
		create(&fs, "none", TMPFS_FILE);
		create(&fs, "f", TMPFS_FILE);
		memset(data, 'o', sizeof(data));
		written(&fs, "f", 0, data, 4 * TMPFS_PAGE - 300);
		check_everywhere(operations[i], 7 * TMPFS_PAGE);
	}
}

/* ---- against a model ---- */

#define FILES 12
#define SIZE  30000

static void
test_tmpfs_random_run_agrees_with_a_model(void)
{
	static char model[FILES][SIZE], data[SIZE];
	static size_t size[FILES];
	static int exists[FILES];

	start();
	memset(exists, 0, sizeof(exists));
	srand(11);
	for (int round = 0; round < 20000; round++) {
		int i = rand() % FILES, j = rand() % FILES, n;
		size_t at = (size_t)rand() % (SIZE / 2), len = (size_t)rand() % (SIZE / 2);
		char name[8], other[8];

		snprintf(name, sizeof(name), "f%d", i);
		snprintf(other, sizeof(other), "f%d", j);
		n = find(&fs, name);
		CHECK_EQ(n >= 0, exists[i]);
		switch (rand() % 6) {
		case 0:
			CHECK_EQ(create(&fs, name, TMPFS_FILE) >= 0, !exists[i]);
			if (!exists[i])
				size[i] = 0;
			exists[i] = 1;
			break;
		case 1:
			CHECK_EQ(removed(&fs, name), exists[i] ? 0 : -SK_ENOENT);
			exists[i] = 0;
			break;
		case 2:
			CHECK_EQ(renamed(&fs, name, other) >= 0, exists[i]);
			if (exists[i] && i != j) {
				memcpy(model[j], model[i], size[i]);
				size[j] = size[i];
				exists[j] = 1;
				exists[i] = 0;
			}
			break;
		case 3:
			if (!exists[i])
				break;
			CHECK(resized(&fs, name, at) >= 0);
			if (at > size[i])
				memset(model[i] + size[i], 0, at - size[i]);
			size[i] = at;
			break;
		default:
			if (!exists[i])
				break;
			memset(data, 'a' + round % 26, len);
			CHECK_EQ(written(&fs, name, at, data, len), (int)len);
			if (at > size[i] && len > 0)
				memset(model[i] + size[i], 0, at - size[i]);
			memcpy(model[i] + at, data, len);
			if (len > 0 && at + len > size[i])
				size[i] = at + len;
			else if (len == 0 && at > size[i]) {
				memset(model[i] + size[i], 0, at - size[i]);
				size[i] = at;
			}
		}
		if (exists[i]) {
			n = find(&fs, name);
			CHECK_EQ(contents(&fs, n, data), size[i]);
			CHECK(memcmp(data, model[i], size[i]) == 0);
		}
		if (round % 50 == 0)
			CHECK(tmpfs_is_sound(&fs));
	}
}

TEST_MAIN(TEST(test_tmpfs_finds_what_was_made), TEST(test_tmpfs_name_length),
    TEST(test_tmpfs_rename_rules), TEST(test_tmpfs_full_is_enospc_and_comes_back),
    TEST(test_tmpfs_growth_reads_as_zeros), TEST(test_tmpfs_open_file_outlives_its_name),
    TEST(test_tmpfs_operations_killed_anywhere_are_whole),
    TEST(test_tmpfs_random_run_agrees_with_a_model))
