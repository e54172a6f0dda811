/* SPDX-License-Identifier: Apache-2.0 */
/* touch.c - makes files that are not there, and sets the time of others to now. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"

static const char usage[] =
    "usage: touch [-c] FILE...\n"
    "Sets each file's time to now. Makes those that are not there, empty; with -c it does not.\n";

static bool
touch(const char *path, bool create)
{
	int fd;

	if (utimensat(AT_FDCWD, path, NULL, 0) == 0)
		return true;
	if (errno != ENOENT || !create)
		return errno == ENOENT;
	fd = open(path, O_WRONLY | O_CREAT, 0666);
	return fd >= 0 && close(fd) == 0;
}

int
main(int argc, char **argv)
{
	bool create = true;
	int status = 0;
	char **files;

	cmd_start(argc, argv, usage);
	while (cmd_option("c") != 0)
		create = false;
	files = cmd_operands();
	if (*files == NULL)
		cmd_usage();
	for (; *files != NULL; files++) {
		if (!touch(*files, create)) {
			cmd_error("%s", *files);
			status = 1;
		}
	}
	return status;
}
