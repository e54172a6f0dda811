/* SPDX-License-Identifier: Apache-2.0 */
/* mv.c - renames files; between file systems a file is copied. */
#include <errno.h>
#include <stdio.h>
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
	cmd_start(argc, argv, usage);
	while (cmd_option("f") != 0)
		;
	return copy_each(cmd_operands(), move);
}
