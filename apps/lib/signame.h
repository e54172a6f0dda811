/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signame.h - signals by name. The one list for the shell and its utilities.
 */
#ifndef APPS_SIGNAME_H
#define APPS_SIGNAME_H

#include <stddef.h>

struct signame {
	int number;
	const char *name; /* without SIG */
	const char *text; /* what happened to a process that it ended */
};

/* The i-th known signal, in order of numbers as listed; NULL behind the last. */
const struct signame *signame_at(size_t i);
/* By number; NULL if it has no name here. */
const struct signame *signame_find(int number);
/* From "9", "KILL", "kill" or "SIGKILL"; 0 for "0" and "EXIT"; -1 if there is none. */
int signame_parse(const char *s);

#endif
