/* SPDX-License-Identifier: Apache-2.0 */
/* cp.c - copies files, and with -r directories. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"
#include "copy.h"

static const char usage[] =
    "usage: cp [-r] FILE... TARGET\n"
    "Copies a file to TARGET, or files into the directory TARGET. -r copies directories as well.\n";

#define DEPTH_MAX 64

static bool recursive;

static bool copy_path(const char *from, const char *to, int depth);

static bool
copy_directory(const char *from, const char *to, int depth)
{
	struct dirent *e;
	bool ok = true;
	struct stat st;
	DIR *d;

	/* Also ends a copy of a directory into itself. */
	if (depth > DEPTH_MAX) {
		cmd_warn("%s: nested too deeply", from);
		return false;
	}
	d = opendir(from);
	if (d == NULL) {
		cmd_error("%s", from);
		return false;
	}
	if (mkdir(to, 0777) < 0 && (errno != EEXIST || stat(to, &st) < 0 || !S_ISDIR(st.st_mode))) {
		cmd_error("%s", to);
		closedir(d);
		return false;
	}
	while ((e = readdir(d)) != NULL) {
		char *inner, *target;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		inner = cmd_join(from, e->d_name);
		target = cmd_join(to, e->d_name);
		ok = copy_path(inner, target, depth + 1) && ok;
		free(inner);
		free(target);
	}
	closedir(d);
	return ok;
}

static bool
copy_path(const char *from, const char *to, int depth)
{
	struct stat st;

	if (recursive && stat(from, &st) == 0 && S_ISDIR(st.st_mode))
		return copy_directory(from, to, depth);
	return copy_file(from, to);
}

/* One of the operands. */
static bool
copy_operand(const char *from, const char *to)
{
	return copy_path(from, to, 0);
}

int
main(int argc, char **argv)
{
	cmd_start(argc, argv, usage);
	while (cmd_option("rR") != 0)
		recursive = true;
	return copy_each(cmd_operands(), copy_operand);
}
