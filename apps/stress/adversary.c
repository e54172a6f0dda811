/* SPDX-License-Identifier: Apache-2.0 */
/*
 * adversary.c - loads that ask for as much as they may at once, so that whatever in the nucleus
 * takes time by its input takes the most. All are a plain process's, at a low priority: they
 * ask for nothing that they may not have. What is refused for want of a quota is made smaller.
 */
#include "stress.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/neutrino.h>
#include <sys/wait.h>
#include <unistd.h>

#define PART_BYTES  (1 << 20) /* 64 parts of it are a message of 64 MiB */
#define UNMAP_BYTES (32 << 20)
#define ZERO_BYTES  (16 << 20)
#define SHORT_NS    2000000ll /* until all of a crowd wait */
#define PATIENCE_NS 5000000000ull /* with a victim that should be ready */
#define CHAIN_MAX   250
#define TIMERS_MAX  1000

extern char **environ;

static int
start_thread(void *(*function)(void *), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	errno = pthread_create(&thread, &attr, function, arg);
	pthread_attr_destroy(&attr);
	return errno == 0 ? 0 : stress_fail("thread");
}

/* ---- messages that are long, or of many parts ---- */

static iov_t sent[SKINK_IOV_MAX], taken[SKINK_IOV_MAX];
static int message_chid;

static void *
take_messages(void *unused)
{
	(void)unused;
	for (;;) {
		rcvid_t rcvid = MsgReceivev(message_chid, taken, SKINK_IOV_MAX, NULL);

		if (rcvid > 0)
			MsgReplyv(rcvid, 0, taken, SKINK_IOV_MAX);
	}
	return NULL;
}

static int
send_messages(int64_t end_ns)
{
	int coid;

	message_chid = ChannelCreate(0);
	coid = ConnectAttach(0, 0, message_chid, _NTO_SIDE_CHANNEL, 0);
	if (coid < 0)
		return stress_fail("connect");
	if (start_thread(take_messages, NULL) != 0)
		return 1;
	while (stress_now() < end_ns) {
		if (MsgSendv(coid, sent, SKINK_IOV_MAX, sent, SKINK_IOV_MAX) < 0)
			return stress_fail("send");
	}
	return 0;
}

int
stress_messages(int64_t end_ns)
{
	char *from = malloc(PART_BYTES), *into = malloc(PART_BYTES);

	if (from == NULL || into == NULL) {
		free(from);
		free(into);
		return stress_fail("memory");
	}
	for (int i = 0; i < SKINK_IOV_MAX; i++) {
		SETIOV(&sent[i], from, PART_BYTES);
		SETIOV(&taken[i], into, PART_BYTES);
	}
	return send_messages(end_ns);
}

/* Parts of either side end at other places, over pages in an order that no cache likes. */
int
stress_parts(int64_t end_ns)
{
	char *from = malloc(PART_BYTES), *into = malloc(PART_BYTES);

	if (from == NULL || into == NULL) {
		free(from);
		free(into);
		return stress_fail("memory");
	}
	for (int i = 0; i < SKINK_IOV_MAX; i++) {
		SETIOV(&sent[i], from + i * 37 % SKINK_IOV_MAX * 8191, 1 + i * 5 % 61);
		SETIOV(&taken[i], into + i * 29 % SKINK_IOV_MAX * 8191, 1 + i * 7 % 61);
	}
	return send_messages(end_ns);
}

/* ---- ends ---- */

static int
kill_one(int chid)
{
	char number[16];
	char *argv[] = {"stress", "--victim", number, NULL};
	uint64_t patience_ns = PATIENCE_NS;
	posix_spawnattr_t attr;
	rcvid_t rcvid;
	pid_t pid;

	snprintf(number, sizeof(number), "%d", chid);
	posix_spawnattr_init(&attr);
	attr.share_percent = 90;
	errno = posix_spawnp(&pid, "stress", NULL, &attr, argv, environ);
	if (errno != 0)
		return stress_fail("spawn");
	TimerTimeout(CLOCK_MONOTONIC, _NTO_TIMEOUT_RECEIVE, NULL, &patience_ns, NULL);
	rcvid = MsgReceive(chid, NULL, 0, NULL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return rcvid > 0 ? 0 : stress_fail("receive");
}

int
stress_killing(int64_t end_ns)
{
	int chid = ChannelCreate(0);
	int status = 0;

	if (chid < 0 || skink_channel_grant(chid, -1) < 0)
		return stress_fail("channel");
	while (status == 0 && stress_now() < end_ns)
		status = kill_one(chid);
	return status;
}

static _Atomic int crowd_coid = -1;

static void
send_to_crowd_coid(long number)
{
	(void)number;
	for (;;) {
		if (skink_msg_send(crowd_coid, NULL, 0, NULL, 0) < 0)
			skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, SHORT_NS / 2);
	}
}

int
stress_destroying(int64_t end_ns)
{
	crowd_start(crowd_room(CROWD_MAX), send_to_crowd_coid);
	while (stress_now() < end_ns) {
		int chid = ChannelCreate(0);
		int coid = ConnectAttach(0, 0, chid, _NTO_SIDE_CHANNEL, 0);

		if (coid < 0)
			return stress_fail("connect");
		atomic_store(&crowd_coid, coid);
		stress_sleep(2 * SHORT_NS);
		ChannelDestroy(chid);
		ConnectDetach(coid);
	}
	return 0;
}

