/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys/iomsg.h - the messages between a C library and a resource manager: everything that is done
 * to a path or a descriptor. Constants and structures have QNX's names; the layout is Skink's own:
 * fixed width, no pointers, no implicit padding, sizes asserted. Little-endian.
 *
 * A message starts with a 16-bit type. Types _IO_BASE.._IO_MAX are here; a server's own messages
 * (message_attach) lie above _IO_MAX.
 *
 * The answer is the status of MsgReply (>= 0) plus the reply data told below, or an error number
 * by MsgError. Reply data are cut to the client's buffer.
 *
 * Any message may be received twice by different instances of a server (_msg_info: seq, flag
 * SKINK_MI_REDELIVERED); the resource manager library makes that invisible. A client does
 * nothing about it.
 *
 * Errors that every message can give: EBADF (connection not open for this), ENOSYS (the server does
 * not do this), EINVAL (malformed: too short, reserved field not zero, bad constant), ESTALE (the
 * server lost this open file in a cold start), EMSGSIZE.
 */
#ifndef SYS_IOMSG_H
#define SYS_IOMSG_H

#include <stdint.h>

#include <skink/types.h>

#define IO_VERSION	1	/* in _io_connect; a server refuses a newer major: ENOTSUP */

#define _IO_BASE	0x100
#define _IO_MAX		0x1ff

#define _IO_CONNECT	0x100
#define _IO_READ	0x101
#define _IO_WRITE	0x102
#define _IO_STAT	0x104
#define _IO_NOTIFY	0x105
#define _IO_DEVCTL	0x106
#define _IO_PATHCONF	0x108
#define _IO_LSEEK	0x109
#define _IO_CHMOD	0x10a
#define _IO_UTIME	0x10c
#define _IO_FDINFO	0x10e
#define _IO_SPACE	0x110
#define _IO_MSG		0x113
#define _IO_SYNC	0x119

/*
 * _IO_CONNECT: the first message on a new connection (OPEN), or the only one before the client
 * detaches it again (all others). Then the path or paths:
 *
 *	path[0 .. path_len)			absolute, without . .. and //; then a NUL
 *	path[path_len + 1 .. + extra_len)	RENAME: the new name, likewise; then a NUL
 *
 * path_len and extra_len do not count the NULs. prefix_len is how much of the path is the prefix
 * that procmgr matched (PROC_RESOLVE told it): what follows, less its leading slash, is the
 * server's own part of the name, "" for the prefix itself. extra_prefix_len is the same for the new
 * name; the library has checked that both prefixes lead to the same channel (else EXDEV).
 * A path that ends in a slash names a directory: keep the slash, with path_len counting it.
 *
 * Reply: struct _io_connect_reply (OPEN), struct _io_stat_reply (STAT), or nothing.
 */
#define _IO_CONNECT_OPEN	2	/* make an open file of this connection */
#define _IO_CONNECT_UNLINK	3	/* not a directory: EISDIR */
#define _IO_CONNECT_RENAME	4
#define _IO_CONNECT_MKNOD	5	/* reserved: ENOSYS */
#define _IO_CONNECT_READLINK	6	/* ENOSYS: there are no symbolic links */
#define _IO_CONNECT_LINK	7	/* ENOSYS: there are no hard links */
#define _IO_CONNECT_STAT	16	/* stat() of a path */
#define _IO_CONNECT_MKDIR	17
#define _IO_CONNECT_RMDIR	18	/* ENOTDIR, ENOTEMPTY */
#define _IO_CONNECT_CHMOD	19	/* `mode`: the new permission bits */
#define _IO_CONNECT_UTIME	20	/* `value`: new time, ns since 1970; UINT64_MAX: now */
#define _IO_CONNECT_TRUNCATE	21	/* `value`: the new size */

