/* SPDX-License-Identifier: Apache-2.0 */
/*
 * r-killrandom.c - kills servers at random under clients that check every answer:
 * `r-killrandom COUNT SEED`. One thread of low priority works on each server, on descriptors
 * that it opened once; the main thread, above everybody, draws a server, a time and a way to
 * die (SIGKILL, wild store, wild jump, endless loop). At least half of the kills must hit a
 * request in progress, told by the client's state; at the end the counts must be right and
 * pools and memory as before.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <termios.h>
#include <unistd.h>

#include "r-target.h"

#define KILLER_PRIORITY 60
#define WARM_UP         6 /* kills before the balance is taken */
#define SETTLE_NS       20000000u
#define TRIES           1000 /* to find a request in progress */
#define FILE_BYTES      8192
#define PIPE_BYTES      300

struct client {
	const char *server;
	void (*open)(void);
	void (*work)(struct client *c);
	uint32_t service;
	pthread_t thread;
	volatile int tid;
	volatile uint64_t done; /* requests answered */
	int last_pid; /* of its server, when it was hit */
	struct dice dice;
};

static volatile bool stop;

static void
fail(const struct client *c, const char *what, long got)
{
	printf("%s: request %llu: %s: got %ld, errno %d\n", c->server, (unsigned long long)c->done,
	    what, got, errno);
	exit(1);
}

/* ---- the clients' work: one turn each ---- */

static int counter_fd, file_fd, tty_fd, pipe_fds[2];
static uint64_t counted;
static uint8_t model[FILE_BYTES];

static void
open_counter(void)
{
	counter_fd = open(COUNTER_PATH, O_RDWR);
	if (devctl(counter_fd, (int)COUNTER_GET, &counted, sizeof(counted), NULL) != 0)
		exit(2);
}

static void
work_counter(struct client *c)
{
	uint64_t value = 1;
	int error = devctl(counter_fd, (int)COUNTER_ADD, &value, sizeof(value), NULL);

	if (error != 0)
		fail(c, "add", -error);
	counted++;
	if (value != counted)
		fail(c, "the count", (long)value - (long)counted);
}

static void
open_file(void)
{
	file_fd = open("/tmp/r-killrandom", O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (file_fd < 0 || write(file_fd, model, sizeof(model)) != (ssize_t)sizeof(model))
		exit(2);
}

static void
work_file(struct client *c)
{
	size_t at = dice_roll(&c->dice, FILE_BYTES);
	size_t size = 1 + dice_roll(&c->dice, FILE_BYTES - at);
	static uint8_t got[FILE_BYTES];
	ssize_t result;

	if (dice_roll(&c->dice, 2) == 0) {
		for (size_t i = 0; i < size; i++)
			model[at + i] = (uint8_t)(c->done + i);
		result = pwrite(file_fd, model + at, size, (off_t)at);
		if (result != (ssize_t)size)
			fail(c, "pwrite", result);
		return;
	}
	result = pread(file_fd, got, size, (off_t)at);
	if (result != (ssize_t)size || memcmp(got, model + at, size) != 0)
		fail(c, "pread", result);
}

static void
open_pipe(void)
{
	if (pipe(pipe_fds) != 0)
		exit(2);
}

static void
work_pipe(struct client *c)
{
	size_t size = 1 + dice_roll(&c->dice, PIPE_BYTES);
	uint8_t sent[PIPE_BYTES], got[PIPE_BYTES];
	ssize_t result;

	for (size_t i = 0; i < size; i++)
		sent[i] = (uint8_t)(c->done * 7 + i);
	result = write(pipe_fds[1], sent, size);
	if (result != (ssize_t)size)
		fail(c, "write", result);
	result = read(pipe_fds[0], got, size);
	if (result != (ssize_t)size || memcmp(got, sent, size) != 0)
		fail(c, "read", result);
}

static void
open_tty(void)
{
	tty_fd = open("/dev/ser1", O_RDWR);
	if (tty_fd < 0)
		exit(2);
}

static void
work_tty(struct client *c)
{
	static struct termios set;
	struct termios got;

	if (tcgetattr(tty_fd, &got) != 0)
		fail(c, "tcgetattr", 0);
	if (c->done > 0 && memcmp(&got, &set, sizeof(got)) != 0)
		fail(c, "the terminal's settings", 0);
	set = got;
	set.c_cc[VSTOP] = (cc_t)dice_roll(&c->dice, 30);
	if (tcsetattr(tty_fd, TCSANOW, &set) != 0)
		fail(c, "tcsetattr", 0);
}

static struct client clients[] = {
    {.server = "r-counter", .open = open_counter, .work = work_counter},
    {.server = "tmpfs", .open = open_file, .work = work_file},
    {.server = "pipe", .open = open_pipe, .work = work_pipe},
    {.server = "devc-ns16550", .open = open_tty, .work = work_tty},
};
#define CLIENT_COUNT (sizeof(clients) / sizeof(clients[0]))

static void *
work(void *arg)
{
	struct client *c = arg;

	c->tid = (int)skink_thread_self();
	while (!stop) {
		c->work(c);
		c->done++;
	}
	return NULL;
}

/* ---- the killer ---- */

static const struct {
	const char *name;
	uint32_t how;
} kinds[] = {{"kill", PROC_INJECT_KILL}, {"wild-store", PROC_INJECT_STORE},
    {"wild-jump", PROC_INJECT_JUMP}, {"hang", PROC_INJECT_HANG}};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static unsigned kills[KIND_COUNT];
static unsigned in_progress;

/* Is its client blocked on this very process? */
static bool
is_in_progress(const struct client *c, int pid)
{
	struct skink_thread_info thread;

	return target_info(SKINK_INFO_THREAD, (uint64_t)c->tid, &thread, sizeof(thread)) >= 0 &&
	    (thread.state == SKINK_STATE_REPLY || thread.state == SKINK_STATE_SEND ||
		thread.state == SKINK_STATE_COPY) &&
	    thread.blocked_pid == pid;
}

/* The server's process, if it is up and was not hit yet; 0 if not. */
static int
fresh_pid(const struct client *c)
{
	struct proc_service_info info;

	if (service_info(c->service, &info) < 0 || info.state != PROC_SERVICE_RUNNING ||
	    info.up_ns == 0 || info.pid == c->last_pid)
		return 0;
	return info.pid;
}

/* Any server, at any time. */
static struct client *
choose_blindly(struct dice *dice)
{
	struct client *c = &clients[dice_roll(dice, CLIENT_COUNT)];

	if (service_await(c->service, c->last_pid) == 0)
		fail(c, "the server does not come back", 0);
	skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, 1 + dice_roll(dice, 2 * MS));
	return c;
}

