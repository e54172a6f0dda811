/* SPDX-License-Identifier: Apache-2.0 */
/* t-posix.c - files, processes, time, memory and messages: what the library promises beyond
 * threads. It starts itself as its own child: `t-posix child WHAT ...`. */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/neutrino.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <skink/errno.h>
#include <skink/status.h>

#include "t-checks.h"

#define MS    1000000l
#define FILE_ "/tmp/t-posix"

extern char **environ;
static const char *self;

/* ---- files ---- */

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
stream_reads_what_it_wrote(void)
{
	char line[64];
	int n = 0;
	FILE *f = fopen(FILE_, "w");

	CHECK(f != NULL);
	for (int i = 0; i < 300; i++)
		CHECK(fprintf(f, "line %d %.2f\n", i, i / 4.0) > 0);
	CHECK_EQ(fclose(f), 0);
	f = fopen(FILE_, "r");
	CHECK(f != NULL);
	while (fgets(line, sizeof(line), f) != NULL) {
		int number = -1;
		double value = -1;

		CHECK_EQ(sscanf(line, "line %d %lf", &number, &value), 2);
		CHECK_EQ(number, n);
		CHECK(value == n / 4.0);
		n++;
	}
	CHECK_EQ(n, 300);
	CHECK(feof(f));
	rewind(f);
	CHECK(fgets(line, sizeof(line), f) != NULL);
	CHECK(strcmp(line, "line 0 0.00\n") == 0);
	CHECK_EQ(fseek(f, -8, SEEK_END), 0);
	CHECK_EQ(fread(line, 1, sizeof(line), f), 8);
	CHECK_EQ(fclose(f), 0);
	f = fopen("/no/such", "r");
	CHECK(f == NULL);
	CHECK_EQ(errno, ENOENT);
	f = fopen(FILE_, "q");
	CHECK(f == NULL);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(remove(FILE_), 0);
}

static void
stream_is_reopened_and_appended(void)
{
	char line[32];
	FILE *f = fopen(FILE_, "w"), *again;

	CHECK(f != NULL);
	CHECK(fputs("one\n", f) >= 0);
	again = freopen(FILE_ "2", "w", f);
	CHECK(again == f);
	CHECK(fputs("two\n", again) >= 0);
	CHECK_EQ(fclose(again), 0);
	/* freopen has closed the first stream. */
	/* cppcheck-suppress incompatibleFileOpen */
	f = fopen(FILE_, "a+");
	CHECK(f != NULL);
	CHECK(fputs("three\n", f) >= 0);
	CHECK_EQ(ftell(f), 10);
	CHECK_EQ(fseek(f, 0, SEEK_SET), 0);
	CHECK(fgets(line, sizeof(line), f) != NULL);
	CHECK(strcmp(line, "one\n") == 0);
	CHECK_EQ(ungetc('X', f), 'X');
	CHECK_EQ(fgetc(f), 'X');
	CHECK(fgets(line, sizeof(line), f) != NULL);
	CHECK(strcmp(line, "three\n") == 0);
	CHECK(fgets(line, sizeof(line), f) == NULL);
	CHECK_EQ(fclose(f), 0);
	CHECK_EQ(remove(FILE_), 0);
	CHECK_EQ(remove(FILE_ "2"), 0);
}