struct _io_connect {
	uint16_t	type;		/* _IO_CONNECT */
	uint16_t	subtype;	/* _IO_CONNECT_ */
	uint32_t	version;	/* IO_VERSION */
	uint32_t	ioflag;		/* OPEN: _IO_FLAG_ */
	uint32_t	mode;		/* OPEN with CREAT, MKDIR, CHMOD: S_I bits, umask applied */
	uint64_t	value;
	uint16_t	path_len;
	uint16_t	prefix_len;
	uint16_t	extra_len;
	uint16_t	extra_prefix_len;
	char		path[];
};
_Static_assert(sizeof(struct _io_connect) == 32, "struct _io_connect");
#define IO_PATH_MAX	1024		/* path with its NUL, at most */
#define IO_NAME_MAX	255		/* one component, at most (a server may have less) */

/*
 * ioflag is open()'s oflag with its access mode counted from 1, so that it is two bits:
 * (oflag & 3) + 1. The others have the values that picolibc's <fcntl.h> gives O_APPEND, O_CREAT...
 */
#define _IO_FLAG_RD		0x0001
#define _IO_FLAG_WR		0x0002
#define _IO_FLAG_MASK		0x0003
#define _IO_FLAG_CREAT		0x0040
#define _IO_FLAG_TRUNC		0x0200
#define _IO_FLAG_APPEND		0x0400
#define _IO_FLAG_EXCL		0x0800
#define _IO_FLAG_SYNC		0x2000
#define _IO_FLAG_NONBLOCK	0x4000
#define _IO_FLAG_NOCTTY		0x8000
#define _IO_FLAG_DIRECTORY	0x200000	/* ENOTDIR if it is none */
#define _IO_FLAG_SETTABLE	(_IO_FLAG_APPEND | _IO_FLAG_NONBLOCK)	/* by DCMD_ALL_SETFLAGS */

struct _io_connect_reply {
	uint32_t	version;	/* the server's IO_VERSION; the lower of both is spoken */
	uint32_t	mode;		/* S_IF type and permission bits of what was opened */
	uint64_t	value;		/* pipe: the id of the new pipe; else 0 */
};
_Static_assert(sizeof(struct _io_connect_reply) == 16, "struct _io_connect_reply");

/*
 * pipe(): open "/dev/pipe" with _IO_FLAG_RD makes a new pipe and its read end, and tells its id in
 * `value`; open "/dev/pipe/ID" (16 lower-case hexadecimal digits) with _IO_FLAG_WR makes its write
 * end. Only the process that made the pipe can open it by id, once. Until then a read waits.
 */
#define IO_PIPE_PATH	"/dev/pipe"

/* File types: POSIX's and picolibc's values, for <sys/stat.h>-free code. */
#define _IO_S_IFMT	0170000
#define _IO_S_IFIFO	0010000
#define _IO_S_IFCHR	0020000
#define _IO_S_IFDIR	0040000
#define _IO_S_IFBLK	0060000
#define _IO_S_IFREG	0100000

/*
 * _IO_READ: reads up to nbytes. Status: bytes got, 0 at the end; reply: the bytes. From a
 * directory: whole records of struct _io_dirent (EINVAL when nbytes holds not even one).
 * With _IO_XTYPE_OFFSET (pread) struct _xtype_offset follows the message; the file's position does
 * not move. EAGAIN: would block and the open file is non-blocking.
 *
 * _IO_WRITE: then the data, nbytes of them, after the message (and its _xtype_offset: pwrite).
 * Status: bytes taken, which may be fewer.
 */
struct _io_read {
	uint16_t	type;
	uint16_t	combine_len;	/* 0 */
	uint32_t	nbytes;
	uint32_t	xtype;		/* _IO_XTYPE_ */
	uint32_t	zero;
};
_Static_assert(sizeof(struct _io_read) == 16, "struct _io_read");

struct _io_write {
	uint16_t	type;
	uint16_t	combine_len;	/* 0 */
	uint32_t	nbytes;
	uint32_t	xtype;
	uint32_t	zero;
};
_Static_assert(sizeof(struct _io_write) == 16, "struct _io_write");

