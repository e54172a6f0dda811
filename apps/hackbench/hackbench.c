/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hackbench.c - a load of senders and receivers, after the program of that name: groups in which
 * every sender sends to every receiver, over pipes, or by messages (-M). A group's receivers are
 * threads of this process, its senders threads of a process of its own.
 */
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/neutrino.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../utils/cmd.h"

static const char usage[] =
    "usage: hackbench [-M] [-g GROUPS] [-f TASKS] [-l LOOPS] [-s BYTES] [-t SECONDS]\n"
    "In each group (-g, 2) so many senders (-f, 4) send each of as many receivers LOOPS times\n"
    "(-l, 100) BYTES (-s, 100), over pipes; -M: by messages. -t: it takes so long instead of "
    "LOOPS.\n"
    "Prints how long it took, in seconds.\n";

#define GROUPS_MAX 16
#define TASKS_MAX  16
#define BYTES_MAX  65536
#define NS_PER_S   1000000000ll

extern char **environ;

static struct {
	int messages;
	int groups;
	int tasks;
	long loops; /* 0: by time */
	long bytes;
	long seconds;
} options = {.groups = 2, .tasks = 4, .loops = 100, .bytes = 100};

struct receiver {
	pthread_t thread;
	int from; /* a pipe's end, or a channel */
	long bytes; /* all that came */
};

struct group {
	struct receiver receivers[TASKS_MAX];
	int to[TASKS_MAX]; /* what the senders' process gets: pipes' other ends, or channels */
	pid_t senders;
};
static struct group groups[GROUPS_MAX];

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static void __attribute__((noreturn)) leave(const char *what)
{
	cmd_error("%s", what);
	exit(1);
}

static void
start_thread(pthread_t *thread, void *(*function)(void *), void *arg)
{
	errno = pthread_create(thread, NULL, function, arg);
	if (errno != 0)
		leave("thread");
}

/* ---- senders: a process of its own, to[] on its command line ---- */

static int to[TASKS_MAX];
static int64_t end_ns;
static atomic_int send_error;

static int
send_one(int where, const void *data)
{
	if (options.messages)
		return MsgSend(where, data, (size_t)options.bytes, NULL, 0) < 0 ? errno : 0;
	return cmd_write(where, data, (size_t)options.bytes) ? 0 : errno;
}

static void *
send_all(void *unused)
{
	char *data = cmd_alloc((size_t)options.bytes);
	int error = 0;

	(void)unused;
	memset(data, 'x', (size_t)options.bytes);
	for (long n = 0; error == 0 && (options.loops == 0 || n < options.loops); n++) {
		for (int i = 0; i < options.tasks && error == 0; i++)
			error = send_one(to[i], data);
		if (options.loops == 0 && now_ns() >= end_ns)
			break;
	}
	if (error != 0)
		atomic_store(&send_error, error);
	free(data);
	return NULL;
}

static int
run_senders(char **argv)
{
	pthread_t threads[TASKS_MAX];

	options.messages = atoi(argv[2]);
	options.tasks = atoi(argv[3]);
	options.loops = atol(argv[4]);
	options.bytes = atol(argv[5]);
	end_ns = now_ns() + atol(argv[6]) * NS_PER_S;
	for (int i = 0; i < options.tasks; i++) {
		to[i] = atoi(argv[7 + i]);
		if (options.messages) {
			to[i] = ConnectAttach(0, getppid(), to[i], _NTO_SIDE_CHANNEL, 0);
			if (to[i] < 0)
				leave("connect");
		}
	}
	for (int i = 0; i < options.tasks; i++)
		start_thread(&threads[i], send_all, NULL);
	for (int i = 0; i < options.tasks; i++)
		pthread_join(threads[i], NULL);
	errno = atomic_load(&send_error);
	if (errno != 0)
		cmd_error("send");
	return errno != 0;
}

/* ---- receivers ---- */

static void *
receive_messages(void *arg)
{
	struct receiver *r = arg;
	char *data = cmd_alloc((size_t)options.bytes);
	struct _msg_info info;
	rcvid_t rcvid;

	/* Until the channel is destroyed. */
	while ((rcvid = MsgReceive(r->from, data, (size_t)options.bytes, &info)) >= 0) {
		if (rcvid == 0)
			continue;
		r->bytes += (long)info.msglen;
		MsgReply(rcvid, 0, NULL, 0);
	}
	free(data);
	return NULL;
}

static void *
receive_pipe(void *arg)
{
	struct receiver *r = arg;
	char *data = cmd_alloc((size_t)options.bytes);
	ssize_t n;

	while ((n = read(r->from, data, (size_t)options.bytes)) > 0)
		r->bytes += n;
	free(data);
	return NULL;
}

