/* SPDX-License-Identifier: Apache-2.0 */
/* sys/ioctl.h - commands to a device. A request is a devctl() command number, which tells the
 * size and direction of its data: ioctl(fd, request, data) is devctl() without the rest. */
#ifndef SKINK_SYS_IOCTL_H
#define SKINK_SYS_IOCTL_H

#include <stdint.h>
#include <skink/tty.h>

#ifdef __cplusplus
extern "C" {
#endif

int ioctl(int fd, unsigned long request, ...);

#ifdef __cplusplus
}
#endif

#endif