static void
stream_temporary_has_no_name(void)
{
	char text[8] = {0};
	FILE *f = tmpfile();

	CHECK(f != NULL);
	CHECK_EQ(fwrite("abcdef", 1, 6, f), 6);
	rewind(f);
	CHECK_EQ(fread(text, 1, sizeof(text), f), 6);
	CHECK(strcmp(text, "abcdef") == 0);
	CHECK_EQ(fclose(f), 0);
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

/* ---- memory ---- */

static void
memory_is_mapped_protected_and_shared(void)
{
	char *p = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, NOFD, 0), *q;
	int fd;

	CHECK(p != MAP_FAILED);
	for (int i = 0; i < 10000; i++)
		CHECK_EQ(p[i], 0);
	p[9999] = 1;
	CHECK_EQ(mprotect(p, 4096, PROT_READ), 0);
	CHECK_FAILS(mprotect(p, 4096, PROT_WRITE | PROT_EXEC), EINVAL);
	CHECK_EQ(munmap(p, 10000), 0);
	CHECK_FAILS(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANON, NOFD, 0), EINVAL);
	fd = shm_open("/t-posix", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0);
	CHECK_EQ(ftruncate(fd, 8192), 0);
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096);
	CHECK(p != MAP_FAILED);
	CHECK(q != MAP_FAILED);
	p[4097] = 42;
	CHECK_EQ(q[1], 42);
	CHECK_EQ(munmap(p, 8192), 0);
	CHECK_EQ(q[1], 42);
	CHECK_EQ(munmap(q, 4096), 0);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(shm_unlink("/t-posix"), 0);
	CHECK_FAILS(shm_unlink("/t-posix"), ENOENT);
	CHECK_FAILS(shm_open("t-posix", O_RDWR, 0), EINVAL);
	fd = open("/tmp", O_RDONLY);
	CHECK_FAILS(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0), ENODEV);
	CHECK_EQ(close(fd), 0);
}

static void
heap_grows_and_refuses(void)
{
	char *p = malloc(300000), *q;

	CHECK(p != NULL);
	memset(p, 1, 300000);
	q = realloc(p, 600000);
	CHECK(q != NULL);
	CHECK_EQ(q[299999], 1);
	free(q);
	errno = 0;
	p = malloc(1ul << 40);
	CHECK(p == NULL);
	CHECK_EQ(errno, ENOMEM);
}

/* ---- processes ---- */

static int shared_child(void);

static int
child_main(int argc, char **argv)
{
	const char *what = argv[2];

	if (strcmp(what, "exit") == 0)
		return atoi(argv[3]);
	if (strcmp(what, "env") == 0) {
		const char *value = getenv(argv[3]);

		return value != NULL && strcmp(value, argv[4]) == 0 ? 0 : 1;
	}
	if (strcmp(what, "cwd") == 0) {
		char cwd[64];

		return getcwd(cwd, sizeof(cwd)) != NULL && strcmp(cwd, argv[3]) == 0 ? 0 : 1;
	}
	if (strcmp(what, "write") == 0)
		return write(atoi(argv[3]), argv[4], strlen(argv[4])) < 0;
	if (strcmp(what, "sleep") == 0)
		return sleep(100) != 0;
	if (strcmp(what, "abort") == 0)
		abort();
	if (strcmp(what, "fault") == 0)
		*(volatile int *)8 = 1;
	if (strcmp(what, "shared") == 0)
		return shared_child();
	if (strcmp(what, "group") == 0)
		return (getpgrp() == getpid()) + 2 * (getsid(0) == getpid());
	if (strcmp(what, "open") == 0)
		return fcntl(atoi(argv[3]), F_GETFD) < 0 ? 1 : 0;
	if (strcmp(what, "term") == 0)
		return raise(SIGTERM) + 5;
	return argc;
}

/* ---- locks between processes ---- */

#define SHARED "/t-posix-locks"

struct shared {
	pthread_mutex_t mutex;
	sem_t asked, answered;
	pthread_cond_t cond;
	int value;
};

static struct shared *
shared_map(void)
{
	int fd = shm_open(SHARED, O_RDWR | O_CREAT, 0600);
	struct shared *s;

	if (fd < 0 || ftruncate(fd, sizeof(*s)) < 0)
		return NULL;
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return s == MAP_FAILED ? NULL : s;
}

/* Answers ten times, then takes the mutex and is killed with it. */
static int
shared_child(void)
{
	struct shared *s = shared_map();

	if (s == NULL)
		return 1;
	for (int i = 0; i < 10; i++) {
		sem_wait(&s->asked);
		s->value++;
		sem_post(&s->answered);
	}
	sem_wait(&s->asked);
	pthread_mutex_lock(&s->mutex);
	s->value++;
	pthread_cond_signal(&s->cond);
	pthread_mutex_unlock(&s->mutex);
	sem_wait(&s->asked);
	pthread_mutex_lock(&s->mutex);
	sem_post(&s->answered);
	sleep(100);
	return 0;
}

