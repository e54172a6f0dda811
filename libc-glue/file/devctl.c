/* SPDX-License-Identifier: Apache-2.0 */
/* devctl.c - commands to devices: devctl (QNX), posix_devctl, ioctl. */
#include "../glue.h"

#include <devctl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>

/* 0 and *info, or a negative error. */
static long
command(int fd, uint32_t dcmd, void *data, size_t size, int *info)
{
	struct _io_devctl m = {.type = _IO_DEVCTL, .dcmd = dcmd, .nbytes = (uint32_t)size};
	struct _io_devctl_reply reply = {0};
	struct skink_iov to[2] = {{&m, sizeof(m)}, {data, size}};
	struct skink_iov from[2] = {{&reply, sizeof(reply)}, {data, size}};
	long r;

	if (size < IO_DEVCTL_SIZE(dcmd) || size > UINT32_MAX)
		return -EINVAL;
	r = skink_msg_send(fd, to, (dcmd & _POSIX_DEVDIR_TO) != 0 ? -2 : -1, from,
	    (dcmd & _POSIX_DEVDIR_FROM) != 0 ? -2 : -1);
	if (r < 0)
		return r;
	if (info != NULL)
		*info = (int)r;
	return 0;
}

int
devctl(int fd, int dcmd, void *data, size_t size, int *info)
{
	return glue_error(command(fd, (uint32_t)dcmd, data, size, info));
}

int
posix_devctl(int fd, int dcmd, void *restrict data, size_t size, int *restrict info)
{
	return glue_error(command(fd, (uint32_t)dcmd, data, size, info));
}

int
ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *data;
	int info = 0;
	long r;

	va_start(args, request);
	data = va_arg(args, void *);
	va_end(args);
	r = command(fd, (uint32_t)request, data, IO_DEVCTL_SIZE((uint32_t)request), &info);
	return r < 0 ? (int)glue_result(r) : info;
}
