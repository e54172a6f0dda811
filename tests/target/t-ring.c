/* SPDX-License-Identifier: Apache-2.0 */
/* t-ring.c - the trace's switch and ring (sys/trace.h): what they refuse, and what stays when its
 * maker does not. Leaves the trace off. */
#include "t-checks.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/trace.h>
#include <unistd.h>

#define PAGE  4096
#define USER  (1u << SKINK_TRACE_CLASS_USER)
#define CODE  9
#define COUNT (PAGE / sizeof(struct skink_trace_entry))

static const volatile struct skink_trace_entry *
map(int fd)
{
	void *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);

	CHECK(at != MAP_FAILED);
	return at;
}

/* How many entries of TraceEvent(CODE, a, ...) the ring has. */
static int
entries(const volatile struct skink_trace_entry *ring, uint64_t a)
{
	int found = 0;

	for (size_t i = 0; i < COUNT; i++)
		found +=
		    ring[i].what == SKINK_TRACE_USER && ring[i].a == ((uint64_t)CODE << 56 | a);
	return found;
}

static void
ring_size_is_judged(void)
{
	struct stat st;
	int fd;

	CHECK_FAILS(trace_ring(1), EINVAL);
	CHECK_FAILS(trace_ring(3 * PAGE), EINVAL);
	CHECK_FAILS(trace_ring(2 * SKINK_TRACE_RING_MAX), EINVAL);
	CHECK_FAILS(trace_ring((size_t)-PAGE), EINVAL);
	fd = trace_ring(2 * PAGE);
	CHECK(fd >= 0 && fstat(fd, &st) == 0);
	CHECK_EQ(st.st_size, 2 * PAGE);
	close(fd);
	fd = trace_ring(0); /* as the manifest says */
	CHECK(fd >= 0 && fstat(fd, &st) == 0);
	CHECK(st.st_size > 2 * PAGE);
	close(fd);
}

static void
ring_is_empty_and_cannot_be_written(void)
{
	int fd = trace_ring(PAGE);
	const volatile uint8_t *at = (const volatile uint8_t *)map(fd);

	for (int i = 0; i < PAGE; i++)
		CHECK_EQ(at[i], 0);
	CHECK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	CHECK_EQ(errno, EACCES);
	CHECK(write(fd, "x", 1) < 0);
	CHECK(ftruncate(fd, 0) < 0);
	munmap((void *)at, PAGE);
	close(fd);
}

static void
set_takes_nothing_but_a_ring(void)
{
	int ring = trace_ring(PAGE), other, writable, image;

	CHECK_FAILS(trace_set(1u << 31, ring), EINVAL);
	CHECK_FAILS(trace_set(USER, 999), EBADF);
	CHECK_FAILS(trace_set(USER, STDOUT_FILENO), ENODEV);
	image = open("/proc/boot/esh", O_RDONLY);
	CHECK_FAILS(trace_set(USER, image), EINVAL);
	writable = open("/dev/shmem/t-ring", O_RDWR | O_CREAT, 0600);
	CHECK(writable >= 0 && ftruncate(writable, PAGE) == 0);
	CHECK_FAILS(trace_set(USER, writable), EINVAL);
	unlink("/dev/shmem/t-ring");
	other = trace_ring(PAGE);
	CHECK_EQ(trace_set(USER, ring), 0);
	CHECK_FAILS(trace_set(USER, other), EBUSY);
	CHECK_EQ(trace_set(USER, ring), 0);
	CHECK_EQ(trace_set(0, -1), 0);
	CHECK_EQ(trace_set(0, -1), 0);
	close(ring);
	close(other);
	close(writable);
	close(image);
}

static void
entries_come_while_it_is_on(void)
{
	int fd = trace_ring(PAGE);
	const volatile struct skink_trace_entry *ring = map(fd);

	CHECK_EQ(TraceEvent(CODE, 1, 0), 0);
	CHECK_EQ(trace_set(USER, fd), 0);
	CHECK_EQ(trace_logi(CODE, 2, 0), 0);
	CHECK_EQ(trace_set(1u << SKINK_TRACE_CLASS_TIME, fd), 0);
	CHECK_EQ(TraceEvent(CODE, 3, 0), 0);
	CHECK_EQ(trace_set(0, -1), 0);
	CHECK_EQ(TraceEvent(CODE, 4, 0), 0);
	CHECK_EQ(entries(ring, 1), 0);
	CHECK_EQ(entries(ring, 2), 1);
	CHECK_EQ(entries(ring, 3), 0);
	CHECK_EQ(entries(ring, 4), 0);
	CHECK_FAILS(TraceEvent(256, 0, 0), EINVAL);
	munmap((void *)ring, PAGE);
	close(fd);
}

static void
ring_stays_when_nobody_holds_it(void)
{
	int fd = trace_ring(PAGE);
	const volatile struct skink_trace_entry *ring;
	struct stat st;

	CHECK_EQ(trace_set(USER, fd), 0);
	close(fd);
	CHECK_EQ(TraceEvent(CODE, 5, 0), 0);
	fd = trace_ring(16 * PAGE); /* the one that is there */
	CHECK(fd >= 0 && fstat(fd, &st) == 0);
	CHECK_EQ(st.st_size, PAGE);
	ring = map(fd);
	CHECK_EQ(entries(ring, 5), 1);
	for (uint64_t i = 0; i < 3 * COUNT; i++)
		CHECK_EQ(TraceEvent(CODE, 100 + i, 0), 0);
	CHECK_EQ(entries(ring, 5), 0);
	CHECK_EQ(entries(ring, 100 + 3 * COUNT - 1), 1);
	CHECK_EQ(trace_set(0, -1), 0);
	close(fd);
	CHECK_EQ(entries(ring, 100 + 3 * COUNT - 1), 1); /* a mapping keeps it */
	munmap((void *)ring, PAGE);
}

int
main(int argc, char **argv)
{
	static const struct t_case cases[] = {
	    CASE(ring_size_is_judged),
	    CASE(ring_is_empty_and_cannot_be_written),
	    CASE(set_takes_nothing_but_a_ring),
	    CASE(entries_come_while_it_is_on),
	    CASE(ring_stays_when_nobody_holds_it),
	};

	return t_run(cases, (int)(sizeof(cases) / sizeof(cases[0])), argc, argv);
}
