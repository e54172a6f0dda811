/* SPDX-License-Identifier: Apache-2.0 */
/*
 * r-killpoints.c - kills a server at every point of one request: `r-killpoints SERVER KIND
 * [STRIDE_NS]`. The request is sent at a fixed time again and again; a thread above everybody
 * else kills the server k strides later, k = 0, 1, 2... until the answer is there before the
 * kill. Each answer must be right, on the same descriptor, and at the end pools and memory must
 * be as after the first kill. With --icount one nanosecond is one instruction. `r-killpoints
 * SERVER` lists its kinds.
 *
 * Every kind of request that a restartable server answers is here, but for: what is read from a
 * terminal (tests/test_console.py types it), a reset that works, the wait for the clock's alarm
 * (tests/test_servers.py), and what ham does on an operator's word (tests/test_restart.py).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/ioctl.h>
#include <sys/neutrino.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <termios.h>
#include <unistd.h>

#include <skink/ham.h>
#include <skink/rtc.h>
#include <skink/tty.h>

#include "r-target.h"

#define LEAD_NS    (200 * 1000ull)
#define POINTS_MAX 20000

/* ---- the requests ---- */

#define FILE_PATH "/tmp/r-killpoints"
#define NEW_PATH  "/tmp/r-killpoints.new"

static int fd = -1;
static int pipe_fds[2] = {-1, -1};
static uint64_t expected;

/* What one request must give; everything else ends the program. */
#define EXPECT(condition) expect((condition) != 0, #condition)

static uint64_t point;

static void
expect(bool is_so, const char *what)
{
	if (is_so)
		return;
	printf("point %llu: not so: %s (errno %d)\n", (unsigned long long)point, what, errno);
	exit(1);
}

static void
fill(char *text, size_t size, uint64_t n)
{
	for (size_t i = 0; i < size; i++)
		text[i] = (char)('a' + (n + i) % 26);
}

static void
descriptor_close(void)
{
	close(fd);
}

static void
counter_open(void)
{
	uint64_t value;

	fd = open(COUNTER_PATH, O_RDWR);
	EXPECT(fd >= 0);
	EXPECT(devctl(fd, (int)COUNTER_GET, &value, sizeof(value), NULL) == 0);
	expected = value;
}

static void
counter_add(void)
{
	uint64_t value = 3;

	EXPECT(devctl(fd, (int)COUNTER_ADD, &value, sizeof(value), NULL) == 0);
	expected += 3;
	EXPECT(value == expected);
}

static void
counter_get(void)
{
	uint64_t value = 0;

	EXPECT(devctl(fd, (int)COUNTER_GET, &value, sizeof(value), NULL) == 0);
	EXPECT(value == expected);
}

static void
file_open(void)
{
	char text[512];

	fd = open(FILE_PATH, O_RDWR | O_CREAT | O_TRUNC, 0644);
	EXPECT(fd >= 0);
	fill(text, sizeof(text), 0);
	EXPECT(write(fd, text, sizeof(text)) == (ssize_t)sizeof(text));
	EXPECT(lseek(fd, 0, SEEK_SET) == 0);
}

static void
file_close(void)
{
	close(fd);
	unlink(FILE_PATH);
}

static void
file_rewind(void)
{
	EXPECT(lseek(fd, 0, SEEK_SET) == 0);
}

static void
file_read(void)
{
	char got[300], want[300];

	EXPECT(read(fd, got, sizeof(got)) == (ssize_t)sizeof(got));
	fill(want, sizeof(want), 0);
	EXPECT(memcmp(got, want, sizeof(got)) == 0);
}

/* The file's bytes, in the place of the request for them, and more than one step copies. */
#define LARGE_BYTES 6000

static void
file_large_open(void)
{
	char text[LARGE_BYTES];

	file_open();
	fill(text, sizeof(text), 0);
	EXPECT(write(fd, text, sizeof(text)) == (ssize_t)sizeof(text));
	EXPECT(lseek(fd, 0, SEEK_SET) == 0);
}

