/* SPDX-License-Identifier: Apache-2.0 */
/* head.c - the first lines or bytes of files. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

static const char usage[] =
    "usage: head [-n LINES | -c BYTES] [FILE...]\n"
    "Prints the first 10 lines of each file, or as many lines or bytes as told.\n";

static bool in_bytes;
static long limit = 10;

static bool
copy_lines(const char *path)
{
	long n = limit;
	struct lines l;

	if (!lines_open(&l, path))
		return false;
	for (; n > 0 && lines_next(&l); n--) {
		if (l.complete)
			l.line[l.len] = '\n';
		fwrite(l.line, 1, l.len + l.complete, stdout);
	}
	lines_close(&l);
	return !l.failed;
}

static bool
copy_bytes(const char *path)
{
	static char buffer[1024];
	int fd = input_open(path);
	ssize_t n = fd < 0 ? -1 : 0;
	long left = limit;

	while (fd >= 0 && left > 0) {
		n = read(fd, buffer, left < (long)sizeof(buffer) ? (size_t)left : sizeof(buffer));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		fwrite(buffer, 1, (size_t)n, stdout);
		left -= n;
	}
	if (n < 0)
		cmd_error("%s", path);
	if (fd > 0)
		close(fd);
	return n >= 0;
}

int
main(int argc, char **argv)
{
	char **files;
	int c;

	cmd_start(argc, argv, usage);
	/* -5 is the old way to say -n 5. */
	if (argc > 1 && argv[1][0] == '-' && argv[1][1] >= '0' && argv[1][1] <= '9') {
		limit = cmd_number(argv[1] + 1, 0, LONG_MAX);
		files = argv + 2;
	} else {
		while ((c = cmd_option("n:c:")) != 0) {
			in_bytes = c == 'c';
			limit = cmd_number(cmd_value(), 0, LONG_MAX);
		}
		files = cmd_operands();
	}
	return lines_each(files, in_bytes ? copy_bytes : copy_lines);
}
