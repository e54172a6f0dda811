/* SPDX-License-Identifier: Apache-2.0 */
/* r-count.c - the counter's client: does what its arguments say, one after the other, on one
 * descriptor.
 *
 *	r-count [add | get | crash | loop | sleep MS | times N MS]...
 *
 * add, get, crash and loop print the value or the error's number; times adds N times with MS
 * between, and fails unless each answer is one more than the last. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "r-target.h"

static int fd;

static int
add(uint64_t *value)
{
	*value = 1;
	return devctl(fd, (int)COUNTER_ADD, value, sizeof(*value), NULL);
}

static void
show(const char *what, int error, uint64_t value)
{
	if (error != 0)
		printf("%s: error %d\n", what, error);
	else
		printf("%s: %llu\n", what, (unsigned long long)value);
	fflush(stdout);
}

static int
add_times(unsigned long times, uint64_t ms)
{
	uint64_t last = 0;

	for (unsigned long i = 0; i < times; i++) {
		uint64_t value;
		int error = add(&value);

		if (error != 0 || (i != 0 && value != last + 1)) {
			show("times", error, value);
			return 1;
		}
		last = value;
		skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, ms * MS + 1);
	}
	show("times", 0, last);
	return 0;
}

int
main(int argc, char **argv)
{
	fd = open(COUNTER_PATH, O_RDWR);
	if (fd < 0) {
		printf("open: error %d\n", errno);
		return 1;
	}
	for (int i = 1; i < argc; i++) {
		uint64_t value = 0;
		int error = 0;

		if (strcmp(argv[i], "sleep") == 0 && i + 1 < argc) {
			skink_thread_sleep(
			    SKINK_CLOCK_MONOTONIC, 0, strtoull(argv[++i], NULL, 0) * MS);
			continue;
		}
		if (strcmp(argv[i], "times") == 0 && i + 2 < argc) {
			if (add_times(
				strtoul(argv[i + 1], NULL, 0), strtoull(argv[i + 2], NULL, 0)) != 0)
				return 1;
			i += 2;
			continue;
		}
		if (strcmp(argv[i], "add") == 0)
			error = add(&value);
		else if (strcmp(argv[i], "get") == 0)
			error = devctl(fd, (int)COUNTER_GET, &value, sizeof(value), NULL);
		else if (strcmp(argv[i], "crash") == 0)
			error = devctl(fd, (int)COUNTER_CRASH, NULL, 0, NULL);
		else if (strcmp(argv[i], "loop") == 0)
			error = devctl(fd, (int)COUNTER_LOOP, NULL, 0, NULL);
		else
			return 2;
		show(argv[i], error, value);
	}
	return 0;
}
