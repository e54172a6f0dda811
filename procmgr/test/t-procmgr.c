/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t-procmgr.c - tests of procmgr from a program: memory, objects, spawn requests, and messages made
 * of anything.
 *
 *	t-procmgr			the cases; prints `ok NAME` for each
 *	t-procmgr fault			dies
 *	t-procmgr fuzz SEED COUNT	COUNT messages from processes without abilities; says
 *					whether all memory is back then
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/neutrino.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skink/calls.h>
#include <skink/procmgr_msg.h>
#include <sys/iomsg.h>

#define PAGE           4096ul
#define CHECK(x)       ((x) ? (void)0 : failed(__LINE__, #x, 0))
#define CHECK_EQ(a, b) check_equal(__LINE__, #a, (long)(a), (long)(b))
#define HEADER(name)   .header = {.type = PROC_##name, .version = PROC_VERSION}

static int failures;

static void
failed(int line, const char *what, long value)
{
	printf("t-procmgr.c:%d: %s (%ld)\n", line, what, value);
	failures++;
}

static void
check_equal(int line, const char *what, long value, long expected)
{
	if (value != expected)
		failed(line, what, value);
}

static long
ask(const void *request, size_t size, void *reply, size_t reply_size)
{
	return skink_msg_send(SKINK_PROCMGR_COID, request, size, reply, reply_size);
}

static long
map_at(uint64_t address, uint64_t length, uint64_t offset, unsigned prot, unsigned flags, int coid)
{
	struct proc_mmap m = {HEADER(MMAP), address, length, offset, prot, flags, coid, 0};
	struct proc_mmap_reply reply = {0};
	long error = ask(&m, sizeof(m), &reply, sizeof(reply));

	return error < 0 ? error : (long)reply.address;
}

static long
map(uint64_t length, unsigned prot)
{
	return map_at(0, length, 0, prot, PROC_MAP_ANON | PROC_MAP_PRIVATE, -1);
}

static long
range(int type, uint64_t address, uint64_t length, unsigned prot)
{
	struct proc_range m = {{type, PROC_VERSION, 0}, address, length, prot, 0};

	return ask(&m, sizeof(m), NULL, 0);
}

static struct proc_limits
limits(void)
{
	struct proc_simple m = {HEADER(LIMITS)};
	struct proc_limits l = {0};

	CHECK_EQ(ask(&m, sizeof(m), &l, sizeof(l)), 0);
	return l;
}

static uint64_t
free_bytes(void)
{
	struct proc_info m = {HEADER(INFO), PROC_INFO_MEMORY, 0, 0};
	struct proc_memory_info info = {0};

	CHECK_EQ(ask(&m, sizeof(m), &info, sizeof(info)), 0);
	return info.free_bytes;
}

#define RW (SKINK_PROT_READ | SKINK_PROT_WRITE)

static void
test_map_when_freed_is_free(void)
{
	uint64_t before;
	long a = map(2 << 20, RW);

	CHECK(a > 0);
	CHECK_EQ(range(PROC_MUNMAP, a, 2 << 20, 0), 0);
	before = limits().memory_used;
	for (int i = 0; i < 20; i++) {
		uint64_t length = (i * 37 % 300 + 1) * PAGE;

		a = map(length, RW);
		CHECK(a > 0);
		for (uint64_t at = 0; at < length; at += 512) {
			CHECK_EQ(*(volatile char *)(a + at), 0);
			*(volatile char *)(a + at) = 1;
		}
		CHECK_EQ(range(PROC_MUNMAP, a, length, 0), 0);
	}
	CHECK_EQ(limits().memory_used, before);
}