static void
file_read_in_place(void)
{
	static union {
		struct _io_read request;
		char got[LARGE_BYTES];
	} m;
	char want[LARGE_BYTES];

	memset(&m, 0, sizeof(m));
	m.request = (struct _io_read){.type = _IO_READ, .nbytes = LARGE_BYTES};
	EXPECT(MsgSend(fd, &m, sizeof(m.request), &m, sizeof(m)) == LARGE_BYTES);
	fill(want, sizeof(want), 0);
	EXPECT(memcmp(m.got, want, sizeof(want)) == 0);
}

static void
file_was_read(void)
{
	EXPECT(lseek(fd, 0, SEEK_CUR) == 300);
	file_rewind();
}

static void
file_write(void)
{
	char text[300];

	fill(text, sizeof(text), point);
	EXPECT(write(fd, text, sizeof(text)) == (ssize_t)sizeof(text));
}

static void
file_was_written(void)
{
	char got[300], want[300];

	EXPECT(lseek(fd, 0, SEEK_CUR) == 300);
	EXPECT(pread(fd, got, sizeof(got), 0) == (ssize_t)sizeof(got));
	fill(want, sizeof(want), point);
	EXPECT(memcmp(got, want, sizeof(got)) == 0);
	file_rewind();
}

static void
file_append_open(void)
{
	fd = open(FILE_PATH, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0644);
	EXPECT(fd >= 0);
	expected = 0;
}

static void
file_append(void)
{
	EXPECT(write(fd, "0123456789", 10) == 10);
	expected += 10;
}

static void
file_was_appended(void)
{
	struct stat st;

	EXPECT(fstat(fd, &st) == 0);
	EXPECT((uint64_t)st.st_size == expected);
	if (expected < 20000)
		return;
	EXPECT(ftruncate(fd, 0) == 0);
	expected = 0;
}

static void
file_seek(void)
{
	EXPECT(lseek(fd, 7, SEEK_CUR) == 7);
}

static void
file_stat(void)
{
	struct stat st;

	EXPECT(fstat(fd, &st) == 0);
	EXPECT(st.st_size == 512);
}

static void
path_stat(void)
{
	struct stat st;

	EXPECT(stat(FILE_PATH, &st) == 0);
	EXPECT(st.st_size == 512);
}

static void
file_truncate(void)
{
	EXPECT(ftruncate(fd, 100) == 0);
}

static void
file_was_truncated(void)
{
	struct stat st;

	EXPECT(fstat(fd, &st) == 0);
	EXPECT(st.st_size == 100);
	EXPECT(ftruncate(fd, 512) == 0);
}

static void
file_sync(void)
{
	EXPECT(fsync(fd) == 0);
}

static void
file_mode(void)
{
	EXPECT(fchmod(fd, 0600) == 0);
}

static void
file_utime(void)
{
	const struct timespec times[2] = {{1000, 0}, {2000 + (time_t)point, 0}};

	EXPECT(futimens(fd, times) == 0);
}

static void
path_utime(void)
{
	const struct timespec times[2] = {{1000, 0}, {2000 + (time_t)point, 0}};

	EXPECT(utimensat(AT_FDCWD, FILE_PATH, times, 0) == 0);
}

static void
time_was_set(void)
{
	struct stat st;

	EXPECT(fstat(fd, &st) == 0);
	EXPECT(st.st_mtim.tv_sec == 2000 + (time_t)point);
}

static void
path_mode(void)
{
	EXPECT(chmod(FILE_PATH, 0640) == 0);
}

static void
path_truncate(void)
{
	EXPECT(truncate(FILE_PATH, 100) == 0);
}

static void
path_open(void)
{
	int again = open(FILE_PATH, O_RDONLY);

	EXPECT(again >= 0);
	EXPECT(close(again) == 0);
}

static void
path_is_there(void)
{
	EXPECT(open(FILE_PATH, O_WRONLY | O_CREAT | O_EXCL, 0644) == -1 && errno == EEXIST);
}

static void
file_limits(void)
{
	EXPECT(fpathconf(fd, _PC_NAME_MAX) > 20);
}

