/* SPDX-License-Identifier: Apache-2.0 */
/* t-hostile.c - random system calls from an unprivileged process, as bad as they come. Owns the
 * workers that make them and a witness beside them; never judges the nucleus but by what it
 * returns.
 *
 *   t-hostile SEED COUNT       drives workers until COUNT calls are made; prints what was seen
 *   t-hostile worker SEED N    makes calls number N.. (what it did so far is in shared memory)
 *
 * Workers have no abilities. The driver restarts one that ended itself (the calls include
 * thread_exit and process_exit) or that makes no progress. The witness is a client and a server
 * of their own, which check each other's work all the time. Prints a line a call: NAME ok N,
 * ERROR N..., which tests/test_hostile.py adds up. Exit status 0: the witness is whole, and no
 * call returned an error that its list lacks.
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

#include <skink/procmgr_msg.h>

#define SHARED_NAME "/t-hostile"
#define ERRORS      256 /* by number, the last for all above */
#define NO_START    77 /* a worker's exit status */
#define LIFE_CALLS  4000 /* short, so that what a worker hoards does not hide what needs room */

struct shared {
	volatile uint64_t next; /* number of the next call */
	uint64_t end;
	volatile uint64_t echoes; /* rounds of the witness */
	volatile uint64_t wrong; /* wrong answers it got */
	uint64_t ok[SKINK_SYSCALL_COUNT];
	uint64_t error[SKINK_SYSCALL_COUNT][ERRORS];
	uint64_t unlisted;
	int32_t unlisted_call, unlisted_error;
	int32_t
	    others[4]; /* ids of the driver's: process, witness's channel and thread, connection */
};

extern char **environ;
static struct shared *shared;
#define SHARED_AT ((void *)0x2db6dc1000) /* so far up that random numbers miss it */

/* ---- the list of calls ---- */

struct call {
	const char *name;
	const char *errors;
	int only_procmgr;
};
enum { ANY = 0, ONLY = 1 };
static const struct call calls[SKINK_SYSCALL_COUNT] = {
#define CALL_ENTRY(number, name, subject, who, errors) [number] = {#name, errors, who},
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

/* A nucleus call by its number, its eight arguments from an array. */
long raw_call(unsigned number, const uint64_t *a);
__asm__(".text\n"
	"raw_call:\n"
	"\tmv t0, a0\n"
	"\tmv t1, a1\n"
	"\tld a0, 0(t1)\n"
	"\tld a1, 8(t1)\n"
	"\tld a2, 16(t1)\n"
	"\tld a3, 24(t1)\n"
	"\tld a4, 32(t1)\n"
	"\tld a5, 40(t1)\n"
	"\tld a6, 48(t1)\n"
	"\tld a7, 56(t1)\n"
	"\tecall\n"
	"\tret\n");

/* ---- randomness: a function of the seed and the call's number: any call can be had again ---- */

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
#define EVENTS_AT (8 * 4096)
#define ATTR_AT   (12 * 4096)
#define SCHED_AT  (13 * 4096)
#define SYNCS_AT  (14 * 4096)
#define TIMES_AT  (15 * 4096)

/* Ids that calls have returned, by what they name; and some of others. */
enum kind {
	CHANNEL,
	MESSAGE,
	THREAD,
	TIMER,
	HANDLE,
	CONNECTION,
	SERVER_CONNECTION,
	PROCESS,
	KINDS
};
#define LIVE 12
static int64_t live[KINDS][LIVE];
static int home_chid; /* where the partner sends */

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

	switch (below(20)) {
	case 0:
	case 1:
		return bad[below(sizeof(bad) / sizeof(bad[0]))];
	case 2:
		return (uint64_t)(uintptr_t)&random_next; /* text: readable or not, never written */
	case 3:
		return (uint64_t)(uintptr_t)arena + ARENA - below(64); /* over the end */
	case 4:
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
		return (uint64_t)live[below(KINDS)][below(LIVE)];
	}
}

/* What most often makes sense for an argument, by the letters of its call: h channel, r received
 * message, i thread, m timer, k handle of an event, c connection, o server's name of one, p
 * process, a address, l length, y sync, e event, u thread's attributes, d schedule, w times, f
 * channel flags, x index, n small number, t short time, v anything. */
