/* SPDX-License-Identifier: Apache-2.0 */
/* t-exhaust.c - takes all there is of one resource, meets its limit, and gives it back. Owns a
 * second process that works on meanwhile. One run a resource:
 *
 *   t-exhaust threads|channels|connections|timers|syncs|pulses|events|memory|descriptors|scattered|
 *             processes
 *
 *   t-exhaust keep RESOURCE    takes it all, prints RESOURCE kept N, and stays
 *
 * Prints: RESOURCE got N error E again N other ROUNDS. Exit status 0: the limit's error is the
 * documented one, the same number can be had again, and the other process was not hindered.
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
#include <unistd.h>

#include <skink/calls.h>
#include <skink/errno.h>

#define SHARED_NAME "/t-exhaust"
#define MOST        8192

extern char **environ;

static const char *self;
static long taken[MOST];
static int chid, coid;
/* The stack of all the threads of thread_take at once: they all write the same there. */
static char stack_area[4096] __attribute__((aligned(16)));

static void
sleep_ns(uint64_t ns)
{
	(void)skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, ns);
}

/* ---- each resource: how to take one, and how to give one back ---- */

struct resource {
	const char *name;
	long (*take)(void); /* what was taken, or a negated error */
	void (*give)(long what);
	int error; /* of the limit */
};

static void
thread_body(void)
{
	for (;;)
		sleep_ns(1000000000ull);
}

static long
thread_take(void)
{
	struct skink_thread_attr attr = {
	    .entry = (uint64_t)(uintptr_t)thread_body,
	    .sp = (uint64_t)(uintptr_t)(stack_area + sizeof(stack_area)),
	};

	return skink_thread_create(&attr);
}

static void
thread_give(long tid)
{
	(void)skink_thread_kill((int)tid);
}

static long
channel_take(void)
{
	return skink_channel_create(0, 0);
}

static void
channel_give(long id)
{
	(void)skink_channel_destroy((int)id);
}

static long
connection_take(void)
{
	return skink_connect_attach(chid, SKINK_SIDE_CHANNEL, 0);
}

static void
connection_give(long id)
{
	(void)skink_connect_detach((int)id);
}

static long
timer_take(void)
{
	struct skink_event ev = {.notify = SKINK_EV_PULSE, .target = coid, .priority = 5};

	return skink_timer_create(SKINK_CLOCK_MONOTONIC, &ev);
}

static void
timer_give(long id)
{
	(void)skink_notice_free(SKINK_POOL_TIMER, (int)id);
}

/* A sync is used up by a thread that waits. */
static struct skink_sync syncs[MOST];
static unsigned sync_count;
static volatile long sync_result;

static void *
sync_waiter(void *arg)
{
	sync_result = 1;
	sync_result = skink_sync_wait(arg, 0, SKINK_STATE_SEM, 0);
	return NULL;
}

static long
sync_take(void)
{
	pthread_t thread;
	pthread_attr_t attr;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, 4096);
	error = pthread_create(&thread, &attr, sync_waiter, &syncs[sync_count]);
	if (error != 0)
		return -error;
	sleep_ns(200000);
	if (sync_result < 0)
		return sync_result;
	return (long)sync_count++;
}

static void
sync_give(long n)
{
	(void)skink_sync_wake(&syncs[n], 1);
	if ((unsigned)n == sync_count - 1)
		sync_count--;
	sleep_ns(100000);
}

static long
pulse_take(void)
{
	return skink_msg_send_pulse(coid, -1, 1, 0);
}

static void
pulse_give(long n)
{
	struct _pulse p;

	(void)n;
	(void)skink_msg_receive(chid, &p, sizeof(p), NULL);
}

static struct skink_event events[MOST];
static unsigned event_count;

static long
event_take(void)
{
	struct skink_event *ev = &events[event_count];
	long error;

	*ev = (struct skink_event){.notify = SKINK_EV_PULSE, .target = coid, .priority = 5};
	error = skink_msg_register_event(coid, ev);
	return error < 0 ? error : (long)event_count++;
}

static void
event_give(long n)
{
	(void)skink_notice_free(SKINK_POOL_EVENT, events[n].target);
	event_count = (unsigned)n;
}

#define MEMORY_STEP (64 << 10)

