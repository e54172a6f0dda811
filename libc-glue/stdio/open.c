/* SPDX-License-Identifier: Apache-2.0 */
/* open.c - streams come and go: fopen, fdopen, freopen, fclose. */
#include "../glue.h"
#include "streams.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* open()'s flags for fopen()'s mode; -1: not a mode. */
static int
oflag_of(const char *mode)
{
	int oflag;

	switch (*mode++) {
	case 'r':
		oflag = O_RDONLY;
		break;
	case 'w':
		oflag = O_WRONLY | O_CREAT | O_TRUNC;
		break;
	case 'a':
		oflag = O_WRONLY | O_CREAT | O_APPEND;
		break;
	default:
		return -1;
	}
	for (; *mode != '\0'; mode++) {
		if (*mode == '+')
			oflag = (oflag & ~O_ACCMODE) | O_RDWR;
		else if (*mode == 'x')
			oflag |= O_EXCL;
		else if (*mode == 'e')
			oflag |= O_CLOEXEC;
		else if (*mode != 'b')
			return -1;
	}
	return oflag;
}

static uint8_t
access_of(int oflag)
{
	return (oflag & O_ACCMODE) == O_RDONLY ? __SRD
	    : (oflag & O_ACCMODE) == O_WRONLY  ? __SWR
					       : __SRD | __SWR;
}

/* Tells the stream where its descriptor stands: picolibc takes it for 0, and ftell() counts on. */
static void
set_position(struct __file_bufio *b, int oflag)
{
	int saved = errno;
	off_t position = lseek(b->fd, 0, (oflag & O_APPEND) != 0 ? SEEK_END : SEEK_CUR);

	b->pos = position < 0 ? 0 : position;
	errno = saved;
}

/* Of a stream that appends, only the descriptor knows where the last write has got it. A character
 * pushed back counts as not read, and is forgotten by a move. */
__off_t
stream_seek(FILE *f, __off_t offset, int whence)
{
	struct stream *s = (struct stream *)f;
	bool moves = offset != 0 || whence != SEEK_CUR;
	__off_t position;

	stream_lock(f);
	if (s->appends && s->bufio.dir == __SWR && f->flush(f) >= 0)
		set_position(&s->bufio, 0);
	if (f->unget != 0 && whence == SEEK_CUR)
		offset -= moves;
	position = __bufio_seek(f, offset, whence);
	if (f->unget != 0 && !moves && position > 0)
		position--;
	if (moves && position >= 0)
		f->unget = 0;
	stream_unlock(f);
	return position;
}

static int
stream_close(FILE *f)
{
	struct stream *s = (struct stream *)f;
	int result = f->flush(f) < 0 ? EOF : 0;

	stream_remove(s);
	if (close(s->bufio.fd) < 0)
		result = EOF;
	if ((s->bufio.bflags & __BALL) != 0)
		free(s->bufio.buf);
	__lock_close(s->bufio.lock);
	free(s);
	return result;
}

FILE *
fdopen(int fd, const char *mode)
{
	int oflag = oflag_of(mode);
	struct stream *s;

	if (oflag < 0) {
		errno = EINVAL;
		return NULL;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return NULL;
	s->bufio = (struct __file_bufio)FDEV_SETUP_BUFIO(
	    fd, malloc(BUFSIZ), BUFSIZ, read, write, lseek, close, access_of(oflag), __BALL);
	s->bufio.xfile.cfile.close = stream_close;
	s->bufio.xfile.seek = stream_seek;
	s->appends = (oflag & O_APPEND) != 0;
	__lock_init(s->bufio.lock);
	if (s->bufio.buf == NULL || s->bufio.lock == NULL) {
		free(s->bufio.buf);
		free(s->bufio.lock);
		free(s);
		errno = ENOMEM;
		return NULL;
	}
	set_position(&s->bufio, oflag);
	stream_add(s);
	return &s->bufio.xfile.cfile.file;
}

FILE *
fopen(const char *path, const char *mode)
{
	int oflag = oflag_of(mode);
	FILE *f;
	int fd;

	if (oflag < 0) {
		errno = EINVAL;
		return NULL;
	}
	fd = open(path, oflag, 0666);
	if (fd < 0)
		return NULL;
	f = fdopen(fd, mode);
	if (f == NULL)
		close(fd);
	return f;
}

/* The stream keeps its descriptor number. On failure it is closed, as POSIX says. */
FILE *
freopen(const char *path, const char *mode, FILE *f)
{
	struct __file_bufio *b = (struct __file_bufio *)f;
	int oflag = oflag_of(mode);
	int fd;

	if (oflag < 0 || path == NULL || (f->flags & __SBUF) == 0) {
		errno = EINVAL;
		return NULL;
	}
	fd = open(path, oflag, 0666);
	if (fd < 0) {
		int saved = errno;

		fclose(f);
		errno = saved;
		return NULL;
	}
	stream_lock(f);
	f->flush(f);
	if (dup2(fd, b->fd) < 0) {
		stream_unlock(f);
		close(fd);
		return NULL;
	}
	if (fd != b->fd)
		close(fd);
	b->len = b->off = 0;
	set_position(b, oflag);
	((struct stream *)f)->appends = (oflag & O_APPEND) != 0;
	b->dir = 0;
	f->unget = 0;
	f->flags = (uint8_t)((f->flags & ~(__SRD | __SWR | __SERR | __SEOF)) | access_of(oflag));
	stream_unlock(f);
	return f;
}

int
fclose(FILE *f)
{
	struct __file_close *c = (struct __file_close *)f;

	if (f == stdin || f == stdout || f == stderr) {
		int result = f->flush(f) < 0 ? EOF : 0;

		return close(((struct __file_bufio *)f)->fd) < 0 ? EOF : result;
	}
	if ((f->flags & __SCLOSE) != 0)
		return c->close(f);
	return f->flush != NULL ? f->flush(f) : 0;
}
