/* SPDX-License-Identifier: Apache-2.0 */
/* t-hostile.c - random system calls from an unprivileged process, as bad as they come. Owns the workers
 * that make them and a witness beside them; never judges the nucleus but by what it returns.
 *
 *   t-hostile SEED COUNT       drives workers until COUNT calls are made; prints what was seen
 *   t-hostile worker SEED N    makes calls number N.. (what it did so far is in shared memory)
 *
 * The driver restarts a worker that ended itself (the calls include thread_exit and process_exit) or
 * that makes no progress. The witness is a client and a server of their own, which check each other's
 * work all the time. Exit status 0: the witness is whole, and no call returned an error that its list lacks.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <skink/calls.h>
#include <skink/errno.h>
#include <skink/syscalls.h>

#define SHARED_NAME "/t-hostile"
#define ERRORS      256 /* by number, the last for all above */

struct shared {
	volatile uint64_t next; /* number of the next call */
	uint64_t end;
	volatile uint64_t echoes; /* rounds of the witness */
	volatile uint64_t wrong; /* wrong answers it got */
	uint64_t ok[SKINK_SYSCALL_COUNT];
	uint64_t error[SKINK_SYSCALL_COUNT][ERRORS];
	uint64_t unlisted;
	int32_t unlisted_call, unlisted_error;
};

extern char **environ;
static struct shared *shared;

/* ---- the list of calls ---- */

struct call {
	const char *name;
	const char *errors;
	int only_procmgr;
};
enum { ANY = 0, ONLY = 1 };
static const struct call calls[SKINK_SYSCALL_COUNT] = {
#define CALL_ENTRY(number, name, nargs, who, errors) [number] = {#name, errors, who},
    SKINK_SYSCALLS(CALL_ENTRY)
#undef CALL_ENTRY
};

static const struct {
	const char *name;
	int number;
} error_names[] = {
#define ERROR_ENTRY(name, number, text) {#name, number},
    SKINK_ERRNOS(ERROR_ENTRY)
#undef ERROR_ENTRY
};

static const char *
error_name(int number)
{
	for (size_t i = 0; i < sizeof(error_names) / sizeof(error_names[0]); i++)
		if (error_names[i].number == number)
			return error_names[i].name;
	return "?";
}

