/* SPDX-License-Identifier: Apache-2.0 */
/* kill.c - sends signals. The shell has one of its own, which knows its jobs. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/signame.h"
#include "cmd.h"

static const char usage[] =
    "usage: kill [-s SIGNAL | -SIGNAL] PID...\n"
    "Sends a signal, TERM if none is named. A PID below -1 is a process group. kill -l lists the\n"
    "signals.\n";

static int
list_signals(void)
{
	const struct signame *s;

	for (size_t i = 0; (s = signame_at(i)) != NULL; i++)
		printf("%2d %-5s %s\n", s->number, s->name, s->text);
	return cmd_finish(0);
}

int
main(int argc, char **argv)
{
	int number = SIGTERM;
	int status = 0;
	int i = 1;

	cmd_start(argc, argv, usage);
	if (argc > 1 && strcmp(argv[1], "-l") == 0)
		return list_signals();
	if (argc > 2 && strcmp(argv[1], "-s") == 0) {
		number = signame_parse(argv[2]);
		i = 3;
	} else if (argc > 1 && argv[1][0] == '-' && strcmp(argv[1], "--") != 0) {
		number = signame_parse(argv[1] + 1);
		i = 2;
	}
	if (number < 0) {
		cmd_warn("%s: bad signal", argv[i - 1]);
		return 2;
	}
	if (i < argc && strcmp(argv[i], "--") == 0)
		i++;
	if (i >= argc)
		cmd_usage();
	for (; i < argc; i++) {
		if (kill((pid_t)cmd_number(argv[i], INT_MIN, INT_MAX), number) == 0)
			continue;
		cmd_error("%s", argv[i]);
		status = 1;
	}
	return status;
}
