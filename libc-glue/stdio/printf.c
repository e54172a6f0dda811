/* SPDX-License-Identifier: Apache-2.0 */
/* printf.c - formatted output and input as a whole under the stream's lock. picolibc formats. */
#include "streams.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#undef vfprintf
#undef vfscanf

/* In a function of (..., format, ...). */
#define WITH_ARGS(result, function, f, format) \
	do { \
		va_list args; \
\
		va_start(args, format); \
		(result) = function(f, format, args); \
		va_end(args); \
	} while (0)

int
skink_vfprintf(FILE *f, const char *format, va_list args)
{
	int r;

	stream_lock(f);
	r = (f->flags & __SWR) != 0 ? vfprintf(f, format, args) : stream_fail(f, EBADF);
	if (r < 0)
		stream_fail(f, 0);
	stream_unlock(f);
	return r;
}

int
skink_vfscanf(FILE *f, const char *format, va_list args)
{
	int r;

	stream_lock(f);
	r = (f->flags & __SRD) != 0 ? vfscanf(f, format, args) : stream_fail(f, EBADF);
	stream_unlock(f);
	return r;
}

int
vprintf(const char *format, va_list args)
{
	return skink_vfprintf(stdout, format, args);
}

int
printf(const char *format, ...)
{
	int r;

	WITH_ARGS(r, skink_vfprintf, stdout, format);
	return r;
}

int
fprintf(FILE *f, const char *format, ...)
{
	int r;

	WITH_ARGS(r, skink_vfprintf, f, format);
	return r;
}

int
vscanf(const char *format, va_list args)
{
	return skink_vfscanf(stdin, format, args);
}

int
scanf(const char *format, ...)
{
	int r;

	WITH_ARGS(r, skink_vfscanf, stdin, format);
	return r;
}

int
fscanf(FILE *f, const char *format, ...)
{
	int r;

	WITH_ARGS(r, skink_vfscanf, f, format);
	return r;
}

void
perror(const char *text)
{
	int error = errno;

	if (text != NULL && *text != '\0')
		fprintf(stderr, "%s: %s\n", text, strerror(error));
	else
		fprintf(stderr, "%s\n", strerror(error));
}