/* Whether the blank-separated list has the word. */
static int
has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = list; (p = strstr(p, word)) != NULL; p += len)
		if ((p == list || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0'))
			return 1;
	return 0;
}

static int
is_documented(unsigned number, int error)
{
	if (calls[number].name == NULL)
		return error == SK_ENOSYS;
	if (calls[number].only_procmgr)
		return error == SK_EPERM;
	return has_word(calls[number].errors, error_name(error));
}

static long
raw_call(unsigned number, const uint64_t *a)
{
	register uint64_t t0 __asm__("t0") = number;
	register uint64_t a0 __asm__("a0") = a[0];
	register uint64_t a1 __asm__("a1") = a[1];
	register uint64_t a2 __asm__("a2") = a[2];
	register uint64_t a3 __asm__("a3") = a[3];
	register uint64_t a4 __asm__("a4") = a[4];
	register uint64_t a5 __asm__("a5") = a[5];
	register uint64_t a6 __asm__("a6") = a[6];
	register uint64_t a7 __asm__("a7") = a[7];

	__asm__ volatile("ecall"
			 : "+r"(t0), "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5),
			 "+r"(a6), "+r"(a7)
			 :
			 : "t1", "t2", "t3", "t4", "t5", "t6", "memory");
	return (long)a0;
}

/* ---- randomness: a function of the seed and the call's number, so that any call can be had again ---- */

static uint64_t random_state;

static uint64_t
random_next(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static uint64_t
below(uint64_t n)
{
	return random_next() % n;
}

/* ---- arguments ---- */

#define ARENA (16 * 4096)
static char *arena; /* whose bytes the calls may write */
static int64_t live[64]; /* ids that calls have returned, of any kind */
static const int64_t sizes[] = {
    0,
    1,
    4,
    7,
    8,
    16,
    24,
    32,
    40,
    72,
    96,
    100,
    1000,
    4095,
    4096,
    4097,
    20000,
    -1,
    -2,
    -3,
    -64,
    -65,
    INT32_MAX,
    INT32_MIN,
    INT64_MAX,
    INT64_MIN,
    1ll << 31,
    (1ll << 31) - 1,
};

static uint64_t
address(void)
{
	static const uint64_t bad[] = {
	    0,
	    1,
	    8,
	    4095,
	    4096,
	    0x3fffffffff,
	    0x4000000000,
	    0x3ffffff000,
	    0xffffffc080200000,
	    0xffffffffffffffff,
	    0x8000000000000000,
	    0x80200000,
	    0x2080000000,
	};

	switch (below(8)) {
	case 0:
		return bad[below(sizeof(bad) / sizeof(bad[0]))];
	case 1:
		return (uint64_t)(uintptr_t)&random_next; /* text: readable or not, never written */
	case 2:
		return (uint64_t)(uintptr_t)arena + ARENA - below(64); /* over the end */
	case 3:
		return random_next();
	default:
		return (uint64_t)(uintptr_t)arena + (below(ARENA - 256) & ~7ull);
	}
}

static uint64_t
value(void)
{
	static const uint64_t edges[] = {
	    0,
	    1,
	    2,
	    3,
	    4,
	    5,
	    6,
	    7,
	    8,
	    9,
	    10,
	    15,
	    16,
	    31,
	    32,
	    63,
	    64,
	    127,
	    128,
	    254,
	    255,
	    256,
	    1023,
	    1024,
	    4095,
	    4096,
	    SKINK_SIDE_CHANNEL,
	    SKINK_SIDE_CHANNEL | 1,
	    SKINK_DUP_EXACT,
	    0x7fffffff,
	    0x80000000,
	    0xffffffff,
	    1ull << 62,
	    0x7fffffffffffffff,
	    0xffffffffffffffff,
	};

	switch (below(6)) {
	case 0:
		return random_next() >> below(64);
	case 1:
		return edges[below(sizeof(edges) / sizeof(edges[0]))];
	case 2:
		return (uint64_t)sizes[below(sizeof(sizes) / sizeof(sizes[0]))];
	case 3:
		return address();
	case 4:
		return below(40); /* others' ids: those that were given first */
	default:
		return (uint64_t)live[below(sizeof(live) / sizeof(live[0]))];
	}
}

/* What most often makes sense for an argument, by the letters of its call:
 * i id, a address, l length, c coid, s small, t short time, v anything. */
static const char *const shapes[SKINK_SYSCALL_COUNT] = {
    [SKINK_SYS_msg_send] = "calal",
    [SKINK_SYS_msg_receive] = "iala",
    [SKINK_SYS_msg_reply] = "isal",
    [SKINK_SYS_msg_error] = "is",
    [SKINK_SYS_msg_reply_receive] = "isaliala",
    [SKINK_SYS_msg_read] = "ials",
    [SKINK_SYS_msg_write] = "ials",
    [SKINK_SYS_msg_info] = "ia",
    [SKINK_SYS_msg_current] = "i",
    [SKINK_SYS_msg_send_pulse] = "cssv",
    [SKINK_SYS_msg_register_event] = "ac",
    [SKINK_SYS_msg_unregister_event] = "a",
    [SKINK_SYS_msg_deliver_event] = "a",
    [SKINK_SYS_channel_create] = "fs",
    [SKINK_SYS_channel_destroy] = "i",
    [SKINK_SYS_channel_grant] = "ii",
    [SKINK_SYS_connect_attach] = "iiss",
    [SKINK_SYS_connect_detach] = "c",
    [SKINK_SYS_connect_dup] = "css",
    [SKINK_SYS_connect_flags] = "css",
    [SKINK_SYS_connect_server_info] = "ca",
    [SKINK_SYS_connect_client_info] = "ia",
    [SKINK_SYS_thread_create] = "a",
    [SKINK_SYS_thread_exit] = "v",
    [SKINK_SYS_thread_kill] = "iv",
    [SKINK_SYS_thread_join] = "ia",
    [SKINK_SYS_thread_detach] = "i",
    [SKINK_SYS_thread_self] = "",
    [SKINK_SYS_thread_name] = "ia",
    [SKINK_SYS_process_self] = "s",
    [SKINK_SYS_process_exit] = "v",
    [SKINK_SYS_sched_get] = "ia",
    [SKINK_SYS_sched_set] = "ia",
    [SKINK_SYS_sched_yield] = "",
    [SKINK_SYS_mutex_lock] = "as",
    [SKINK_SYS_mutex_unlock] = "as",
    [SKINK_SYS_sync_wait] = "ass",
    [SKINK_SYS_sync_wake] = "as",
    [SKINK_SYS_clock_time] = "saa",
    [SKINK_SYS_thread_sleep] = "sst",
    [SKINK_SYS_timer_timeout] = "ssvt",
    [SKINK_SYS_timer_create] = "sa",
    [SKINK_SYS_timer_destroy] = "i",
    [SKINK_SYS_timer_settime] = "isaa",
    [SKINK_SYS_timer_gettime] = "ia",
    [SKINK_SYS_interrupt_attach] = "sas",
    [SKINK_SYS_interrupt_detach] = "i",
    [SKINK_SYS_interrupt_wait] = "is",
    [SKINK_SYS_interrupt_mask] = "i",
    [SKINK_SYS_interrupt_unmask] = "i",
    [SKINK_SYS_trace_event] = "svv",
};

static uint64_t
argument(char shape)
{
	if (below(5) == 0)
		return value();
	switch (shape) {
	case 'i':
		return (uint64_t)live[below(sizeof(live) / sizeof(live[0]))];
	case 'a':
		return address();
	case 'l':
		return (uint64_t)sizes[below(sizeof(sizes) / sizeof(sizes[0]))];
	case 'c':
		return below(4) == 0 ? SKINK_SIDE_CHANNEL | below(4) : 3 + below(12);
	case 's':
		return below(6);
	case 'f':
		return random_next() & SKINK_CHF_ALL;
	case 't':
		return below(50000);
	default:
		return value();
	}
}

/* ---- a worker ---- */

/* What a thread made by thread_create does, mostly. */
static void
spare_thread(void)
{
	for (unsigned i = 0; i < 20; i++)
		(void)skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, 50000);
	skink_thread_exit(0);
}

/* Fills the arena with structures that make some sense, and with noise. */
static void
arena_shake(void)
{
	struct skink_iov *iov = (struct skink_iov *)(arena + below(8) * 4096);
	struct skink_event *ev = (struct skink_event *)(arena + 8 * 4096 + below(64) * 64);
	struct skink_thread_attr *attr = (struct skink_thread_attr *)(arena + 12 * 4096);
	struct skink_sched *sched = (struct skink_sched *)(arena + 13 * 4096);

	for (unsigned i = 0; i < 8; i++)
		iov[i] = (struct skink_iov){(void *)(uintptr_t)address(), below(3000)};
	*ev = (struct skink_event){.notify = (uint32_t)below(10),
	    .target = (int32_t)(3 + below(8)),
	    .value = address(),
	    .code = (int16_t)below(130),
	    .priority = (int16_t)(below(16) - 1)};
	*attr = (struct skink_thread_attr){
	    .entry = below(50) ? (uint64_t)(uintptr_t)spare_thread : address(),
	    .sp = (uint64_t)(uintptr_t)arena + ARENA - 64,
	    .policy = (int32_t)below(5),
	    .priority = (int32_t)below(14),
	    .flags = (uint32_t)below(3)};
	*sched = (struct skink_sched){.policy = (int32_t)below(6), .priority = (int32_t)below(20)};
	for (unsigned i = 0; i < 4; i++)
		*(uint64_t *)(arena + (below(ARENA - 8) & ~7ull)) = value();
}

/* Serves and sends at a channel of its own, so that there are rcvids to be had, and somebody to pester. */
static void *
partner(void *arg)
{
	int chid = (int)(intptr_t)arg;
	char text[64];

	for (;;) {
		int coid = (int)skink_connect_attach(0, chid, 40, 0);

		if (coid < 0)
			return NULL;
		for (int i = 0; i < 50; i++) {
			(void)skink_timer_timeout(
			    SKINK_CLOCK_MONOTONIC, 0, ~0u >> (32 - SKINK_STATE_COUNT), 300000);
			(void)skink_msg_send(coid, text, sizeof(text), text, sizeof(text));
		}
		(void)skink_connect_detach(coid);
	}
}

static void
live_put(int64_t id)
{
	live[below(sizeof(live) / sizeof(live[0]))] = id;
}

static void
one_call(uint64_t seed, uint64_t n)
{
	uint64_t a[8];
	unsigned number;
	const char *shape;
	long result;

	random_state = seed * 0x2545f4914f6cdd1dull + n;
	number = (unsigned)below(SKINK_SYSCALL_COUNT + 5);
	if ((number == SKINK_SYS_process_exit || number == SKINK_SYS_thread_exit) &&
	    below(200) != 0)
		number = SKINK_SYS_thread_self;
	if (number == SKINK_SYS_thread_kill && below(20) != 0)
		number = SKINK_SYS_msg_receive;
	shape =
	    number < SKINK_SYSCALL_COUNT && shapes[number] != NULL ? shapes[number] : "vvvvvvvv";
	for (unsigned i = 0; i < 8; i++)
		a[i] = *shape == '\0' ? value() : argument(*shape++);
	if (number == SKINK_SYS_thread_sleep)
		a[2] %= 100000;
	if (n % 8 == 0)
		arena_shake();
	shared->next = n + 1;
	(void)skink_timer_timeout(
	    SKINK_CLOCK_MONOTONIC, 0, ~0u >> (32 - SKINK_STATE_COUNT), below(20000));
	result = raw_call(number, a);
	if (number >= SKINK_SYSCALL_COUNT) {
		if (result != -SK_ENOSYS)
			shared->unlisted++;
		return;
	}
	if (result >= 0) {
		shared->ok[number]++;
		if (number == SKINK_SYS_msg_receive && result > 0 && below(2))
			(void)skink_msg_reply(result, 0, NULL, 0);
		live_put(number == SKINK_SYS_channel_create ? (int32_t)result : result);
		return;
	}
	shared->error[number][-result < ERRORS ? -result : ERRORS - 1]++;
	if (!is_documented(number, (int)-result)) {
		/* msg_send also returns what its server chose. */
		if (number == SKINK_SYS_msg_send)
			return;
		shared->unlisted++;
		shared->unlisted_call = (int32_t)number;
		shared->unlisted_error = (int32_t)-result;
	}
}

static void
shared_open(int create)
{
	int fd = shm_open(SHARED_NAME, create ? O_CREAT | O_RDWR : O_RDWR, 0600);

	if (fd < 0 || (create && ftruncate(fd, sizeof(*shared)) < 0)) {
		perror("t-hostile: shared memory");
		exit(2);
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED) {
		perror("t-hostile: mmap");
		exit(2);
	}
	close(fd);
}

static int
worker(uint64_t seed)
{
	pthread_t thread;
	int chid;

	shared_open(0);
	arena = mmap(NULL, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena == MAP_FAILED)
		return 2;
	random_state = seed + shared->next;
	chid = (int)skink_channel_create(SKINK_CHF_UNBLOCK | SKINK_CHF_DISCONNECT, 0);
	live[0] = chid;
	live[1] = getpid();
	live[2] = getppid();
	live[3] = skink_thread_self();
	(void)skink_connect_attach(0, chid, 3, 0);
	(void)pthread_create(&thread, NULL, partner, (void *)(intptr_t)chid);
	/* A life is short, so that what it hoards does not hide what needs room. */
	for (unsigned i = 0; i < 5000 && shared->next < shared->end; i++)
		one_call(seed, shared->next);
	_exit(0);
}

/* ---- the witness: two threads of the driver's process that exchange checked messages ---- */

static void *
witness_server(void *arg)
{
	int chid = (int)(intptr_t)arg;
	uint64_t text[8];

	for (;;) {
		long rcvid = skink_msg_receive(chid, text, sizeof(text), NULL);

		if (rcvid <= 0)
			continue;
		for (unsigned i = 0; i < 8; i++)
			text[i] = ~text[i];
		(void)skink_msg_reply(rcvid, 0, text, sizeof(text));
	}
	return NULL;
}

static void *
witness_client(void *arg)
{
	int coid = (int)skink_connect_attach(0, (int)(intptr_t)arg, 0, 0);

	for (uint64_t round = 1;; round++) {
		uint64_t out[8], in[8];

		for (unsigned i = 0; i < 8; i++)
			out[i] = round * 0x9e3779b97f4a7c15ull + i;
		if (skink_msg_send(coid, out, sizeof(out), in, sizeof(in)) != 0)
			shared->wrong++;
		for (unsigned i = 0; i < 8; i++)
			if (in[i] != ~out[i])
				shared->wrong++;
		shared->echoes++;
		(void)skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, 200000);
	}
	return NULL;
}

