/* SPDX-License-Identifier: Apache-2.0 */
/* t-deaths.c - what is left when one of two parties dies, and when the other learns of it. Owns
 * its processes: a server of low priority, clients of high priority, and a spinner between the
 * two, which counts as long as it has the hart. An outcome that comes after the spinner ran came
 * too late.
 *
 * Prints a line a case: NAME result spins; exit status 0: all as documented, and in time.
 *
 *   t-deaths                  the cases where the server is a plain process
 *   t-deaths service PATH...  those where it is a service, `t-deaths durable PATH`, whose
 *                             manifest says what becomes of it: given up, started cold, or
 *                             started again
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skink/access.h>
#include <skink/calls.h>
#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#define SHARED_NAME "/t-deaths"
enum { SERVER = 11, SPINNER = 12, CLIENT = 13, KILLER = 14 };

struct shared {
	volatile int32_t chid, pid; /* the server's */
	volatile uint64_t spins;
	volatile uint64_t spins_at_death;
	volatile int32_t received; /* messages that the server has taken */
	volatile int32_t disconnects;
	volatile int32_t reply_result; /* what msg_reply to a dead client said */
	volatile int32_t go;
	volatile int32_t waiting; /* of a client: it is about to send */
	volatile int32_t result; /* of its send */
	volatile uint64_t result_spins;
	volatile int32_t
	    results[2]; /* of the clients of a service: the one it serves, the one in SEND */
	volatile uint64_t results_spins[2];
	volatile int32_t again; /* messages that came to a service once more */
};

extern char **environ;
static struct shared *shared;
static const char *self;

static void
sleep_ms(unsigned ms)
{
	(void)skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, ms * 1000000ull);
}

static void
priority_set(int priority)
{
	struct skink_sched s = {.policy = SKINK_SCHED_FIFO, .priority = priority};

	if (skink_sched_set(0, &s) < 0) {
		fprintf(stderr, "t-deaths: priority %d\n", priority);
		_exit(2);
	}
}

static void
shared_open(void)
{
	int fd = shm_open(SHARED_NAME, O_CREAT | O_RDWR, 0600);

	if (fd < 0 || ftruncate(fd, sizeof(*shared)) < 0 ||
	    (shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) ==
		MAP_FAILED) {
		perror("t-deaths: shared memory");
		_exit(2);
	}
	close(fd);
}

/* ---- the roles of the children ---- */

/* Takes messages and holds them; does what `go` says. */
static void
server(const char *how)
{
	long held[8] = {0};
	char text[64];

	shared->chid = (int32_t)skink_channel_create(SKINK_CHF_DISCONNECT, 0);
	(void)skink_channel_grant(shared->chid, -1);
	shared->pid = getpid();
	priority_set(SERVER);
	for (;;) {
		long rcvid = skink_msg_receive(shared->chid, text, sizeof(text), NULL);

		if (rcvid == 0) {
			shared->disconnects++;
			if (shared->received > 0)
				shared->reply_result =
				    (int32_t)skink_msg_reply(held[0], 0, NULL, 0);
			continue;
		}
		if (rcvid < 0)
			continue;
		held[shared->received++ % 8] = rcvid;
		if (strcmp(how, "hold") == 0)
			continue;
		/* The rest die in the client's service, of their own. */
		sleep_ms(5);
		shared->spins_at_death = shared->spins;
		if (strcmp(how, "exit") == 0)
			_exit(3);
		if (strcmp(how, "fault") == 0)
			*(volatile int *)8 = 1;
		for (;;)
			sleep_ms(1000);
	}
}

static void
spinner(void)
{
	priority_set(SPINNER);
	for (;;)
		shared->spins++;
}

static int
connect_to_server(void)
{
	while (shared->chid == 0 || shared->pid == 0)
		sleep_ms(1);
	return (int)skink_connect_to(shared->pid, shared->chid, SKINK_SIDE_CHANNEL, 0);
}

/* Sends once and writes down what came of it. */
static void
client(void)
{
	char text[16] = {0};
	int coid;

	priority_set(CLIENT);
	coid = connect_to_server();
	shared->waiting++;
	shared->result = (int32_t)skink_msg_send(coid, text, sizeof(text), text, sizeof(text));
	shared->result_spins = shared->spins;
	_exit(0);
}

/* ---- a service and its clients ---- */

static long
ask(void *request, size_t size, int type, void *reply, size_t reply_size)
{
	struct proc_header *head = request;

	head->type = (uint16_t)type;
	head->version = PROC_VERSION;
	return skink_msg_send(SKINK_PROCMGR_COID, request, (long)size, reply, (long)reply_size);
}

