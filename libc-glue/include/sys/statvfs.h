/* SPDX-License-Identifier: Apache-2.0 */
/* sys/statvfs.h - how full a file system is (POSIX). ENOTTY, ENOSYS: its server is none. */
#ifndef SKINK_SYS_STATVFS_H
#define SKINK_SYS_STATVFS_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct statvfs {
	unsigned long f_bsize;
	unsigned long f_frsize;
	fsblkcnt_t f_blocks;
	fsblkcnt_t f_bfree;
	fsblkcnt_t f_bavail;
	fsfilcnt_t f_files;
	fsfilcnt_t f_ffree;
	fsfilcnt_t f_favail;
	unsigned long f_fsid;
	unsigned long f_flag;
	unsigned long f_namemax;
	char f_basetype[16];
};

int statvfs(const char *__restrict path, struct statvfs *__restrict st);
int fstatvfs(int fd, struct statvfs *st);

#ifdef __cplusplus
}
#endif

#endif
