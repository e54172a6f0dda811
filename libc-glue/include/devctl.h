/* SPDX-License-Identifier: Apache-2.0 */
/* devctl.h - commands to a device (QNX). The command numbers are in <sys/iomsg.h> and the servers'
 * headers. */
#ifndef SKINK_DEVCTL_H
#define SKINK_DEVCTL_H

#include <stddef.h>
#include <sys/iomsg.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sends `size` bytes at `data` with the command and gets up to as many back, as its direction
 * says. Blocks until the server answers. Returns EOK or the error itself (errno is left alone);
 * *info, if not NULL, gets the command's own result. ENOTTY: not a command of this device.
 * EINVAL: size smaller than the command's.
 */
int devctl(int fd, int command, void *data, size_t size, int *info);
int posix_devctl(int fd, int command, void *__restrict data, size_t size, int *__restrict info);

#ifdef __cplusplus
}
#endif

#endif