static void
test_map_when_wrong_is_refused(void)
{
	uint64_t before = limits().memory_used;

	CHECK_EQ(map(0, RW), -EINVAL);
	CHECK_EQ(map(PAGE, 6), -EINVAL);
	CHECK_EQ(map(PAGE, 7), -EINVAL);
	CHECK_EQ(map(PAGE, 8), -EINVAL);
	CHECK_EQ(map(UINT64_MAX, RW), -EINVAL);
	CHECK_EQ(map(1ull << 40, RW), -ENOMEM);
	CHECK_EQ(map(limits().memory_max, RW), -ENOMEM);
	CHECK_EQ(map_at(0, PAGE, 0x10000000, RW, PROC_MAP_PHYSICAL, -1), -EPERM);
	CHECK_EQ(map_at(0, PAGE, 0, RW, PROC_MAP_DMA, -1), -EPERM);
	CHECK_EQ(map_at(0, PAGE, 0, RW, PROC_MAP_SHARED, 999), -EBADF);
	CHECK_EQ(map_at(0, PAGE, 0, RW, PROC_MAP_SHARED, -1), -EBADF);
	CHECK_EQ(map_at(0, PAGE, 0, RW, PROC_MAP_SHARED, SKINK_PROCMGR_COID), -ENODEV);
	CHECK_EQ(map_at(0, PAGE, 0, RW, PROC_MAP_FIXED | PROC_MAP_ANON, -1), -EINVAL);
	CHECK_EQ(
	    map_at(SKINK_KEEP_START - PAGE, 2 * PAGE, 0, RW, PROC_MAP_FIXED | PROC_MAP_ANON, -1),
	    -EINVAL);
	CHECK_EQ(range(PROC_MUNMAP, 1, PAGE, 0), -EINVAL);
	CHECK_EQ(range(PROC_MUNMAP, PAGE, UINT64_MAX, 0), -EINVAL);
	CHECK_EQ(range(PROC_MPROTECT, 0x40000000, PAGE, RW), -ENOMEM);
	CHECK_EQ(range(PROC_PHYSICAL, SKINK_PROGRAM_START, PAGE, 0), -EPERM);
	CHECK_EQ(limits().memory_used, before);
}

static void
test_map_when_fixed_replaces(void)
{
	uint64_t before = limits().memory_used;
	long a = map(40 * PAGE, RW);

	memset((void *)a, 1, 40 * PAGE);
	CHECK_EQ(map_at(a + 3 * PAGE, 30 * PAGE, 0, RW, PROC_MAP_FIXED | PROC_MAP_ANON, -1),
	    a + 3 * PAGE);
	CHECK_EQ(*(char *)(a + 3 * PAGE - 1), 1);
	CHECK_EQ(*(char *)(a + 3 * PAGE), 0);
	CHECK_EQ(*(char *)(a + 33 * PAGE - 1), 0);
	CHECK_EQ(*(char *)(a + 33 * PAGE), 1);
	CHECK_EQ(range(PROC_MUNMAP, a, 40 * PAGE, 0), 0);
	CHECK_EQ(limits().memory_used, before);
}

static void
test_protect_when_taken_away_keeps_the_bytes(void)
{
	long a = map(64 * PAGE, RW);

	memset((void *)a, 7, 64 * PAGE);
	for (int i = 0; i < 64; i += 2)
		CHECK_EQ(range(PROC_MPROTECT, a + i * PAGE, PAGE, SKINK_PROT_READ), 0);
	CHECK_EQ(range(PROC_MPROTECT, a, 64 * PAGE, 0), 0);
	CHECK_EQ(range(PROC_MPROTECT, a, 64 * PAGE, SKINK_PROT_WRITE | SKINK_PROT_EXEC), -EINVAL);
	CHECK_EQ(range(PROC_MPROTECT, a, 64 * PAGE, RW), 0);
	for (int i = 0; i < 64; i++)
		CHECK_EQ(*(char *)(a + i * PAGE + i), 7);
	/* All joined again: many such ranges do not use up the table of regions. */
	for (int round = 0; round < 1000; round++) {
		CHECK_EQ(range(PROC_MPROTECT, a + round % 60 * PAGE, 3 * PAGE, SKINK_PROT_READ), 0);
		CHECK_EQ(range(PROC_MPROTECT, a + round % 60 * PAGE, 3 * PAGE, RW), 0);
	}
	CHECK_EQ(range(PROC_MUNMAP, a, 64 * PAGE, 0), 0);
}

static void
test_regions_when_used_up_give_enomem(void)
{
	uint64_t before = limits().memory_used;
	long a = map(400 * PAGE, RW), error = 0;
	int i = 0;

	CHECK(a > 0);
	for (; i < 400 && error == 0; i += 2)
		error = range(PROC_MUNMAP, a + i * PAGE, PAGE, 0);
	CHECK_EQ(error, 0);
	for (i = 1; i < 400 && error == 0; i += 2)
		error = range(PROC_MPROTECT, a + i * PAGE, PAGE, SKINK_PROT_READ);
	CHECK_EQ(range(PROC_MUNMAP, a, 400 * PAGE, 0), 0);
	CHECK_EQ(limits().memory_used, before);
	a = map(600 * PAGE, RW);
	error = 0;
	for (i = 0; i < 600 && error == 0; i += 2)
		error = range(PROC_MPROTECT, a + i * PAGE, PAGE, SKINK_PROT_READ);
	CHECK_EQ(error, -ENOMEM);
	CHECK_EQ(range(PROC_MUNMAP, a, 600 * PAGE, 0), 0);
	CHECK_EQ(limits().memory_used, before);
}

