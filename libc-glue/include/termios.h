/* SPDX-License-Identifier: Apache-2.0 */
/* termios.h - terminals (POSIX). The structure and its constants are skink/tty.h's. ENOTTY: not a
 * terminal. */
#ifndef SKINK_TERMIOS_H
#define SKINK_TERMIOS_H

#include <skink/tty.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

int tcgetattr(int fd, struct termios *t);
int tcsetattr(int fd, int when, const struct termios *t);
int tcdrain(int fd); /* blocks until all is sent */
int tcflush(int fd, int queue);
int tcflow(int fd, int action);
int tcsendbreak(int fd, int duration);
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t group);
pid_t tcgetsid(int fd);
int tcsetsid(int fd,
    pid_t session); /* QNX: the terminal becomes the caller's session's; session is ignored */
speed_t cfgetispeed(const struct termios *t);
speed_t cfgetospeed(const struct termios *t);
int cfsetispeed(struct termios *t, speed_t speed);
int cfsetospeed(struct termios *t, speed_t speed);
void cfmakeraw(struct termios *t);

#ifdef __cplusplus
}
#endif

#endif