static void
witness_start(void)
{
	int chid = (int)skink_channel_create(SKINK_CHF_PRIVATE, 0);
	pthread_t thread;

	if (pthread_create(&thread, NULL, witness_server, (void *)(intptr_t)chid) != 0 ||
	    pthread_create(&thread, NULL, witness_client, (void *)(intptr_t)chid) != 0) {
		fprintf(stderr, "t-hostile: no witness\n");
		exit(2);
	}
}

/* ---- the driver ---- */

static void
sleep_ms(unsigned ms)
{
	struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

	nanosleep(&t, NULL);
}

/* One worker's life; it is ended when it makes no progress for two seconds. */
static void
one_life(const char *program, const char *seed)
{
	char *argv[] = {(char *)program, "worker", (char *)seed, NULL};
	uint64_t last = ~0ull;
	unsigned idle = 0;
	pid_t pid;
	int status;

	if (posix_spawnp(&pid, program, NULL, NULL, argv, environ) != 0) {
		perror("t-hostile: spawn");
		exit(2);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		sleep_ms(5);
		idle = shared->next == last ? idle + 1 : 0;
		last = shared->next;
		if (idle > 400) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return;
		}
	}
}

static int
report(void)
{
	unsigned missing = 0;

	for (unsigned n = 0; n < SKINK_SYSCALL_COUNT; n++) {
		if (calls[n].name == NULL)
			continue;
		printf("%-22s ok %7llu", calls[n].name, (unsigned long long)shared->ok[n]);
		for (int e = 0; e < ERRORS; e++)
			if (shared->error[n][e] != 0)
				printf(" %s %llu", error_name(e),
				    (unsigned long long)shared->error[n][e]);
		printf("\n");
		if (!calls[n].only_procmgr && shared->ok[n] == 0 && n != SKINK_SYS_process_exit &&
		    n != SKINK_SYS_thread_exit && strncmp(calls[n].name, "interrupt", 9) != 0)
			missing++;
	}
	printf("calls %llu echoes %llu wrong %llu unlisted %llu never-succeeded %u\n",
	    (unsigned long long)shared->next, (unsigned long long)shared->echoes,
	    (unsigned long long)shared->wrong, (unsigned long long)shared->unlisted, missing);
	if (shared->unlisted != 0)
		printf("unlisted: %s returned %d\n", calls[shared->unlisted_call].name,
		    (int)shared->unlisted_error);
	return shared->wrong == 0 && shared->unlisted == 0 && shared->echoes > 10 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker(strtoull(argv[2], NULL, 0));
	if (argc != 3) {
		fprintf(stderr, "usage: t-hostile SEED COUNT\n");
		return 2;
	}
	shared_open(1);
	memset(shared, 0, sizeof(*shared));
	shared->end = strtoull(argv[2], NULL, 0);
	witness_start();
	while (shared->next < shared->end)
		one_life(argv[0], argv[1]);
	return report();
}
