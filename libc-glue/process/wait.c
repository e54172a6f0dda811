/* SPDX-License-Identifier: Apache-2.0 */
/* wait.c - waiting for children. procmgr keeps them until then. */
#include "../glue.h"

#include <sys/wait.h>

pid_t
waitpid(pid_t pid, int *status, int options)
{
	struct proc_wait request = {
	    .pid = pid,
	    .flags = ((options & WNOHANG) != 0 ? PROC_WAIT_NOHANG : 0) |
		((options & WNOWAIT) != 0 ? PROC_WAIT_PEEK : 0),
	};
	struct proc_wait_reply reply;
	long r;

	if ((options & ~(WNOHANG | WUNTRACED | WCONTINUED | WNOWAIT)) != 0)
		return (pid_t)glue_result(-EINVAL);
	r = glue_ask(PROC_WAIT, &request, sizeof(request), &reply, sizeof(reply));
	if (r < 0)
		return (pid_t)glue_result(r);
	if (status != NULL && reply.pid != 0)
		*status = reply.status;
	return reply.pid;
}

pid_t
wait(int *status)
{
	return waitpid(-1, status, 0);
}
