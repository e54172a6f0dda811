/* SPDX-License-Identifier: Apache-2.0 */
/* statvfs.c - how full a file system is; fpathconf. */
#include "../glue.h"

#include <devctl.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

int
fstatvfs(int fd, struct statvfs *st)
{
	struct _io_statvfs v;
	int error = devctl(fd, (int)DCMD_FSYS_STATVFS, &v, sizeof(v), NULL);

	if (error != 0)
		return (int)glue_result(-error);
	*st = (struct statvfs){
	    .f_bsize = v.frsize,
	    .f_frsize = v.frsize,
	    .f_blocks = v.blocks,
	    .f_bfree = v.bfree,
	    .f_bavail = v.bfree,
	    .f_files = (fsfilcnt_t)v.files,
	    .f_ffree = (fsfilcnt_t)v.ffree,
	    .f_favail = (fsfilcnt_t)v.ffree,
	    .f_namemax = v.namemax,
	};
	strlcpy(st->f_basetype, v.type, sizeof(st->f_basetype));
	return 0;
}

int
statvfs(const char *restrict path, struct statvfs *restrict st)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0)
		return -1;
	r = fstatvfs(fd, st);
	close(fd);
	return r;
}

long
fpathconf(int fd, int name)
{
	struct _io_pathconf m = {.type = _IO_PATHCONF};

	switch (name) {
	case _PC_NAME_MAX:
		m.name = _IO_PC_NAME_MAX;
		break;
	case _PC_PATH_MAX:
		m.name = _IO_PC_PATH_MAX;
		break;
	case _PC_PIPE_BUF:
		m.name = _IO_PC_PIPE_BUF;
		break;
	default:
		return glue_result(-EINVAL);
	}
	return glue_result(skink_msg_send(fd, &m, sizeof(m), NULL, 0));
}

long
pathconf(const char *path, int name)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long r;

	if (fd < 0)
		return -1;
	r = fpathconf(fd, name);
	close(fd);
	return r;
}
