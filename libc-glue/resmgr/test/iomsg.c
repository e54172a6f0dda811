/* SPDX-License-Identifier: Apache-2.0 */
/* iomsg.c - the check of io messages: good ones pass, and nothing that a client can send makes the
 * check, or what follows it, leave the message. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <skink/errno.h>
#include <test.h>

#include "../iomsg.h"

static union {
	struct _io_connect connect;
	char bytes[sizeof(struct _io_connect) + 2 * IO_PATH_MAX];
} m;

static size_t
make(unsigned subtype, const char *path, size_t prefix, const char *extra, size_t extra_prefix)
{
	memset(&m, 0, sizeof(m));
	m.connect.type = _IO_CONNECT;
	m.connect.subtype = (uint16_t)subtype;
	m.connect.version = IO_VERSION;
	m.connect.ioflag = _IO_FLAG_RD;
	m.connect.path_len = (uint16_t)strlen(path);
	m.connect.prefix_len = (uint16_t)prefix;
	strcpy(m.connect.path, path);
	if (extra == NULL)
		return sizeof(m.connect) + strlen(path) + 1;
	m.connect.extra_len = (uint16_t)strlen(extra);
	m.connect.extra_prefix_len = (uint16_t)extra_prefix;
	strcpy(m.connect.path + strlen(path) + 1, extra);
	return sizeof(m.connect) + strlen(path) + strlen(extra) + 2;
}

static int
open_check(const char *path, size_t prefix)
{
	size_t len = make(_IO_CONNECT_OPEN, path, prefix, NULL, 0);

	return iomsg_check(&m, len, len);
}

static void
test_iomsg_paths_split_at_the_prefix(void)
{
	CHECK_EQ(open_check("/tmp/a/b", 4), 0);
	CHECK_STR(iomsg_rest(&m.connect), "a/b");
	CHECK_EQ(open_check("/tmp/a/b", 5), 0);
	CHECK_STR(iomsg_rest(&m.connect), "a/b");
	CHECK_EQ(open_check("/tmp", 4), 0);
	CHECK_STR(iomsg_rest(&m.connect), "");
	CHECK_EQ(open_check("/a", 1), 0);
	CHECK_STR(iomsg_rest(&m.connect), "a");
	CHECK_EQ(open_check("/tmp/a/", 4), 0);
	CHECK_STR(iomsg_rest(&m.connect), "a/");
}

static void
test_iomsg_bad_paths_are_refused(void)
{
	CHECK_EQ(open_check("tmp/a", 3), SK_EINVAL);
	CHECK_EQ(open_check("/tmp/a", 3), SK_EINVAL); /* the prefix ends within a name */
	CHECK_EQ(open_check("/tmp/a", 0), SK_EINVAL);
	CHECK_EQ(open_check("/tmp/a", 7), SK_EINVAL);
	CHECK_EQ(open_check("/tmp/../a", 4), SK_EINVAL);
	CHECK_EQ(open_check("/tmp/./a", 4), SK_EINVAL);
	CHECK_EQ(open_check("/tmp/a//b", 4), SK_EINVAL);
	CHECK_EQ(open_check("/tmp/..", 4), SK_EINVAL);
	CHECK_EQ(open_check("/tmp/...", 4), 0);
	CHECK_EQ(open_check("", 0), SK_EINVAL);
}

static void
test_iomsg_rename_carries_both_names(void)
{
	size_t len = make(_IO_CONNECT_RENAME, "/tmp/a", 4, "/tmp/b/c", 4);

	CHECK_EQ(iomsg_check(&m, len, len), 0);
	CHECK_STR(iomsg_rest(&m.connect), "a");
	CHECK_STR(iomsg_extra_rest(&m.connect), "b/c");
	CHECK_EQ(iomsg_check(&m, len - 1, len), SK_EINVAL);
	m.connect.subtype = _IO_CONNECT_UNLINK;
	CHECK_EQ(iomsg_check(&m, len, len), SK_EINVAL);
}

