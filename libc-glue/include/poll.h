/* SPDX-License-Identifier: Apache-2.0 */
/* poll.h - waiting for several descriptors (POSIX), by _IO_NOTIFY. */
#ifndef SKINK_POLL_H
#define SKINK_POLL_H

#include <sys/types.h>
#include <sys/_sigset.h>
#include <sys/_timespec.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned int nfds_t;

struct pollfd {
	int fd; /* negative: skipped */
	short events;
	short revents;
};

#define POLLIN     0x0001 /* a read would not block */
#define POLLPRI    0x0002 /* never */
#define POLLOUT    0x0004 /* a write would not block */
#define POLLERR    0x0008
#define POLLHUP    0x0010 /* the other side is gone */
#define POLLNVAL   0x0020 /* not open */
#define POLLRDNORM 0x0040
#define POLLWRNORM POLLOUT
#define POLLRDBAND 0x0080 /* never */
#define POLLWRBAND 0x0100 /* never */

/* A descriptor whose server does not know _IO_NOTIFY counts as ready. timeout in ms; -1: for ever.
 * EINVAL, EAGAIN (no channel or event left). */
int poll(struct pollfd *fds, nfds_t count, int timeout_ms);

#ifdef __cplusplus
}
#endif

#endif