#define _IO_XTYPE_NONE		0
#define _IO_XTYPE_OFFSET	2
#define _IO_XTYPE_MASK		0xff

struct _xtype_offset {
	int64_t		offset;		/* >= 0 */
};

/* A directory's record. The next one is d_reclen further (a multiple of 8). "." and ".." are
 * not sent. lseek on a directory: SET to a d_offset, or to 0, only. */
struct _io_dirent {
	uint64_t	d_ino;
	int64_t		d_offset;	/* of the record after this one */
	uint16_t	d_reclen;
	uint16_t	d_namelen;	/* without the NUL */
	uint8_t		d_type;		/* S_IF type >> 12 (DT_DIR 4, DT_REG 8...); 0: unknown */
	uint8_t		zero[3];
	char		d_name[];	/* with a NUL, zeros to d_reclen */
};
_Static_assert(sizeof(struct _io_dirent) == 24, "struct _io_dirent");
#define IO_DIRENT_SIZE(namelen)	((24u + (unsigned)(namelen) + 1 + 7) & ~7u)

/* _IO_LSEEK. Status 0; reply: uint64_t, the new position. ESPIPE: not seekable. */
struct _io_lseek {
	uint16_t	type;
	uint16_t	combine_len;	/* 0 */
	int16_t		whence;		/* SEEK_SET 0, SEEK_CUR 1, SEEK_END 2 */
	uint16_t	zero;
	int64_t		offset;
};
_Static_assert(sizeof(struct _io_lseek) == 16, "struct _io_lseek");

/* _IO_STAT (fstat), and CONNECT_STAT. Status 0; reply: struct _io_stat_reply. */
struct _io_stat {
	uint16_t	type;
	uint16_t	combine_len;	/* 0 */
	uint32_t	zero;
};
_Static_assert(sizeof(struct _io_stat) == 8, "struct _io_stat");

struct _io_stat_reply {
	uint64_t	ino;
	uint64_t	dev;		/* the server's chid, so that (dev, ino) is unique */
	uint64_t	rdev;
	uint64_t	size;		/* bytes */
	uint64_t	blocks;		/* of 512 bytes */
	uint64_t	mtime_ns;	/* since 1970, realtime clock */
	uint64_t	atime_ns;
	uint64_t	ctime_ns;
	uint32_t	mode;
	uint32_t	nlink;
	uint32_t	uid;
	uint32_t	gid;
	uint32_t	blksize;	/* the best size for reads and writes */
	uint32_t	zero;
};
_Static_assert(sizeof(struct _io_stat_reply) == 88, "struct _io_stat_reply");

/* _IO_CHMOD (fchmod): mode's permission bits. No reply data. */
struct _io_chmod {
	uint16_t	type;
	uint16_t	combine_len;	/* 0 */
	uint32_t	mode;
};
_Static_assert(sizeof(struct _io_chmod) == 8, "struct _io_chmod");

/* _IO_UTIME (futimens): times in ns since 1970. No reply data. */
struct _io_utime {
	uint16_t	type;
	uint16_t	combine_len;	/* 0 */
	uint32_t	cur_flag;	/* 1: both become now, the rest is ignored */
	uint64_t	atime_ns;	/* UINT64_MAX: leave */
	uint64_t	mtime_ns;	/* UINT64_MAX: leave */
};
_Static_assert(sizeof(struct _io_utime) == 24, "struct _io_utime");

/* _IO_SPACE: the size of an open file. Needs it open for writing. No reply data. */
struct _io_space {
	uint16_t	type;
	uint16_t	combine_len;	/* 0 */
	uint16_t	subtype;	/* _IO_SPACE_ */
	int16_t		whence;		/* 0 */
	uint64_t	start;		/* TRUNCATE: 0 */
	uint64_t	len;		/* TRUNCATE: the new size, up or down (ftruncate) */
};
_Static_assert(sizeof(struct _io_space) == 24, "struct _io_space");
#define _IO_SPACE_TRUNCATE	1

