/* SPDX-License-Identifier: Apache-2.0 */
/* t-file.c - files, directories, pipes and terminals: what the library promises of descriptors. */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "t-checks.h"

#define MS    1000000l
#define FILE_ "/tmp/t-file"

static void
file_keeps_what_is_written(void)
{
	char buffer[64] = {0};
	int fd = open(FILE_, O_RDWR | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0);
	CHECK_EQ(write(fd, "hello world", 11), 11);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 11);
	CHECK_EQ(lseek(fd, 6, SEEK_SET), 6);
	CHECK_EQ(read(fd, buffer, sizeof(buffer)), 5);
	CHECK(memcmp(buffer, "world", 5) == 0);
	CHECK_EQ(read(fd, buffer, sizeof(buffer)), 0);
	CHECK_EQ(pread(fd, buffer, 4, 1), 4);
	CHECK(memcmp(buffer, "ello", 4) == 0);
	CHECK_EQ(pwrite(fd, "J", 1, 0), 1);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 11);
	CHECK_EQ(pread(fd, buffer, 5, 0), 5);
	CHECK(memcmp(buffer, "Jello", 5) == 0);
	CHECK_EQ(ftruncate(fd, 3), 0);
	CHECK_EQ(lseek(fd, 0, SEEK_END), 3);
	CHECK_EQ(fsync(fd), 0);
	CHECK_FAILS(lseek(fd, -1, SEEK_SET), EINVAL);
	CHECK_FAILS(pread(fd, buffer, 1, -1), EINVAL);
	CHECK_EQ(close(fd), 0);
	CHECK_FAILS(close(fd), EBADF);
	CHECK_FAILS(read(fd, buffer, 1), EBADF);
	CHECK_EQ(unlink(FILE_), 0);
	CHECK_FAILS(open(FILE_, O_RDONLY), ENOENT);
}

static void
file_parts_go_together(void)
{
	char a[4] = {0}, b[8] = {0};
	struct iovec out[2] = {{"abc", 3}, {"defgh", 5}};
	struct iovec in[2] = {{a, 3}, {b, 5}};
	int fd = open(FILE_, O_RDWR | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0);
	CHECK_EQ(writev(fd, out, 2), 8);
	CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
	CHECK_EQ(readv(fd, in, 2), 8);
	CHECK(strcmp(a, "abc") == 0);
	CHECK(strcmp(b, "defgh") == 0);
	CHECK_FAILS(writev(fd, out, 0), EINVAL);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(unlink(FILE_), 0);
}

static void
file_flags_are_obeyed(void)
{
	char c;
	int fd = open(FILE_, O_WRONLY | O_CREAT | O_EXCL, 0600);

	CHECK(fd >= 0);
	CHECK_FAILS(open(FILE_, O_WRONLY | O_CREAT | O_EXCL, 0600), EEXIST);
	CHECK_FAILS(read(fd, &c, 1), EBADF);
	CHECK_EQ(write(fd, "one", 3), 3);
	CHECK_EQ(close(fd), 0);
	fd = open(FILE_, O_WRONLY | O_APPEND);
	CHECK_EQ(write(fd, "two", 3), 3);
	CHECK_EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND), O_WRONLY | O_APPEND);
	CHECK_EQ(close(fd), 0);
	fd = open(FILE_, O_RDONLY);
	CHECK_EQ(lseek(fd, 0, SEEK_END), 6);
	CHECK_FAILS(write(fd, "x", 1), EBADF);
	CHECK_EQ(close(fd), 0);
	CHECK_FAILS(open(FILE_ "/x", O_RDONLY), ENOTDIR);
	CHECK_FAILS(open(FILE_, O_RDONLY | O_DIRECTORY), ENOTDIR);
	CHECK_FAILS(open("/tmp", O_WRONLY), EISDIR);
	CHECK_FAILS(open("", O_RDONLY), ENOENT);
	CHECK_FAILS(open("/no/such/file", O_RDONLY), ENOENT);
	CHECK_FAILS(open(FILE_, O_ACCMODE), EINVAL);
	CHECK_EQ(unlink(FILE_), 0);
}

