/* SPDX-License-Identifier: Apache-2.0 */
/* sys/wait.h - how a child ended (POSIX); the status is skink/status.h's. */
#ifndef SKINK_SYS_WAIT_H
#define SKINK_SYS_WAIT_H
#define _SYS_WAIT_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WNOHANG         1
#define WUNTRACED       2 /* no child ever stops */
#define WCONTINUED      4
#define WNOWAIT         8 /* it stays to be waited for */

#define WIFEXITED(s)    (((s)&0x7f) == 0)
#define WEXITSTATUS(s)  (((s) >> 8) & 0xff)
#define WIFSIGNALED(s)  (((s)&0x7f) != 0)
#define WTERMSIG(s)     ((s)&0x7f)
#define WIFSTOPPED(s)   0
#define WSTOPSIG(s)     0
#define WIFCONTINUED(s) 0
#define WCOREDUMP(s)    0
#define WCAUSE(s)       (((s) >> 16) & 0xff) /* Skink's own: enum skink_cause; 0: no fault */

/* Block until a child ends. ECHILD, EINVAL. */
pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);

#ifdef __cplusplus
}
#endif

#endif