static pid_t
start(const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attr, const char *what,
    const char *a, const char *b)
{
	char *argv[] = {(char *)self, "child", (char *)what, (char *)a, (char *)b, NULL};
	pid_t pid;

	CHECK_EQ(posix_spawn(&pid, self, actions, attr, argv, environ), 0);
	return pid;
}

static int
status_of(pid_t pid)
{
	int status;

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	return status;
}

static void
child_status_is_told(void)
{
	int status;

	CHECK_EQ(status_of(start(NULL, NULL, "exit", "7", NULL)), SKINK_STATUS_EXIT(7));
	status = status_of(start(NULL, NULL, "abort", NULL, NULL));
	CHECK(WIFSIGNALED(status));
	CHECK_EQ(WTERMSIG(status), SIGABRT);
	status = status_of(start(NULL, NULL, "term", NULL, NULL));
	CHECK_EQ(WTERMSIG(status), SIGTERM);
	status = status_of(start(NULL, NULL, "fault", NULL, NULL));
	CHECK_EQ(WTERMSIG(status), SIGSEGV);
	CHECK_EQ(WCAUSE(status), SKINK_CAUSE_STORE);
	CHECK_FAILS(waitpid(-1, &status, 0), ECHILD);
	CHECK_FAILS(wait(NULL), ECHILD);
	CHECK_FAILS(waitpid(getpid(), &status, 0), ECHILD);
}

static void
child_is_killed(void)
{
	pid_t pid = start(NULL, NULL, "sleep", NULL, NULL);
	int status;

	CHECK_EQ(waitpid(pid, &status, WNOHANG), 0);
	CHECK_EQ(kill(pid, 0), 0);
	CHECK_EQ(kill(pid, SIGTERM), 0);
	status = status_of(pid);
	CHECK_EQ(WTERMSIG(status), SIGTERM);
	CHECK_FAILS(kill(pid, 0), ESRCH);
	CHECK_FAILS(kill(getpid(), 99), EINVAL);
	CHECK_EQ(kill(getpid(), SIGCHLD), 0);
}

static void
handler(int signo)
{
	(void)signo;
}

static void
child_ignores_what_its_parent_ignored(void)
{
	posix_spawnattr_t attr;
	struct sigaction action = {.sa_handler = SIG_IGN}, old;

	CHECK_EQ(sigaction(SIGTERM, &action, &old), 0);
	CHECK(old.sa_handler == SIG_DFL);
	CHECK_EQ(raise(SIGTERM), 0);
	CHECK_EQ(status_of(start(NULL, NULL, "term", NULL, NULL)), SKINK_STATUS_EXIT(5));
	posix_spawnattr_init(&attr);
	CHECK_EQ(posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF), 0);
	sigaddset(&attr.sigdefault, SIGTERM);
	CHECK_EQ(WTERMSIG(status_of(start(NULL, &attr, "term", NULL, NULL))), SIGTERM);
	CHECK(signal(SIGTERM, SIG_DFL) == SIG_IGN);
	action.sa_handler = handler;
	CHECK_FAILS(sigaction(SIGTERM, &action, NULL), ENOTSUP);
	CHECK_FAILS(sigaction(SIGKILL, &old, NULL), EINVAL);
}

static void
child_gets_environment_and_directory(void)
{
	posix_spawn_file_actions_t actions;

	CHECK_EQ(setenv("T_POSIX", "some value", 1), 0);
	CHECK_EQ(status_of(start(NULL, NULL, "env", "T_POSIX", "some value")), 0);
	CHECK_EQ(unsetenv("T_POSIX"), 0);
	CHECK_EQ(chdir("/tmp"), 0);
	CHECK_EQ(status_of(start(NULL, NULL, "cwd", "/tmp", NULL)), 0);
	CHECK_EQ(chdir("/"), 0);
	posix_spawn_file_actions_init(&actions);
	CHECK_EQ(posix_spawn_file_actions_addchdir_np(&actions, "dev"), 0);
	CHECK_EQ(status_of(start(&actions, NULL, "cwd", "/dev", NULL)), 0);
	CHECK_EQ(posix_spawn_file_actions_destroy(&actions), 0);
}