static void
test_object_when_shared_is_one(void)
{
	struct proc_object m = {HEADER(OBJECT), 100 * PAGE - 5, 3, 0};
	struct _io_space grow = {
	    .type = _IO_SPACE, .subtype = _IO_SPACE_TRUNCATE, .len = 10 * PAGE};
	uint64_t before = limits().memory_used;
	long coid = ask(&m, sizeof(m), NULL, 0), a, b, c;

	CHECK(coid >= 3);
	a = map_at(0, 100 * PAGE, 0, RW, PROC_MAP_SHARED, coid);
	b = map_at(0, 2 * PAGE, 98 * PAGE, RW, PROC_MAP_SHARED, coid);
	CHECK(a > 0 && b > 0);
	*(volatile int *)(a + 99 * PAGE) = 42;
	CHECK_EQ(*(volatile int *)(b + PAGE), 42);
	c = map_at(0, 100 * PAGE, 0, RW, PROC_MAP_PRIVATE, coid);
	CHECK(c > 0);
	CHECK_EQ(*(volatile int *)(c + 99 * PAGE), 42);
	*(volatile int *)(c + 99 * PAGE) = 43;
	CHECK_EQ(*(volatile int *)(b + PAGE), 42);
	CHECK_EQ(map_at(0, 2 * PAGE, 99 * PAGE, RW, PROC_MAP_SHARED, coid), -ENXIO);
	CHECK_EQ(skink_msg_send(coid, &grow, sizeof(grow), NULL, 0), -EBUSY);
	CHECK_EQ(range(PROC_MUNMAP, a, 100 * PAGE, 0), 0);
	CHECK_EQ(range(PROC_MUNMAP, b, 2 * PAGE, 0), 0);
	CHECK_EQ(range(PROC_MUNMAP, c, 100 * PAGE, 0), 0);
	CHECK_EQ(skink_msg_send(coid, &grow, sizeof(grow), NULL, 0), 0);
	CHECK_EQ(limits().memory_used, before + 10 * PAGE);
	grow.len = 300 * PAGE;
	CHECK_EQ(skink_msg_send(coid, &grow, sizeof(grow), NULL, 0), 0);
	CHECK_EQ(limits().memory_used, before + 300 * PAGE);
	CHECK_EQ(skink_connect_detach(coid), 0);
	(void)limits();
	for (int i = 0; i < 100 && limits().memory_used != before; i++)
		usleep(1000);
	CHECK_EQ(limits().memory_used, before);
}

static void
test_wait_when_no_child_fails(void)
{
	struct proc_wait m = {HEADER(WAIT), -1, 0};

	CHECK_EQ(ask(&m, sizeof(m), NULL, 0), -ECHILD);
	m.flags = 4;
	CHECK_EQ(ask(&m, sizeof(m), NULL, 0), -EINVAL);
}

static void
test_kill_when_wrong_fails(void)
{
	struct proc_kill m = {HEADER(KILL), 1, 0};

	CHECK_EQ(ask(&m, sizeof(m), NULL, 0), -EPERM);
	m.pid = 0x7fffffff;
	CHECK_EQ(ask(&m, sizeof(m), NULL, 0), -ESRCH);
	m.signal = 32;
	CHECK_EQ(ask(&m, sizeof(m), NULL, 0), -EINVAL);
	m = (struct proc_kill){HEADER(KILL), getpid(), SKINK_SIGSTOP};
	CHECK_EQ(ask(&m, sizeof(m), NULL, 0), -ENOTSUP);
	m.signal = 0;
	CHECK_EQ(ask(&m, sizeof(m), NULL, 0), 0);
}

static void
test_request_when_of_another_version_is_refused(void)
{
	struct proc_simple m = {.header = {PROC_LIMITS, PROC_VERSION + 1, 0}};
	struct proc_limits l;

	CHECK_EQ(ask(&m, sizeof(m), &l, sizeof(l)), -EINVAL);
	CHECK_EQ(ask(&m, sizeof(m), &l, sizeof(l)), -EINVAL);
}

/* ---- deaths ---- */

static int death_chid;
static uint64_t death_number;

/* Who asks for which deaths. */
static void
watch(struct sigevent *event, uint32_t flags)
{
	struct proc_death_notify m = {HEADER(DEATH_NOTIFY), .flags = flags};

	memcpy(&m.event, event, sizeof(m.event));
	CHECK_EQ(ask(&m, sizeof(m), NULL, 0), 0);
}

