/* SPDX-License-Identifier: Apache-2.0 */
/* tee.c - copies standard input to standard output and to files. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd.h"

static const char usage[] =
    "usage: tee [-a] [FILE...]\n"
    "Copies standard input to standard output and to the files; -a appends.\n";

int
main(int argc, char **argv)
{
	static char buffer[4096];
	int flags = O_WRONLY | O_CREAT | O_TRUNC;
	int status = 0;
	char **files;
	int *fds;
	int n = 1;

	cmd_start(argc, argv, usage);
	while (cmd_option("a") != 0)
		flags = O_WRONLY | O_CREAT | O_APPEND;
	files = cmd_operands();
	while (files[n - 1] != NULL)
		n++;
	fds = cmd_alloc((size_t)n * sizeof(*fds));
	fds[0] = 1;
	for (int i = 1; i < n; i++) {
		fds[i] = open(files[i - 1], flags, 0666);
		if (fds[i] < 0) {
			cmd_error("%s", files[i - 1]);
			status = 1;
		}
	}
	for (;;) {
		ssize_t got = read(0, buffer, sizeof(buffer));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			cmd_error("standard input");
			status = 1;
		}
		if (got <= 0)
			break;
		/* One output that fails leaves the others. */
		for (int i = 0; i < n; i++) {
			if (fds[i] < 0 || cmd_write(fds[i], buffer, (size_t)got))
				continue;
			cmd_error("%s", i == 0 ? "standard output" : files[i - 1]);
			fds[i] = -1;
			status = 1;
		}
	}
	free(fds);
	return status;
}
