/* SPDX-License-Identifier: Apache-2.0 */
/* rm.c - removes files, and with -r directories with all that is in them. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"

static const char usage[] =
    "usage: rm [-fr] FILE...\n"
    "Removes files. -r removes directories with all they hold; -f is silent about what is not\n"
    "there.\n";

/* A path cannot be deeper than this anyway (PATH_MAX of one-letter names). */
#define DEPTH_MAX 512

static bool force;
static bool recursive;

static bool remove_path(const char *path, int depth);

/* Names are collected first: removing while reading would skip some. */
static bool
remove_contents(const char *path, int depth)
{
	char **names = NULL;
	size_t n = 0;
	bool ok = true;
	struct dirent *e;
	DIR *d = opendir(path);

	if (d == NULL) {
		cmd_error("%s", path);
		return false;
	}
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		names = cmd_resize(names, (n + 1) * sizeof(*names));
		names[n++] = cmd_join(path, e->d_name);
	}
	closedir(d);
	for (size_t i = 0; i < n; i++) {
		ok = remove_path(names[i], depth + 1) && ok;
		free(names[i]);
	}
	free(names);
	return ok;
}

static bool
remove_path(const char *path, int depth)
{
	struct stat st;
	bool is_directory;

	if (lstat(path, &st) < 0) {
		if (force && errno == ENOENT)
			return true;
		cmd_error("%s", path);
		return false;
	}
	is_directory = S_ISDIR(st.st_mode);
	if (is_directory && (!recursive || depth > DEPTH_MAX)) {
		errno = recursive ? ENAMETOOLONG : EISDIR;
		cmd_error("%s", path);
		return false;
	}
	if (is_directory && !remove_contents(path, depth))
		return false;
	if ((is_directory ? rmdir(path) : unlink(path)) == 0)
		return true;
	cmd_error("%s", path);
	return false;
}

static bool
is_protected(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || path[strspn(path, "/")] == '\0';
}

int
main(int argc, char **argv)
{
	char **paths;
	int status = 0;
	int c;

	cmd_start(argc, argv, usage);
	while ((c = cmd_option("frR")) != 0) {
		force = force || c == 'f';
		recursive = recursive || c == 'r' || c == 'R';
	}
	paths = cmd_operands();
	if (*paths == NULL && !force)
		cmd_usage();
	for (; *paths != NULL; paths++) {
		if (is_protected(*paths)) {
			cmd_warn("%s: refused", *paths);
			status = 1;
		} else if (!remove_path(*paths, 0)) {
			status = 1;
		}
	}
	return status;
}