static void
file_system(void)
{
	struct statvfs st;

	EXPECT(fstatvfs(fd, &st) == 0);
	EXPECT(st.f_bsize > 0);
}

static void
poll_one(int which, short wanted)
{
	struct pollfd p = {.fd = which, .events = wanted};

	EXPECT(poll(&p, 1, 1000) == 1);
	EXPECT(p.revents == wanted);
}

static void
poll_file(void)
{
	poll_one(fd, POLLIN);
}

static void
poll_output(void)
{
	poll_one(fd, POLLOUT);
}

static void
path_create(void)
{
	fd = open(FILE_PATH, O_RDWR | O_CREAT | O_EXCL, 0644);
	EXPECT(fd >= 0);
}

static void
path_was_created(void)
{
	EXPECT(close(fd) == 0);
	EXPECT(unlink(FILE_PATH) == 0);
}

static void
path_make(void)
{
	int made = open(FILE_PATH, O_RDWR | O_CREAT | O_EXCL, 0644);

	EXPECT(made >= 0);
	EXPECT(close(made) == 0);
}

static void
path_unlink(void)
{
	EXPECT(unlink(FILE_PATH) == 0);
}

static void
path_rename(void)
{
	EXPECT(rename(FILE_PATH, NEW_PATH) == 0);
}

static void
path_was_renamed(void)
{
	EXPECT(access(FILE_PATH, F_OK) != 0 && errno == ENOENT);
	EXPECT(unlink(NEW_PATH) == 0);
}

static void
folder_make(void)
{
	EXPECT(mkdir(FILE_PATH, 0755) == 0);
}

static void
folder_remove(void)
{
	EXPECT(rmdir(FILE_PATH) == 0);
}

static void
folder_list(void)
{
	DIR *dir = opendir("/tmp");
	struct dirent *d;
	int found = 0;

	EXPECT(dir != NULL);
	while ((d = readdir(dir)) != NULL)
		found += strcmp(d->d_name, "r-killpoints") == 0;
	EXPECT(found == 1);
	EXPECT(closedir(dir) == 0);
}

static void
pipe_make(void)
{
	EXPECT(pipe(pipe_fds) == 0);
}

static void
pipe_close(void)
{
	EXPECT(close(pipe_fds[0]) == 0);
	EXPECT(close(pipe_fds[1]) == 0);
}

static void
pipe_write(void)
{
	char text[100];

	fill(text, sizeof(text), point);
	EXPECT(write(pipe_fds[1], text, sizeof(text)) == (ssize_t)sizeof(text));
}

static void
pipe_read(void)
{
	char got[100], want[100];

	EXPECT(read(pipe_fds[0], got, sizeof(got)) == (ssize_t)sizeof(got));
	fill(want, sizeof(want), point);
	EXPECT(memcmp(got, want, sizeof(got)) == 0);
}

/* Who writes while the reader waits in the server: it has its turn when the reader is blocked. */
static struct {
	sem_t go, done;
} writer;

static void *
write_when_told(void *unused)
{
	for (;;) {
		sem_wait(&writer.go);
		pipe_write();
		sem_post(&writer.done);
	}
	return unused;
}

static void
pipe_with_writer(void)
{
	pthread_t thread;

	pipe_make();
	sem_init(&writer.go, 0, 0);
	sem_init(&writer.done, 0, 0);
	EXPECT(pthread_create(&thread, NULL, write_when_told, NULL) == 0);
}

static void
pipe_read_waiting(void)
{
	sem_post(&writer.go);
	pipe_read();
	sem_wait(&writer.done);
}

static void
pipe_poll(void)
{
	poll_one(pipe_fds[0], POLLIN);
}

static void
pipe_stat(void)
{
	struct stat st;

	EXPECT(fstat(pipe_fds[0], &st) == 0);
	EXPECT(S_ISFIFO(st.st_mode));
}

static void
pipe_limits(void)
{
	EXPECT(fpathconf(pipe_fds[0], _PC_PIPE_BUF) >= 512);
}

static void
pipe_seek(void)
{
	EXPECT(lseek(pipe_fds[0], 0, SEEK_SET) == -1 && errno == ESPIPE);
}

