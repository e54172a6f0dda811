/* SPDX-License-Identifier: Apache-2.0 */
/* path.c - tests of paths as text. */
#include "../file/path.h"

#include <errno.h>
#include <stdlib.h>
#include <test.h>

static const char *
absolute(const char *cwd, const char *path)
{
	static char out[256];

	return glue_path_absolute(cwd, path, out, sizeof(out)) < 0 ? "(error)" : out;
}

static void
test_path_absolute_stays(void)
{
	CHECK_STR(absolute("/x", "/"), "/");
	CHECK_STR(absolute("/x", "/dev/ser1"), "/dev/ser1");
	CHECK_STR(absolute("/x", "//dev///ser1"), "/dev/ser1");
}

static void
test_path_relative_starts_from_cwd(void)
{
	CHECK_STR(absolute("/", "a"), "/a");
	CHECK_STR(absolute("/x/y", "a/b"), "/x/y/a/b");
	CHECK_STR(absolute("/x/y/", "a"), "/x/y/a");
	CHECK_STR(absolute("/x", "./a"), "/x/a");
}

static void
test_path_dots_are_resolved(void)
{
	CHECK_STR(absolute("/x/y", "."), "/x/y/");
	CHECK_STR(absolute("/x/y", ".."), "/x/");
	CHECK_STR(absolute("/x/y", "../z"), "/x/z");
	CHECK_STR(absolute("/x", "../../.."), "/");
	CHECK_STR(absolute("/x", "a/./b/../c"), "/x/a/c");
	CHECK_STR(absolute("/x", "..a"), "/x/..a");
	CHECK_STR(absolute("/x", "a.."), "/x/a..");
	CHECK_STR(absolute("/x", "..."), "/x/...");
}

static void
test_path_slash_at_end_stays(void)
{
	CHECK_STR(absolute("/", "tmp/"), "/tmp/");
	CHECK_STR(absolute("/", "tmp//"), "/tmp/");
	CHECK_STR(absolute("/", "tmp/x/.."), "/tmp/");
}

static void
test_path_errors(void)
{
	char out[16], name[300];

	CHECK_EQ(glue_path_absolute("/", "", out, sizeof(out)), -ENOENT);
	CHECK_EQ(glue_path_absolute("/", "0123456789abcdef", out, sizeof(out)), -ENAMETOOLONG);
	CHECK_EQ(glue_path_absolute("/01234567", "01234567", out, sizeof(out)), -ENAMETOOLONG);
	CHECK_EQ(glue_path_absolute("/", "a", out, 2), -ENAMETOOLONG);
	memset(name, 'a', sizeof(name));
	name[299] = '\0';
	CHECK_EQ(glue_path_absolute("/", name, name, 2), -ENAMETOOLONG);
}

/* Any text, any room: the result fits, is absolute and plain. */
static void
test_path_random_texts_stay_in_bounds(void)
{
	static const char letters[] = "/..//a.b/";

	srand(1);
	for (int round = 0; round < 200000; round++) {
		char path[24], cwd[16], *out;
		size_t n = (size_t)rand() % 20, size = (size_t)rand() % 24 + 1;
		long len;

		for (size_t i = 0; i < n; i++)
			path[i] = letters[rand() % 9];
		path[n] = '\0';
		cwd[0] = '/';
		n = (size_t)rand() % 12;
		for (size_t i = 0; i < n; i++)
			cwd[i + 1] = letters[rand() % 9];
		cwd[n + 1] = '\0';
		out = malloc(size); /* exactly: the sanitizer watches its end */
		len = glue_path_absolute(cwd, path, out, size);
		if (len >= 0) {
			CHECK_EQ(strlen(out), (size_t)len);
			CHECK(out[0] == '/');
			CHECK(strstr(out, "//") == NULL);
			CHECK(strstr(out, "/./") == NULL);
			CHECK(strstr(out, "/../") == NULL);
		}
		free(out);
	}
}

TEST_MAIN(TEST(test_path_absolute_stays), TEST(test_path_relative_starts_from_cwd),
    TEST(test_path_dots_are_resolved), TEST(test_path_slash_at_end_stays), TEST(test_path_errors),
    TEST(test_path_random_texts_stay_in_bounds))