static void
child_gets_the_descriptors_asked_for(void)
{
	posix_spawn_file_actions_t actions;
	char buffer[32] = {0};
	int fds[2], fd;

	CHECK_EQ(pipe2(fds, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&actions);
	CHECK_EQ(posix_spawn_file_actions_adddup2(&actions, fds[1], 1), 0);
	CHECK_EQ(posix_spawn_file_actions_addclose(&actions, 2), 0);
	CHECK_EQ(status_of(start(&actions, NULL, "write", "1", "through the pipe")), 0);
	CHECK_EQ(status_of(start(&actions, NULL, "open", "2", NULL)), SKINK_STATUS_EXIT(1));
	CHECK_EQ(read(fds[0], buffer, sizeof(buffer)), 16);
	CHECK(strcmp(buffer, "through the pipe") == 0);
	CHECK_EQ(posix_spawn_file_actions_destroy(&actions), 0);
	CHECK_EQ(posix_spawn_file_actions_addopen(&actions, 9, FILE_, O_WRONLY | O_CREAT, 0644), 0);
	CHECK_EQ(status_of(start(&actions, NULL, "write", "9", "into the file")), 0);
	fd = open(FILE_, O_RDONLY);
	CHECK_EQ(read(fd, buffer, sizeof(buffer)), 13);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(unlink(FILE_), 0);
	CHECK_EQ(posix_spawn_file_actions_destroy(&actions), 0);
	CHECK(fcntl(fds[0], F_GETFD) == FD_CLOEXEC);
	snprintf(buffer, sizeof(buffer), "%d", fds[0]);
	CHECK_EQ(status_of(start(NULL, NULL, "open", buffer, NULL)), SKINK_STATUS_EXIT(1));
	CHECK_EQ(fcntl(fds[0], F_SETFD, 0), 0);
	CHECK_EQ(status_of(start(NULL, NULL, "open", buffer, NULL)), 0);
	CHECK_EQ(close(fds[0]), 0);
	CHECK_EQ(close(fds[1]), 0);
}

static void
child_gets_its_group_and_session(void)
{
	posix_spawnattr_t attr;

	posix_spawnattr_init(&attr);
	CHECK_EQ(status_of(start(NULL, &attr, "group", NULL, NULL)), SKINK_STATUS_EXIT(0));
	CHECK_EQ(posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP), 0);
	CHECK_EQ(status_of(start(NULL, &attr, "group", NULL, NULL)), SKINK_STATUS_EXIT(1));
	CHECK_EQ(posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID), 0);
	CHECK_EQ(status_of(start(NULL, &attr, "group", NULL, NULL)), SKINK_STATUS_EXIT(3));
}

static int
spawn_error(const char *path)
{
	char *argv[] = {(char *)path, NULL};
	pid_t pid;

	return posix_spawn(&pid, path, NULL, NULL, argv, environ);
}