/* Is a pulse there; or comes it soon, if it is to be waited for. */
static bool
is_told(bool waits)
{
	struct _pulse pulse;

	skink_timer_timeout(
	    SKINK_CLOCK_MONOTONIC, 0, 1 << SKINK_STATE_RECEIVE, waits ? 1000000000 : 0);
	return MsgReceive(death_chid, &pulse, sizeof(pulse), NULL) == 0;
}

static struct proc_death
death_after(uint64_t number)
{
	struct proc_death_read m = {HEADER(DEATH_READ), number};
	struct proc_death d = {0};

	(void)ask(&m, sizeof(m), &d, sizeof(d));
	return d;
}

/* A child below this thread: what is left to do for it when it is doomed waits. */
static pid_t
start_below(char *what)
{
	char *argv[] = {"t-procmgr", what, NULL}, *sleeper[] = {"sleep", "100", NULL};
	struct sched_param lower = {.sched_priority = 5};
	posix_spawnattr_t attr;
	pid_t pid = 0;

	posix_spawnattr_init(&attr);
	posix_spawnattr_setschedparam(&attr, &lower);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSCHEDPARAM);
	CHECK_EQ(posix_spawnp(&pid, what == NULL ? "sleep" : "t-procmgr", NULL, &attr,
		     what == NULL ? sleeper : argv, environ),
	    0);
	return pid;
}

static void
test_death_when_certain_is_told_and_when_settled(void)
{
	struct sigevent event = {
	    .sigev_notify = SIGEV_PULSE, .sigev_priority = -1, .sigev_code = 1};
	struct proc_death_notify wrong = {HEADER(DEATH_NOTIFY), .flags = 2};
	struct proc_kill kill = {HEADER(KILL), 0, SKINK_SIGKILL};
	struct proc_death d;
	int status;
	pid_t pid;

	death_chid = ChannelCreate(0);
	event.sigev_coid = ConnectAttach(0, 0, death_chid, _NTO_SIDE_CHANNEL, 0);
	CHECK_EQ(MsgRegisterEvent(&event, SKINK_PROCMGR_COID), 0);
	memcpy(&wrong.event, &event, sizeof(wrong.event));
	CHECK_EQ(ask(&wrong, sizeof(wrong), NULL, 0), -EINVAL);
	watch(&event, 0);
	while ((d = death_after(death_number)).number != 0)
		death_number = d.number;

	pid = start_below("fault");
	CHECK(is_told(true));
	d = death_after(death_number);
	CHECK_EQ(d.number, death_number + 1);
	CHECK(d.pid == pid && d.settled == 0 && d.address == 8);
	CHECK_EQ(d.status, SKINK_STATUS_SIGNAL(SIGSEGV, SKINK_CAUSE_STORE));
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	d = death_after(death_number++);
	CHECK(d.pid == pid && d.settled == 1 && d.runtime_ns > 0);
	CHECK_EQ(d.status, SKINK_STATUS_SIGNAL(SIGSEGV, SKINK_CAUSE_STORE));
	CHECK(!is_told(false)); /* once */

	kill.pid = pid = start_below(NULL);
	CHECK_EQ(ask(&kill, sizeof(kill), NULL, 0), 0);
	CHECK(is_told(false));
	d = death_after(death_number);
	CHECK(d.pid == pid && d.killed_by == getpid());
	CHECK_EQ(d.status, SKINK_STATUS_SIGNAL(SKINK_SIGKILL, 0));
	CHECK_EQ(ask(&kill, sizeof(kill), NULL, 0), 0);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(death_after(death_number++).settled, 1);
	CHECK(death_after(death_number).number == 0 && !is_told(false));

	/* And who wants to know when all is free. */
	watch(&event, PROC_DEATH_SETTLED);
	kill.pid = pid = start_below(NULL);
	CHECK_EQ(ask(&kill, sizeof(kill), NULL, 0), 0);
	CHECK(is_told(true));
	CHECK_EQ(death_after(death_number++).settled, 1);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(!is_told(false));
	event.sigev_notify = SKINK_EV_NONE;
	watch(&event, 0);
	ChannelDestroy(death_chid);
}

/* ---- fuzz ---- */

static uint64_t state;

static uint64_t
any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static const uint64_t interesting[] = {0, 1, 2, 3, 4096, 8192, 0xfff, 0x10000, 0x20000, 0x10000000,
    0x20000000, 0x3ffffff000, 0x4000000000, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX,
    0x80000000, UINT64_MAX - 0xfff, SKINK_PROCMGR_COID, 64, 100, 0x1001, 0x100000001};