static const char *const shapes[SKINK_SYSCALL_COUNT] = {
    [SKINK_SYS_msg_send] = "calal",
    [SKINK_SYS_msg_receive] = "hala",
    [SKINK_SYS_msg_reply] = "rnal",
    [SKINK_SYS_msg_reply_receive] = "rnalhala",
    [SKINK_SYS_msg_read] = "raln",
    [SKINK_SYS_msg_write] = "raln",
    [SKINK_SYS_msg_info] = "ra",
    [SKINK_SYS_msg_current] = "r",
    [SKINK_SYS_msg_send_pulse] = "cnnv",
    [SKINK_SYS_msg_register_event] = "ce",
    [SKINK_SYS_notice_free] = "nm",
    [SKINK_SYS_msg_deliver_event] = "kv",
    [SKINK_SYS_channel_create] = "fn",
    [SKINK_SYS_channel_destroy] = "h",
    [SKINK_SYS_connect_attach] = "hxn",
    [SKINK_SYS_connect_detach] = "c",
    [SKINK_SYS_connect_dup] = "cxn",
    [SKINK_SYS_connect_server_info] = "ca",
    [SKINK_SYS_connect_client_info] = "oa",
    [SKINK_SYS_thread_create] = "u",
    [SKINK_SYS_thread_kill] = "i",
    [SKINK_SYS_thread_self] = "",
    [SKINK_SYS_thread_name] = "ia",
    [SKINK_SYS_process_exit] = "v",
    [SKINK_SYS_sched_get] = "ia",
    [SKINK_SYS_sched_set] = "id",
    [SKINK_SYS_sched_yield] = "",
    [SKINK_SYS_sync_wait] = "ynnn",
    [SKINK_SYS_sync_wake] = "yn",
    [SKINK_SYS_clock_time] = "nw",
    [SKINK_SYS_thread_sleep] = "nnt",
    [SKINK_SYS_timer_timeout] = "nnvt",
    [SKINK_SYS_timer_create] = "ne",
    [SKINK_SYS_timer_settime] = "mntt",
    [SKINK_SYS_interrupt_attach] = "nen",
    [SKINK_SYS_interrupt_wait] = "nn",
    [SKINK_SYS_interrupt_mask] = "nn",
    [SKINK_SYS_trace_event] = "nvv",
};

static uint64_t
in_arena(uint64_t offset)
{
	return (uint64_t)(uintptr_t)arena + offset;
}

static uint64_t
argument(char shape)
{
	static const char kinds[] = "hrimkcop";
	const char *kind = strchr(kinds, shape);

	if (below(8) == 0)
		return value();
	if (kind != NULL && shape != '\0')
		return (uint64_t)live[kind - kinds][below(LIVE)];
	switch (shape) {
	case 'a':
		return address();
	case 'l':
		return below(3) == 0 ? (uint64_t)sizes[below(sizeof(sizes) / sizeof(sizes[0]))]
				     : below(100);
	case 'y':
		return in_arena(SYNCS_AT + below(8) * sizeof(struct skink_sync));
	case 'e':
		return in_arena(EVENTS_AT + below(16) * 64);
	case 'u':
		return in_arena(ATTR_AT);
	case 'd':
		return in_arena(SCHED_AT);
	case 'w':
		return below(3) == 0 ? 0 : in_arena(TIMES_AT + below(8) * 16);
	case 'n':
		return below(3) == 0 ? below(8) : below(3);
	case 'f':
		return random_next() & SKINK_CHF_ALL &
		    (below(2) ? SKINK_CHF_ALL : ~SKINK_CHF_DURABLE);
	case 'x':
		return below(6) == 0 ? SKINK_COIDS - 1 : below(10);
	case 't':
		return below(50000);
	default:
		return value();
	}
}

/* ---- a worker ---- */

static struct skink_sync *
sync_at(uint64_t n)
{
	return (struct skink_sync *)(arena + SYNCS_AT) + n;
}

/* What a thread made by thread_create does, mostly: waits at a sync, or for a mutex, wakes others,
 * sleeps. */
static void
spare_thread(uint64_t n)
{
	struct skink_sync *own = sync_at(8 + n % 16), *mutex = sync_at(n % 8), end = {0};

	for (unsigned i = 0; i < 20; i++) {
		uint32_t word = (uint32_t)live[THREAD][(n + i) % LIVE] | SKINK_MUTEX_WAITERS;

		if (n & 4) {
			mutex->word = word;
			(void)skink_timer_timeout(
			    SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_MUTEX, 200000);
			(void)skink_sync_wait(mutex, word, SKINK_STATE_MUTEX, 0);
		}
		if (n & 3)
			(void)skink_sync_wait(own, own->word, SKINK_STATE_SEM, 0);
		for (unsigned k = 8 + i; (n & 3) == 0 && k < 24; k += 4) /* the others */
			(void)skink_sync_wake(sync_at(k), 1);
		(void)skink_timer_timeout(
		    SKINK_CLOCK_MONOTONIC, 0, ~0u >> (32 - SKINK_STATE_COUNT), 200000);
		end.word = (uint32_t)live[THREAD][(n + i) % LIVE];
		(void)skink_sync_wait(&end, end.word, SKINK_STATE_JOIN, 0);
		(void)skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, 100000);
		(void)skink_sync_wake(sync_at((n + i) % 8), 1);
	}
	skink_thread_exit();
}

