/* SPDX-License-Identifier: Apache-2.0 */
/* unistd.h - picolibc's, and what it hides or lacks. It declares more than there is: what
 * docs/libc.md calls absent does not link. */
#ifndef SKINK_UNISTD_H
#define SKINK_UNISTD_H

#include_next <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

int dup3(int fd, int new_fd, int flags); /* flags: O_CLOEXEC */
int pipe2(int fds[2], int flags); /* O_CLOEXEC, O_NONBLOCK */
int getpagesize(void);

#ifdef __cplusplus
}
#endif

#endif
