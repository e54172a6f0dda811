/* SPDX-License-Identifier: Apache-2.0 */
/* load.c - the ordinary loads: a loop each, until the time is up. */
#include "stress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/neutrino.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S   1000000000ll
#define MAP_BYTES  (1 << 20)
#define PAGE_BYTES 4096
#define FILE_BYTES 16384

int64_t
stress_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

void
stress_sleep(int64_t ns)
{
	struct timespec t = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};

	nanosleep(&t, NULL);
}

int
stress_fail(const char *what)
{
	fprintf(stderr, "stress: %s: %s\n", what, strerror(errno));
	return 1;
}

int
stress_cpu(int64_t end_ns)
{
	volatile double x = 2;

	while (stress_now() < end_ns) {
		for (int i = 0; i < 1000; i++)
			x = x * 1.0000001 + 1 / x;
	}
	return 0;
}

int
stress_calls(int64_t end_ns)
{
	struct sched_param param;

	while (stress_now() < end_ns) {
		for (int i = 0; i < 100; i++) {
			skink_thread_self();
			SchedGet(0, 0, &param);
			SchedYield();
		}
	}
	return 0;
}

int
stress_memory(int64_t end_ns)
{
	while (stress_now() < end_ns) {
		char *p =
		    mmap(NULL, MAP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);

		if (p == MAP_FAILED)
			return stress_fail("mmap");
		for (int i = 0; i < MAP_BYTES; i += PAGE_BYTES)
			p[i] = 1;
		munmap(p, MAP_BYTES);
	}
	return 0;
}

static int
write_and_read(const char *path, char *data)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
	int error = fd < 0 || write(fd, data, FILE_BYTES) != FILE_BYTES ||
	    lseek(fd, 0, SEEK_SET) != 0 || read(fd, data, FILE_BYTES) != FILE_BYTES;

	if (error)
		stress_fail(path);
	if (fd >= 0)
		close(fd);
	unlink(path);
	return error;
}

int
stress_files(int64_t end_ns)
{
	char *data = calloc(1, FILE_BYTES);
	char path[64];
	int status = 0;

	if (data == NULL)
		return stress_fail("memory");
	snprintf(path, sizeof(path), "/tmp/stress-%ld", skink_thread_self());
	while (status == 0 && stress_now() < end_ns)
		status = write_and_read(path, data);
	free(data);
	return status;
}
