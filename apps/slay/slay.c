/* SPDX-License-Identifier: Apache-2.0 */
/* slay.c - ends or signals processes by name or pid, as QNX's slay does. The exit status is the
 * number of processes that got the signal. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../pidin/procinfo.h"

#define PROCESSES_MAX 64
#define STATUS_MAX    254

struct options {
	int signal;
	bool force; /* -f: all that have the name */
	bool query; /* -q: ask even for one */
	bool quiet; /* -Q */
	bool print; /* -p: only print the pids */
	const char *match; /* -m: "name" or "pid"; NULL: both */
};

static int
usage(FILE *to)
{
	fprintf(to,
	    "usage: slay [-fpqQ] [-s SIGNAL|-SIGNAL] [-m name|pid] NAME|PID...\n"
	    "Sends a signal (TERM) to the processes of that name or pid.\n"
	    "  -f  all of them, without asking\n"
	    "  -p  print their pids, do nothing to them\n"
	    "  -q  ask first, even when there is only one\n"
	    "  -Q  say nothing\n"
	    "  -s  the signal, by number or name\n"
	    "  -m  match names only, or pids only\n"
	    "Exit status: how many got the signal (at most 254); 255: a wrong option.\n");
	return to == stdout ? 0 : 255;
}

static bool
agree(int pid)
{
	char line[16];

	printf("slay: signal %s (pid %d)? (y/N) ", procinfo_name(pid), pid);
	fflush(stdout);
	return fgets(line, sizeof(line), stdin) != NULL && (line[0] == 'y' || line[0] == 'Y');
}

/* Is it matched as the option wants it? */
static bool
fits(const struct options *o, int pid, const char *what)
{
	bool by_name = strcmp(procinfo_name(pid), what) == 0;

	if (o->match == NULL)
		return true;
	return (strcmp(o->match, "name") == 0) == by_name;
}

static int
slay_one(const struct options *o, int pid, bool ask)
{
	long error;

	if (o->print) {
		printf("%d\n", pid);
		return 0;
	}
	if (ask && !agree(pid))
		return 0;
	error = procinfo_kill(pid, o->signal);
	if (error >= 0)
		return 1;
	if (!o->quiet)
		fprintf(stderr, "slay: %d: %s\n", pid, strerror((int)-error));
	return 0;
}

static int
slay(const struct options *o, const char *what)
{
	int pids[PROCESSES_MAX];
	int found = procinfo_find(what, pids, PROCESSES_MAX);
	int fitting = 0;
	int slain = 0;

	for (int i = 0; i < found; i++) {
		if (fits(o, pids[i], what))
			pids[fitting++] = pids[i];
	}
	if (fitting == 0 && !o->quiet)
		fprintf(stderr, "slay: no process is %s\n", what);
	for (int i = 0; i < fitting; i++)
		slain += slay_one(o, pids[i], o->query || (fitting > 1 && !o->force));
	return slain;
}

/* "-9", "-KILL": a number, or more letters than an option has. */
static bool
names_signal(const char *word)
{
	bool number = word[1] >= '0' && word[1] <= '9';

	return word[0] == '-' && word[1] != '\0' && (number || word[2] != '\0') &&
	    procinfo_signal(word + 1) >= 0;
}

/* QNX's -SIGNAL is taken out of the arguments before getopt sees them. Returns how many are
 * left. */
static int
take_signal(int argc, char **argv, struct options *o)
{
	int kept = 0;

	for (int i = 0; i < argc; i++) {
		if (i > 0 && names_signal(argv[i]))
			o->signal = procinfo_signal(argv[i] + 1);
		else
			argv[kept++] = argv[i];
	}
	argv[kept] = NULL;
	return kept;
}

static bool
read_options(int argc, char **argv, struct options *o)
{
	int option;

	while ((option = getopt(argc, argv, "fpqQs:m:")) != -1) {
		switch (option) {
		case 'f':
			o->force = true;
			break;
		case 'p':
			o->print = true;
			break;
		case 'q':
			o->query = true;
			break;
		case 'Q':
			o->quiet = true;
			break;
		case 'm':
			o->match = optarg;
			break;
		case 's':
			o->signal = procinfo_signal(optarg);
			break;
		default:
			return false;
		}
	}
	if (o->signal < 0)
		fprintf(stderr, "slay: no such signal\n");
	return o->signal >= 0 && optind < argc &&
	    (o->match == NULL || strcmp(o->match, "name") == 0 || strcmp(o->match, "pid") == 0);
}

int
main(int argc, char **argv)
{
	struct options o = {.signal = SKINK_SIGTERM};
	int slain = 0;

	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	argc = take_signal(argc, argv, &o);
	if (!read_options(argc, argv, &o))
		return usage(stderr);
	for (int i = optind; i < argc; i++)
		slain += slay(&o, argv[i]);
	return slain < STATUS_MAX ? slain : STATUS_MAX;
}
