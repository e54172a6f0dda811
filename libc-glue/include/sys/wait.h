/* SPDX-License-Identifier: Apache-2.0 */
/* sys/wait.h - how a child ended (POSIX); the status is skink/status.h's. */
#ifndef SKINK_SYS_WAIT_H
#define SKINK_SYS_WAIT_H
#define _SYS_WAIT_H

#include <skink/status.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WNOHANG         1
#define WUNTRACED       2 /* no child ever stops */
#define WCONTINUED      4
#define WNOWAIT         8 /* it stays to be waited for */

#define WIFEXITED(s)    (SKINK_STATUS_SIGNO(s) == 0)
#define WEXITSTATUS(s)  SKINK_STATUS_CODE(s)
#define WIFSIGNALED(s)  (SKINK_STATUS_SIGNO(s) != 0)
#define WTERMSIG(s)     SKINK_STATUS_SIGNO(s)
#define WIFSTOPPED(s)   0
#define WSTOPSIG(s)     0
#define WIFCONTINUED(s) 0
#define WCOREDUMP(s)    0
#define WCAUSE(s)       SKINK_STATUS_CAUSE(s) /* Skink's own: enum skink_cause; 0: no fault */

/* Block until a child ends. ECHILD, EINVAL. */
pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);

/* waitpid(), and the processor time of the child and of the children that it waited for; all of it
 * counts as user time. getrusage() and times() sum it up. */
struct rusage;
pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage);

#ifdef __cplusplus
}
#endif

#endif