static void
child_that_cannot_be_is_refused(void)
{
	char *argv[] = {"true", NULL};
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int fd;

	CHECK_EQ(spawn_error("/no/such/program"), ENOENT);
	CHECK_EQ(spawn_error("/tmp"), EACCES);
	CHECK_EQ(spawn_error("/dev/null"), EACCES);
	fd = open(FILE_, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	CHECK_EQ(write(fd, "#!/proc/boot/esh\n", 17), 17);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(spawn_error(FILE_), ENOEXEC);
	CHECK_EQ(chmod(FILE_, 0644), 0);
	CHECK_EQ(spawn_error(FILE_), EACCES);
	CHECK_EQ(unlink(FILE_), 0);
	posix_spawn_file_actions_init(&actions);
	CHECK_EQ(posix_spawn_file_actions_adddup2(&actions, 55, 1), 0);
	CHECK_EQ(posix_spawnp(&pid, "true", &actions, NULL, argv, environ), EBADF);
	CHECK_EQ(posix_spawn_file_actions_destroy(&actions), 0);
	CHECK_EQ(posix_spawn_file_actions_addopen(&actions, 1, "/no/such", O_RDONLY, 0), 0);
	CHECK_EQ(posix_spawnp(&pid, "true", &actions, NULL, argv, environ), ENOENT);
	CHECK_EQ(posix_spawn_file_actions_destroy(&actions), 0);
	CHECK_EQ(posix_spawnp(&pid, "no-such-program", NULL, NULL, argv, environ), ENOENT);
	CHECK_EQ(posix_spawnp(&pid, "true", NULL, NULL, argv, environ), 0);
	CHECK_EQ(status_of(pid), 0);
	CHECK_EQ(system("exit 3"), SKINK_STATUS_EXIT(3));
}

/* A program in a file system, not in the image: copied through an object. */
static void
child_from_another_file_system(void)
{
	static char buffer[8192];
	int from = open(self, O_RDONLY), to = open("/tmp/copy", O_WRONLY | O_CREAT | O_TRUNC, 0755);
	char *argv[] = {"copy", "child", "exit", "9", NULL};
	ssize_t n;
	pid_t pid;

	CHECK(from >= 0);
	CHECK(to >= 0);
	while ((n = read(from, buffer, sizeof(buffer))) > 0)
		for (ssize_t done = 0; done < n;) {
			ssize_t w = write(to, buffer + done, (size_t)(n - done));

			CHECK(w > 0);
			done += w;
		}
	CHECK_EQ(close(from), 0);
	CHECK_EQ(close(to), 0);
	CHECK_EQ(posix_spawn(&pid, "/tmp/copy", NULL, NULL, argv, environ), 0);
	CHECK_EQ(status_of(pid), SKINK_STATUS_EXIT(9));
	CHECK_EQ(unlink("/tmp/copy"), 0);
}

static void
locks_work_between_processes(void)
{
	struct timespec until;
	pthread_mutexattr_t attr;
	struct shared *s = shared_map();
	pid_t pid;

	CHECK(s != NULL);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&s->mutex, &attr);
	pthread_cond_init(&s->cond, NULL);
	sem_init(&s->asked, 1, 0);
	sem_init(&s->answered, 1, 0);
	s->value = 0;
	pid = start(NULL, NULL, "shared", NULL, NULL);
	for (int i = 1; i <= 10; i++) {
		CHECK_EQ(sem_post(&s->asked), 0);
		CHECK_EQ(sem_wait(&s->answered), 0);
		CHECK_EQ(s->value, i);
	}
	CHECK_EQ(pthread_mutex_lock(&s->mutex), 0);
	CHECK_EQ(sem_post(&s->asked), 0);
	while (s->value == 10)
		CHECK_EQ(pthread_cond_wait(&s->cond, &s->mutex), 0);
	CHECK_EQ(pthread_mutex_unlock(&s->mutex), 0);
	CHECK_EQ(sem_post(&s->asked), 0);
	CHECK_EQ(sem_wait(&s->answered), 0);
	CHECK_EQ(pthread_mutex_trylock(&s->mutex), EBUSY);
	clock_gettime(CLOCK_REALTIME, &until);
	CHECK_EQ(pthread_mutex_timedlock(&s->mutex, &until), ETIMEDOUT);
	CHECK_EQ(kill(pid, SIGKILL), 0);
	CHECK_EQ(WTERMSIG(status_of(pid)), SIGKILL);
	CHECK_EQ(pthread_mutex_lock(&s->mutex), EOWNERDEAD);
	CHECK_EQ(pthread_mutex_consistent(&s->mutex), 0);
	CHECK_EQ(pthread_mutex_unlock(&s->mutex), 0);
	CHECK_EQ(munmap(s, sizeof(*s)), 0);
	CHECK_EQ(shm_unlink(SHARED), 0);
}

