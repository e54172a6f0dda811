/* SPDX-License-Identifier: Apache-2.0 */
/* path.c - tests of the pathname space. */
#include <test.h>

#include <skink/errno.h>

#include "arena.h"
#include "path.h"

static struct path_node *
attach(const char *path, uint32_t flags, int chid)
{
	struct path_node *n = path_make(path, strlen(path));

	CHECK(n != NULL);
	n->attached = true;
	n->flags = flags;
	n->chid = chid;
	return n;
}

static long
look(const char *path, int *chid, uint32_t *rest)
{
	struct path_node *n;
	long error = path_lookup(path, strlen(path), &n, rest);

	if (error == 0)
		*chid = n->attached ? n->chid : -2;
	return error;
}

static void
start(void)
{
	arena_init(100, 5);
	path_init();
	attach("/dev/null", 0, 0);
	attach("/tmp", PROC_PATH_TREE, 5);
	attach("/tmp/in/ner", PROC_PATH_TREE, 6);
	attach("/dev/ser1", 0, 7);
}

static void
test_path_lookup_when_nested_finds_the_longest(void)
{
	uint32_t rest = 0;
	int chid = 0;

	start();
	CHECK_EQ(look("/tmp/a/b", &chid, &rest), 0);
	CHECK(chid == 5 && rest == 4);
	CHECK_EQ(look("/tmp/in/ner/x", &chid, &rest), 0);
	CHECK(chid == 6 && rest == 11);
	CHECK_EQ(look("/tmp/in", &chid, &rest), 0);
	CHECK(chid == 5 && rest == 4);
	CHECK_EQ(look("/tmp/inner", &chid, &rest), 0);
	CHECK(chid == 5 && rest == 4);
	CHECK_EQ(look("/dev/ser1", &chid, &rest), 0);
	CHECK(chid == 7 && rest == 9);
	CHECK_EQ(look("/dev", &chid, &rest), 0);
	CHECK_EQ(chid, -2);
	CHECK_EQ(look("/", &chid, &rest), 0);
	CHECK_EQ(chid, -2);
	CHECK_EQ(look("/dev/ser1/x", &chid, &rest), -SK_ENOTDIR);
	CHECK_EQ(look("/dev/ser", &chid, &rest), -SK_ENOENT);
	CHECK_EQ(look("/temp", &chid, &rest), -SK_ENOENT);
}

static void
test_path_check_when_not_normal_refuses(void)
{
	static const char *bad[] = {"", "a", "//", "/a//b", "/./a", "/a/..", "/..", "/.", "/a/./"};
	static const char *good[] = {"/", "/a", "/a/", "/...", "/.a", "/a/.b/c..", "/a/..."};
	char long_path[PROC_PATH_MAX + 1];

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_EQ(path_check(bad[i], strlen(bad[i])), -SK_EINVAL);
	for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK_EQ(path_check(good[i], strlen(good[i])), 0);
	CHECK_EQ(path_check("/a\0b", 4), -SK_EINVAL);
	memset(long_path, 'a', sizeof(long_path));
	long_path[0] = '/';
	CHECK_EQ(path_check(long_path, PROC_PATH_MAX), -SK_ENAMETOOLONG);
	CHECK_EQ(path_check(long_path, PROC_PATH_MAX - 1), 0);
}

static void
test_path_drop_when_nobody_needs_it_frees_the_branch(void)
{
	struct path_node *n;

	start();
	n = attach("/x/y/z", 0, 9);
	CHECK(path_exact("/x/y", 4) != NULL);
	path_exact("/x/y", 4)->refs++;
	n->attached = false;
	path_drop(n);
	CHECK(path_exact("/x/y/z", 6) == NULL);
	n = path_exact("/x/y", 4);
	CHECK(n != NULL);
	n->refs--;
	path_drop(n);
	CHECK(path_exact("/x", 2) == NULL);
	CHECK(path_exact("/tmp", 4) != NULL);
}

static void
test_path_next_visits_all_once(void)
{
	char text[PROC_PATH_MAX], all[200] = "";

	start();
	for (struct path_node *n = path_next(NULL); n != NULL; n = path_next(n)) {
		path_text(n, text, sizeof(text));
		strcat(strcat(all, text), " ");
	}
	CHECK_STR(all, "/ /dev /dev/null /dev/ser1 /tmp /tmp/in /tmp/in/ner ");
	CHECK_EQ(path_text(path_exact("/tmp/in/ner", 11), text, 6), 4);
	CHECK_STR(text, "/tmp");
}

static void
test_path_make_when_full_leaves_nothing_behind(void)
{
	struct path_node *n = NULL;
	unsigned made = 0;
	char path[32];

	start();
	do {
		snprintf(path, sizeof(path), "/many/n%u", made++);
		n = path_make(path, strlen(path));
		if (n != NULL)
			n->attached = true;
	} while (n != NULL && made < 1000);
	CHECK(n == NULL && made < PATH_NODES_MAX);
	CHECK(path_make("/other/a/b", 10) == NULL);
	CHECK(path_exact("/other", 6) == NULL);
	memset(path, 'n', sizeof(path));
	CHECK(path_is_below("/dev/ser1/x", 11, "/dev/ser1"));
	CHECK(!path_is_below("/dev/ser11", 10, "/dev/ser1"));
	CHECK(path_is_below("/any", 4, "/"));
}

TEST_MAIN(TEST(test_path_lookup_when_nested_finds_the_longest),
    TEST(test_path_check_when_not_normal_refuses),
    TEST(test_path_drop_when_nobody_needs_it_frees_the_branch),
    TEST(test_path_next_visits_all_once), TEST(test_path_make_when_full_leaves_nothing_behind))
