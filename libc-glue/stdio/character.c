/* SPDX-License-Identifier: Apache-2.0 */
/* character.c - one character in or out of a stream. What fails is told by ferror() too, also where
 * the stream is not open that way: EBADF. */
#include "streams.h"

#include <errno.h>

#undef getc
#undef putc

int
stream_fail(FILE *f, int error)
{
	f->flags |= __SERR;
	if (error != 0)
		errno = error;
	return EOF;
}

int
fputc(int c, FILE *f)
{
	if ((f->flags & __SWR) == 0)
		return stream_fail(f, EBADF);
	return f->put((char)c, f) < 0 ? stream_fail(f, 0) : (unsigned char)c;
}

int
putc(int c, FILE *f)
{
	return fputc(c, f);
}

int
fgetc(FILE *f)
{
	__ungetc_t back;
	int c;

	if ((f->flags & __SRD) == 0)
		return stream_fail(f, EBADF);
	back = __atomic_exchange_n(&f->unget, 0, __ATOMIC_RELAXED);
	if (back != 0)
		return (unsigned char)back;
	c = f->get(f);
	if (c >= 0)
		return (unsigned char)c;
	if (c == _FDEV_ERR)
		return stream_fail(f, 0);
	f->flags |= __SEOF;
	return EOF;
}

int
getc(FILE *f)
{
	return fgetc(f);
}