/* ---- memory ---- */

int
stress_unmapping(int64_t end_ns)
{
	int fd = shm_open("/stress", O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, UNMAP_BYTES) < 0)
		return stress_fail("memory object");
	shm_unlink("/stress");
	while (stress_now() < end_ns) {
		void *p = mmap(NULL, UNMAP_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

		if (p == MAP_FAILED)
			return stress_fail("mmap");
		munmap(p, UNMAP_BYTES);
	}
	close(fd);
	return 0;
}

int
stress_zeroing(int64_t end_ns)
{
	while (stress_now() < end_ns) {
		void *p =
		    mmap(NULL, ZERO_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);

		if (p == MAP_FAILED)
			return stress_fail("mmap");
		munmap(p, ZERO_BYTES);
	}
	return 0;
}

/* ---- many at once ---- */

static void *
take_pulses(void *arg)
{
	struct _pulse pulse;

	for (;;)
		MsgReceive(*(int *)arg, &pulse, sizeof(pulse), NULL);
	return NULL;
}

int
stress_timers(int64_t end_ns)
{
	static timer_t timers[TIMERS_MAX];
	static int chid;
	struct sigevent event = {.sigev_notify = SIGEV_PULSE, .sigev_priority = -1};
	int count;

	chid = ChannelCreate(0);
	event.sigev_coid = ConnectAttach(0, 0, chid, _NTO_SIDE_CHANNEL, 0);
	if (event.sigev_coid < 0)
		return stress_fail("connect");
	if (start_thread(take_pulses, &chid) != 0)
		return 1;
	for (count = 0; count < TIMERS_MAX; count++) {
		long id = (long)(int)TimerCreate(CLOCK_MONOTONIC, &event);

		if (id < 0)
			break;
		timers[count] = (timer_t)id;
	}
	while (stress_now() < end_ns) {
		struct _itimer due = {.nsec = (uint64_t)(stress_now() + 2 * SHORT_NS)};

		for (int i = 0; i < count; i++)
			TimerSettime(timers[i], TIMER_ABSTIME, &due, NULL);
		stress_sleep(3 * SHORT_NS);
	}
	return count == 0 ? stress_fail("timers") : 0;
}

static struct skink_sync gate;

static void
wait_at_gate(long number)
{
	(void)number;
	for (;;)
		skink_sync_wait(&gate, 0, SKINK_STATE_CONDVAR, 0);
}

int
stress_broadcasts(int64_t end_ns)
{
	long count = crowd_start(crowd_room(CROWD_MAX), wait_at_gate);

	while (stress_now() < end_ns) {
		stress_sleep(SHORT_NS);
		skink_sync_wake(&gate, (uint32_t)count);
	}
	return 0;
}

/* ---- a chain: each server asks the next one, the last never answers ---- */

static int chain_chids[CHAIN_MAX], chain_coids[CHAIN_MAX];
static int chain_length;

static void
serve_link(long number)
{
	char data[8];

	/* Nobody is answered: the chain stays until the process ends. */
	skink_msg_receive(chain_chids[number], data, sizeof(data), NULL);
	if (number + 1 < chain_length)
		skink_msg_send(chain_coids[number + 1], data, sizeof(data), NULL, 0);
	for (;;)
		skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, 1000000000000ull);
}

static void *
start_chain(void *tid)
{
	atomic_store((atomic_long *)tid, skink_thread_self());
	MsgSend(chain_coids[0], "", 1, NULL, 0);
	return NULL;
}

int
stress_chains(int64_t end_ns)
{
	static atomic_long tid;
	struct sched_param param;
	int priority, policy;
	long room = crowd_room(CHAIN_MAX);

	errno = EAGAIN;
	for (chain_length = 0; chain_length < room; chain_length++) {
		int chid = ChannelCreate(0);

		chain_chids[chain_length] = chid;
		chain_coids[chain_length] = ConnectAttach(0, 0, chid, _NTO_SIDE_CHANNEL, 0);
		if (chid < 0 || chain_coids[chain_length] < 0)
			break;
	}
	if (chain_length == 0)
		return stress_fail("channels");
	crowd_start(chain_length, serve_link);
	stress_sleep(SHORT_NS);
	if (start_thread(start_chain, &tid) != 0)
		return 1;
	stress_sleep(SHORT_NS);
	policy = SchedGet(0, 0, &param);
	priority = param.sched_priority;
	for (int up = 1; stress_now() < end_ns; up = !up) {
		param.sched_priority = priority + up;
		if (SchedSet(0, (int)atomic_load(&tid), policy, &param) < 0)
			return stress_fail("priority");
	}
	return 0;
}

/* ---- the console ---- */

int
stress_console(int64_t end_ns)
{
	char line[80];

	memset(line, '#', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	while (stress_now() < end_ns) {
		if (write(STDOUT_FILENO, line, sizeof(line)) < 0)
			return stress_fail("write");
	}
	return 0;
}