static void
file_descriptors_are_the_lowest(void)
{
	int a = open("/dev/null", O_RDWR), b = open("/dev/null", O_RDWR), c;

	CHECK_EQ(b, a + 1);
	CHECK_EQ(close(a), 0);
	c = dup(b);
	CHECK_EQ(c, a);
	CHECK_EQ(dup2(b, 77), 77);
	CHECK_EQ(dup2(77, 77), 77);
	CHECK_EQ(fcntl(b, F_DUPFD, 50), 50);
	CHECK_EQ(fcntl(50, F_GETFD), 0);
	CHECK_EQ(fcntl(50, F_SETFD, FD_CLOEXEC), 0);
	CHECK_EQ(fcntl(50, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(50, F_SETFD, 0), 0);
	CHECK_EQ(fcntl(50, F_GETFD), 0);
	CHECK_FAILS(fcntl(51, F_GETFD), EBADF);
	CHECK_FAILS(dup(51), EBADF);
	CHECK_FAILS(dup2(b, SKINK_COIDS), EBADF);
	CHECK_FAILS(fcntl(b, F_DUPFD, SKINK_COIDS), EINVAL);
	CHECK_EQ(close(50), 0);
	CHECK_EQ(close(77), 0);
	CHECK_EQ(close(b), 0);
	CHECK_EQ(close(c), 0);
}

static void
file_dup_shares_the_position(void)
{
	char c[2] = {0};
	int fd = open(FILE_, O_RDWR | O_CREAT | O_TRUNC, 0644), other = dup(fd);

	CHECK_EQ(write(fd, "abc", 3), 3);
	CHECK_EQ(lseek(other, 0, SEEK_CUR), 3);
	CHECK_EQ(lseek(other, 1, SEEK_SET), 1);
	CHECK_EQ(close(other), 0);
	CHECK_EQ(read(fd, c, 1), 1);
	CHECK_EQ(c[0], 'b');
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(unlink(FILE_), 0);
}

static void
file_stat_tells_what_it_is(void)
{
	struct stat st, other;
	int fd = open(FILE_, O_RDWR | O_CREAT | O_TRUNC, 0640);

	CHECK_EQ(write(fd, "12345", 5), 5);
	CHECK_EQ(fstat(fd, &st), 0);
	CHECK(S_ISREG(st.st_mode));
	CHECK_EQ(st.st_mode & 0777, 0640);
	CHECK_EQ(st.st_size, 5);
	CHECK_EQ(stat(FILE_, &other), 0);
	CHECK_EQ(other.st_ino, st.st_ino);
	CHECK_EQ(other.st_dev, st.st_dev);
	CHECK_EQ(lstat(FILE_, &other), 0);
	CHECK_EQ(chmod(FILE_, 0400), 0);
	CHECK_EQ(stat(FILE_, &st), 0);
	CHECK_EQ(st.st_mode & 0777, 0400);
	CHECK_EQ(access(FILE_, R_OK), 0);
	CHECK_FAILS(access(FILE_, W_OK), EACCES);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(stat("/dev/null", &st), 0);
	CHECK(S_ISCHR(st.st_mode));
	CHECK_EQ(stat("/", &st), 0);
	CHECK(S_ISDIR(st.st_mode));
	CHECK_EQ(unlink(FILE_), 0);
	CHECK_FAILS(stat(FILE_, &st), ENOENT);
	CHECK_FAILS(access(FILE_, F_OK), ENOENT);
}

static void
file_times_are_set(void)
{
	const struct timespec both[2] = {{.tv_sec = 5}, {.tv_sec = 1000, .tv_nsec = 7}};
	const struct timespec none[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_nsec = UTIME_OMIT}};
	const struct timespec wrong[2] = {{.tv_sec = 5}, {.tv_nsec = 1000000000}};
	const struct timeval old[2] = {{.tv_sec = 5}, {.tv_sec = 2000, .tv_usec = 3}};
	struct timespec now;
	struct stat st;
	int fd = open(FILE_, O_RDWR | O_CREAT | O_TRUNC, 0640);

	CHECK(fd >= 0);
	CHECK_EQ(utimensat(AT_FDCWD, FILE_, both, 0), 0);
	CHECK_EQ(stat(FILE_, &st), 0);
	CHECK_EQ(st.st_mtim.tv_sec, 1000);
	CHECK_EQ(st.st_mtim.tv_nsec, 7);
	CHECK(st.st_ctim.tv_sec > 1000);
	CHECK_EQ(utimensat(AT_FDCWD, FILE_, none, 0), 0);
	CHECK_EQ(futimens(fd, none), 0);
	CHECK_EQ(fstat(fd, &st), 0);
	CHECK_EQ(st.st_mtim.tv_sec, 1000);
	CHECK_EQ(utimes(FILE_, old), 0);
	CHECK_EQ(fstat(fd, &st), 0);
	CHECK_EQ(st.st_mtim.tv_sec, 2000);
	CHECK_EQ(st.st_mtim.tv_nsec, 3000);
	clock_gettime(CLOCK_REALTIME, &now);
	CHECK_EQ(utimensat(AT_FDCWD, FILE_, NULL, 0), 0);
	CHECK_EQ(fstat(fd, &st), 0);
	CHECK(st.st_mtim.tv_sec >= now.tv_sec);
	CHECK_EQ(futimens(fd, both), 0);
	CHECK_EQ(fstat(fd, &st), 0);
	CHECK_EQ(st.st_mtim.tv_sec, 1000);
	CHECK_FAILS(utimensat(AT_FDCWD, FILE_, wrong, 0), EINVAL);
	CHECK_FAILS(utimensat(AT_FDCWD, FILE_, NULL, 1 << 30), EINVAL);
	CHECK_FAILS(utimensat(fd, "x", NULL, 0), ENOTSUP);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(unlink(FILE_), 0);
	CHECK_FAILS(utimensat(AT_FDCWD, FILE_, NULL, 0), ENOENT);
	CHECK_FAILS(utimensat(AT_FDCWD, FILE_, none, 0), ENOENT);
}