static void
test_iomsg_versions_and_types(void)
{
	size_t len = make(_IO_CONNECT_OPEN, "/a", 2, NULL, 0);

	m.connect.version = IO_VERSION + 1;
	CHECK_EQ(iomsg_check(&m, len, len), SK_ENOTSUP);
	m.connect.version = 0;
	CHECK_EQ(iomsg_check(&m, len, len), SK_EINVAL);
	m.connect.version = IO_VERSION;
	m.connect.subtype = _IO_CONNECT_LINK;
	CHECK_EQ(iomsg_check(&m, len, len), SK_ENOSYS);
	m.connect.type = _IO_MAX;
	CHECK_EQ(iomsg_check(&m, len, len), SK_ENOSYS);
	CHECK_EQ(iomsg_check(&m, 3, 3), SK_EINVAL);
}

static void
test_iomsg_transfers_need_their_data(void)
{
	io_write_t w = {.i = {.type = _IO_WRITE, .nbytes = 10}};

	CHECK_EQ(iomsg_check(&w, sizeof(w), sizeof(w) + 10), 0);
	CHECK_EQ(iomsg_check(&w, sizeof(w), sizeof(w) + 9), SK_EINVAL);
	w.i.xtype = _IO_XTYPE_OFFSET;
	CHECK_EQ(iomsg_check(&w, sizeof(w), sizeof(w) + 18), SK_EINVAL);
	w.i.xtype = 1;
	CHECK_EQ(iomsg_check(&w, sizeof(w), sizeof(w) + 18), SK_EINVAL);
	w.i.xtype = 0;
	w.i.nbytes = UINT32_MAX;
	CHECK_EQ(iomsg_check(&w, sizeof(w), sizeof(w)), SK_EINVAL);
}

/* Random messages of random lengths, each in a block of just its size, so that ASan sees one byte
 * too many. What passes is then looked at as the library does. */
static void
test_iomsg_random_messages_stay_inside(void)
{
	static const uint16_t types[] = {_IO_CONNECT, _IO_READ, _IO_WRITE, _IO_STAT, _IO_NOTIFY,
	    _IO_DEVCTL, _IO_PATHCONF, _IO_LSEEK, _IO_CHMOD, _IO_UTIME, _IO_FDINFO, _IO_SPACE,
	    _IO_MSG, _IO_SYNC, 0, 0x103, 0x1ff};
	static const char letters[] = "/././//ab\0\xff";
	unsigned long passed = 0;

	srand(20261);
	for (int round = 0; round < 300000; round++) {
		size_t len = (size_t)rand() % 120,
		       total = len + (size_t)(rand() % 3 == 0 ? rand() % 64 : 0);
		uint8_t *p = malloc(len == 0 ? 1 : len);
		int error;

		for (size_t i = 0; i < len; i++)
			p[i] = (uint8_t)(i < 32
				? (rand() % 3 ? 0 : rand() % 40)
				: (uint8_t)letters[rand() % (int)(sizeof(letters) - 1)]);
		if (len >= 2)
			memcpy(p, &types[rand() % (int)(sizeof(types) / sizeof(types[0]))], 2);
		if (len > 32 && rand() % 4 != 0) {
			struct _io_connect *c = (struct _io_connect *)p;

			c->version = IO_VERSION;
			c->subtype = (uint16_t)(rand() % 2 ? _IO_CONNECT_OPEN : _IO_CONNECT_RENAME);
			c->path_len = (uint16_t)(rand() % (int)(len - 32));
			c->path[0] = '/';
			if (c->subtype == _IO_CONNECT_OPEN)
				c->extra_len = c->extra_prefix_len = 0;
			if (rand() % 2)
				p[32 + c->path_len] = '\0';
		}
		error = iomsg_check(p, len, total);
		CHECK(error == 0 || error == SK_EINVAL || error == SK_ENOSYS ||
		    error == SK_ENOTSUP || error == SK_ENAMETOOLONG);
		if (error == 0) {
			const struct _io_connect *c = (const struct _io_connect *)p;

			passed++;
			if (c->type == _IO_CONNECT) {
				CHECK(strlen(iomsg_rest(c)) <= c->path_len);
				if (c->subtype == _IO_CONNECT_RENAME)
					CHECK(strlen(iomsg_extra_rest(c)) <= c->extra_len);
			}
		}
		free(p);
	}
	CHECK(passed > 1000);
}

TEST_MAIN(TEST(test_iomsg_paths_split_at_the_prefix), TEST(test_iomsg_bad_paths_are_refused),
    TEST(test_iomsg_rename_carries_both_names), TEST(test_iomsg_versions_and_types),
    TEST(test_iomsg_transfers_need_their_data), TEST(test_iomsg_random_messages_stay_inside))
