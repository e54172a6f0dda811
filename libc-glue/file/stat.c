/* SPDX-License-Identifier: Apache-2.0 */
/* stat.c - what a file is, and changes of that. */
#include "../glue.h"

#include <fcntl.h>
#include <sys/iomsg.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

_Static_assert(S_IFMT == _IO_S_IFMT && S_IFREG == _IO_S_IFREG && S_IFDIR == _IO_S_IFDIR &&
	S_IFCHR == _IO_S_IFCHR && S_IFIFO == _IO_S_IFIFO && S_IFBLK == _IO_S_IFBLK,
    "file types");

static void
fill(struct stat *st, const struct _io_stat_reply *r)
{
	*st = (struct stat){
	    .st_dev = r->dev,
	    .st_ino = r->ino,
	    .st_mode = r->mode,
	    .st_nlink = (nlink_t)r->nlink,
	    .st_uid = r->uid,
	    .st_gid = r->gid,
	    .st_rdev = r->rdev,
	    .st_size = (off_t)r->size,
	    .st_blksize = r->blksize,
	    .st_blocks = (blkcnt_t)r->blocks,
	    .st_atim = glue_ns_timespec(r->atime_ns),
	    .st_mtim = glue_ns_timespec(r->mtime_ns),
	    .st_ctim = glue_ns_timespec(r->ctime_ns),
	};
}

/* One _IO_CONNECT that opens nothing. */
static long
ask_path(const char *path, const struct _io_connect *what, void *reply, size_t reply_size)
{
	struct glue_route route;
	long r = glue_resolve(path, SKINK_SIDE_CHANNEL, SKINK_COF_CLOEXEC, &route);

	if (r < 0)
		return r;
	r = glue_connect(&route, what, reply, reply_size);
	skink_connect_detach(route.coid);
	return r;
}

int
stat(const char *restrict path, struct stat *restrict st)
{
	struct _io_connect what = {.subtype = _IO_CONNECT_STAT};
	struct _io_stat_reply reply = {0};
	long r = ask_path(path, &what, &reply, sizeof(reply));

	if (r < 0)
		return (int)glue_result(r);
	fill(st, &reply);
	return 0;
}

int
lstat(const char *restrict path, struct stat *restrict st)
{
	return stat(path, st);
}

int
fstat(int fd, struct stat *st)
{
	struct _io_stat m = {.type = _IO_STAT};
	struct _io_stat_reply reply = {0};
	long r = skink_msg_send(fd, &m, sizeof(m), &reply, sizeof(reply));

	if (r < 0)
		return (int)glue_result(r);
	fill(st, &reply);
	return 0;
}

/* There are no users: the owner's bits are everybody's. */
int
access(const char *path, int how)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -1;
	if (((how & R_OK) != 0 && (st.st_mode & 0444) == 0) ||
	    ((how & W_OK) != 0 && (st.st_mode & 0222) == 0) ||
	    ((how & X_OK) != 0 && (st.st_mode & 0111) == 0))
		return (int)glue_result(-EACCES);
	return 0;
}

int
mkdir(const char *path, mode_t mode)
{
	struct _io_connect what = {
	    .subtype = _IO_CONNECT_MKDIR, .mode = mode & ~glue_umask() & 07777};

	return (int)glue_result(ask_path(path, &what, NULL, 0));
}

int
rmdir(const char *path)
{
	struct _io_connect what = {.subtype = _IO_CONNECT_RMDIR};

	return (int)glue_result(ask_path(path, &what, NULL, 0));
}

int
unlink(const char *path)
{
	struct _io_connect what = {.subtype = _IO_CONNECT_UNLINK};

	return (int)glue_result(ask_path(path, &what, NULL, 0));
}

int
chmod(const char *path, mode_t mode)
{
	struct _io_connect what = {.subtype = _IO_CONNECT_CHMOD, .mode = mode & 07777};

	return (int)glue_result(ask_path(path, &what, NULL, 0));
}

int
truncate(const char *path, off_t length)
{
	struct _io_connect what = {.subtype = _IO_CONNECT_TRUNCATE, .value = (uint64_t)length};

	if (length < 0)
		return (int)glue_result(-EINVAL);
	return (int)glue_result(ask_path(path, &what, NULL, 0));
}

int
fchmod(int fd, mode_t mode)
{
	struct _io_chmod m = {.type = _IO_CHMOD, .mode = mode & 07777};

	return (int)glue_result(skink_msg_send(fd, &m, sizeof(m), NULL, 0));
}

static long
utime_ns(const struct timespec *t, uint64_t now, uint64_t *ns)
{
	if (t->tv_nsec == UTIME_OMIT) {
		*ns = UINT64_MAX;
		return 0;
	}
	if (t->tv_nsec == UTIME_NOW) {
		*ns = now;
		return 0;
	}
	return glue_timespec_ns(t, ns);
}

int
futimens(int fd, const struct timespec times[2])
{
	struct _io_utime m = {.type = _IO_UTIME, .cur_flag = times == NULL};
	uint64_t now = 0;
	long r = 0;

	if (times != NULL) {
		skink_clock_time(SKINK_CLOCK_REALTIME, &now);
		r = utime_ns(&times[0], now, &m.atime_ns);
		if (r == 0)
			r = utime_ns(&times[1], now, &m.mtime_ns);
	}
	if (r == 0)
		r = skink_msg_send(fd, &m, sizeof(m), NULL, 0);
	return (int)glue_result(r);
}

int
utimensat(int dirfd, const char *path, const struct timespec times[2], int flags)
{
	struct _io_connect what = {.subtype = _IO_CONNECT_UTIME, .value = UINT64_MAX};
	struct stat st;
	long r = 0;

	if ((flags & ~AT_SYMLINK_NOFOLLOW) != 0)
		return (int)glue_result(-EINVAL);
	if (dirfd != AT_FDCWD && *path != '/')
		return (int)glue_result(-ENOTSUP);
	if (times != NULL && times[1].tv_nsec == UTIME_OMIT)
		return stat(path, &st);
	if (times != NULL && times[1].tv_nsec != UTIME_NOW)
		r = glue_timespec_ns(&times[1], &what.value);
	if (r == 0)
		r = ask_path(path, &what, NULL, 0);
	return (int)glue_result(r);
}

static struct timespec
of_microseconds(const struct timeval *t)
{
	return (struct timespec){.tv_sec = t->tv_sec, .tv_nsec = t->tv_usec * 1000};
}

int
utimes(const char *path, const struct timeval times[2])
{
	struct timespec t[2];

	if (times == NULL)
		return utimensat(AT_FDCWD, path, NULL, 0);
	t[0] = of_microseconds(&times[0]);
	t[1] = of_microseconds(&times[1]);
	return utimensat(AT_FDCWD, path, t, 0);
}

int
mkfifo(const char *path, mode_t mode)
{
	(void)path, (void)mode;
	return (int)glue_result(-ENOSYS);
}

int
link(const char *path, const char *new_path)
{
	(void)path, (void)new_path;
	return (int)glue_result(-ENOSYS);
}

int
symlink(const char *path, const char *new_path)
{
	(void)path, (void)new_path;
	return (int)glue_result(-ENOSYS);
}

/* No file is a link. */
ssize_t
readlink(const char *restrict path, char *restrict buffer, size_t size)
{
	struct stat st;

	(void)buffer, (void)size;
	return stat(path, &st) < 0 ? -1 : glue_result(-EINVAL);
}
