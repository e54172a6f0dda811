/* SPDX-License-Identifier: Apache-2.0 */
/* env.c - shows the environment, or runs a command in another one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

extern char **environ;

static const char usage[] =
    "usage: env [-i] [-u NAME]... [NAME=VALUE...] [COMMAND [ARGUMENT...]]\n"
    "Prints the environment, or runs COMMAND. -i starts with an empty one, -u takes NAME out.\n";

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
		return run_command(operands, NULL);
	for (char **e = environ; *e != NULL; e++)
		puts(*e);
	return cmd_finish(0);
}