/* ---- time ---- */

static int64_t
ns_since(const struct timespec *before)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - before->tv_sec) * 1000000000 + now.tv_nsec - before->tv_nsec;
}

static void
time_passes_while_asleep(void)
{
	struct timespec before, t = {.tv_nsec = 3 * MS};

	clock_gettime(CLOCK_MONOTONIC, &before);
	CHECK_EQ(nanosleep(&t, NULL), 0);
	CHECK(ns_since(&before) >= 3 * MS);
	t.tv_nsec = 1000000000;
	CHECK_FAILS(nanosleep(&t, NULL), EINVAL);
	CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &before, NULL), 0);
	CHECK_EQ(clock_nanosleep(77, 0, &before, NULL), EINVAL);
	CHECK_FAILS(clock_gettime(77, &before), EINVAL);
	CHECK_FAILS(clock_settime(CLOCK_MONOTONIC, &before), EINVAL);
	CHECK(time(NULL) > 0);
	CHECK_EQ(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
	CHECK_EQ(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before), 0);
}

static void
timer_sends_pulses(void)
{
	struct itimerspec set = {.it_value = {.tv_nsec = MS}, .it_interval = {.tv_nsec = MS}}, now;
	struct timespec before;
	struct sigevent event;
	struct _pulse pulse;
	int chid = ChannelCreate(0), coid = ConnectAttach(0, 0, chid, _NTO_SIDE_CHANNEL, 0);
	timer_t timer;

	CHECK(chid > 0);
	CHECK(coid > 0);
	SIGEV_PULSE_INIT(&event, coid, 20, 5, 1234);
	CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	clock_gettime(CLOCK_MONOTONIC, &before);
	CHECK_EQ(timer_settime(timer, 0, &set, NULL), 0);
	for (unsigned n = 0; n < 5; n += pulse.count) {
		CHECK_EQ(MsgReceive(chid, &pulse, sizeof(pulse), NULL), 0);
		CHECK_EQ(pulse.code, 5);
		CHECK_EQ(pulse.value, 1234);
	}
	CHECK(ns_since(&before) >= 5 * MS);
	CHECK_EQ(timer_gettime(timer, &now), 0);
	CHECK_EQ(now.it_interval.tv_nsec, MS);
	CHECK_EQ(timer_delete(timer), 0);
	CHECK_FAILS(timer_delete(timer), EINVAL);
	CHECK_FAILS(timer_create(CLOCK_MONOTONIC, NULL, &timer), ENOTSUP);
	CHECK_EQ(ConnectDetach(coid), 0);
	CHECK_EQ(ChannelDestroy(chid), 0);
}

/* ---- messages ---- */

struct server {
	int chid;
	pthread_t thread;
};

static void *
serve(void *arg)
{
	int chid = (int)(intptr_t)arg;
	struct _msg_info info;
	char message[64];
	rcvid_t rcvid;

	for (;;) {
		rcvid = MsgReceive(chid, message, sizeof(message), &info);
		if (rcvid < 0)
			return (void *)(intptr_t)errno;
		if (rcvid == 0)
			continue;
		switch (message[0]) {
		case 'e':
			MsgError(rcvid, ESRVRFAULT);
			break;
		case 'h':
			break;
		case 'r': {
			char rest[16] = {0};
			ssize_t n = MsgRead(rcvid, rest, sizeof(rest), 1);

			MsgWrite(rcvid, rest, (size_t)n, 0);
			MsgReply(rcvid, n, NULL, 0);
			break;
		}
		default:
			message[0]++;
			MsgReply(rcvid, (long)info.srcmsglen, message, (size_t)info.msglen);
			break;
		}
	}
}

static struct server
server_start(unsigned flags)
{
	struct server s = {.chid = ChannelCreate(flags)};

	CHECK(s.chid > 0);
	CHECK_EQ(pthread_create(&s.thread, NULL, serve, (void *)(intptr_t)s.chid), 0);
	return s;
}