/* A word that means something to a mutex. */
static uint32_t
sync_word(void)
{
	uint32_t tid = (uint32_t)live[THREAD][below(LIVE)];

	switch (below(6)) {
	case 0:
		return SKINK_MUTEX_DEAD;
	case 1:
		return tid | SKINK_MUTEX_WAITERS;
	case 2:
		return tid;
	case 3:
		return (uint32_t)skink_thread_self();
	default:
		return (uint32_t)below(3);
	}
}

/* Fills the arena with structures that make some sense, and with noise. */
static void
arena_shake(void)
{
	static const uint32_t likely[] = {SKINK_EV_PULSE, SKINK_EV_PULSE, SKINK_EV_SEM};
	struct skink_iov *iov = (struct skink_iov *)(arena + below(8) * 4096);
	struct skink_event *ev = (struct skink_event *)(arena + EVENTS_AT + below(16) * 64);
	struct skink_thread_attr *attr = (struct skink_thread_attr *)(arena + ATTR_AT);
	struct skink_sched *sched = (struct skink_sched *)(arena + SCHED_AT);
	uint64_t *times = (uint64_t *)(arena + TIMES_AT);

	for (unsigned i = 0; i < 8; i++)
		iov[i] = (struct skink_iov){(void *)(uintptr_t)address(), below(3000)};
	/* The page behind the arena comes and goes, and semaphores there with it. */
	if (below(64) == 0)
		(void)mprotect(arena + ARENA, 4096, below(2) ? PROT_READ | PROT_WRITE : PROT_NONE);
	*ev = (struct skink_event){.notify = below(3) == 0 ? (uint32_t)below(10) : likely[below(3)],
	    .target = (int32_t)live[CONNECTION][below(LIVE)],
	    .value = below(2) ? address() : in_arena(ARENA + 8 * below(8)),
	    .code = (int16_t)(below(8) == 0 ? below(300) : below(128)),
	    .priority = (int16_t)(below(10) == 0 ? 200 : below(12) - 1)};
	if (below(4) == 0)
		ev->notify |= SKINK_EV_UPDATEABLE;
	*attr = (struct skink_thread_attr){
	    .entry = below(50) ? (uint64_t)(uintptr_t)spare_thread : address(),
	    .arg = below(16),
	    .sp = in_arena(ARENA - 1024 - 256 * below(4)),
	    .sched.policy = (int32_t)(below(4) == 0 ? below(6) : 0),
	    .sched.priority = (int32_t)(below(4) == 0 ? below(80) : below(11))};
	*sched = (struct skink_sched){.policy = (int32_t)(below(4) == 0 ? below(6) : below(3)),
	    .priority = (int32_t)(below(6) == 0 ? below(300) : 1 + below(10))};
	times[below(16)] = below(4) == 0 ? value() : below(1000000);
	sync_at(below(8))->word = sync_word();
	for (unsigned i = 0; i < 4; i++)
		*(uint64_t *)(arena + (below(8 * 4096 - 8) & ~7ull)) = value();
}

/* Sends at the worker's channel, so that there are messages to be had, and somebody to pester.
 * Ends the process when its main thread has ended, or waits for what never comes. */
static void *
partner(void *arg)
{
	int chid = (int)(intptr_t)arg;
	char text[64] = {0};
	uint64_t last = 0;

	for (unsigned idle = 0; idle < 20; idle++) {
		int coid = (int)skink_connect_attach(chid, SKINK_SIDE_CHANNEL | 8, 0);

		if (shared->next != last)
			idle = 0;
		last = shared->next;
		for (int i = 0; i < 20; i++) {
			(void)skink_timer_timeout(
			    SKINK_CLOCK_MONOTONIC, 0, ~0u >> (32 - SKINK_STATE_COUNT), 200000);
			if (skink_msg_send(coid, text, sizeof(text), text, sizeof(text)) < 0)
				(void)skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, 50000);
			(void)skink_sync_wake(sync_at((uint64_t)i % 8), 1);
		}
		(void)skink_connect_detach(coid);
	}
	_exit(0);
}

