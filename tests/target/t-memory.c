/* SPDX-License-Identifier: Apache-2.0 */
/* t-memory.c - memory: mapped, shared, of the heap and of threads. */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "t-checks.h"

static void
memory_is_mapped_protected_and_shared(void)
{
	char *p = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, NOFD, 0), *q;
	int fd;

	CHECK(p != MAP_FAILED);
	for (int i = 0; i < 10000; i++)
		CHECK_EQ(p[i], 0);
	p[9999] = 1;
	CHECK_EQ(mprotect(p, 4096, PROT_READ), 0);
	CHECK_FAILS(mprotect(p, 4096, PROT_WRITE | PROT_EXEC), EINVAL);
	CHECK_EQ(munmap(p, 10000), 0);
	CHECK_FAILS(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANON, NOFD, 0), EINVAL);
	fd = shm_open("/t-memory", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0);
	CHECK_EQ(ftruncate(fd, 8192), 0);
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096);
	CHECK(p != MAP_FAILED);
	CHECK(q != MAP_FAILED);
	p[4097] = 42;
	CHECK_EQ(q[1], 42);
	CHECK_EQ(munmap(p, 8192), 0);
	CHECK_EQ(q[1], 42);
	CHECK_EQ(munmap(q, 4096), 0);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(shm_unlink("/t-memory"), 0);
	CHECK_FAILS(shm_unlink("/t-memory"), ENOENT);
	CHECK_FAILS(shm_open("t-memory", O_RDWR, 0), EINVAL);
	fd = open("/tmp", O_RDONLY);
	CHECK_FAILS(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0), ENODEV);
	CHECK_EQ(close(fd), 0);
}

static void
heap_grows_and_refuses(void)
{
	char *p = malloc(300000), *q;

	CHECK(p != NULL);
	memset(p, 1, 300000);
	q = realloc(p, 600000);
	CHECK(q != NULL);
	CHECK_EQ(q[299999], 1);
	free(q);
	errno = 0;
	p = malloc(1ul << 40);
	CHECK(p == NULL);
	CHECK_EQ(errno, ENOMEM);
}

/* This program has no thread-local variable with a value: its TLS template is all zeros. */
static _Thread_local long small_local;
static _Thread_local _Alignas(128) char aligned_local[3];

static void *
use_locals(void *arg)
{
	intptr_t wrong =
	    small_local + aligned_local[2] + (intptr_t)((uintptr_t)aligned_local % 128);

	small_local = 5;
	aligned_local[2] = 6;
	return (void *)(wrong + (intptr_t)arg);
}

static void
thread_locals_start_as_zero(void)
{
	pthread_t t;
	void *value;

	/* The later ones get the stack of the first. */
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(pthread_create(&t, NULL, use_locals, NULL), 0);
		CHECK_EQ(pthread_join(t, &value), 0);
		CHECK_EQ(value, 0);
	}
}

int
main(int argc, char **argv)
{
	static const struct t_case cases[] = {
	    CASE(memory_is_mapped_protected_and_shared),
	    CASE(heap_grows_and_refuses),
	    CASE(thread_locals_start_as_zero),
	};

	return t_run(cases, (int)(sizeof(cases) / sizeof(cases[0])), argc, argv);
}
