/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signame.c - the table of signals. Owns names and texts; sends nothing.
 */
#include "signame.h"

#include <signal.h>
#include <stdlib.h>
#include <strings.h>

static const struct signame signals[] = {
    {SIGHUP, "HUP", "Hangup"},
    {SIGINT, "INT", "Interrupt"},
    {SIGQUIT, "QUIT", "Quit"},
    {SIGILL, "ILL", "Illegal instruction"},
    {SIGTRAP, "TRAP", "Trace trap"},
    {SIGABRT, "ABRT", "Aborted"},
    {SIGBUS, "BUS", "Bus error"},
    {SIGFPE, "FPE", "Floating point exception"},
    {SIGKILL, "KILL", "Killed"},
    {SIGUSR1, "USR1", "User signal 1"},
    {SIGSEGV, "SEGV", "Segmentation fault"},
    {SIGUSR2, "USR2", "User signal 2"},
    {SIGPIPE, "PIPE", "Broken pipe"},
    {SIGALRM, "ALRM", "Alarm clock"},
    {SIGTERM, "TERM", "Terminated"},
    {SIGCHLD, "CHLD", "Child status"},
    {SIGCONT, "CONT", "Continued"},
    {SIGSTOP, "STOP", "Stopped"},
    {SIGTSTP, "TSTP", "Stopped at the keyboard"},
    {SIGTTIN, "TTIN", "Stopped on input"},
    {SIGTTOU, "TTOU", "Stopped on output"},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const struct signame *
signame_at(size_t i)
{
	return i < COUNT(signals) ? &signals[i] : NULL;
}

const struct signame *
signame_find(int number)
{
	for (size_t i = 0; i < COUNT(signals); i++) {
		if (signals[i].number == number)
			return &signals[i];
	}
	return NULL;
}

int
signame_parse(const char *s)
{
	char *end;
	long n;

	if (*s >= '0' && *s <= '9') {
		n = strtol(s, &end, 10);
		return *end == '\0' && n < NSIG ? (int)n : -1;
	}
	if (strncasecmp(s, "SIG", 3) == 0)
		s += 3;
	if (strcasecmp(s, "EXIT") == 0)
		return 0;
	for (size_t i = 0; i < COUNT(signals); i++) {
		if (strcasecmp(s, signals[i].name) == 0)
			return signals[i].number;
	}
	return -1;
}