static void
pipe_devctl(void)
{
	int bytes = -1;

	EXPECT(ioctl(pipe_fds[0], FIONREAD, &bytes) == -1 && errno == ENOTTY);
}

static void
pipe_drain(void)
{
	pipe_read();
}

static void
pipe_no_wait(void)
{
	pipe_make();
	EXPECT(fcntl(pipe_fds[0], F_SETFL, O_NONBLOCK) == 0);
}

static void
pipe_is_empty(void)
{
	char c;

	EXPECT(read(pipe_fds[0], &c, 1) == -1 && errno == EAGAIN);
}

static void
tty_open(void)
{
	fd = open("/dev/ser1", O_RDWR);
	EXPECT(fd >= 0);
}

static void
tty_write(void)
{
	EXPECT(write(fd, ".", 1) == 1);
}

static void
tty_get(void)
{
	struct termios t;

	EXPECT(tcgetattr(fd, &t) == 0);
	EXPECT(t.c_cc[VINTR] == 3);
}

static void
tty_set(void)
{
	struct termios t;

	EXPECT(tcgetattr(fd, &t) == 0);
	t.c_cc[VSTART] = (cc_t)(1 + point % 30);
	EXPECT(tcsetattr(fd, TCSANOW, &t) == 0);
}

static void
tty_was_set(void)
{
	struct termios t;

	EXPECT(tcgetattr(fd, &t) == 0);
	EXPECT(t.c_cc[VSTART] == 1 + point % 30);
}

static void
tty_drain(void)
{
	EXPECT(tcdrain(fd) == 0);
}

static void
tty_no_wait(void)
{
	fd = open("/dev/ser1", O_RDWR | O_NONBLOCK);
	EXPECT(fd >= 0);
}

static void
tty_is_empty(void)
{
	char c;

	EXPECT(read(fd, &c, 1) == -1 && errno == EAGAIN);
}

static void
tty_flush(void)
{
	EXPECT(tcflush(fd, TCIFLUSH) == 0);
}

static void
tty_size(void)
{
	struct winsize size;

	EXPECT(ioctl(fd, TIOCGWINSZ, &size) == 0);
}

static void
tty_count(void)
{
	int bytes = -1;

	EXPECT(ioctl(fd, FIONREAD, &bytes) == 0);
	EXPECT(bytes == 0);
}

static void
tty_name(void)
{
	const char *name = ttyname(fd);

	EXPECT(name != NULL && strcmp(name, "/dev/ser1") == 0);
}

static void
tty_group(void)
{
	EXPECT(tcgetpgrp(fd) >= 0 || errno == ENOTTY);
}

static void
rtc_open(void)
{
	fd = open("/dev/rtc", O_RDWR);
	EXPECT(fd >= 0);
}

static void
rtc_read(void)
{
	char text[64];

	EXPECT(read(fd, text, sizeof(text)) == 20);
	EXPECT(text[0] == '2' && text[4] == '-' && text[19] == '\n');
}

static void
rtc_get(void)
{
	uint64_t ns = 0;

	EXPECT(devctl(fd, DCMD_RTC_GET, &ns, sizeof(ns), NULL) == 0);
	EXPECT(ns >= expected);
	expected = ns;
}

static void
rtc_set(void)
{
	uint64_t ns = expected + 1000 * MS;

	EXPECT(devctl(fd, DCMD_RTC_SET, &ns, sizeof(ns), NULL) == 0);
}

static void
rtc_was_set(void)
{
	uint64_t least = expected + 1000 * MS;

	rtc_get();
	EXPECT(expected >= least);
}

/* An alarm that is far away. */
static void
rtc_alarm(void)
{
	uint64_t ns = UINT64_MAX / 4;

	EXPECT(devctl(fd, DCMD_RTC_ALARM, &ns, sizeof(ns), NULL) == 0);
}

static void
rtc_quiet(void)
{
	uint64_t ns = 0;

	EXPECT(devctl(fd, DCMD_RTC_ALARM, &ns, sizeof(ns), NULL) == 0);
	descriptor_close();
}

