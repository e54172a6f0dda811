/* SPDX-License-Identifier: Apache-2.0 */
/* mkdir.c - makes directories. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"

static const char usage[] =
    "usage: mkdir [-p] [-m MODE] DIRECTORY...\n"
    "Makes directories. -p makes those above as well and accepts those that are there;\n"
    "-m sets an octal mode.\n";

static bool
is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The directories above `path`, from the root on. */
static bool
make_parents(char *path)
{
	for (char *slash = path + 1; *path != '\0' && (slash = strchr(slash, '/')) != NULL;
	     slash++) {
		bool ok;

		*slash = '\0';
		ok = mkdir(path, 0777) == 0 || is_directory(path);
		if (!ok)
			cmd_error("%s", path);
		*slash = '/';
		if (!ok)
			return false;
	}
	return true;
}

static bool
make(char *path, mode_t mode, bool parents)
{
	if (parents && !make_parents(path))
		return false;
	if (mkdir(path, mode) == 0 || (parents && errno == EEXIST && is_directory(path)))
		return true;
	cmd_error("%s", path);
	return false;
}

int
main(int argc, char **argv)
{
	bool parents = false;
	mode_t mode = 0777;
	int status = 0;
	char **paths;
	char *end;
	int c;

	cmd_start(argc, argv, usage);
	while ((c = cmd_option("pm:")) != 0) {
		if (c == 'p') {
			parents = true;
		} else {
			mode = (mode_t)strtoul(cmd_value(), &end, 8);
			if (*cmd_value() == '\0' || *end != '\0' || mode > 07777)
				cmd_usage();
		}
	}
	paths = cmd_operands();
	if (*paths == NULL)
		cmd_usage();
	for (; *paths != NULL; paths++) {
		if (!make(*paths, mode, parents))
			status = 1;
	}
	return status;
}
