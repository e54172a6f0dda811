/* SPDX-License-Identifier: Apache-2.0 */
/* t-checks.h - what the library's test programs are written with: named cases, each of which prints
 * `ok NAME` or where it failed. The program's status is 0 when all passed. Arguments name cases. */
#ifndef T_CHECKS_H
#define T_CHECKS_H

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

struct t_case {
	const char *name;
	void (*run)(void);
};

static jmp_buf t_failed;

/* A check that fails leaves behind what its case holds: the program ends soon after. */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#pragma GCC diagnostic ignored "-Wanalyzer-file-leak"

/* In the main thread only: another thread must hand its result over. */
#define CHECK(x)       ((x) ? (void)0 : t_fail(__FILE__, __LINE__, #x, 0, 0))
#define CHECK_EQ(a, b) t_equal(__FILE__, __LINE__, #a " == " #b, (long)(a), (long)(b))
#define CHECK_FAILS(call, error) \
	do { \
		errno = 0; \
		CHECK_EQ((long)(call), -1); \
		CHECK_EQ(errno, error); \
	} while (0)

static inline _Noreturn void
t_fail(const char *file, int line, const char *what, long a, long b)
{
	printf("%s:%d: %s (%ld, %ld; errno %d)\n", file, line, what, a, b, errno);
	longjmp(t_failed, 1);
}

static inline void
t_equal(const char *file, int line, const char *what, long a, long b)
{
	if (a != b)
		t_fail(file, line, what, a, b);
}

static inline int
t_wanted(const char *name, int argc, char **argv)
{
	int wanted = argc < 2;

	for (int i = 1; i < argc; i++)
		wanted |= strcmp(argv[i], name) == 0;
	return wanted;
}

static inline int
t_run(const struct t_case *cases, int count, int argc, char **argv)
{
	volatile int failed = 0, run = 0;

	for (volatile int i = 0; i < count; i++) {
		if (!t_wanted(cases[i].name, argc, argv))
			continue;
		run++;
		if (setjmp(t_failed) == 0) {
			cases[i].run();
			printf("ok %s\n", cases[i].name);
		} else {
			printf("not ok %s\n", cases[i].name);
			failed++;
		}
		fflush(stdout);
	}
	printf("%d run, %d failed\n", run, failed);
	return failed != 0;
}

#define CASE(function) \
	{ \
#function, function \
	}

#endif
