/* SPDX-License-Identifier: Apache-2.0 */
/* sys/select.h - waiting for several descriptors (POSIX): poll() in another form. */
#ifndef SKINK_SYS_SELECT_H
#define SKINK_SYS_SELECT_H
#define _SYS_SELECT_H

#include <sys/_sigset.h>
#include <sys/_timeval.h>
#include <sys/_timespec.h>
#include <sys/timespec.h>

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(_SIGSET_T_DECLARED)
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

#define FD_SETSIZE 1024 /* every descriptor that a process can have */

typedef struct {
	unsigned long fds_bits[FD_SETSIZE / 64];
} fd_set;
#define _SYS_TYPES_FD_SET

#define FD_ZERO(set)      (*(set) = (fd_set){{0}})
#define FD_SET(fd, set)   ((set)->fds_bits[(fd) / 64] |= 1ul << ((fd) % 64))
#define FD_CLR(fd, set)   ((set)->fds_bits[(fd) / 64] &= ~(1ul << ((fd) % 64)))
#define FD_ISSET(fd, set) ((int)((set)->fds_bits[(fd) / 64] >> ((fd) % 64) & 1))

/* The exceptional conditions of `except` never come. */
int select(int count, fd_set *__restrict read, fd_set *__restrict write, fd_set *__restrict except,
    struct timeval *__restrict timeout);
/* The mask must be NULL or empty: ENOTSUP. */
int pselect(int count, fd_set *__restrict read, fd_set *__restrict write, fd_set *__restrict except,
    const struct timespec *__restrict timeout, const sigset_t *__restrict mask);

#ifdef __cplusplus
}
#endif

#endif