/* Dies of a fault in the middle of each message that it has not seen before, a while after it
 * came; answers those that come again, and those that ask for it. */
static void
durable(const char *path)
{
	struct {
		struct proc_path m;
		char path[64];
	} r = {.m = {.length = (uint32_t)strlen(path)}};
	long chid = skink_channel_create(SKINK_CHF_DURABLE, 0);

	r.m.chid = (int32_t)(chid & 0x7fffffff);
	strcpy(r.path, path);
	if (chid < 0 || ask(&r, sizeof(r.m) + r.m.length, PROC_PATH_ATTACH, NULL, 0) < 0)
		_exit(2);
	for (;;) {
		struct _msg_info info;
		char text[16] = {0};
		long rcvid = skink_msg_receive(r.m.chid, text, sizeof(text), &info);

		if (rcvid <= 0)
			continue;
		shared->received++;
		shared->again += (info.flags & SKINK_MI_REDELIVERED) != 0;
		if (text[0] == 'd' && (info.flags & SKINK_MI_REDELIVERED) == 0) {
			sleep_ms(30);
			shared->spins_at_death = shared->spins;
			*(volatile int *)8 = 1;
		}
		(void)skink_msg_reply(rcvid, 0, text, sizeof(text));
	}
}

static int
connect_to_path(const char *path)
{
	struct {
		struct proc_resolve m;
		char path[64];
	} r = {.m = {.length = (uint32_t)strlen(path), .index = 3}};
	struct proc_resolve_reply reply;

	strcpy(r.path, path);
	if (ask(&r, sizeof(r.m) + r.m.length, PROC_RESOLVE, &reply, sizeof(reply)) < 0)
		_exit(2);
	return reply.coid;
}

/* Client 0 asks the service to die, client 1 waits behind it. */
static void
durable_client(const char *path, int number)
{
	char text[16] = {number == 0 ? 'd' : 's'};
	int coid = connect_to_path(path);

	priority_set(CLIENT);
	shared->waiting++;
	shared->results[number] =
	    (int32_t)skink_msg_send(coid, text, sizeof(text), text, sizeof(text));
	shared->results_spins[number] = shared->spins;
	_exit(0);
}

/* ---- the cases ---- */

static pid_t
child(const char *role, const char *how)
{
	char *argv[] = {(char *)self, (char *)role, (char *)how, NULL};
	pid_t pid;

	if (posix_spawnp(&pid, self, NULL, NULL, argv, environ) != 0) {
		perror("t-deaths: spawn");
		exit(2);
	}
	return pid;
}

static void
end(pid_t pid)
{
	int status;

	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
}

static int
judge(const char *name, int good, long result, uint64_t spins)
{
	printf("%-28s %s result %ld spins %llu\n", name, good && spins == 0 ? "ok" : "BAD", result,
	    (unsigned long long)spins);
	return good && spins == 0 ? 0 : 1;
}

/* The server dies of its own while it serves a client, in REPLY. */
static int
server_dies(const char *how)
{
	char name[40];
	pid_t s, spin, c;

	memset(shared, 0, sizeof(*shared));
	s = child("server", how);
	c = child("client", "");
	while (shared->received == 0)
		sleep_ms(1);
	spin = child("spinner", "");
	sleep_ms(50);
	end(spin);
	end(s);
	end(c);
	snprintf(name, sizeof(name), "server-%s-client-reply", how);
	return judge(name, shared->result == -SK_ESRCH, shared->result,
	    shared->result_spins - shared->spins_at_death);
}

/* The server is killed while one client is in REPLY and one in SEND: `second` tells which is
 * looked at. */
static int
server_killed(int in_send)
{
	pid_t s, spin, c1, c2;

	memset(shared, 0, sizeof(*shared));
	s = child("server", in_send ? "sit" : "hold");
	c1 = child("client", "");
	while (shared->received == 0)
		sleep_ms(1);
	c2 = in_send ? child("client", "") : c1;
	while (shared->waiting < (in_send ? 2 : 1))
		sleep_ms(1);
	sleep_ms(10);
	spin = child("spinner", "");
	sleep_ms(10);
	shared->spins_at_death = shared->spins;
	(void)kill(s, SIGKILL);
	while (shared->result == 0 && shared->spins - shared->spins_at_death < 100000)
		sleep_ms(1);
	end(spin);
	end(s);
	end(c1);
	if (in_send)
		end(c2);
	return judge(in_send ? "server-killed-client-send" : "server-killed-client-reply",
	    shared->result == -SK_ESRCH, shared->result,
	    shared->result_spins - shared->spins_at_death);
}