static void
server_stop(struct server *s)
{
	void *value;

	CHECK_EQ(ChannelDestroy(s->chid), 0);
	CHECK_EQ(pthread_join(s->thread, &value), 0);
	CHECK_EQ(value, ESRCH);
}

static void
message_is_answered(void)
{
	struct server s = server_start(0);
	int coid = ConnectAttach(0, 0, s.chid, _NTO_SIDE_CHANNEL, 0);
	struct _server_info info;
	char reply[16] = {0};
	iov_t parts[2], back[2];

	CHECK(coid > 0);
	CHECK_EQ(MsgSend(coid, "a1", 2, reply, sizeof(reply)), 2);
	CHECK(memcmp(reply, "b1", 2) == 0);
	SETIOV(&parts[0], "a", 1);
	SETIOV(&parts[1], "xyz", 3);
	SETIOV(&back[0], reply, 2);
	SETIOV(&back[1], reply + 8, 8);
	CHECK_EQ(MsgSendv(coid, parts, 2, back, 2), 4);
	CHECK(memcmp(reply, "bx", 2) == 0);
	CHECK(memcmp(reply + 8, "yz", 2) == 0);
	CHECK_EQ(MsgSendvs(coid, parts, 2, reply, sizeof(reply)), 4);
	CHECK_EQ(MsgSendsv(coid, "q", 1, back, 2), 1);
	CHECK_EQ(MsgSend(coid, "rABCDEF", 7, reply, sizeof(reply)), 6);
	CHECK(memcmp(reply, "ABCDEF", 6) == 0);
	CHECK_FAILS(MsgSend(coid, "e", 1, NULL, 0), ESRVRFAULT);
	CHECK(strstr(strerror(ESRVRFAULT), "died too often") != NULL);
	CHECK_FAILS(MsgSend(coid, (void *)8, 100, NULL, 0), EFAULT);
	CHECK_FAILS(MsgSend(55, "a", 1, NULL, 0), EBADF);
	CHECK_EQ(ConnectServerInfo(0, coid, &info), coid);
	CHECK_EQ(info.pid, getpid());
	CHECK_EQ(info.chid, s.chid);
	server_stop(&s);
	CHECK_FAILS(MsgSend(coid, "a", 1, NULL, 0), ESRCH);
	CHECK_EQ(ConnectDetach(coid), 0);
	CHECK_FAILS(ConnectDetach(coid), EBADF);
}

static void
message_times_out(void)
{
	struct server s = server_start(0);
	int coid = ConnectAttach(0, 0, s.chid, _NTO_SIDE_CHANNEL, 0), own = ChannelCreate(0);
	uint64_t ns = 3 * MS;
	struct timespec before;
	struct _pulse pulse;

	clock_gettime(CLOCK_MONOTONIC, &before);
	CHECK_EQ(
	    TimerTimeout(CLOCK_MONOTONIC, _NTO_TIMEOUT_SEND | _NTO_TIMEOUT_REPLY, NULL, &ns, NULL),
	    0);
	CHECK_FAILS(MsgSend(coid, "h", 1, NULL, 0), ETIMEDOUT);
	CHECK(ns_since(&before) >= 3 * MS);
	CHECK_EQ(TimerTimeout(CLOCK_MONOTONIC, _NTO_TIMEOUT_RECEIVE, NULL, NULL, NULL), 0);
	CHECK_FAILS(MsgReceive(own, &pulse, sizeof(pulse), NULL), ETIMEDOUT);
	CHECK_EQ(ChannelDestroy(own), 0);
	server_stop(&s);
	CHECK_EQ(ConnectDetach(coid), 0);
}

