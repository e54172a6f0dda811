/* SPDX-License-Identifier: Apache-2.0 */
/* touch.c - makes files that are not there. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"

static const char usage[] =
    "usage: touch [-c] FILE...\n"
    "Makes each file that is not there, empty; with -c it does not. Times of files that are there\n"
    "stay as they are: no server keeps settable times yet.\n";

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
		struct stat st;
		int fd;

		if (stat(*files, &st) == 0 || (errno == ENOENT && !create))
			continue;
		fd = open(*files, O_WRONLY | O_CREAT, 0666);
		if (fd < 0 || close(fd) < 0) {
			cmd_error("%s", *files);
			status = 1;
		}
	}
	return status;
}
