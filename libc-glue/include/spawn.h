/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn.h - starting programs (POSIX). There is no fork and no exec: this is the way.
 *
 * The child gets every descriptor that is not close-on-exec, after the file actions: they are
 * done in the child's table only, but opens happen in the parent, before the child exists, so
 * their errors are posix_spawn's own. Signals ignored by the parent stay ignored, unless
 * POSIX_SPAWN_SETSIGDEF names them. The name of the process is the last component of the path.
 * Scripts ("#!") are ENOEXEC.
 */
#ifndef SKINK_SPAWN_H
#define SKINK_SPAWN_H

#include <sched.h>
#include <signal.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define POSIX_SPAWN_RESETIDS      0x01 /* no effect: there are no user ids */
#define POSIX_SPAWN_SETPGROUP     0x02
#define POSIX_SPAWN_SETSCHEDPARAM 0x04
#define POSIX_SPAWN_SETSCHEDULER  0x08
#define POSIX_SPAWN_SETSIGDEF     0x10
#define POSIX_SPAWN_SETSIGMASK    0x20 /* no effect: there are no masks */
#define POSIX_SPAWN_SETSID        0x40 /* leader of a new session */

typedef struct {
	short flags;
	pid_t group;
	int policy;
	struct sched_param param;
	sigset_t sigdefault;
	sigset_t sigmask;
	/* Skink's own; 0: the parent's. */
	int priority_max;
	uint64_t abilities_dropped; /* SKINK_AB_ the child does not get */
	uint64_t memory_bytes; /* ceiling */
	uint64_t stack_bytes;
	/* Quotas of nucleus objects. 0: the child begins with little, and gets more when it needs
	 * it, up to a quarter of what its service has left. Else: so much of each quota's free part
	 * at once (at least what a small program needs), and never more: its children live on
	 * it. */
	unsigned share_percent;
} posix_spawnattr_t;

struct skink_file_action;
typedef struct {
	int count;
	int size;
	struct skink_file_action *actions;
} posix_spawn_file_actions_t;

/* Return the error. Blocks while the file is read. ENOENT EACCES ENOEXEC ENOMEM EAGAIN E2BIG
 * EPERM EBADF. */
int posix_spawn(pid_t *__restrict pid, const char *__restrict path,
    const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *__restrict attr,
    char *const argv[], char *const envp[]);
/* A name without a slash is looked for along PATH, or in /proc/boot when PATH is not set. */
int posix_spawnp(pid_t *__restrict pid, const char *__restrict file,
    const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *__restrict attr,
    char *const argv[], char *const envp[]);

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions);
int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions);
int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *__restrict actions, int fd,
    const char *__restrict path, int oflag, mode_t mode);
int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int fd);
int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int fd, int new_fd);
/* The child's current directory. It is not checked before the child uses it. */
int posix_spawn_file_actions_addchdir_np(
    posix_spawn_file_actions_t *__restrict actions, const char *__restrict path);

int posix_spawnattr_init(posix_spawnattr_t *attr);
int posix_spawnattr_destroy(posix_spawnattr_t *attr);
int posix_spawnattr_setflags(posix_spawnattr_t *attr, short flags);
int posix_spawnattr_getflags(const posix_spawnattr_t *__restrict attr, short *__restrict flags);
int posix_spawnattr_setpgroup(posix_spawnattr_t *attr, pid_t group);
int posix_spawnattr_getpgroup(const posix_spawnattr_t *__restrict attr, pid_t *__restrict group);
int posix_spawnattr_setschedpolicy(posix_spawnattr_t *attr, int policy);
int posix_spawnattr_getschedpolicy(
    const posix_spawnattr_t *__restrict attr, int *__restrict policy);
int posix_spawnattr_setschedparam(
    posix_spawnattr_t *__restrict attr, const struct sched_param *__restrict param);
int posix_spawnattr_getschedparam(
    const posix_spawnattr_t *__restrict attr, struct sched_param *__restrict param);
int posix_spawnattr_setsigdefault(
    posix_spawnattr_t *__restrict attr, const sigset_t *__restrict set);
int posix_spawnattr_getsigdefault(
    const posix_spawnattr_t *__restrict attr, sigset_t *__restrict set);
int posix_spawnattr_setsigmask(posix_spawnattr_t *__restrict attr, const sigset_t *__restrict set);
int posix_spawnattr_getsigmask(const posix_spawnattr_t *__restrict attr, sigset_t *__restrict set);

#ifdef __cplusplus
}
#endif

#endif
