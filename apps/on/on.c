/* SPDX-License-Identifier: Apache-2.0 */
/* on.c - runs a command in another way than the shell does: with a priority and policy, with
 * quotas that are its own, or detached. QNX's on has more options; -p and -d mean the same. */
#include <errno.h>
#include <sched.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define STATUS_USAGE   125
#define STATUS_NOT_RUN 126
#define STATUS_NO_FILE 127

struct options {
	bool detach;
	bool sched;
	int priority;
	int policy; /* 0: the caller's */
	unsigned share; /* percent; 0: at need */
};

static int
usage(FILE *to)
{
	fprintf(to,
	    "usage: on [-d] [-p PRIORITY[f|r|o]] [-q PERCENT] COMMAND [ARGUMENT]...\n"
	    "  -p  run it at this priority (1..254); f: FIFO, r or o: round robin\n"
	    "  -q  give it that much (1..100) of each quota that is free, at once; else it begins\n"
	    "      with little, and gets more when it needs it, but never more than a quarter\n"
	    "  -d  detach it: in a session of its own, without waiting for it\n"
	    "Exit status: the command's (128 + signal when one ended it); 125: a wrong option,\n"
	    "126: it could not be started, 127: there is no such command.\n");
	return to == stdout ? 0 : STATUS_USAGE;
}

static bool
read_priority(const char *text, struct options *o)
{
	char *end;
	long priority = strtol(text, &end, 10);

	o->sched = true;
	o->priority = (int)priority;
	if (end == text || priority < 1 || priority > 254)
		return false;
	if (*end == '\0')
		return true;
	o->policy = *end == 'f' ? SCHED_FIFO : *end == 'r' || *end == 'o' ? SCHED_RR : 0;
	return o->policy != 0 && end[1] == '\0';
}

static bool
read_share(const char *text, struct options *o)
{
	char *end;
	long share = strtol(text, &end, 10);

	o->share = (unsigned)share;
	return end != text && *end == '\0' && share >= 1 && share <= 100;
}

static bool
read_options(int argc, char **argv, struct options *o)
{
	int option;

	while ((option = getopt(argc, argv, "+dp:q:")) != -1) {
		if (option == 'd')
			o->detach = true;
		else if (option == 'q' && read_share(optarg, o))
			continue;
		else if (option != 'p' || !read_priority(optarg, o))
			return false;
	}
	return optind < argc;
}

static int
start(const struct options *o, char **argv, pid_t *pid)
{
	struct sched_param param = {.sched_priority = o->priority};
	posix_spawnattr_t attr;
	short flags = 0;
	int error;

	posix_spawnattr_init(&attr);
	attr.share_percent = o->share;
	if (o->detach)
		flags |= POSIX_SPAWN_SETSID;
	if (o->sched) {
		flags |= POSIX_SPAWN_SETSCHEDPARAM;
		posix_spawnattr_setschedparam(&attr, &param);
	}
	if (o->policy != 0) {
		flags |= POSIX_SPAWN_SETSCHEDULER;
		posix_spawnattr_setschedpolicy(&attr, o->policy);
	}
	posix_spawnattr_setflags(&attr, flags);
	error = posix_spawnp(pid, argv[0], NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	return error;
}

int
main(int argc, char **argv)
{
	struct options o = {.detach = false};
	int status;
	int error;
	pid_t pid;

	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	if (!read_options(argc, argv, &o))
		return usage(stderr);
	error = start(&o, argv + optind, &pid);
	if (error != 0) {
		fprintf(stderr, "on: %s: %s\n", argv[optind], strerror(error));
		return error == ENOENT ? STATUS_NO_FILE : STATUS_NOT_RUN;
	}
	if (o.detach)
		return 0;
	if (waitpid(pid, &status, 0) < 0) {
		perror("on: wait");
		return STATUS_NOT_RUN;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