static uint64_t
value(void)
{
	switch (any() % 4) {
	case 0:
		return any() >> any() % 64;
	case 1:
		return any() % 16;
	case 2:
		return getpid();
	default:
		return interesting[any() % (sizeof(interesting) / sizeof(interesting[0]))];
	}
}

static void
fuzz_worker(uint64_t seed, unsigned long count)
{
	static uint64_t message[64], reply[160];

	state = seed | 1;
	for (unsigned long i = 0; i < count; i++) {
		uint16_t type = any() % 3 == 0
		    ? _IO_BASE + any() % 0x20
		    : PROC_REQUEST_FIRST + any() % (PROC_REQUEST_END - PROC_REQUEST_FIRST);
		struct proc_header *head = (void *)message;
		long size = any() % 4 == 0 ? any() % sizeof(message) : 8 + any() % 160;
		int coid = any() % 4 == 0 ? (int)(any() % 12) : SKINK_PROCMGR_COID;

		/* These would end it, or block it for good. */
		if (type == PROC_KILL || type == PROC_LOG_READ || type == PROC_LOG_WRITE)
			continue;
		for (unsigned k = 0; k < 64; k++)
			message[k] = any() % 3 == 0 ? value() : value() | value() << 32;
		*head = (struct proc_header){type, type < _IO_BASE ? PROC_VERSION : any(), 0};
		if (type == _IO_CONNECT || type == PROC_RESOLVE)
			memcpy(
			    (char *)message + (type == _IO_CONNECT ? 32 : 24), "/dev/shmem/ab", 14);
		if (type == _IO_CONNECT) {
			((struct _io_connect *)message)->version = IO_VERSION;
			((struct _io_connect *)message)->path_len = any() % 14;
		}
		skink_timer_timeout(SKINK_CLOCK_MONOTONIC, 0, 1 << SKINK_STATE_REPLY, 50000000);
		if (coid == 1 || coid == 2)
			continue;
		skink_msg_send(coid, message, size, reply, any() % sizeof(reply));
	}
	skink_process_exit(SKINK_STATUS_EXIT(0));
}

static int
fuzz(const char *program, uint64_t seed, unsigned long count)
{
	uint64_t before = 0;
	unsigned long done = 0, ended = 0;

	for (int life = 0; done < count; life++) {
		char first[24], second[24];
		char *argv[] = {(char *)program, "worker", first, second, NULL};
		posix_spawnattr_t attr;
		int status, error;
		pid_t pid;

		(void)posix_spawnattr_init(&attr);
		attr.abilities_dropped = ~0ull;
		snprintf(first, sizeof(first), "%llu", (unsigned long long)(seed * 1000003 + life));
		snprintf(second, sizeof(second), "%lu", 1000ul);
		if (life == 1)
			before = free_bytes();
		error = posix_spawnp(&pid, program, NULL, &attr, argv, environ);
		if (error != 0) {
			printf("spawn: %s\n", strerror(error));
			return 1;
		}
		waitpid(pid, &status, 0);
		ended += WIFSIGNALED(status);
		done += 1000;
	}
	sleep(1);
	printf("messages %lu, workers that ended by their own doing %lu\n", done, ended);
	if (free_bytes() + 65536 < before) {
		printf("memory is not back: %llu of %llu\n", (unsigned long long)free_bytes(),
		    (unsigned long long)before);
		return 1;
	}
	printf("ok fuzz\n");
	return 0;
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
#define CASE(function) \
	{ \
#function, function \
	}
    CASE(test_map_when_freed_is_free),
    CASE(test_map_when_wrong_is_refused),
    CASE(test_map_when_fixed_replaces),
    CASE(test_protect_when_taken_away_keeps_the_bytes),
    CASE(test_regions_when_used_up_give_enomem),
    CASE(test_object_when_shared_is_one),
    CASE(test_wait_when_no_child_fails),
    CASE(test_kill_when_wrong_fails),
    CASE(test_request_when_of_another_version_is_refused),
    CASE(test_death_when_certain_is_told_and_when_settled),
};

int
main(int argc, char **argv)
{
	int before, all = 0;

	if (argc == 2 && strcmp(argv[1], "fault") == 0)
		*(volatile int *)8 = 0;
	if (argc == 4 && strcmp(argv[1], "worker") == 0)
		fuzz_worker(strtoull(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
	if (argc == 4 && strcmp(argv[1], "fuzz") == 0)
		return fuzz(argv[0], strtoull(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		before = failures;
		cases[i].run();
		printf("%s %s\n", failures == before ? "ok" : "not ok", cases[i].name);
		all += failures != before;
	}
	return all != 0;
}
