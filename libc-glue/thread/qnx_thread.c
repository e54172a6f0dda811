/* SPDX-License-Identifier: Apache-2.0 */
/* qnx_thread.c - threads and scheduling under QNX's names, on <pthread.h>. */
#include "../glue.h"

#include <sys/neutrino.h>

static bool
is_self(pid_t pid)
{
	return pid == 0 || pid == glue_startup->pid;
}

int
ThreadCreate(pid_t pid, void *(*function)(void *), void *arg, const struct _thread_attr *attr)
{
	pthread_attr_t a;
	pthread_t tid;
	int error;

	if (!is_self(pid))
		return (int)glue_result(-ENOTSUP);
	pthread_attr_init(&a);
	if (attr != NULL) {
		if (attr->stacksize != 0)
			a.stack_bytes = attr->stacksize;
		a.stack = attr->stackaddr;
		a.detached = attr->flags & PTHREAD_CREATE_DETACHED;
		if (attr->policy != SCHED_NOCHANGE || attr->priority != 0) {
			a.inherit = PTHREAD_EXPLICIT_SCHED;
			a.policy = attr->policy;
			a.param.sched_priority = attr->priority;
		}
	}
	error = pthread_create(&tid, &a, function, arg);
	return error != 0 ? (int)glue_result(-error) : tid;
}

int
ThreadDestroy(int tid, int priority, void *status)
{
	if (priority != -1)
		return (int)glue_result(-ENOTSUP);
	if (tid == 0 || tid == glue_self.tid)
		pthread_exit(status);
	return (int)glue_result(glue_thread_end(tid, status));
}

int
ThreadDetach(int tid)
{
	return (int)glue_result(-pthread_detach(tid == 0 ? glue_self.tid : tid));
}

int
ThreadJoin(int tid, void **status)
{
	return (int)glue_result(-pthread_join(tid, status));
}

int
SchedGet(pid_t pid, int tid, struct sched_param *param)
{
	int policy;
	int error = is_self(pid) ? pthread_getschedparam(tid, &policy, param) : ENOTSUP;

	return error != 0 ? (int)glue_result(-error) : policy;
}

int
SchedSet(pid_t pid, int tid, int policy, const struct sched_param *param)
{
	int error = is_self(pid) ? pthread_setschedparam(tid, policy, param) : ENOTSUP;

	return (int)glue_result(-error);
}

int
SchedYield(void)
{
	return sched_yield();
}
