/* SPDX-License-Identifier: Apache-2.0 */
/* inject.c - makes a process die or hang, on purpose. procmgr does it; this finds the process,
 * chooses when and how, and says what it did. Needs the INJECT ability. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../pidin/procinfo.h"

#define COMES_BACK_NS 5000000000ull
#define POLL_NS       1000000ull

/* X(name, how) */
#define KINDS(X) \
	X("kill", PROC_INJECT_KILL) \
	X("wild-store", PROC_INJECT_STORE) \
	X("wild-jump", PROC_INJECT_JUMP) \
	X("hang", PROC_INJECT_HANG)

static const struct kind {
	const char *name;
	uint32_t how;
} kinds[] = {
#define KIND(name, how) {name, how},
    KINDS(KIND)
#undef KIND
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

struct options {
	const char *verb;
	const char *target;
	const struct kind *kind; /* NULL: a random one each time */
	uint64_t after_ns;
	uint64_t every_ns;
	unsigned long repeat;
	uint64_t seed;
	bool quiet;
};

static int
usage(FILE *to)
{
	fprintf(to,
	    "usage: inject kill|fault|hang|jump|random [OPTION]... NAME|PID\n"
	    "Makes a process die or hang.\n"
	    "  kill    by SIGKILL\n"
	    "  fault   by a wild store; --kind wild-jump: by a wild jump\n"
	    "  jump    the same as fault --kind wild-jump\n"
	    "  hang    its thread loops for ever\n"
	    "  random  by one of kill, wild-store, wild-jump and hang, drawn from the seed\n"
	    "  -k, --kind KIND   kill, wild-store, wild-jump or hang\n"
	    "  -a, --after US    wait so many microseconds first; with random: up to so many\n"
	    "  -n, --repeat N    N times, waiting for the process to come back\n"
	    "  -e, --every US    so many microseconds between two\n"
	    "  -s, --seed N      of what is drawn (1)\n"
	    "  -q, --quiet       say nothing\n"
	    "Exit status: 0: done as often as asked; 1: not; 2: a wrong option.\n");
	return to == stdout ? 0 : 2;
}

static uint64_t random_state;

static uint64_t
draw(uint64_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return below == 0 ? 0 : (random_state >> 11) % below;
}

static const struct kind *
find_kind(const char *name)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	}
	return NULL;
}

static void
pause_for(uint64_t ns)
{
	struct timespec t = {
	    .tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)};

	if (ns != 0)
		nanosleep(&t, NULL);
}

/* The process of that name, other than `not`, the one that was hit last; 0: none comes. */
static int
await_process(const char *target, int not )
{
	for (uint64_t waited_ns = 0; waited_ns <= COMES_BACK_NS; waited_ns += POLL_NS) {
		int pids[2];
		int found = procinfo_find(target, pids, 2);

		for (int i = 0; i < found; i++) {
			if (pids[i] != not )
				return pids[i];
		}
		if (not == 0)
			return 0;
		pause_for(POLL_NS);
	}
	return 0;
}

static int
inject_once(const struct options *o, int last_pid)
{
	const struct kind *kind = o->kind != NULL ? o->kind : &kinds[draw(KIND_COUNT)];
	int pid = await_process(o->target, last_pid);
	long error;

	if (pid == 0) {
		fprintf(stderr, "inject: no process is %s%s\n", o->target,
		    last_pid == 0 ? "" : " again");
		return 0;
	}
	pause_for(o->kind != NULL ? o->after_ns : draw(o->after_ns + 1));
	error = procinfo_inject(pid, kind->how);
	if (error < 0) {
		fprintf(stderr, "inject: %s[%d]: %s\n", o->target, pid, strerror((int)-error));
		return 0;
	}
	if (!o->quiet)
		printf("inject: %s %s[%d]\n", kind->name, o->target, pid);
	return pid;
}

static uint64_t
in_ns(const char *microseconds)
{
	return strtoull(microseconds, NULL, 0) * 1000;
}

static bool
read_verb(struct options *o, const char *kind)
{
	static const struct {
		const char *verb, *kind;
	} verbs[] = {
	    {"kill", "kill"}, {"fault", "wild-store"}, {"jump", "wild-jump"}, {"hang", "hang"}};

	if (strcmp(o->verb, "random") == 0)
		return kind == NULL;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].verb, o->verb) == 0)
			o->kind = find_kind(kind != NULL ? kind : verbs[i].kind);
	}
	return o->kind != NULL;
}

static bool
read_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
	    {"kind", required_argument, NULL, 'k'},
	    {"after", required_argument, NULL, 'a'},
	    {"repeat", required_argument, NULL, 'n'},
	    {"every", required_argument, NULL, 'e'},
	    {"seed", required_argument, NULL, 's'},
	    {"quiet", no_argument, NULL, 'q'},
	    {NULL, 0, NULL, 0},
	};
	const char *kind = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "k:a:n:e:s:q", longs, NULL)) != -1) {
		switch (option) {
		case 'k':
			kind = optarg;
			break;
		case 'a':
			o->after_ns = in_ns(optarg);
			break;
		case 'n':
			o->repeat = strtoul(optarg, NULL, 0);
			break;
		case 'e':
			o->every_ns = in_ns(optarg);
			break;
		case 's':
			o->seed = strtoull(optarg, NULL, 0);
			break;
		case 'q':
			o->quiet = true;
			break;
		default:
			return false;
		}
	}
	if (argc - optind != 2)
		return false;
	o->verb = argv[optind];
	o->target = argv[optind + 1];
	return read_verb(o, kind);
}

int
main(int argc, char **argv)
{
	struct options o = {.repeat = 1, .seed = 1};
	int pid = 0;

	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	if (!read_options(argc, argv, &o))
		return usage(stderr);
	random_state = o.seed * 0x9e3779b97f4a7c15ull | 1;
	for (unsigned long n = 0; n < o.repeat; n++) {
		if (n != 0)
			pause_for(o.every_ns);
		pid = inject_once(&o, pid);
		if (pid == 0)
			return 1;
	}
	return 0;
}
