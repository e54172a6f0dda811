/* SPDX-License-Identifier: Apache-2.0 */
/* open.c - from a path to a descriptor: procmgr connects, the server opens. A descriptor is a
 * coid. */
#include "../glue.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/iomsg.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(O_CREAT == _IO_FLAG_CREAT && O_TRUNC == _IO_FLAG_TRUNC && O_EXCL == _IO_FLAG_EXCL &&
	O_APPEND == _IO_FLAG_APPEND && O_SYNC == _IO_FLAG_SYNC && O_NONBLOCK == _IO_FLAG_NONBLOCK &&
	O_NOCTTY == _IO_FLAG_NOCTTY && O_DIRECTORY == _IO_FLAG_DIRECTORY && O_RDONLY == 0 &&
	O_RDWR == 2,
    "the wire has the same flags");
#define SENT_FLAGS \
	(O_CREAT | O_TRUNC | O_EXCL | O_APPEND | O_SYNC | O_NONBLOCK | O_NOCTTY | O_DIRECTORY)

static mode_t mask = 022;

_Static_assert(PATH_MAX <= PROC_PATH_MAX && PATH_MAX <= IO_PATH_MAX, "paths fit their messages");

mode_t
glue_umask(void)
{
	return __atomic_load_n(&mask, __ATOMIC_RELAXED);
}

mode_t
umask(mode_t new_mask)
{
	return __atomic_exchange_n(&mask, new_mask & 0777, __ATOMIC_RELAXED);
}

long
glue_resolve(const char *path, int lowest, unsigned flags, struct glue_route *route)
{
	struct proc_resolve request = {.index = lowest, .flags = flags};
	struct proc_resolve_reply reply;
	long len = glue_path(path, route->path);
	uint32_t slash;
	long r;

	if (len < 0)
		return len;
	/* procmgr wants no slash at the end, the server does. */
	slash = len > 1 && route->path[len - 1] == '/';
	request.length = (uint32_t)len - slash;
	r = procmgr_ask_tail(PROC_RESOLVE, &request, sizeof(request), route->path, request.length,
	    &reply, sizeof(reply));
	if (r < 0)
		return r;
	route->length = (uint32_t)len;
	route->prefix = reply.rest;
	route->coid = reply.coid;
	return 0;
}

long
glue_connect(
    const struct glue_route *route, const struct _io_connect *what, void *reply, size_t reply_size)
{
	struct _io_connect head = *what;
	struct skink_iov parts[2] = {
	    {&head, sizeof(head)}, {(void *)route->path, route->length + 1}};
	struct skink_iov answer = {reply, reply_size};

	head.type = _IO_CONNECT;
	head.version = IO_VERSION;
	head.path_len = (uint16_t)route->length;
	head.prefix_len = (uint16_t)route->prefix;
	return skink_msg_send(route->coid, parts, -2, &answer, -1);
}

long
glue_open(const char *path, int oflag, mode_t mode, int lowest, unsigned flags, uint64_t *value)
{
	struct _io_connect what = {
	    .subtype = _IO_CONNECT_OPEN,
	    .ioflag = ((uint32_t)oflag & SENT_FLAGS) | (((uint32_t)oflag & O_ACCMODE) + 1),
	    .mode = mode & ~glue_umask() & 07777,
	};
	struct _io_connect_reply reply = {0};
	struct glue_route route;
	long r;

	if ((oflag & O_ACCMODE) == O_ACCMODE)
		return -EINVAL;
	if ((oflag & O_CLOEXEC) != 0)
		flags |= SKINK_COF_CLOEXEC;
	r = glue_resolve(path, lowest, flags, &route);
	if (r < 0)
		return r;
	r = glue_connect(&route, &what, &reply, sizeof(reply));
	if (r < 0) {
		skink_connect_detach(route.coid);
		return r;
	}
	if (value != NULL)
		*value = reply.value;
	glue_fd_made(route.coid);
	return route.coid;
}

/* With the mode that comes behind O_CREAT. */
static int
open_with(const char *path, int oflag, va_list args)
{
	mode_t mode = (oflag & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;

	return (int)glue_result(glue_open(path, oflag, mode, 0, 0, NULL));
}

int
open(const char *path, int oflag, ...)
{
	va_list args;
	int fd;

	va_start(args, oflag);
	fd = open_with(path, oflag, args);
	va_end(args);
	return fd;
}

/* Only from the current directory: ENOTSUP with the descriptor of another. */
int
openat(int dirfd_, const char *path, int oflag, ...)
{
	va_list args;
	int fd;

	if (dirfd_ != AT_FDCWD && *path != '/')
		return (int)glue_result(-ENOTSUP);
	va_start(args, oflag);
	fd = open_with(path, oflag, args);
	va_end(args);
	return fd;
}

int
creat(const char *path, mode_t mode)
{
	return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int
close(int fd)
{
	if (fd < 0 || fd >= SKINK_COIDS)
		return (int)glue_result(-EBADF);
	return (int)glue_result(skink_connect_detach(fd));
}
