/* SPDX-License-Identifier: Apache-2.0 */
/* cat.c - copies files to standard output. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

static const char usage[] =
    "usage: cat [-u] [FILE...]\n"
    "Copies the files to standard output. - and no file at all are standard input.\n";

static bool
copy(const char *path)
{
	static char buffer[4096];
	int fd = input_open(path);
	ssize_t n = -1;

	while (fd >= 0) {
		n = read(fd, buffer, sizeof(buffer));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (!cmd_write(1, buffer, (size_t)n)) {
			cmd_error("write error");
			exit(1);
		}
	}
	if (n < 0)
		cmd_error("%s", path);
	if (fd > 0)
		close(fd);
	return n == 0;
}

int
main(int argc, char **argv)
{
	char **files;
	int status = 0;

	cmd_start(argc, argv, usage);
	while (cmd_option("u") != 0)
		;
	files = cmd_operands();
	if (*files == NULL)
		return copy("-") ? 0 : 1;
	for (; *files != NULL; files++) {
		if (!copy(*files))
			status = 1;
	}
	return status;
}