static void
open_receiver(struct group *g, int i)
{
	int ends[2];

	if (options.messages) {
		g->receivers[i].from = g->to[i] = ChannelCreate(0);
		if (g->to[i] < 0)
			leave("channel");
		errno = (int)-skink_channel_grant(g->to[i], -1);
		if (errno != 0)
			leave("grant");
		return;
	}
	if (pipe(ends) < 0)
		leave("pipe");
	g->receivers[i].from = ends[0];
	g->to[i] = ends[1];
}

static void
start_senders(struct group *g)
{
	char words[5 + TASKS_MAX][24];
	char *argv[3 + 5 + TASKS_MAX] = {"hackbench", "--send"};
	long values[] = {
	    options.messages, options.tasks, options.loops, options.bytes, options.seconds};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int n;

	for (n = 0; n < 5 + options.tasks; n++) {
		snprintf(words[n], sizeof(words[n]), "%ld", n < 5 ? values[n] : g->to[n - 5]);
		argv[2 + n] = words[n];
	}
	argv[2 + n] = NULL;
	posix_spawn_file_actions_init(&actions);
	/* The reading ends stay here: a pipe whose readers are gone must not look alive. */
	for (int i = 0; i < options.tasks && !options.messages; i++)
		posix_spawn_file_actions_addclose(&actions, g->receivers[i].from);
	posix_spawnattr_init(&attr);
	/* Half of what is free for all groups that are still to come. */
	attr.share_percent = (unsigned)(50 / (&groups[options.groups] - g));
	errno = posix_spawnp(&g->senders, "hackbench", &actions, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (errno != 0)
		leave("spawn");
}

static void
start_group(struct group *g)
{
	for (int i = 0; i < options.tasks; i++)
		open_receiver(g, i);
	start_senders(g);
	for (int i = 0; i < options.tasks; i++) {
		struct receiver *r = &g->receivers[i];

		if (!options.messages)
			close(g->to[i]);
		start_thread(&r->thread, options.messages ? receive_messages : receive_pipe, r);
	}
}

/* 0: all that was sent has come. */
static int
end_group(struct group *g)
{
	long all = options.loops * options.tasks * options.bytes;
	int status, failed;

	waitpid(g->senders, &status, 0);
	failed = status != 0;
	for (int i = 0; i < options.tasks; i++) {
		struct receiver *r = &g->receivers[i];

		if (options.messages)
			ChannelDestroy(r->from);
		pthread_join(r->thread, NULL);
		if (!options.messages)
			close(r->from);
		if (options.loops != 0 && r->bytes != all && !failed) {
			cmd_warn("%ld bytes came, not %ld", r->bytes, all);
			failed = 1;
		}
	}
	return failed;
}

static void
parse_options(void)
{
	int c;

	while ((c = cmd_option("f:g:l:Ms:t:")) != 0) {
		if (c == 'f')
			options.tasks = (int)cmd_number(cmd_value(), 1, TASKS_MAX);
		else if (c == 'g')
			options.groups = (int)cmd_number(cmd_value(), 1, GROUPS_MAX);
		else if (c == 'l')
			options.loops = cmd_number(cmd_value(), 1, 1000000000);
		else if (c == 's')
			options.bytes = cmd_number(cmd_value(), 1, BYTES_MAX);
		else if (c == 't')
			options.seconds = cmd_number(cmd_value(), 1, 1000000);
		else
			options.messages = 1;
	}
	if (*cmd_operands() != NULL)
		cmd_usage();
	if (options.seconds != 0)
		options.loops = 0;
}

int
main(int argc, char **argv)
{
	int64_t start, took;
	int status = 0;

	if (argc > 7 && strcmp(argv[1], "--send") == 0) {
		cmd_start(1, argv, usage);
		return run_senders(argv);
	}
	cmd_start(argc, argv, usage);
	parse_options();
	printf("%d groups of %d senders and %d receivers, by %s of %ld bytes\n", options.groups,
	    options.tasks, options.tasks, options.messages ? "messages" : "pipes", options.bytes);
	fflush(stdout);
	start = now_ns();
	for (int i = 0; i < options.groups; i++)
		start_group(&groups[i]);
	for (int i = 0; i < options.groups; i++)
		status |= end_group(&groups[i]);
	took = now_ns() - start;
	printf("Time: %lld.%03lld\n", (long long)(took / NS_PER_S),
	    (long long)(took / 1000000 % 1000));
	return cmd_finish(status);
}
