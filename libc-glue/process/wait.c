/* SPDX-License-Identifier: Apache-2.0 */
/* wait.c - waiting for children. procmgr keeps them until then. */
#include "../glue.h"

#include <sys/resource.h>
#include <sys/wait.h>

static uint64_t children_ns;

uint64_t
glue_children_ns(void)
{
	return __atomic_load_n(&children_ns, __ATOMIC_RELAXED);
}

pid_t
wait4(pid_t pid, int *status, int options, struct rusage *usage)
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
	r = procmgr_ask(PROC_WAIT, &request, sizeof(request), &reply, sizeof(reply));
	if (r < 0)
		return (pid_t)glue_result(r);
	if (reply.pid == 0)
		return 0;
	if (status != NULL)
		*status = reply.status;
	if (usage != NULL)
		*usage = glue_rusage(reply.runtime_ns);
	if ((options & WNOWAIT) == 0)
		__atomic_fetch_add(&children_ns, reply.runtime_ns, __ATOMIC_RELAXED);
	return reply.pid;
}

pid_t
waitpid(pid_t pid, int *status, int options)
{
	return wait4(pid, status, options, NULL);
}

pid_t
wait(int *status)
{
	return waitpid(-1, status, 0);
}
