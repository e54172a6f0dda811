/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test.h - what a native unit test is written with. Owns the counting; knows nothing of what is
 * tested.
 *
 *	static void
 *	test_timer_fires_when_due(void)
 *	{
 *		CHECK_EQ(timer_next(&q), 5);
 *		CHECK(timer_is_armed(&q));
 *	}
 *
 *	TEST_MAIN(TEST(test_timer_fires_when_due), TEST(test_...))
 *
 * A failed check prints its place and values, and ends that one test; the others still run. Each
 * test prints one line, `ok NAME` or `not ok NAME`: that is what `make check` counts. A crash (or
 * a sanitizer's report) counts as one failure. Arguments of the program name the tests to run.
 */
#pragma once

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A test whose leaks are meant sets this before main, by a constructor. */
static int test_leaks;

/* Asked by the leak checker, which needs /proc: a bare chroot has none. */
int __lsan_is_turned_off(void);
__attribute__((weak)) int
__lsan_is_turned_off(void)
{
	return test_leaks || access("/proc/self/maps", R_OK) != 0;
}

struct test {
	const char *name;
	void (*run)(void);
};

static jmp_buf test_failed;

static inline _Noreturn void
test_fail(const char *file, int line, const char *what)
{
	printf("%s:%d: %s\n", file, line, what);
	longjmp(test_failed, 1);
}

static inline void
test_equal(const char *file, int line, const char *what, intmax_t a, intmax_t b)
{
	if (a == b)
		return;
	printf("%s:%d: %s: %" PRIdMAX " (0x%" PRIxMAX "), not %" PRIdMAX " (0x%" PRIxMAX ")\n",
	    file, line, what, a, (uintmax_t)a, b, (uintmax_t)b);
	longjmp(test_failed, 1);
}

static inline int
test_main(const struct test *tests, int count, int argc, char **argv)
{
	volatile int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (volatile int i = 0; i < count; i++) {
		volatile int wanted = argc < 2;

		for (int a = 1; a < argc; a++)
			wanted |= strcmp(argv[a], tests[i].name) == 0;
		if (!wanted)
			continue;
		if (setjmp(test_failed) == 0) {
			tests[i].run();
			printf("ok %s\n", tests[i].name);
		} else {
			printf("not ok %s\n", tests[i].name);
			failed++;
		}
	}
	return failed != 0;
}

#define CHECK(x) ((x) ? (void)0 : test_fail(__FILE__, __LINE__, #x))
#define CHECK_EQ(a, b) \
	test_equal(__FILE__, __LINE__, #a " == " #b, (intmax_t)(a), (intmax_t)(b))
#define CHECK_STR(a, b) CHECK(strcmp(a, b) == 0)

#define TEST(function) \
	{ \
#function, function \
	}
#define TEST_MAIN(...) \
	int main(int argc, char **argv) \
	{ \
		static const struct test tests[] = {__VA_ARGS__}; \
\
		return test_main(tests, (int)(sizeof(tests) / sizeof(tests[0])), argc, argv); \
	}
