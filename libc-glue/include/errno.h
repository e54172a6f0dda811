/* SPDX-License-Identifier: Apache-2.0 */
/* errno.h - picolibc's error numbers, which are skink/errno.h's, and Skink's own. errno is per
 * thread (a TLS variable). */
#ifndef SKINK_LIBC_ERRNO_H
#define SKINK_LIBC_ERRNO_H

#include_next <errno.h>

/* The server died too often with this request in service; it is not delivered again. */
#define ESRVRFAULT 2000

/* QNX's name of success. */
#define EOK 0

#endif