static int
count_entries(const char *path, const char *wanted)
{
	struct dirent *e;
	int found = 0;
	DIR *dir = opendir(path);

	if (dir == NULL)
		return -1;
	while ((e = readdir(dir)) != NULL)
		found += wanted == NULL || strcmp(e->d_name, wanted) == 0;
	closedir(dir);
	return found;
}

static void
directory_is_made_listed_and_removed(void)
{
	char name[64], cwd[64];

	CHECK_EQ(mkdir("/tmp/d", 0755), 0);
	CHECK_FAILS(mkdir("/tmp/d", 0755), EEXIST);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "/tmp/d/file-with-a-name-%d", i);
		CHECK_EQ(close(open(name, O_WRONLY | O_CREAT, 0644)), 0);
	}
	CHECK_EQ(count_entries("/tmp/d", NULL), 40);
	CHECK_EQ(count_entries("/tmp/d", "file-with-a-name-39"), 1);
	CHECK_FAILS(rmdir("/tmp/d"), ENOTEMPTY);
	CHECK_FAILS(unlink("/tmp/d"), EISDIR);
	CHECK_EQ(rename("/tmp/d/file-with-a-name-0", "/tmp/d/other"), 0);
	CHECK_EQ(count_entries("/tmp/d", "other"), 1);
	CHECK_EQ(count_entries("/tmp/d", "file-with-a-name-0"), 0);
	CHECK_FAILS(rename("/tmp/d/other", "/dev/null"), EXDEV);
	CHECK_EQ(chdir("/tmp/d"), 0);
	CHECK(getcwd(cwd, sizeof(cwd)) == cwd);
	CHECK(strcmp(cwd, "/tmp/d") == 0);
	CHECK(getcwd(cwd, 4) == NULL);
	CHECK_EQ(errno, ERANGE);
	CHECK_EQ(access("other", R_OK), 0);
	CHECK_EQ(access("../d/./other", R_OK), 0);
	CHECK_EQ(unlink("other"), 0);
	CHECK_EQ(chdir(".."), 0);
	CHECK_FAILS(chdir("/no/such"), ENOENT);
	CHECK_FAILS(chdir("/dev/null"), ENOTDIR);
	for (int i = 1; i < 40; i++) {
		snprintf(name, sizeof(name), "d/file-with-a-name-%d", i);
		CHECK_EQ(unlink(name), 0);
	}
	CHECK_EQ(rmdir("d"), 0);
	CHECK_EQ(chdir("/"), 0);
	CHECK_FAILS(opendir("/tmp/d") == NULL ? -1 : 0, ENOENT);
	CHECK(count_entries("/", "dev") == 1);
	CHECK(count_entries("/proc/boot", "esh") == 1);
}

