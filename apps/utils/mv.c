/* SPDX-License-Identifier: Apache-2.0 */
/* mv.c - renames files; between file systems a file is copied. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "copy.h"

static const char usage[] = "usage: mv [-f] FILE... TARGET\n"
			    "Renames a file to TARGET, or moves files into the directory TARGET.\n";

static bool
move(const char *from, const char *to)
{
	if (rename(from, to) == 0)
		return true;
	if (errno != EXDEV) {
		cmd_error("%s: %s", from, to);
		return false;
	}
	/* The copy is complete before the original goes. */
	if (!copy_file(from, to))
		return false;
	if (unlink(from) == 0)
		return true;
	cmd_error("%s", from);
	return false;
}

int
main(int argc, char **argv)
{
	char **operands;
	int n = 0;
	int status = 0;
	struct stat st;

	cmd_start(argc, argv, usage);
	while (cmd_option("f") != 0)
		;
	operands = cmd_operands();
	while (operands[n] != NULL)
		n++;
	if (n < 2)
		cmd_usage();
	if (n > 2 && (stat(operands[n - 1], &st) < 0 || !S_ISDIR(st.st_mode))) {
		cmd_warn("%s: Not a directory", operands[n - 1]);
		return 1;
	}
	for (int i = 0; i < n - 1; i++) {
		char *target = copy_target(operands[i], operands[n - 1]);

		if (!move(operands[i], target))
			status = 1;
		free(target);
	}
	return status;
}
