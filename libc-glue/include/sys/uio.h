/* SPDX-License-Identifier: Apache-2.0 */
/* sys/uio.h - reads and writes of several parts (POSIX). */
#ifndef SKINK_SYS_UIO_H
#define SKINK_SYS_UIO_H

#include <limits.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The layout of struct skink_iov. */
#ifndef SKINK_IOVEC_DECLARED
#define SKINK_IOVEC_DECLARED
struct iovec {
	void *iov_base;
	size_t iov_len;
};
#endif
#define UIO_MAXIOV IOV_MAX /* a message has two parts of its own */

/* One message: the parts go together. EINVAL: count < 1 or > UIO_MAXIOV. */
ssize_t readv(int fd, const struct iovec *parts, int count);
ssize_t writev(int fd, const struct iovec *parts, int count);

#ifdef __cplusplus
}
#endif

#endif
