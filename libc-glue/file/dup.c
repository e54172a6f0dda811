/* SPDX-License-Identifier: Apache-2.0 */
/* dup.c - descriptors of the same open file, and the flags of both. */
#include "../glue.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/iomsg.h>
#include <unistd.h>

static long
flags_of(int fd, uint32_t dcmd, uint32_t *flags)
{
	struct {
		struct _io_devctl head;
		uint32_t flags;
	} m = {{.type = _IO_DEVCTL, .dcmd = dcmd, .nbytes = sizeof(*flags)}, *flags};
	struct {
		struct _io_devctl_reply head;
		uint32_t flags;
	} reply = {.flags = 0};
	long r = skink_msg_send(fd, &m, sizeof(m), &reply, sizeof(reply));

	*flags = reply.flags;
	return r < 0 ? r : 0;
}

static long
get_flags(int fd)
{
	uint32_t flags = 0;
	long r = flags_of(fd, DCMD_ALL_GETFLAGS, &flags);

	if (r < 0)
		return r;
	return (long)((flags & ~_IO_FLAG_MASK) | ((flags & _IO_FLAG_MASK) - 1));
}

static long
set_flags(int fd, unsigned oflag)
{
	uint32_t flags = oflag & _IO_FLAG_SETTABLE;

	return flags_of(fd, DCMD_ALL_SETFLAGS, &flags);
}

static long
note(long fd)
{
	if (fd >= 0)
		glue_fd_made(fd);
	return fd;
}

static long
duplicate(int fd, int lowest, unsigned flags)
{
	if (fd < 0 || fd >= SKINK_COIDS)
		return -EBADF;
	if (lowest < 0 || lowest >= SKINK_COIDS)
		return -EINVAL;
	return note(skink_connect_dup(fd, lowest, flags));
}

int
dup(int fd)
{
	return (int)glue_result(duplicate(fd, 0, 0));
}

int
dup3(int fd, int new_fd, int flags)
{
	long r;

	if (new_fd < 0 || new_fd >= SKINK_COIDS || fd < 0 || fd >= SKINK_COIDS)
		return (int)glue_result(-EBADF);
	if (fd == new_fd)
		return (int)glue_result(-EINVAL);
	r = skink_connect_dup(
	    fd, new_fd, SKINK_DUP_EXACT | ((flags & O_CLOEXEC) != 0 ? SKINK_COF_CLOEXEC : 0));
	return (int)glue_result(note(r));
}

int
dup2(int fd, int new_fd)
{
	if (fd == new_fd)
		return fcntl(fd, F_GETFD) < 0 ? -1 : new_fd;
	return dup3(fd, new_fd, 0);
}

/* F_GETLK and its kin: ENOTSUP. */
int
fcntl(int fd, int command, ...)
{
	va_list args;
	long arg, r;

	va_start(args, command);
	arg = va_arg(args, long);
	va_end(args);
	switch (command) {
	case F_DUPFD:
		r = duplicate(fd, (int)arg, 0);
		break;
	case F_DUPFD_CLOEXEC:
		r = duplicate(fd, (int)arg, SKINK_COF_CLOEXEC);
		break;
	case F_GETFD:
		r = skink_connect_server_info(fd, NULL);
		if (r >= 0)
			r = (r & SKINK_COF_CLOEXEC) != 0 ? FD_CLOEXEC : 0;
		break;
	case F_SETFD:
		r = skink_connect_dup(fd, fd,
		    SKINK_DUP_EXACT | (((int)arg & FD_CLOEXEC) != 0 ? SKINK_COF_CLOEXEC : 0));
		r = r < 0 ? r : 0;
		break;
	case F_GETFL:
		r = get_flags(fd);
		break;
	case F_SETFL:
		r = set_flags(fd, (unsigned)arg);
		break;
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
		r = -ENOTSUP;
		break;
	default:
		r = -EINVAL;
		break;
	}
	return (int)glue_result(r);
}