/* The client dies in REPLY: the server learns by a pulse, and its reply finds nobody. */
static int
client_dies_in_reply(void)
{
	pid_t s, c;

	memset(shared, 0, sizeof(*shared));
	s = child("server", "hold");
	c = child("client", "");
	while (shared->received == 0)
		sleep_ms(1);
	end(c);
	for (int i = 0; i < 100 && shared->disconnects == 0; i++)
		sleep_ms(1);
	end(s);
	return judge("client-dies-reply",
	    shared->disconnects == 1 && shared->reply_result == -SK_ESRCH, shared->reply_result, 0);
}

/* The client dies in SEND: its message is never received. */
static int
client_dies_in_send(void)
{
	pid_t s, c1, c2;
	int before;

	memset(shared, 0, sizeof(*shared));
	s = child("server", "sit");
	c1 = child("client", "");
	while (shared->received == 0)
		sleep_ms(1);
	c2 = child("client", "");
	while (shared->waiting < 2)
		sleep_ms(1);
	sleep_ms(5);
	before = shared->received;
	end(c2);
	end(c1);
	end(s);
	return judge("client-dies-send", before == 1 && shared->received == 1, shared->received, 0);
}

/* A server dies in RECEIVE with nobody waiting: its connections are dead for the next send. */
static int
server_dies_in_receive(void)
{
	char text[8] = {0};
	pid_t s;
	long result;
	int coid;

	memset(shared, 0, sizeof(*shared));
	s = child("server", "hold");
	coid = connect_to_server();
	sleep_ms(5);
	end(s);
	result = skink_msg_send(coid, text, sizeof(text), text, sizeof(text));
	(void)skink_connect_detach(coid);
	return judge("server-dies-receive", result == -SK_ESRCH, result, 0);
}

/* What becomes of a service's clients when it dies with one in REPLY and one in SEND. A service
 * that is to answer in its next life needs the hart for that: no spinner then. */
static int
service_dies(const char *path)
{
	int given_up = strstr(path, "never") != NULL, cold = strstr(path, "cold") != NULL;
	int expected = given_up ? -SK_ESRCH : cold ? -SK_ESTALE : 0, bad = 0;
	pid_t spin = 0, c[2];
	char name[64];

	memset(shared, 0, sizeof(*shared));
	shared->results[0] = shared->results[1] = 1;
	c[0] = child("client0", path);
	while (shared->received == 0)
		sleep_ms(1);
	c[1] = child("client1", path);
	while (shared->waiting < 2)
		sleep_ms(1);
	if (expected != 0)
		spin = child("spinner", "");
	sleep_ms(200);
	if (spin != 0)
		end(spin);
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s-client-%s", path, i == 0 ? "reply" : "send");
		bad |= judge(name, shared->results[i] == expected, shared->results[i],
		    expected != 0 ? shared->results_spins[i] - shared->spins_at_death : 0);
		end(c[i]);
	}
	if (expected == 0)
		bad |= judge("message-comes-again-once", shared->again == 1, shared->again, 0);
	return bad;
}

int
main(int argc, char **argv)
{
	int bad = 0;

	self = argv[0];
	shared_open();
	if (argc >= 2 && strcmp(argv[1], "server") == 0)
		server(argc > 2 ? argv[2] : "hold");
	if (argc >= 2 && strcmp(argv[1], "spinner") == 0)
		spinner();
	if (argc >= 2 && strcmp(argv[1], "client") == 0)
		client();
	if (argc == 3 && strcmp(argv[1], "durable") == 0)
		durable(argv[2]);
	if (argc == 3 && strncmp(argv[1], "client", 6) == 0)
		durable_client(argv[2], argv[1][6] - '0');
	priority_set(KILLER);
	if (argc > 2 && strcmp(argv[1], "service") == 0) {
		for (int i = 2; i < argc; i++)
			bad |= service_dies(argv[i]);
		return bad;
	}
	bad |= server_dies("exit");
	bad |= server_dies("fault");
	bad |= server_killed(0);
	bad |= server_killed(1);
	bad |= client_dies_in_reply();
	bad |= client_dies_in_send();
	bad |= server_dies_in_receive();
	(void)shm_unlink(SHARED_NAME);
	return bad;
}