static void
reset_refuse(void)
{
	EXPECT(write(fd, "no such word", 12) == -1 && errno == EINVAL);
}

static void
slog_write(void)
{
	EXPECT(write(fd, "killed", 6) == 6);
}

static void
reset_open(void)
{
	fd = open("/dev/reset", O_RDWR);
	EXPECT(fd >= 0);
}

static void
slog_open(void)
{
	fd = open("/dev/slog", O_RDWR);
	EXPECT(fd >= 0);
}

static void
device_stat(void)
{
	struct stat st;

	EXPECT(fstat(fd, &st) == 0);
	EXPECT(S_ISCHR(st.st_mode));
}

static void
ham_ask(void)
{
	struct ham_status_info status;

	EXPECT(ham_status(&status) == 0);
	EXPECT(status.version == HAM_VERSION);
}

static void
ham_get(void)
{
	struct ham_entity_info info;

	EXPECT(ham_entity_get("rtc", &info) == 0);
	EXPECT(strcmp(info.name, "rtc") == 0);
}

static void
ham_next(void)
{
	struct ham_entity_info info;

	EXPECT(ham_entity_next(0, &info) == 0);
	EXPECT(info.number == 1);
}

/* What runs already. */
static void
ham_start(void)
{
	EXPECT(ham_entity_start("rtc") == 0);
}

static void
nothing(void)
{
}

