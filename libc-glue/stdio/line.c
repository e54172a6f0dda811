/* SPDX-License-Identifier: Apache-2.0 */
/* line.c - lines of any length. Owns nothing: the buffer is the caller's. */
#include "streams.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define FIRST_SIZE 120

/* Room for one more character and a NUL behind `len`. 0, or -1. */
static int
grow(char **line, size_t *size, size_t len)
{
	size_t bigger = *size < FIRST_SIZE ? FIRST_SIZE : *size * 2;
	char *p;

	if (*line != NULL && len + 2 <= *size)
		return 0;
	p = len + 2 > LONG_MAX ? NULL : realloc(*line, bigger);
	if (p == NULL) {
		errno = len + 2 > LONG_MAX ? EOVERFLOW : ENOMEM;
		return -1;
	}
	*line = p;
	*size = bigger;
	return 0;
}

ssize_t
getdelim(char **restrict line, size_t *restrict size, int delimiter, FILE *restrict f)
{
	size_t len = 0;
	int c = EOF, failed = 0;

	if (line == NULL || size == NULL) {
		errno = EINVAL;
		return -1;
	}
	stream_lock(f);
	do {
		failed = grow(line, size, len) < 0;
		if (!failed && (c = fgetc(f)) != EOF)
			(*line)[len++] = (char)c;
	} while (!failed && c != EOF && c != delimiter);
	if (failed)
		stream_fail(f, 0);
	stream_unlock(f);
	if (failed || len == 0 || (c == EOF && !feof(f)))
		return -1;
	(*line)[len] = '\0';
	return (ssize_t)len;
}

ssize_t
getline(char **restrict line, size_t *restrict size, FILE *restrict f)
{
	return getdelim(line, size, '\n', f);
}