static void
pulse_arrives(void)
{
	int chid = ChannelCreate(0), coid = ConnectAttach(0, 0, chid, _NTO_SIDE_CHANNEL, 0);
	struct _pulse pulse;

	CHECK_EQ(MsgSendPulse(coid, -1, 9, -2), 0);
	CHECK_EQ(MsgSendPulsePtr(coid, -1, 10, &pulse), 0);
	CHECK_EQ(MsgReceive(chid, &pulse, sizeof(pulse), NULL), 0);
	CHECK_EQ(pulse.code, 9);
	CHECK_EQ((int)pulse.value, -2);
	CHECK_EQ(MsgReceive(chid, &pulse, sizeof(pulse), NULL), 0);
	CHECK_EQ(pulse.value, (uintptr_t)&pulse);
	CHECK_FAILS(MsgSendPulse(coid, -1, 128, 0), EINVAL);
	CHECK_FAILS(MsgSendPulse(coid, 254, 1, 0), EPERM);
	CHECK_EQ(ConnectDetach(coid), 0);
	CHECK_EQ(ChannelDestroy(chid), 0);
}

/* ---- the rest ---- */

/* This program has no thread-local variable with a value: its TLS template is all zeros. */
static _Thread_local long small_local;
static _Thread_local _Alignas(128) char aligned_local[3];

static void *
use_locals(void *arg)
{
	intptr_t wrong =
	    small_local + aligned_local[2] + (intptr_t)((uintptr_t)aligned_local % 128);

	small_local = 5;
	aligned_local[2] = 6;
	return (void *)(wrong + (intptr_t)arg);
}

static void
thread_locals_start_as_zero(void)
{
	pthread_t t;
	void *value;

	/* The later ones get the stack of the first. */
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(pthread_create(&t, NULL, use_locals, NULL), 0);
		CHECK_EQ(pthread_join(t, &value), 0);
		CHECK_EQ(value, 0);
	}
}

static void
facts_are_told(void)
{
	struct utsname u;
	unsigned char a[32] = {0}, b[32] = {0};

	CHECK_EQ(uname(&u), 0);
	CHECK(strcmp(u.sysname, "Skink") == 0);
	CHECK(strcmp(u.machine, "riscv64") == 0);
	CHECK_EQ(sysconf(_SC_PAGESIZE), 4096);
	CHECK_EQ(sysconf(_SC_OPEN_MAX), SKINK_COIDS);
	CHECK_FAILS(sysconf(12345), EINVAL);
	CHECK(getpid() > 1);
	CHECK(getppid() >= 1);
	CHECK_EQ(getpgid(0), getpgrp());
	CHECK_EQ(getentropy(a, sizeof(a)), 0);
	CHECK_EQ(getentropy(b, sizeof(b)), 0);
	CHECK(memcmp(a, b, sizeof(a)) != 0);
	CHECK_FAILS(getentropy(a, 257), EIO);
	CHECK_EQ(isatty(99), 0);
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
	    CASE(directory_is_made_listed_and_removed),
	    CASE(pipe_carries_bytes_and_ends),
	    CASE(poll_waits_for_the_first),
	    CASE(stream_reads_what_it_wrote),
	    CASE(stream_is_reopened_and_appended),
	    CASE(stream_temporary_has_no_name),
	    CASE(terminal_keeps_its_settings),
	    CASE(memory_is_mapped_protected_and_shared),
	    CASE(heap_grows_and_refuses),
	    CASE(child_status_is_told),
	    CASE(child_is_killed),
	    CASE(child_ignores_what_its_parent_ignored),
	    CASE(child_gets_environment_and_directory),
	    CASE(child_gets_the_descriptors_asked_for),
	    CASE(child_gets_its_group_and_session),
	    CASE(child_that_cannot_be_is_refused),
	    CASE(child_from_another_file_system),
	    CASE(locks_work_between_processes),
	    CASE(time_passes_while_asleep),
	    CASE(timer_sends_pulses),
	    CASE(message_is_answered),
	    CASE(message_times_out),
	    CASE(pulse_arrives),
	    CASE(thread_locals_start_as_zero),
	    CASE(facts_are_told),
	};

	self = strchr(argv[0], '/') != NULL ? argv[0] : "/proc/boot/t-posix";
	if (argc > 2 && strcmp(argv[1], "child") == 0)
		return child_main(argc, argv);
	return t_run(cases, (int)(sizeof(cases) / sizeof(cases[0])), argc, argv);
}
