/* SPDX-License-Identifier: Apache-2.0 */
/* env.c - shows the environment, or runs a command in another one. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cmd.h"

extern char **environ;

static const char usage[] =
    "usage: env [-i] [-u NAME]... [NAME=VALUE...] [COMMAND [ARGUMENT...]]\n"
    "Prints the environment, or runs COMMAND. -i starts with an empty one, -u takes NAME out.\n";

static int
run(char **command)
{
	int wait_status;
	pid_t pid, got;
	int error = posix_spawnp(&pid, command[0], NULL, NULL, command, environ);

	if (error != 0) {
		errno = error;
		cmd_error("%s", command[0]);
		return error == ENOENT ? 127 : 126;
	}
	do {
		got = waitpid(pid, &wait_status, 0);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		cmd_error("%s", command[0]);
		return 126;
	}
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

int
main(int argc, char **argv)
{
	static char *empty[] = {NULL};
	char **operands;
	int c;

	cmd_start(argc, argv, usage);
	while ((c = cmd_option("iu:")) != 0) {
		if (c == 'i') {
			environ = empty;
		} else if (unsetenv(cmd_value()) < 0) {
			cmd_error("%s", cmd_value());
			return 125;
		}
	}
	for (operands = cmd_operands(); *operands != NULL; operands++) {
		char *equals = strchr(*operands, '=');

		if (equals == NULL)
			break;
		*equals = '\0';
		if (setenv(*operands, equals + 1, 1) < 0) {
			cmd_error("%s", *operands);
			return 125;
		}
	}
	if (*operands != NULL)
		return run(operands);
	for (char **e = environ; *e != NULL; e++)
		puts(*e);
	return cmd_finish(0);
}
