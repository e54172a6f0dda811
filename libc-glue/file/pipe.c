/* SPDX-License-Identifier: Apache-2.0 */
/* pipe.c - pipes: two opens at the pipe server, the second by the id that the first was told. */
#include "../glue.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/iomsg.h>
#include <unistd.h>

int
pipe2(int fds[2], int flags)
{
	char name[sizeof(IO_PIPE_PATH) + 17];
	uint64_t id = 0;
	long in, out;

	if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) != 0)
		return (int)glue_result(-EINVAL);
	in = glue_open(IO_PIPE_PATH, O_RDONLY | flags, 0, 0, 0, &id);
	if (in < 0)
		return (int)glue_result(in);
	snprintf(name, sizeof(name), "%s/%016lx", IO_PIPE_PATH, id);
	out = glue_open(name, O_WRONLY | flags, 0, 0, 0, NULL);
	if (out < 0) {
		skink_connect_detach((int)in);
		return (int)glue_result(out);
	}
	fds[0] = (int)in;
	fds[1] = (int)out;
	return 0;
}

int
pipe(int fds[2])
{
	return pipe2(fds, 0);
}