/* Answers what the worker sends. */
static void *
answerer(void *arg)
{
	int chid = (int)(intptr_t)arg;
	char text[64];
	long rcvid;

	while ((rcvid = skink_msg_receive(chid, text, sizeof(text), NULL)) >= 0)
		if (rcvid > 0)
			(void)skink_msg_reply(rcvid, 0, text, sizeof(text));
	return NULL;
}

/* A third of its kind: what is rare must be met all the same. */
static void
live_put(enum kind kind, int64_t id)
{
	for (unsigned i = 0; i < LIVE / 3; i++)
		live[kind][below(LIVE)] = id;
}

/* What a call's good result names. */
static void
result_keep(unsigned number, long result, const uint64_t *a)
{
	struct _msg_info info;

	switch (number) {
	case SKINK_SYS_channel_create:
		live_put(CHANNEL, (int32_t)result);
		return;
	case SKINK_SYS_msg_receive:
	case SKINK_SYS_msg_reply_receive:
		if (result == 0)
			return;
		live_put(MESSAGE, result);
		if (skink_msg_info(result, &info) == 0)
			live_put(SERVER_CONNECTION, info.scoid);
		return;
	case SKINK_SYS_thread_create:
		live_put(THREAD, result);
		return;
	case SKINK_SYS_timer_create:
		live_put(TIMER, result);
		return;
	case SKINK_SYS_msg_register_event:
		live_put(HANDLE, result);
		return;
	case SKINK_SYS_connect_attach:
	case SKINK_SYS_connect_dup:
		live_put(CONNECTION, result);
		return;
	case SKINK_SYS_sync_wait: /* a mutex, perhaps, that somebody wants */
		if (below(2))
			(void)skink_sync_wake((struct skink_sync *)(uintptr_t)a[0], 1);
		return;
	}
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
	if (number >= 64 && number < SKINK_SYSCALL_COUNT && below(8) != 0)
		number = (unsigned)below(SKINK_SYS_trace_event);
	if (number == SKINK_SYS_process_exit && below(200) != 0)
		number = SKINK_SYS_thread_self;
	if (number == SKINK_SYS_thread_kill && below(20) != 0)
		number = SKINK_SYS_msg_receive;
	/* What ends things is rarer than what makes them. */
	if ((number == SKINK_SYS_channel_destroy || number == SKINK_SYS_connect_detach ||
		number == SKINK_SYS_notice_free) &&
	    below(5) != 0)
		number = below(2) ? SKINK_SYS_msg_receive : SKINK_SYS_msg_send;
	shape =
	    number < SKINK_SYSCALL_COUNT && shapes[number] != NULL ? shapes[number] : "vvvvvvvv";
	for (unsigned i = 0; i < 8; i++)
		a[i] = *shape == '\0' ? value() : argument(*shape++);
	if (number == SKINK_SYS_thread_sleep)
		a[2] %= 100000;
	if ((number == SKINK_SYS_connect_attach || number == SKINK_SYS_msg_receive) && below(2))
		a[0] = (uint64_t)home_chid;
	if (n % 2 == 0)
		arena_shake();
	if (number == SKINK_SYS_sync_wait && below(4) != 0) {
		uint64_t i = below(8);

		a[0] = (uint64_t)(uintptr_t)sync_at(i);
		a[1] = sync_at(i)->word;
		a[2] = SKINK_STATE_MUTEX + below(SKINK_STATE_JOIN - SKINK_STATE_MUTEX + 1);
		a[3] = below(4) == 0;
	}
	shared->next = n + 1;
	(void)skink_timer_timeout(
	    SKINK_CLOCK_MONOTONIC, 0, ~0u >> (32 - SKINK_STATE_COUNT), below(60000));
	result = raw_call(number, a);
	if (number >= SKINK_SYSCALL_COUNT) {
		if (result != -SK_ENOSYS)
			shared->unlisted++;
		return;
	}
	if (result >= 0) {
		shared->ok[number]++;
		result_keep(number, result, a);
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
	shared =
	    mmap(SHARED_AT, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	if (shared == MAP_FAILED) {
		perror("t-hostile: mmap");
		exit(2);
	}
	close(fd);
}

/* A channel of its own with a connection to it, and a thread that does something there. */
static void
helper_start(void *(*function)(void *))
{
	int chid = (int)skink_channel_create(SKINK_CHF_UNBLOCK | SKINK_CHF_DISCONNECT, 0);
	pthread_t thread;

	if (chid < 0 || pthread_create(&thread, NULL, function, (void *)(intptr_t)chid) != 0)
		_exit(NO_START);
	live_put(CONNECTION, skink_connect_attach(chid, 3, 0));
	if (function == partner) {
		live_put(CHANNEL, chid);
		home_chid = chid;
	}
	live_put(THREAD, thread);
}

static int
worker(uint64_t seed)
{
	shared_open(0);
	arena =
	    mmap(NULL, ARENA + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena == MAP_FAILED || mprotect(arena + ARENA, 4096, PROT_NONE) < 0)
		return NO_START;
	random_state = seed + shared->next;
	for (unsigned i = 0; i < LIVE; i++) {
		live[PROCESS][i] = i < 6 ? (int)i + 1 : i < 8 ? shared->others[0] : getpid();
		live[CHANNEL][i] = i < 2 ? shared->others[1] : 1;
		live[THREAD][i] = i < 2 ? shared->others[2] : i < 4 ? (int)i : skink_thread_self();
		live[CONNECTION][i] = i < 2 ? SKINK_PROCMGR_COID : (int)i;
		live[SERVER_CONNECTION][i] = i < 2 ? shared->others[3] : (int)i;
	}
	helper_start(partner);
	helper_start(answerer);
	for (unsigned i = 0; i < LIFE_CALLS && shared->next < shared->end; i++)
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
	int coid = (int)skink_connect_attach((int)(intptr_t)arg, 0, 0);
	struct _server_info info;

	if (skink_connect_server_info(coid, &info) >= 0)
		shared->others[3] = info.scoid;
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
		shared->others[2] = (int32_t)skink_thread_self();
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
	shared->others[0] = getpid();
	shared->others[1] = chid;
}

/* ---- the driver ---- */

static void
sleep_ms(unsigned ms)
{
	struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

	nanosleep(&t, NULL);
}

/* One worker's life; it is ended when it makes no progress for half a second. */
static void
one_life(const char *program, const char *seed)
{
	char *argv[] = {(char *)program, "worker", (char *)seed, NULL};
	uint64_t last = ~0ull;
	unsigned idle = 0;
	posix_spawnattr_t attr;
	pid_t pid;
	int status, error;

	(void)posix_spawnattr_init(&attr);
	attr.abilities_dropped = ~0ull;
	attr.share_percent = 10;
	error = posix_spawnp(&pid, program, NULL, &attr, argv, environ);
	if (error != 0) {
		fprintf(stderr, "t-hostile: spawn: %s\n", strerror(error));
		exit(2);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		sleep_ms(5);
		idle = shared->next == last ? idle + 1 : 0;
		last = shared->next;
		if (idle > 100) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return;
		}
	}
	/* The calls hardly choose this one. */
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_START) {
		fprintf(stderr, "t-hostile: a worker could not start\n");
		exit(2);
	}
}