/* X(server, kind, open, before, request, after, close) */
#define KINDS(X) \
	X("r-counter", "add", counter_open, nothing, counter_add, nothing, descriptor_close) \
	X("r-counter", "get", counter_open, nothing, counter_get, nothing, descriptor_close) \
	X("tmpfs", "read", file_open, nothing, file_read, file_was_read, file_close) \
	X("tmpfs", "read-in-place", file_large_open, nothing, file_read_in_place, file_rewind, \
	    file_close) \
	X("tmpfs", "write", file_open, nothing, file_write, file_was_written, file_close) \
	X("tmpfs", "append", file_append_open, nothing, file_append, file_was_appended, \
	    file_close) \
	X("tmpfs", "lseek", file_open, nothing, file_seek, file_rewind, file_close) \
	X("tmpfs", "fstat", file_open, nothing, file_stat, nothing, file_close) \
	X("tmpfs", "stat", file_open, nothing, path_stat, nothing, file_close) \
	X("tmpfs", "truncate", file_open, nothing, file_truncate, file_was_truncated, file_close) \
	X("tmpfs", "fsync", file_open, nothing, file_sync, nothing, file_close) \
	X("tmpfs", "chmod", file_open, nothing, file_mode, nothing, file_close) \
	X("tmpfs", "create", nothing, nothing, path_create, path_was_created, nothing) \
	X("tmpfs", "unlink", nothing, path_make, path_unlink, nothing, nothing) \
	X("tmpfs", "rename", nothing, path_make, path_rename, path_was_renamed, nothing) \
	X("tmpfs", "mkdir", nothing, nothing, folder_make, folder_remove, nothing) \
	X("tmpfs", "rmdir", nothing, folder_make, folder_remove, nothing, nothing) \
	X("tmpfs", "readdir", file_open, nothing, folder_list, nothing, file_close) \
	X("tmpfs", "open", file_open, nothing, path_open, nothing, file_close) \
	X("tmpfs", "open-refused", file_open, nothing, path_is_there, nothing, file_close) \
	X("tmpfs", "utime", file_open, nothing, file_utime, time_was_set, file_close) \
	X("tmpfs", "path-utime", file_open, nothing, path_utime, time_was_set, file_close) \
	X("tmpfs", "path-chmod", file_open, nothing, path_mode, nothing, file_close) \
	X("tmpfs", "path-truncate", file_open, nothing, path_truncate, file_was_truncated, \
	    file_close) \
	X("tmpfs", "pathconf", file_open, nothing, file_limits, nothing, file_close) \
	X("tmpfs", "statvfs", file_open, nothing, file_system, nothing, file_close) \
	X("tmpfs", "poll", file_open, nothing, poll_file, nothing, file_close) \
	X("pipe", "pipe", nothing, nothing, pipe_make, pipe_close, nothing) \
	X("pipe", "write", pipe_make, nothing, pipe_write, pipe_read, pipe_close) \
	X("pipe", "read", pipe_make, pipe_write, pipe_read, nothing, pipe_close) \
	X("pipe", "read-waiting", pipe_with_writer, nothing, pipe_read_waiting, nothing, \
	    pipe_close) \
	X("pipe", "read-empty", pipe_no_wait, nothing, pipe_is_empty, nothing, pipe_close) \
	X("pipe", "poll", pipe_make, pipe_write, pipe_poll, pipe_drain, pipe_close) \
	X("pipe", "fstat", pipe_make, nothing, pipe_stat, nothing, pipe_close) \
	X("pipe", "pathconf", pipe_make, nothing, pipe_limits, nothing, pipe_close) \
	X("pipe", "lseek", pipe_make, nothing, pipe_seek, nothing, pipe_close) \
	X("pipe", "devctl", pipe_make, nothing, pipe_devctl, nothing, pipe_close) \
	X("devc-ns16550", "write", tty_open, nothing, tty_write, nothing, descriptor_close) \
	X("devc-ns16550", "tcgetattr", tty_open, nothing, tty_get, nothing, descriptor_close) \
	X("devc-ns16550", "tcsetattr", tty_open, nothing, tty_set, tty_was_set, descriptor_close) \
	X("devc-ns16550", "tcdrain", tty_open, tty_write, tty_drain, nothing, descriptor_close) \
	X("devc-ns16550", "fstat", tty_open, nothing, device_stat, nothing, descriptor_close) \
	X("devc-ns16550", "open", nothing, nothing, tty_open, descriptor_close, nothing) \
	X("devc-ns16550", "read-empty", tty_no_wait, nothing, tty_is_empty, nothing, \
	    descriptor_close) \
	X("devc-ns16550", "poll", tty_open, nothing, poll_output, nothing, descriptor_close) \
	X("devc-ns16550", "tcflush", tty_open, nothing, tty_flush, nothing, descriptor_close) \
	X("devc-ns16550", "winsize", tty_open, nothing, tty_size, nothing, descriptor_close) \
	X("devc-ns16550", "count", tty_open, nothing, tty_count, nothing, descriptor_close) \
	X("devc-ns16550", "ttyname", tty_open, nothing, tty_name, nothing, descriptor_close) \
	X("devc-ns16550", "tcgetpgrp", tty_open, nothing, tty_group, nothing, descriptor_close) \
	X("rtc", "read", rtc_open, nothing, rtc_read, file_rewind, descriptor_close) \
	X("rtc", "get", rtc_open, nothing, rtc_get, nothing, descriptor_close) \
	X("rtc", "set", rtc_open, rtc_get, rtc_set, rtc_was_set, descriptor_close) \
	X("rtc", "alarm", rtc_open, nothing, rtc_alarm, nothing, rtc_quiet) \
	X("rtc", "fstat", rtc_open, nothing, device_stat, nothing, descriptor_close) \
	X("rtc", "open", nothing, nothing, rtc_open, descriptor_close, nothing) \
	X("reset", "fstat", reset_open, nothing, device_stat, nothing, descriptor_close) \
	X("reset", "open", nothing, nothing, reset_open, descriptor_close, nothing) \
	X("reset", "write", reset_open, nothing, reset_refuse, nothing, descriptor_close) \
	X("slogger", "open", nothing, nothing, slog_open, descriptor_close, nothing) \
	X("slogger", "write", slog_open, nothing, slog_write, nothing, descriptor_close) \
	X("slogger", "fstat", slog_open, nothing, device_stat, nothing, descriptor_close) \
	X("ham", "status", nothing, nothing, ham_ask, nothing, nothing) \
	X("ham", "get", nothing, nothing, ham_get, nothing, nothing) \
	X("ham", "next", nothing, nothing, ham_next, nothing, nothing) \
	X("ham", "start", nothing, nothing, ham_start, nothing, nothing)

