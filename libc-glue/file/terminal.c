/* SPDX-License-Identifier: Apache-2.0 */
/* terminal.c - terminals: each call is one command to the device. */
#include "../glue.h"

#include <sys/ioctl.h>
#include <sys/iomsg.h>
#include <termios.h>
#include <unistd.h>

int
tcgetattr(int fd, struct termios *t)
{
	return ioctl(fd, DCMD_CHR_TCGETATTR, t);
}

int
tcsetattr(int fd, int when, const struct termios *t)
{
	static const uint32_t commands[] = {
	    [TCSANOW] = DCMD_CHR_TCSETATTR,
	    [TCSADRAIN] = DCMD_CHR_TCSETATTRD,
	    [TCSAFLUSH] = DCMD_CHR_TCSETATTRF,
	};

	if (when < 0 || (size_t)when >= ARRAY_COUNT(commands))
		return (int)glue_result(-EINVAL);
	return ioctl(fd, commands[when], t);
}

int
tcdrain(int fd)
{
	return ioctl(fd, DCMD_CHR_TCDRAIN, (void *)NULL);
}

int
tcflush(int fd, int queue)
{
	return ioctl(fd, DCMD_CHR_TCFLUSH, &queue);
}

int
tcflow(int fd, int action)
{
	return ioctl(fd, DCMD_CHR_TCFLOW, &action);
}

int
tcsendbreak(int fd, int duration)
{
	return ioctl(fd, DCMD_CHR_TCSENDBREAK, &duration);
}

pid_t
tcgetpgrp(int fd)
{
	int32_t group = -1;

	return ioctl(fd, DCMD_CHR_TCGETPGRP, &group) < 0 ? -1 : group;
}

int
tcsetpgrp(int fd, pid_t group)
{
	return ioctl(fd, DCMD_CHR_TCSETPGRP, &group);
}

pid_t
tcgetsid(int fd)
{
	int32_t session = -1;

	return ioctl(fd, DCMD_CHR_TCGETSID, &session) < 0 ? -1 : session;
}

int
tcsetsid(int fd, pid_t session)
{
	(void)session;
	return ioctl(fd, DCMD_CHR_TCSETSID, (void *)NULL);
}

int
isatty(int fd)
{
	struct termios t;

	return tcgetattr(fd, &t) == 0;
}

/* The path that it was opened by. */
int
ttyname_r(int fd, char *name, size_t size)
{
	struct _io_fdinfo m = {.type = _IO_FDINFO};
	long r;

	if (!isatty(fd))
		return errno;
	r = skink_msg_send(fd, &m, sizeof(m), name, (long)size);
	if (r < 0)
		return (int)-r;
	return (size_t)r < size ? 0 : ERANGE;
}

char *
ttyname(int fd)
{
	static char name[GLUE_PATH_SIZE];
	int error = ttyname_r(fd, name, sizeof(name));

	if (error == 0)
		return name;
	errno = error;
	return NULL;
}

speed_t
cfgetispeed(const struct termios *t)
{
	return t->c_ispeed;
}

speed_t
cfgetospeed(const struct termios *t)
{
	return t->c_ospeed;
}

int
cfsetispeed(struct termios *t, speed_t speed)
{
	t->c_ispeed = speed;
	return 0;
}

int
cfsetospeed(struct termios *t, speed_t speed)
{
	t->c_ospeed = speed;
	return 0;
}

void
cfmakeraw(struct termios *t)
{
	t->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
	t->c_oflag &= ~(tcflag_t)OPOST;
	t->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	t->c_cflag = (t->c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}