/* _IO_SYNC (fsync, fdatasync): what was written is as durable as the server can make it. */
struct _io_sync {
	uint16_t	type;
	uint16_t	combine_len;	/* 0 */
	uint32_t	flag;		/* 0 */
};
_Static_assert(sizeof(struct _io_sync) == 8, "struct _io_sync");

/* _IO_PATHCONF. Status: the value. EINVAL: not known for this file. */
struct _io_pathconf {
	uint16_t	type;
	uint16_t	combine_len;	/* 0 */
	int16_t		name;		/* _IO_PC_ */
	uint16_t	zero;
};
_Static_assert(sizeof(struct _io_pathconf) == 8, "struct _io_pathconf");
#define _IO_PC_NAME_MAX		4
#define _IO_PC_PATH_MAX		5
#define _IO_PC_PIPE_BUF		6

/* _IO_FDINFO (ttyname and the like). Status: length; reply: the path of the open, with a NUL. */
struct _io_fdinfo {
	uint16_t	type;
	uint16_t	combine_len;	/* 0 */
	uint32_t	zero;
};
_Static_assert(sizeof(struct _io_fdinfo) == 8, "struct _io_fdinfo");

/*
 * _IO_DEVCTL: then nbytes of data. Status: the command's result; reply: struct _io_devctl_reply,
 * then data. The command number tells the data's size and direction; nbytes is what the client has
 * room for, at least that size. ENOTTY: the server does not know the command.
 */
struct _io_devctl {
	uint16_t	type;
	uint16_t	combine_len;	/* 0 */
	uint32_t	dcmd;
	uint32_t	nbytes;
	uint32_t	zero;
};
_Static_assert(sizeof(struct _io_devctl) == 16, "struct _io_devctl");

struct _io_devctl_reply {
	uint32_t	zero;
	int32_t		ret_val;	/* the same as the status */
	uint32_t	nbytes;		/* of data that follow */
	uint32_t	zero2;
};
_Static_assert(sizeof(struct _io_devctl_reply) == 16, "struct _io_devctl_reply");

/* Command numbers: number 0..7, class 8..15, size of the data 16..29, direction 30..31. */
#define _POSIX_DEVDIR_NONE	0u
#define _POSIX_DEVDIR_TO	0x80000000u	/* to the device */
#define _POSIX_DEVDIR_FROM	0x40000000u	/* from it */
#define __DION(class, cmd)	((uint32_t)(((class) << 8) + (cmd)) + _POSIX_DEVDIR_NONE)
#define __DIOF(class, cmd, data) \
	((uint32_t)((sizeof(data) << 16) + ((class) << 8) + (cmd)) + _POSIX_DEVDIR_FROM)
#define __DIOT(class, cmd, data) \
	((uint32_t)((sizeof(data) << 16) + ((class) << 8) + (cmd)) + _POSIX_DEVDIR_TO)
#define __DIOTF(class, cmd, data) \
	((uint32_t)((sizeof(data) << 16) + ((class) << 8) + (cmd)) + _POSIX_DEVDIR_TO + \
	_POSIX_DEVDIR_FROM)
#define IO_DEVCTL_SIZE(dcmd)	(((dcmd) >> 16) & 0x3fff)

#define _DCMD_ALL	1	/* any resource manager */
#define _DCMD_FSYS	2	/* file systems */
#define _DCMD_CHR	4	/* terminals: skink/tty.h */
#define _DCMD_MISC	9	/* a server's own */

/* The open file's flags: fcntl(F_GETFL, F_SETFL): _IO_FLAG_. SET changes _IO_FLAG_SETTABLE. */
#define DCMD_ALL_GETFLAGS	__DIOF(_DCMD_ALL, 1, uint32_t)
#define DCMD_ALL_SETFLAGS	__DIOT(_DCMD_ALL, 2, uint32_t)

