/* SPDX-License-Identifier: Apache-2.0 */
/* block.c - lines and blocks as a whole under the stream's lock. */
#include "streams.h"

#include <errno.h>
#include <string.h>

static size_t
put_all(FILE *f, const char *data, size_t size)
{
	size_t done = 0;

	if ((f->flags & __SWR) == 0) {
		stream_fail(f, EBADF);
		return 0;
	}
	while (done < size && f->put(data[done], f) >= 0)
		done++;
	if (done < size)
		stream_fail(f, 0);
	return done;
}

int
fputs(const char *text, FILE *f)
{
	size_t size = strlen(text), done;

	stream_lock(f);
	done = put_all(f, text, size);
	stream_unlock(f);
	return done == size ? 0 : EOF;
}

int
puts(const char *text)
{
	size_t size = strlen(text), done;

	stream_lock(stdout);
	done = put_all(stdout, text, size);
	done += put_all(stdout, "\n", 1);
	stream_unlock(stdout);
	return done == size + 1 ? 0 : EOF;
}

size_t
fwrite(const void *data, size_t size, size_t count, FILE *f)
{
	size_t done;

	if (size == 0 || count == 0)
		return 0;
	stream_lock(f);
	done = put_all(f, data, size * count);
	stream_unlock(f);
	return done / size;
}

size_t
fread(void *data, size_t size, size_t count, FILE *f)
{
	char *to = data;
	size_t done = 0;
	int c;

	if (size == 0 || count == 0)
		return 0;
	stream_lock(f);
	while (done < size * count && (c = fgetc(f)) != EOF)
		to[done++] = (char)c;
	stream_unlock(f);
	return done / size;
}

char *
fgets(char *to, int size, FILE *f)
{
	int done = 0, c = 0;

	if (size <= 0)
		return NULL;
	stream_lock(f);
	while (done < size - 1 && c != '\n' && (c = fgetc(f)) != EOF)
		to[done++] = (char)c;
	stream_unlock(f);
	if ((done == 0 && size > 1) || (c == EOF && !feof(f)))
		return NULL;
	to[done] = '\0';
	return to;
}
