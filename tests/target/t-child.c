/* SPDX-License-Identifier: Apache-2.0 */
/* t-child.c - processes, what they inherit and share, and the facts they are told. It starts itself
 * as its own child: `t-child child WHAT ...`. */
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <skink/status.h>

#include "t-checks.h"

#define FILE_ "/tmp/t-child"

extern char **environ;
static const char *self;

/* ---- processes ---- */

static int shared_child(void);

static int
work(int ms)
{
	struct timespec used;

	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < ms);
	return 0;
}

/* Lies below the first thread's stack. */
static volatile char below[65536];

/* More than a stack has: what it writes first lies far below it. */
static void *
use_large_frame(void *arg)
{
	volatile char large[60000];

	large[0] = 1;
	return (void *)((uintptr_t)arg + (uintptr_t)large[0] + (uintptr_t)below[0]);
}

static int
use_large_frame_in_thread(void)
{
	pthread_t t;

	return pthread_create(&t, NULL, use_large_frame, NULL) + pthread_join(t, NULL);
}

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
	if (strcmp(what, "work") == 0)
		return work(atoi(argv[3]));
	if (strcmp(what, "large") == 0)
		return use_large_frame(NULL) == NULL;
	if (strcmp(what, "large-in-thread") == 0)
		return use_large_frame_in_thread();
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

#define SHARED "/t-child-locks"

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
child_dies_writing_to_a_pipe_that_nobody_reads(void)
{
	char number[12];
	int fds[2];

	CHECK_EQ(pipe(fds), 0);
	CHECK_EQ(close(fds[0]), 0);
	snprintf(number, sizeof(number), "%d", fds[1]);
	CHECK_EQ(WTERMSIG(status_of(start(NULL, NULL, "write", number, "x"))), SIGPIPE);
	CHECK(signal(SIGPIPE, SIG_IGN) == SIG_DFL);
	CHECK_EQ(status_of(start(NULL, NULL, "write", number, "x")), SKINK_STATUS_EXIT(1));
	CHECK_FAILS(write(fds[1], "x", 1), EPIPE);
	CHECK(signal(SIGPIPE, SIG_DFL) == SIG_IGN);
	CHECK_EQ(close(fds[1]), 0);
}

static void
child_dies_of_a_frame_that_its_stack_cannot_hold(void)
{
	int status = status_of(start(NULL, NULL, "large", NULL, NULL));

	CHECK_EQ(WTERMSIG(status), SIGSEGV);
	CHECK_EQ(WCAUSE(status), SKINK_CAUSE_STORE);
	status = status_of(start(NULL, NULL, "large-in-thread", NULL, NULL));
	CHECK_EQ(WTERMSIG(status), SIGSEGV);
	CHECK_EQ(WCAUSE(status), SKINK_CAUSE_STORE);
}

static int64_t
us_of(const struct rusage *usage)
{
	return usage->ru_utime.tv_sec * 1000000 + usage->ru_utime.tv_usec;
}

/* A child works about 20 ms of processor time; another sleeps. */
static void
child_processor_time_is_counted(void)
{
	struct rusage before, one, after;
	struct tms tms_before, tms_after;
	int status;
	pid_t pid;

	CHECK_EQ(getrusage(RUSAGE_CHILDREN, &before), 0);
	times(&tms_before);
	pid = start(NULL, NULL, "work", "20", NULL);
	CHECK_EQ(wait4(pid, &status, WNOWAIT, &one), pid);
	CHECK(us_of(&one) >= 20000);
	CHECK_EQ(getrusage(RUSAGE_CHILDREN, &after), 0);
	CHECK_EQ(us_of(&after), us_of(&before));
	CHECK_EQ(wait4(pid, &status, 0, &one), pid);
	CHECK_EQ(status, 0);
	CHECK_EQ(getrusage(RUSAGE_CHILDREN, &after), 0);
	CHECK(us_of(&after) - us_of(&before) >= us_of(&one));
	CHECK(us_of(&after) - us_of(&before) <= us_of(&one) + 1);
	times(&tms_after);
	CHECK(tms_after.tms_cutime - tms_before.tms_cutime >= 20 * (CLOCKS_PER_SEC / 1000));
	CHECK_EQ(system("t-child child work 20"), 0);
	CHECK_EQ(getrusage(RUSAGE_CHILDREN, &before), 0);
	CHECK(us_of(&before) - us_of(&after) >= 20000);
	CHECK_EQ(getrusage(RUSAGE_SELF, &one), 0);
	CHECK(us_of(&one) > 0);
	CHECK_FAILS(getrusage(7, &one), EINVAL);
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

/* ---- the rest ---- */

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
	    CASE(child_status_is_told),
	    CASE(child_is_killed),
	    CASE(child_ignores_what_its_parent_ignored),
	    CASE(child_dies_writing_to_a_pipe_that_nobody_reads),
	    CASE(child_processor_time_is_counted),
	    CASE(child_dies_of_a_frame_that_its_stack_cannot_hold),
	    CASE(child_gets_environment_and_directory),
	    CASE(child_gets_the_descriptors_asked_for),
	    CASE(child_gets_its_group_and_session),
	    CASE(child_that_cannot_be_is_refused),
	    CASE(child_from_another_file_system),
	    CASE(locks_work_between_processes),
	    CASE(facts_are_told),
	};

	self = strchr(argv[0], '/') != NULL ? argv[0] : "/proc/boot/t-child";
	if (argc > 2 && strcmp(argv[1], "child") == 0)
		return child_main(argc, argv);
	return t_run(cases, (int)(sizeof(cases) / sizeof(cases[0])), argc, argv);
}