/* One that has a request in progress, at a random point of it. */
static struct client *
choose_busy(struct dice *dice)
{
	for (int i = 0; i < TRIES; i++) {
		size_t first = dice_roll(dice, CLIENT_COUNT);

		skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, 1 + dice_roll(dice, 50000));
		for (size_t n = 0; n < CLIENT_COUNT; n++) {
			struct client *c = &clients[(first + n) % CLIENT_COUNT];
			int pid = fresh_pid(c);

			if (pid != 0 && is_in_progress(c, pid))
				return c;
		}
	}
	return choose_blindly(dice);
}

/* How many it hit: 0 or 1. */
static unsigned
hit(struct dice *dice)
{
	unsigned kind = (unsigned)dice_roll(dice, KIND_COUNT);
	struct client *c = dice_roll(dice, 4) == 0 ? choose_blindly(dice) : choose_busy(dice);
	int pid = fresh_pid(c);
	bool was_in_progress = is_in_progress(c, pid);
	long error;

	if (pid == 0)
		return 0;
	error = target_inject(pid, kinds[kind].how);
	if (error < 0)
		fail(c, "inject", error);
	c->last_pid = pid;
	kills[kind]++;
	in_progress += was_in_progress;
	return 1;
}

static void
await_all(void)
{
	for (size_t i = 0; i < CLIENT_COUNT; i++) {
		if (service_await(clients[i].service, clients[i].last_pid) == 0)
			fail(&clients[i], "the server does not come back", 0);
	}
}

static void
start_clients(uint64_t seed)
{
	for (size_t i = 0; i < CLIENT_COUNT; i++) {
		clients[i].service = service_named(clients[i].server);
		clients[i].dice = dice_from(seed + 100 * i);
		clients[i].open();
		if (pthread_create(&clients[i].thread, NULL, work, &clients[i]) != 0)
			exit(2);
	}
}

static void
raise_self(void)
{
	struct skink_sched sched = {.policy = SKINK_SCHED_FIFO, .priority = KILLER_PRIORITY};

	if (skink_sched_set(0, &sched) < 0)
		exit(2);
}

static void
report(unsigned count, uint64_t seed)
{
	printf("seed=%llu kills=%u in_progress=%u", (unsigned long long)seed, count, in_progress);
	for (size_t i = 0; i < KIND_COUNT; i++)
		printf(" %s=%u", kinds[i].name, kills[i]);
	for (size_t i = 0; i < CLIENT_COUNT; i++)
		printf(" %s=%llu", clients[i].server, (unsigned long long)clients[i].done);
	printf("\n");
}

int
main(int argc, char **argv)
{
	unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 0) : 100;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	struct dice dice = dice_from(seed);
	struct balance before;
	unsigned n = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	start_clients(seed);
	raise_self();
	while (n < WARM_UP && n < count)
		n += hit(&dice);
	await_all();
	/* What the dead were connected to is told of it at their own priority, below ours. */
	skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, SETTLE_NS);
	before = balance_take();
	while (n < count)
		n += hit(&dice);
	await_all();
	if (!balance_settles(&before))
		return 1;
	stop = true;
	for (size_t i = 0; i < CLIENT_COUNT; i++)
		pthread_join(clients[i].thread, NULL);
	report(count, seed);
	unlink("/tmp/r-killrandom");
	return in_progress * 2 < count;
}
