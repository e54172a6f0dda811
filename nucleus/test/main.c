/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - runs the nucleus's unit tests, each in a process of its own, so that each finds a
 * nucleus that has just booted.
 *
 *	nucleus [TEST...]		all tests, or those named
 *	nucleus --random SEED COUNT [general]
 *					the random driver alone: COUNT operations; `general`:
 *					without the short ways
 */
#include <sys/wait.h>
#include <unistd.h>

#include "fake.h"
#include "tests.h"

/* Asked by the leak checker, which needs /proc: a bare chroot has none. */
int __lsan_is_turned_off(void);
int
__lsan_is_turned_off(void)
{
	return access("/proc/self/maps", R_OK) != 0;
}

static bool
run(const struct test *test)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		test->run();
		fflush(stdout);
		exit(0);
	}
	waitpid(pid, &status, 0);
	printf("%s %s\n", status == 0 ? "ok" : "not ok", test->name);
	return status == 0;
}

static bool
is_wanted(const struct test *test, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], test->name) == 0)
			return true;
	return argc < 2;
}

int
main(int argc, char **argv)
{
	static const struct test *const all[] = {TEST_FILES};
	bool good = true;

	if (argc >= 4 && strcmp(argv[1], "--random") == 0) {
		bool ways = argc < 5 || strcmp(argv[4], "general") != 0;

		printf("random %016" PRIx64 "\n",
		    random_run(strtoull(argv[2], NULL, 0), strtoul(argv[3], NULL, 0), ways));
		for (unsigned i = 0; i < FAST_WAYS; i++)
			if (fast_taken[i] != 0)
				printf("short way %u %s: %lu\n", i, call_name(i), fast_taken[i]);
		return 0;
	}
	for (unsigned n = 0; n < sizeof(all) / sizeof(all[0]); n++)
		for (const struct test *test = all[n]; test->name != NULL; test++)
			if (is_wanted(test, argc, argv))
				good &= run(test);
	return good ? 0 : 1;
}
