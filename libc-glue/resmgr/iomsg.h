/* SPDX-License-Identifier: Apache-2.0 */
/* iomsg.h - the check that every io message passes before anybody looks at it. */
#ifndef RESMGR_IOMSG_H
#define RESMGR_IOMSG_H

#include <stddef.h>
#include <sys/iomsg.h>

/* The message at `m`, of which `len` bytes are here and `total` were sent. 0, or an errno: EINVAL,
 * ENOSYS (unknown type or subtype), ENOTSUP (a version that is newer), ENAMETOOLONG. */
int iomsg_check(const void *m, size_t len, size_t total);

/* Of a checked _IO_CONNECT: what the server sees of its paths. */
const char *iomsg_rest(const struct _io_connect *c);
const char *iomsg_extra_rest(const struct _io_connect *c);

#endif
