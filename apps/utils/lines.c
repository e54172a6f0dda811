/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lines.c - files by the line. Owns the descriptor it opened and the line's
 * memory; prints a message when reading fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"

int
input_open(const char *path)
{
	struct stat st;
	int fd = strcmp(path, "-") == 0 ? 0 : open(path, O_RDONLY);

	if (fd > 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		errno = EISDIR;
		return -1;
	}
	return fd;
}

bool
lines_open(struct lines *l, const char *path)
{
	memset(l, 0, sizeof(*l));
	l->name = path;
	l->fd = input_open(path);
	if (l->fd < 0)
		cmd_error("%s", path);
	return l->fd >= 0;
}

static bool
fill(struct lines *l)
{
	ssize_t n;

	do {
		n = read(l->fd, l->buffer, sizeof(l->buffer));
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		cmd_error("%s", l->name);
		l->failed = true;
	}
	l->pos = 0;
	l->filled = n > 0 ? (size_t)n : 0;
	return n > 0;
}

bool
lines_next(struct lines *l)
{
	l->len = 0;
	l->complete = false;
	while (!l->complete && (l->pos < l->filled || (!l->failed && fill(l)))) {
		char *start = l->buffer + l->pos;
		char *end = memchr(start, '\n', l->filled - l->pos);
		size_t n = end != NULL ? (size_t)(end - start) : l->filled - l->pos;

		if (l->len + n + 1 > l->cap) {
			l->cap = (l->len + n + 1) * 2;
			l->line = cmd_resize(l->line, l->cap);
		}
		memcpy(l->line + l->len, start, n);
		l->len += n;
		l->line[l->len] = '\0';
		l->complete = end != NULL;
		l->pos += n + l->complete;
	}
	return l->complete || l->len > 0;
}

void
lines_close(struct lines *l)
{
	if (l->fd > 0)
		close(l->fd);
	free(l->line);
	l->line = NULL;
}

int
lines_each(char **files, bool (*one)(const char *path))
{
	static char *standard_input[] = {"-", NULL};
	int status = 0;
	bool many;

	if (*files == NULL)
		files = standard_input;
	many = files[1] != NULL;
	for (bool first = true; *files != NULL; files++, first = false) {
		if (many)
			printf("%s==> %s <==\n", first ? "" : "\n", *files);
		if (!one(*files))
			status = 1;
	}
	return cmd_finish(status);
}
