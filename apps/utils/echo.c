/* SPDX-License-Identifier: Apache-2.0 */
/* echo.c - writes its arguments. The shell has one of its own; this is for other callers. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"

int
main(int argc, char **argv)
{
	bool newline = true;
	int i = 1;

	cmd_start(1, argv, "");
	if (argc > 1 && strcmp(argv[1], "-n") == 0) {
		newline = false;
		i++;
	}
	for (; i < argc; i++) {
		fputs(argv[i], stdout);
		if (i + 1 < argc)
			putchar(' ');
	}
	if (newline)
		putchar('\n');
	return cmd_finish(0);
}