static const struct kind {
	const char *server, *name;
	void (*open)(void);
	void (*before)(void);
	void (*request)(void);
	void (*after)(void);
	void (*close)(void);
} kinds[] = {
#define KIND(server, name, open, before, request, after, close) \
	{server, name, open, before, request, after, close},
    KINDS(KIND)
#undef KIND
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

/* ---- the killer ---- */

static struct {
	sem_t go, done;
	uint64_t fire_ns;
	int pid;
	int client_tid;
	uint32_t states[SKINK_STATE_COUNT]; /* of the client at the kills */
	long result;
} killer;

static void *
kill_when_told(void *unused)
{
	for (;;) {
		struct skink_thread_info client;

		sem_wait(&killer.go);
		sleep_until(killer.fire_ns);
		if (target_info(SKINK_INFO_THREAD, (uint64_t)killer.client_tid, &client,
			sizeof(client)) >= 0 &&
		    client.state < SKINK_STATE_COUNT)
			killer.states[client.state]++;
		killer.result = target_inject(killer.pid, PROC_INJECT_KILL);
		sem_post(&killer.done);
	}
	return unused;
}

static void
start_killer(void)
{
	/* Above everybody that is killed: what the manifest allows at most. */
	struct sched_param param = {
	    .sched_priority = (int)skink_process_self(SKINK_SELF_PRIORITY_MAX)};
	pthread_attr_t attr;
	pthread_t thread;

	sem_init(&killer.go, 0, 0);
	sem_init(&killer.done, 0, 0);
	killer.client_tid = (int)skink_thread_self();
	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &param);
	if (pthread_create(&thread, &attr, kill_when_told, NULL) != 0) {
		printf("the killer cannot be started\n");
		exit(2);
	}
}

/* One request, killed `offset_ns` after it is begun. True: it was answered before the kill. */
static bool
request_killed_at(const struct kind *k, uint32_t service, uint64_t offset_ns)
{
	uint64_t begin_ns, end_ns;

	k->before();
	killer.pid = service_await(service, killer.pid);
	EXPECT(killer.pid != 0);
	begin_ns = clock_now() + LEAD_NS;
	killer.fire_ns = begin_ns + offset_ns;
	sem_post(&killer.go);
	sleep_until(begin_ns);
	k->request();
	end_ns = clock_now();
	sem_wait(&killer.done);
	EXPECT(killer.result >= 0);
	EXPECT(service_await(service, killer.pid) != 0);
	k->after();
	return end_ns < killer.fire_ns;
}

static int
sweep(const struct kind *k, uint64_t stride_ns)
{
	uint32_t service = service_named(k->server);
	struct balance before;
	unsigned answered = 0;

	k->open();
	/* The first life of a server may hold less than the others. */
	request_killed_at(k, service, 0);
	before = balance_take();
	memset(killer.states, 0, sizeof(killer.states));
	for (point = 0; answered < 3 && point < POINTS_MAX; point++)
		answered += request_killed_at(k, service, point * stride_ns);
	EXPECT(answered == 3);
	EXPECT(balance_settles(&before));
	k->close();
	printf("%s %s: points=%llu send=%u reply=%u running=%u ok\n", k->server, k->name,
	    (unsigned long long)point, killer.states[SKINK_STATE_SEND],
	    killer.states[SKINK_STATE_REPLY],
	    killer.states[SKINK_STATE_RUNNING] + killer.states[SKINK_STATE_READY]);
	return 0;
}

int
main(int argc, char **argv)
{
	uint64_t stride_ns = argc > 3 ? strtoull(argv[3], NULL, 0) : 100;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 2)
		start_killer();
	for (size_t i = 0; i < KIND_COUNT && argc > 1; i++) {
		if (strcmp(argv[1], kinds[i].server) != 0)
			continue;
		if (argc == 2)
			printf("%s\n", kinds[i].name);
		else if (strcmp(argv[2], kinds[i].name) == 0)
			return sweep(&kinds[i], stride_ns);
	}
	return argc == 2 ? 0 : 2;
}