static void
pipe_carries_bytes_and_ends(void)
{
	char buffer[16];
	int fds[2];
	struct pollfd p;

	CHECK_EQ(pipe(fds), 0);
	p = (struct pollfd){.fd = fds[0], .events = POLLIN};
	CHECK_EQ(poll(&p, 1, 0), 0);
	CHECK_EQ(write(fds[1], "abc", 3), 3);
	CHECK_EQ(poll(&p, 1, -1), 1);
	CHECK_EQ(p.revents, POLLIN);
	CHECK_EQ(read(fds[0], buffer, sizeof(buffer)), 3);
	CHECK_EQ(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	CHECK_FAILS(read(fds[0], buffer, 1), EAGAIN);
	CHECK_EQ(close(fds[1]), 0);
	CHECK_EQ(read(fds[0], buffer, sizeof(buffer)), 0);
	CHECK_EQ(close(fds[0]), 0);
}

static void *
write_later(void *arg)
{
	usleep(5000);
	return (void *)(intptr_t)write((int)(intptr_t)arg, "x", 1);
}

static void
poll_waits_for_the_first(void)
{
	struct timespec before, after;
	struct pollfd p[3];
	pthread_t t;
	int a[2], b[2];
	fd_set set;
	struct timeval tv = {.tv_usec = 5000};

	CHECK_EQ(pipe(a), 0);
	CHECK_EQ(pipe(b), 0);
	p[0] = (struct pollfd){.fd = a[0], .events = POLLIN};
	p[1] = (struct pollfd){.fd = b[0], .events = POLLIN};
	p[2] = (struct pollfd){.fd = -1, .events = POLLIN};
	clock_gettime(CLOCK_MONOTONIC, &before);
	CHECK_EQ(poll(p, 3, 5), 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	CHECK(
	    (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec >= 5 * MS);
	CHECK_EQ(pthread_create(&t, NULL, write_later, (void *)(intptr_t)b[1]), 0);
	CHECK_EQ(poll(p, 3, -1), 1);
	CHECK_EQ(p[0].revents, 0);
	CHECK_EQ(p[1].revents, POLLIN);
	CHECK_EQ(pthread_join(t, NULL), 0);
	FD_ZERO(&set);
	FD_SET(a[0], &set);
	FD_SET(b[0], &set);
	CHECK_EQ(select(b[0] + 1, &set, NULL, NULL, NULL), 1);
	CHECK(!FD_ISSET(a[0], &set));
	CHECK(FD_ISSET(b[0], &set));
	FD_ZERO(&set);
	FD_SET(a[0], &set);
	CHECK_EQ(select(a[0] + 1, &set, NULL, NULL, &tv), 0);
	CHECK(!FD_ISSET(a[0], &set));
	p[0].events = POLLOUT;
	p[0].fd = a[1];
	CHECK_EQ(poll(p, 1, -1), 1);
	CHECK_EQ(p[0].revents, POLLOUT);
	close(a[0]);
	close(a[1]);
	close(b[0]);
	close(b[1]);
	CHECK_EQ(poll(p, 1, -1), 1);
	CHECK_EQ(p[0].revents, POLLNVAL);
}

static void
terminal_keeps_its_settings(void)
{
	struct termios before, raw, now;
	char name[64];
	int fd = open("/dev/ser1", O_RDWR | O_NOCTTY);

	CHECK(fd >= 0);
	CHECK_EQ(isatty(fd), 1);
	CHECK_EQ(tcgetattr(fd, &before), 0);
	raw = before;
	cfmakeraw(&raw);
	raw.c_oflag = before.c_oflag;
	CHECK_EQ(tcsetattr(fd, TCSADRAIN, &raw), 0);
	CHECK_EQ(tcgetattr(fd, &now), 0);
	CHECK_EQ(now.c_lflag & (ICANON | ECHO | ISIG), 0);
	CHECK_EQ(tcsetattr(fd, TCSANOW, &before), 0);
	CHECK_EQ(tcdrain(fd), 0);
	CHECK_EQ(tcflush(fd, TCIFLUSH), 0);
	CHECK_FAILS(tcsetattr(fd, 3, &before), EINVAL);
	CHECK_EQ(ttyname_r(fd, name, sizeof(name)), 0);
	CHECK(strcmp(name, "/dev/ser1") == 0);
	CHECK_EQ(close(fd), 0);
	fd = open("/dev/null", O_RDWR);
	CHECK_EQ(isatty(fd), 0);
	CHECK_FAILS(tcgetattr(fd, &now), ENOTTY);
	CHECK_EQ(close(fd), 0);
	CHECK_FAILS(tcgetattr(fd, &now), EBADF);
}

/* The image is read-only, whoever asks and however. */
static void
image_refuses_to_be_changed(void)
{
	struct stat before, after;
	int fd = open("/proc/boot/esh", O_RDONLY);

	CHECK(fd >= 0 && fstat(fd, &before) == 0);
	CHECK_FAILS(chmod("/proc/boot/esh", 0), EROFS);
	CHECK_FAILS(fchmod(fd, 0), EROFS);
	CHECK_FAILS(utimensat(AT_FDCWD, "/proc/boot/esh", NULL, 0), EROFS);
	CHECK_FAILS(futimens(fd, NULL), EROFS);
	CHECK_FAILS(chmod("/proc/boot", 0), EROFS);
	CHECK_FAILS(unlink("/proc/boot/esh"), EROFS);
	CHECK_FAILS(truncate("/proc/boot/esh", 0), EROFS);
	CHECK_FAILS(rename("/proc/boot/esh", "/proc/boot/new"), EROFS);
	CHECK_FAILS(open("/proc/boot/esh", O_WRONLY), EROFS);
	CHECK_FAILS(open("/proc/boot/new", O_WRONLY | O_CREAT, 0644), EROFS);
	CHECK_FAILS(mkdir("/proc/boot/new", 0755), EROFS);
	CHECK_FAILS(mkdir("/proc/boot/esh", 0755), EEXIST);
	CHECK_FAILS(chmod("/proc/boot/new", 0), ENOENT);
	CHECK_FAILS(unlink("/proc/boot/new"), ENOENT);
	CHECK_FAILS(open("/proc/boot/new", O_RDONLY), ENOENT);
	CHECK_FAILS(open("/proc/boot/new/x", O_WRONLY | O_CREAT, 0644), ENOENT);
	CHECK(fstat(fd, &after) == 0 && after.st_mode == before.st_mode &&
	    after.st_mtim.tv_sec == before.st_mtim.tv_sec && close(fd) == 0);
}

int
main(int argc, char **argv)
{
	static const struct t_case cases[] = {
	    CASE(file_keeps_what_is_written),
	    CASE(file_parts_go_together),
	    CASE(file_flags_are_obeyed),
	    CASE(file_descriptors_are_the_lowest),
	    CASE(file_dup_shares_the_position),
	    CASE(file_stat_tells_what_it_is),
	    CASE(file_times_are_set),
	    CASE(directory_is_made_listed_and_removed),
	    CASE(pipe_carries_bytes_and_ends),
	    CASE(poll_waits_for_the_first),
	    CASE(terminal_keeps_its_settings),
	    CASE(image_refuses_to_be_changed),
	};

	return t_run(cases, (int)(sizeof(cases) / sizeof(cases[0])), argc, argv);
}
