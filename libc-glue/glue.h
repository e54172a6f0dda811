/* SPDX-License-Identifier: Apache-2.0 */
/* glue.h - what the library's files share among themselves. Nobody else includes it. */
#ifndef LIBC_GLUE_H
#define LIBC_GLUE_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <skink/calls.h>
#include <skink/procmgr.h>
#include <skink/types.h>

#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A nucleus call's result as POSIX wants it: a negative one goes to errno. */
static inline long
glue_result(long result)
{
	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}

/* The same as pthreads want it: 0 or the error number. */
static inline int
glue_error(long result)
{
	return result >= 0 ? 0 : (int)-result;
}

/* ---- core/start.c: what the process was started with, and what each thread has ---- */
extern struct skink_startup *glue_startup;

struct glue_thread {
	int32_t tid;
	int32_t interrupt; /* id that InterruptWait waits for; 0: none */
	struct skink_cleanup *cleanups;
	struct value *values; /* thread/key.c: PTHREAD_KEYS_MAX of them; NULL: none set yet */
	int32_t poll_chid; /* poll()'s channel and connection; 0: none yet */
	int32_t poll_coid;
	struct glue_stack *stack; /* thread/stack.h; NULL: the main thread's */
};
extern _Thread_local struct glue_thread glue_self;

/* ---- memory/map.c ---- */
/* MAP request to procmgr; address or negative error. */
long glue_map(
    uint64_t address, size_t length, unsigned prot, unsigned flags, int coid, uint64_t offset);
long glue_unmap(void *address, size_t length);

/* ---- time/ ---- */
/* A clock of the nucleus that is always there. */
uint64_t glue_clock_ns(int clock);
/* ns of a timespec; negative error: EINVAL. A time beyond the nucleus's range is cut to it. */
long glue_timespec_ns(const struct timespec *t, uint64_t *ns);
struct timespec glue_ns_timespec(uint64_t ns);

/* What SCHED_SPORADIC wants to know; negative error: EINVAL. */
struct sched_param;
long glue_sporadic(const struct sched_param *param, struct skink_sporadic *sporadic);

/* ---- process/wait.c, time/usage.c ---- */
struct rusage;
/* Processor time of the children waited for, and of theirs. */
uint64_t glue_children_ns(void);
struct rusage glue_rusage(uint64_t ns);

/* ---- file/ ---- */
/* Room for an absolute path, and glue_path_absolute() from the current directory. */
#define GLUE_PATH_SIZE PATH_MAX
long glue_path(const char *path, char *out);
/* The current directory, copied. */
void glue_cwd(char *out);
/* A descriptor on its way: connected to the path's server, but no _IO_CONNECT sent yet. */
struct glue_route {
	char path[GLUE_PATH_SIZE];
	uint32_t length;
	uint32_t prefix; /* bytes of the path that procmgr matched */
	int coid;
};
/* Fills in *route; coid >= lowest. 0 or negative error. */
long glue_resolve(const char *path, int lowest, unsigned flags, struct glue_route *route);
/* Sends _IO_CONNECT over the route; result as msg_send. */
struct _io_connect;
long glue_connect(
    const struct glue_route *route, const struct _io_connect *what, void *reply, size_t reply_size);
mode_t glue_umask(void);
/* Opens; flags: SKINK_COF_. fd or negative error. *value: of the reply, may be NULL. */
long glue_open(
    const char *path, int oflag, mode_t mode, int lowest, unsigned flags, uint64_t *value);
long glue_pread(int fd, void *buffer, size_t size, uint64_t offset); /* bytes or negative error */

/* A descriptor was made; all descriptors are below the limit. */
void glue_fd_made(long fd);
int glue_fd_limit(void);

/* ---- thread/ ---- */
/* Ends a thread at once, 0 being the caller; its joiner gets the status. Negative error: ESRCH. */
long glue_thread_end(pthread_t thread, void *status);
void glue_keys_destroy(void); /* runs the destructors of the calling thread */
int glue_lock(pthread_mutex_t *mutex); /* pthread_mutex_lock, but an owner's death is passed over */

#endif