static long
memory_take(void)
{
	void *p =
	    mmap(NULL, MEMORY_STEP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -errno : (long)(uintptr_t)p;
}

static void
memory_give(long what)
{
	(void)munmap((void *)(uintptr_t)what, MEMORY_STEP);
}

static long
descriptor_take(void)
{
	int fd = open("/dev/null", O_RDWR);

	return fd < 0 ? -errno : fd;
}

static void
descriptor_give(long fd)
{
	(void)close((int)fd);
}

/* Descriptors far apart, each in a piece of the table of its own. */
static long
scattered_take(void)
{
	int fd = -1;

	for (int low = 0; low < SKINK_COIDS; low += SKINK_COIDS_PIECE) {
		errno = EMFILE;
		if (fcntl(low, F_GETFD) >= 0)
			continue;
		fd = fcntl(STDOUT_FILENO, F_DUPFD, low);
		break;
	}
	return fd < 0 ? -errno : fd;
}

static long
process_take(void)
{
	char *argv[] = {(char *)self, "sit", NULL};
	pid_t pid;
	int error = posix_spawnp(&pid, self, NULL, NULL, argv, environ);

	return error != 0 ? -error : pid;
}

static void
process_give(long pid)
{
	int status;

	(void)kill((pid_t)pid, SIGKILL);
	(void)waitpid((pid_t)pid, &status, 0);
}

static const struct resource resources[] = {
    {"threads", thread_take, thread_give, EAGAIN},
    {"channels", channel_take, channel_give, EAGAIN},
    {"connections", connection_take, connection_give, EMFILE},
    {"timers", timer_take, timer_give, EAGAIN},
    {"syncs", sync_take, sync_give, ENOMEM},
    {"pulses", pulse_take, pulse_give, EAGAIN},
    {"events", event_take, event_give, EAGAIN},
    {"memory", memory_take, memory_give, ENOMEM},
    {"descriptors", descriptor_take, descriptor_give, EMFILE},
    {"scattered", scattered_take, descriptor_give, EMFILE},
    {"processes", process_take, process_give, EAGAIN},
};

/* ---- the other process: opens, allocates, makes a thread, again and again ---- */

static void *
nothing(void *arg)
{
	return arg;
}

static void
other(volatile uint64_t *rounds)
{
	for (;;) {
		pthread_t thread;
		int fd = open("/dev/null", O_RDWR);
		void *p = malloc(10000);

		if (fd >= 0 && p != NULL && pthread_create(&thread, NULL, nothing, NULL) == 0 &&
		    pthread_join(thread, NULL) == 0)
			++*rounds;
		free(p);
		close(fd);
		sleep_ns(1000000);
	}
}

static volatile uint64_t *
shared_open(void)
{
	int fd = shm_open(SHARED_NAME, O_CREAT | O_RDWR, 0600);
	void *p;

	if (fd < 0 || ftruncate(fd, 4096) < 0 ||
	    (p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) == MAP_FAILED) {
		perror("t-exhaust: shared memory");
		exit(2);
	}
	close(fd);
	return p;
}

/* ---- one run ---- */

static unsigned
take_all(const struct resource *r, int *error)
{
	unsigned n = 0;

	*error = 0;
	while (n < MOST) {
		long what = r->take();

		if (what < 0) {
			*error = (int)-what;
			break;
		}
		taken[n++] = what;
	}
	return n;
}

static int
exhaust(const struct resource *r, volatile uint64_t *rounds)
{
	unsigned first, again = 0;
	uint64_t before, during;
	int error;

	first = take_all(r, &error);
	before = *rounds;
	sleep_ns(30000000);
	during = *rounds - before;
	for (unsigned i = first; i-- > 0;)
		r->give(taken[i]);
	sleep_ns(5000000);
	for (unsigned i = 0; i < first; i++) {
		taken[i] = r->take();
		if (taken[i] < 0)
			break;
		again++;
	}
	for (unsigned i = again; i-- > 0;)
		r->give(taken[i]);
	printf("%s got %u error %s again %u other %llu\n", r->name, first, strerror(error), again,
	    (unsigned long long)during);
	return first > 0 && first < MOST && error == r->error && again == first && during > 5 ? 0
											      : 1;
}

static const struct resource *
find(const char *name)
{
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++)
		if (strcmp(name, resources[i].name) == 0)
			return &resources[i];
	fprintf(stderr, "t-exhaust: no resource %s\n", name);
	exit(2);
}

static void
make_channel(void)
{
	chid = (int)skink_channel_create(0, 0);
	coid = (int)skink_connect_attach(chid, SKINK_SIDE_CHANNEL, 0);
}

static _Noreturn void
sit(void)
{
	for (;;)
		sleep_ns(1000000000ull);
}

int
main(int argc, char **argv)
{
	char *other_argv[] = {argv[0], "other", NULL};
	volatile uint64_t *rounds;
	int status, bad;
	pid_t pid;

	self = argv[0];
	if (argc == 2 && strcmp(argv[1], "sit") == 0)
		sit();
	if (argc == 3 && strcmp(argv[1], "keep") == 0) {
		make_channel();
		printf("%s kept %u\n", argv[2], take_all(find(argv[2]), &status));
		fflush(stdout);
		sit();
	}
	if (argc != 2) {
		fprintf(stderr, "usage: t-exhaust RESOURCE\n");
		return 2;
	}
	rounds = shared_open();
	if (strcmp(argv[1], "other") == 0)
		other(rounds);
	*rounds = 0;
	if (posix_spawnp(&pid, self, NULL, NULL, other_argv, environ) != 0) {
		perror("t-exhaust: spawn");
		return 2;
	}
	make_channel();
	while (*rounds < 3)
		sleep_ns(1000000);
	bad = exhaust(find(argv[1]), rounds);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	(void)shm_unlink(SHARED_NAME);
	return bad;
}
