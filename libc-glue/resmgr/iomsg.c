/* SPDX-License-Identifier: Apache-2.0 */
/* iomsg.c - checks io messages: lengths, constants, reserved fields, paths. Never trusts a field
 * before its length is known, and never changes the message. */
#include <string.h>

#include <skink/errno.h>

#include "iomsg.h"

struct shape {
	uint16_t type;
	uint16_t size; /* of the fixed part */
};

static const struct shape shapes[] = {
    {_IO_CONNECT, sizeof(struct _io_connect)},
    {_IO_READ, sizeof(struct _io_read)},
    {_IO_WRITE, sizeof(struct _io_write)},
    {_IO_STAT, sizeof(struct _io_stat)},
    {_IO_NOTIFY, sizeof(struct _io_notify)},
    {_IO_DEVCTL, sizeof(struct _io_devctl)},
    {_IO_PATHCONF, sizeof(struct _io_pathconf)},
    {_IO_LSEEK, sizeof(struct _io_lseek)},
    {_IO_CHMOD, sizeof(struct _io_chmod)},
    {_IO_UTIME, sizeof(struct _io_utime)},
    {_IO_FDINFO, sizeof(struct _io_fdinfo)},
    {_IO_SPACE, sizeof(struct _io_space)},
    {_IO_MSG, sizeof(struct _io_msg)},
    {_IO_SYNC, sizeof(struct _io_sync)},
};

static size_t
shape_size(unsigned type)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].type == type)
			return shapes[i].size;
	return 0;
}

/* What follows the prefix: no empty component but a last one (a slash at the end), no . or .. */
static int
check_rest(const char *rest)
{
	while (*rest != '\0') {
		const char *end = strchr(rest, '/');
		size_t len = end == NULL ? strlen(rest) : (size_t)(end - rest);

		if (len == 0 || (len == 1 && rest[0] == '.') ||
		    (len == 2 && rest[0] == '.' && rest[1] == '.'))
			return SK_EINVAL;
		if (len > IO_NAME_MAX)
			return SK_ENAMETOOLONG;
		if (end == NULL)
			break;
		rest = end + 1;
	}
	return 0;
}

static const char *
skip_prefix(const char *path, size_t prefix_len)
{
	path += prefix_len;
	return *path == '/' ? path + 1 : path;
}

static int
check_path(const char *path, size_t len, size_t prefix_len)
{
	if (len == 0 || path[0] != '/' || path[len] != '\0' || memchr(path, '\0', len) != NULL)
		return SK_EINVAL;
	if (prefix_len == 0 || prefix_len > len)
		return SK_EINVAL;
	if (prefix_len < len && path[prefix_len] != '/' && path[prefix_len - 1] != '/')
		return SK_EINVAL;
	return check_rest(skip_prefix(path, prefix_len));
}

static int
check_connect(const struct _io_connect *c, size_t len)
{
	size_t need = (size_t)c->path_len + 1;
	int error;

	if (c->version != IO_VERSION)
		return c->version > IO_VERSION ? SK_ENOTSUP : SK_EINVAL;
	if (c->subtype == _IO_CONNECT_RENAME)
		need += (size_t)c->extra_len + 1;
	else if (c->extra_len != 0 || c->extra_prefix_len != 0)
		return SK_EINVAL;
	if (c->path_len >= IO_PATH_MAX || c->extra_len >= IO_PATH_MAX)
		return SK_ENAMETOOLONG;
	if (sizeof(*c) + need > len)
		return SK_EINVAL;
	error = check_path(c->path, c->path_len, c->prefix_len);
	if (error == 0 && c->subtype == _IO_CONNECT_RENAME)
		error = check_path(c->path + c->path_len + 1, c->extra_len, c->extra_prefix_len);
	if (error != 0)
		return error;
	switch (c->subtype) {
	case _IO_CONNECT_OPEN:
		return (c->ioflag & _IO_FLAG_MASK) == 0 ? SK_EINVAL : 0;
	case _IO_CONNECT_UNLINK:
	case _IO_CONNECT_RENAME:
	case _IO_CONNECT_STAT:
	case _IO_CONNECT_MKDIR:
	case _IO_CONNECT_RMDIR:
	case _IO_CONNECT_CHMOD:
	case _IO_CONNECT_UTIME:
	case _IO_CONNECT_TRUNCATE:
		return 0;
	default:
		return SK_ENOSYS;
	}
}

static int
check_transfer(uint32_t nbytes, uint32_t xtype, uint32_t zero, size_t fixed, size_t len,
    size_t total, int data)
{
	size_t header = fixed;

	if (zero != 0 || nbytes > INT32_MAX)
		return SK_EINVAL;
	if (xtype == _IO_XTYPE_OFFSET)
		header += sizeof(struct _xtype_offset);
	else if (xtype != _IO_XTYPE_NONE)
		return SK_EINVAL;
	return header > len || header + (data ? nbytes : 0) > total ? SK_EINVAL : 0;
}

int
iomsg_check(const void *m, size_t len, size_t total)
{
	const io_read_t *read = m;
	const io_write_t *write = m;
	const io_lseek_t *lseek = m;
	const io_devctl_t *devctl = m;
	const io_notify_t *notify = m;
	const io_space_t *space = m;
	uint16_t type, combine;
	size_t size;

	if (len < 4)
		return SK_EINVAL;
	memcpy(&type, m, sizeof(type));
	memcpy(&combine, (const char *)m + 2, sizeof(combine));
	size = shape_size(type);
	if (size == 0)
		return SK_ENOSYS;
	if (len < size)
		return SK_EINVAL;
	if (type == _IO_CONNECT)
		return check_connect(m, len);
	if (combine != 0)
		return SK_EINVAL;
	switch (type) {
	case _IO_READ:
		return check_transfer(
		    read->i.nbytes, read->i.xtype, read->i.zero, size, len, total, 0);
	case _IO_WRITE:
		return check_transfer(
		    write->i.nbytes, write->i.xtype, write->i.zero, size, len, total, 1);
	case _IO_LSEEK:
		return lseek->i.whence < 0 || lseek->i.whence > 2 || lseek->i.zero != 0 ? SK_EINVAL
											: 0;
	case _IO_DEVCTL:
		if (devctl->i.zero != 0 || devctl->i.nbytes < IO_DEVCTL_SIZE(devctl->i.dcmd))
			return SK_EINVAL;
		return (devctl->i.dcmd & _POSIX_DEVDIR_TO) &&
			size + IO_DEVCTL_SIZE(devctl->i.dcmd) > len
		    ? SK_EINVAL
		    : 0;
	case _IO_NOTIFY:
		return notify->i.zero != 0 || notify->i.action > _NOTIFY_ACTION_DISARM ||
			(notify->i.flags & ~_NOTIFY_COND_MASK) != 0
		    ? SK_EINVAL
		    : 0;
	case _IO_SPACE:
		return space->i.subtype != _IO_SPACE_TRUNCATE || space->i.whence != 0 ||
			space->i.start != 0
		    ? SK_EINVAL
		    : 0;
	default:
		return 0;
	}
}

const char *
iomsg_rest(const struct _io_connect *c)
{
	return skip_prefix(c->path, c->prefix_len);
}

const char *
iomsg_extra_rest(const struct _io_connect *c)
{
	return skip_prefix(c->path + c->path_len + 1, c->extra_prefix_len);
}