static int
report(void)
{
	for (unsigned n = 0; n < SKINK_SYSCALL_COUNT; n++) {
		if (calls[n].name == NULL)
			continue;
		printf("%-22s ok %7llu", calls[n].name, (unsigned long long)shared->ok[n]);
		for (int e = 0; e < ERRORS; e++)
			if (shared->error[n][e] != 0)
				printf(" %s %llu", error_name(e),
				    (unsigned long long)shared->error[n][e]);
		printf("\n");
	}
	printf("calls %llu echoes %llu wrong %llu unlisted %llu\n",
	    (unsigned long long)shared->next, (unsigned long long)shared->echoes,
	    (unsigned long long)shared->wrong, (unsigned long long)shared->unlisted);
	if (shared->unlisted != 0)
		printf("unlisted: %s returned %d\n", calls[shared->unlisted_call].name,
		    (int)shared->unlisted_error);
	return shared->wrong == 0 && shared->unlisted == 0 && shared->echoes > 10 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	int bad;

	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker(strtoull(argv[2], NULL, 0));
	if (argc != 3) {
		fprintf(stderr, "usage: t-hostile SEED COUNT\n");
		return 2;
	}
	shared_open(1);
	memset(shared, 0, sizeof(*shared));
	witness_start();
	shared->end = strtoull(argv[2], NULL, 0);
	while (shared->next < shared->end)
		one_life(argv[0], argv[1]);
	bad = report();
	(void)shm_unlink(SHARED_NAME);
	return bad;
}