#define DCMD_FSYS_STATVFS	__DIOF(_DCMD_FSYS, 1, struct _io_statvfs)
struct _io_statvfs {
	uint64_t	frsize;		/* bytes in one of `blocks` */
	uint64_t	blocks;
	uint64_t	bfree;
	uint64_t	files;
	uint64_t	ffree;
	uint64_t	namemax;
	char		type[16];	/* "tmpfs" */
};
_Static_assert(sizeof(struct _io_statvfs) == 64, "struct _io_statvfs");

/*
 * _IO_NOTIFY (poll, select, ionotify): asks which of the conditions hold, and, when none does, may
 * arm an event for the first that comes true. `event` is what MsgRegisterEvent made of an event
 * for this connection. Status 0; reply: struct _io_notify_reply.
 *   POLL		only ask
 *   POLLARM	ask; if none holds, arm. The event comes once, then it is not armed any more
 *   DISARM	take back what `event` armed on this connection; asks, too
 * Arming with the same event again replaces. EAGAIN: too many are armed. What is armed goes with
 * the connection, and survives the server's restart (where it cannot, the event is delivered for
 * nothing: ask again when it comes).
 */
struct _io_notify {
	uint16_t	type;
	uint16_t	combine_len;	/* 0 */
	uint32_t	action;		/* _NOTIFY_ACTION_ */
	uint32_t	flags;		/* _NOTIFY_COND_ */
	uint32_t	zero;
	struct skink_event event;
};
_Static_assert(sizeof(struct _io_notify) == 40, "struct _io_notify");
#define _NOTIFY_ACTION_POLL	0
#define _NOTIFY_ACTION_POLLARM	1
#define _NOTIFY_ACTION_DISARM	2
#define _NOTIFY_COND_INPUT	0x10000000u	/* a read would not block (end of file counts) */
#define _NOTIFY_COND_OUTPUT	0x20000000u	/* a write would not block */
#define _NOTIFY_COND_OBAND	0x40000000u	/* never, so far */
#define _NOTIFY_COND_EXTEN	0x80000000u	/* the other side is gone (POLLHUP) */
#define _NOTIFY_COND_MASK	0xf0000000u

struct _io_notify_reply {
	uint32_t	flags;		/* those of the conditions asked for that hold */
	uint32_t	armed;		/* 1: the event will come */
};
_Static_assert(sizeof(struct _io_notify_reply) == 8, "struct _io_notify_reply");

/* _IO_MSG: a message of a server's own through an open file: the bytes after it are its. */
struct _io_msg {
	uint16_t	type;
	uint16_t	combine_len;	/* 0 */
	uint16_t	mgrid;		/* who defines subtype */
	uint16_t	subtype;
};
_Static_assert(sizeof(struct _io_msg) == 8, "struct _io_msg");

/* QNX's unions of message and reply, as callbacks get them. */
typedef union { struct _io_connect connect; struct _io_connect_reply reply; } io_open_t;
typedef union { struct _io_connect connect; } io_unlink_t;
typedef union { struct _io_connect connect; } io_rename_t;
typedef union { struct _io_connect connect; } io_mknod_t;
typedef union { struct _io_read i; } io_read_t;
typedef union { struct _io_write i; } io_write_t;
typedef union { struct _io_lseek i; uint64_t o; } io_lseek_t;
typedef union { struct _io_stat i; struct _io_stat_reply o; } io_stat_t;
typedef union { struct _io_chmod i; } io_chmod_t;
typedef union { struct _io_utime i; } io_utime_t;
typedef union { struct _io_space i; } io_space_t;
typedef union { struct _io_sync i; } io_sync_t;
typedef union { struct _io_pathconf i; } io_pathconf_t;
typedef union { struct _io_fdinfo i; } io_fdinfo_t;
typedef union { struct _io_devctl i; struct _io_devctl_reply o; } io_devctl_t;
typedef union { struct _io_notify i; struct _io_notify_reply o; } io_notify_t;
typedef union { struct _io_msg i; } io_msg_t;

#endif
