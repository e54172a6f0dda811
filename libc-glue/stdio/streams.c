/* SPDX-License-Identifier: Apache-2.0 */
/* streams.c - the three standard streams, the list of all streams with a descriptor, their locks.
 * picolibc's bufio does the buffering; it locks for each character only, so each call of printf.c
 * and block.c holds the stream's lock, which is recursive, as a whole. */
#include "../core/lock.h"
#include "../glue.h"
#include "streams.h"

#include <unistd.h>

#define STDERR_BUFFER 128

static pthread_mutex_t list_lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER;

static int stderr_put(char c, FILE *f);
static ssize_t stdout_write(int fd, const void *data, size_t size);
static ssize_t stdin_read(int fd, void *data, size_t size);
static int stdout_setvbuf(FILE *f, char *buffer, int mode, size_t size);

static char buffers[2][BUFSIZ];
static char stderr_buffer[STDERR_BUFFER];
static struct __lock locks[3] = {LOCK_INIT, LOCK_INIT, LOCK_INIT};
static bool stdout_mode_known; /* under stdout's lock, as all of stdout */
static unsigned stderr_held; /* calls that hold stderr: it is flushed when the last ends */

static struct stream standard[3] = {
    {.bufio = FDEV_SETUP_BUFIO(0, buffers[0], BUFSIZ, stdin_read, write, lseek, close, __SRD, 0)},
    {.bufio = FDEV_SETUP_BUFIO(
	 1, buffers[1], BUFSIZ, read, stdout_write, lseek, close, __SWR, __BLBF)},
    {.bufio =
	    FDEV_SETUP_BUFIO(2, stderr_buffer, STDERR_BUFFER, read, write, lseek, close, __SWR, 0)},
};

FILE *const stdin = &standard[0].bufio.xfile.cfile.file;
FILE *const stdout = &standard[1].bufio.xfile.cfile.file;
FILE *const stderr = &standard[2].bufio.xfile.cfile.file;

static struct stream *streams; /* under list_lock */

static __attribute__((constructor)) void
start(void)
{
	for (int i = 0; i < 3; i++) {
		standard[i].bufio.lock = &locks[i];
		standard[i].bufio.xfile.seek = stream_seek;
		standard[i].next = i < 2 ? &standard[i + 1] : NULL;
	}
	stderr->put = stderr_put;
	standard[1].bufio.xfile.setvbuf = stdout_setvbuf;
	streams = &standard[0];
}

static __attribute__((destructor)) void
end(void)
{
	fflush(NULL);
}

/* Nothing stays in the buffer but within a call that holds the stream. */
static int
stderr_put(char c, FILE *f)
{
	int r;

	stream_lock(f);
	r = __bufio_put(c, f);
	stream_unlock(f);
	return r;
}

/* Until its first write stdout is line buffered; then it is known whether that is a terminal. */
static ssize_t
stdout_write(int fd, const void *data, size_t size)
{
	if (!stdout_mode_known) {
		int saved = errno;

		stdout_mode_known = true;
		if (!isatty(fd))
			standard[1].bufio.bflags &= (uint8_t)~__BLBF;
		errno = saved;
	}
	return write(fd, data, size);
}

static int
stdout_setvbuf(FILE *f, char *buffer, int mode, size_t size)
{
	stdout_mode_known = true;
	return __bufio_setvbuf(f, buffer, mode, size);
}

/* A prompt is seen before its answer is waited for. */
static ssize_t
stdin_read(int fd, void *data, size_t size)
{
	if ((standard[1].bufio.bflags & __BLBF) != 0)
		fflush(stdout);
	return read(fd, data, size);
}

void
stream_lock(FILE *f)
{
	if ((f->flags & __SBUF) == 0)
		return;
	__lock_acquire(((struct __file_bufio *)f)->lock);
	if (f == stderr)
		stderr_held++;
}

void
stream_unlock(FILE *f)
{
	if ((f->flags & __SBUF) == 0)
		return;
	if (f == stderr && --stderr_held == 0)
		__bufio_flush(f);
	__lock_release(((struct __file_bufio *)f)->lock);
}

void
stream_add(struct stream *s)
{
	glue_lock(&list_lock);
	s->next = streams;
	streams = s;
	pthread_mutex_unlock(&list_lock);
}

void
stream_remove(struct stream *s)
{
	glue_lock(&list_lock);
	for (struct stream **p = &streams; *p != NULL; p = &(*p)->next)
		if (*p == s) {
			*p = s->next;
			break;
		}
	pthread_mutex_unlock(&list_lock);
}

static int
flush_one(FILE *f)
{
	int r;

	if (f->flush == NULL)
		return 0;
	stream_lock(f);
	r = f->flush(f);
	if (r < 0)
		stream_fail(f, 0);
	stream_unlock(f);
	return r;
}

int
fflush(FILE *f)
{
	int result = 0;

	if (f != NULL)
		return flush_one(f);
	glue_lock(&list_lock);
	for (struct stream *s = streams; s != NULL; s = s->next)
		if ((s->bufio.xfile.cfile.file.flags & __SWR) != 0 &&
		    flush_one(&s->bufio.xfile.cfile.file) < 0)
			result = EOF;
	pthread_mutex_unlock(&list_lock);
	return result;
}

void
flockfile(FILE *f)
{
	stream_lock(f);
}

void
funlockfile(FILE *f)
{
	stream_unlock(f);
}
