/* SPDX-License-Identifier: Apache-2.0 */
/* read_write.c - data in and out of descriptors: each call is one message. */
#include "../glue.h"

#include <signal.h>
#include <string.h>
#include <sys/iomsg.h>
#include <sys/uio.h>
#include <unistd.h>

/* One message carries less than SKINK_MSG_MAX; POSIX allows short transfers. */
#define TRANSFER_MAX (SKINK_MSG_MAX / 2)

_Static_assert(sizeof(struct iovec) == sizeof(struct skink_iov), "struct iovec");
_Static_assert(UIO_MAXIOV + 2 <= SKINK_IOV_MAX, "parts");

struct read_head {
	struct _io_read read;
	struct _xtype_offset at;
};

struct write_head {
	struct _io_write write;
	struct _xtype_offset at;
};

static size_t
cut(size_t size)
{
	return size < TRANSFER_MAX ? size : TRANSFER_MAX;
}

/* A server's answer: no more than was asked for, or it lies. */
static long
moved(long result, size_t asked)
{
	return result > (long)asked ? -EIO : result;
}

/* A write's answer. Nobody is left to read a pipe: SIGPIPE, which ends the process unless it is
 * ignored. */
static ssize_t
written(long result, size_t asked)
{
	if (result == -EPIPE)
		raise(SIGPIPE);
	return glue_result(moved(result, asked));
}

ssize_t
read(int fd, void *buffer, size_t size)
{
	struct _io_read m = {.type = _IO_READ, .nbytes = (uint32_t)cut(size)};

	return glue_result(
	    moved(skink_msg_send(fd, &m, sizeof(m), buffer, (long)cut(size)), cut(size)));
}

ssize_t
write(int fd, const void *buffer, size_t size)
{
	struct _io_write m = {.type = _IO_WRITE, .nbytes = (uint32_t)cut(size)};
	struct skink_iov parts[2] = {{&m, sizeof(m)}, {(void *)buffer, cut(size)}};

	return written(skink_msg_send(fd, parts, -2, NULL, 0), cut(size));
}

long
glue_pread(int fd, void *buffer, size_t size, uint64_t offset)
{
	struct read_head m = {
	    .read = {.type = _IO_READ, .nbytes = (uint32_t)cut(size), .xtype = _IO_XTYPE_OFFSET},
	    .at = {.offset = (int64_t)offset},
	};

	if ((int64_t)offset < 0)
		return -EINVAL;
	return moved(skink_msg_send(fd, &m, sizeof(m), buffer, (long)cut(size)), cut(size));
}

ssize_t
pread(int fd, void *buffer, size_t size, off_t offset)
{
	return glue_result(glue_pread(fd, buffer, size, (uint64_t)offset));
}

ssize_t
pwrite(int fd, const void *buffer, size_t size, off_t offset)
{
	struct write_head m = {
	    .write = {.type = _IO_WRITE, .nbytes = (uint32_t)cut(size), .xtype = _IO_XTYPE_OFFSET},
	    .at = {.offset = offset},
	};
	struct skink_iov parts[2] = {{&m, sizeof(m)}, {(void *)buffer, cut(size)}};

	if (offset < 0)
		return glue_result(-EINVAL);
	return written(skink_msg_send(fd, parts, -2, NULL, 0), cut(size));
}

/* The bytes of all parts, or a negative error. */
static long
total_of(const struct iovec *parts, int count)
{
	size_t total = 0;

	if (count < 1 || count > UIO_MAXIOV)
		return -EINVAL;
	for (int i = 0; i < count; i++) {
		if (parts[i].iov_len > TRANSFER_MAX - total)
			return -EINVAL;
		total += parts[i].iov_len;
	}
	return (long)total;
}

ssize_t
readv(int fd, const struct iovec *parts, int count)
{
	struct _io_read m = {.type = _IO_READ};
	struct skink_iov head = {&m, sizeof(m)};
	long total = total_of(parts, count);

	if (total < 0)
		return glue_result(total);
	m.nbytes = (uint32_t)total;
	return glue_result(
	    moved(skink_msg_send(fd, &head, -1, (void *)parts, -(long)count), (size_t)total));
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{
	struct _io_write m = {.type = _IO_WRITE};
	struct skink_iov all[UIO_MAXIOV + 1] = {{&m, sizeof(m)}};
	long total = total_of(parts, count);

	if (total < 0)
		return glue_result(total);
	m.nbytes = (uint32_t)total;
	memcpy(all + 1, parts, (size_t)count * sizeof(*parts));
	return written(skink_msg_send(fd, all, -(long)count - 1, NULL, 0), (size_t)total);
}

off_t
lseek(int fd, off_t offset, int whence)
{
	struct _io_lseek m = {.type = _IO_LSEEK, .whence = (int16_t)whence, .offset = offset};
	uint64_t position = 0;
	long r = skink_msg_send(fd, &m, sizeof(m), &position, sizeof(position));

	return r < 0 ? glue_result(r) : (off_t)position;
}

int
ftruncate(int fd, off_t length)
{
	struct _io_space m = {
	    .type = _IO_SPACE,
	    .subtype = _IO_SPACE_TRUNCATE,
	    .len = (uint64_t)length,
	};

	if (length < 0)
		return (int)glue_result(-EINVAL);
	return (int)glue_result(skink_msg_send(fd, &m, sizeof(m), NULL, 0));
}

int
fsync(int fd)
{
	struct _io_sync m = {.type = _IO_SYNC};

	return (int)glue_result(skink_msg_send(fd, &m, sizeof(m), NULL, 0));
}

int
fdatasync(int fd)
{
	return fsync(fd);
}
