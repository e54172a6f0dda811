/* SPDX-License-Identifier: Apache-2.0 */
/* attr.c - what a thread is to be like. */
#include "../glue.h"

#include <string.h>

int
pthread_attr_init(pthread_attr_t *attr)
{
	*attr = (pthread_attr_t){
	    .stack_bytes = PTHREAD_STACK_DEFAULT,
	    .guard_bytes = 4096,
	    .policy = SCHED_RR,
	    .param.sched_priority = 10,
	};
	return 0;
}

int
pthread_attr_destroy(pthread_attr_t *attr)
{
	(void)attr;
	return 0;
}

int
pthread_attr_setstacksize(pthread_attr_t *attr, size_t bytes)
{
	if (bytes < PTHREAD_STACK_MIN || bytes > SKINK_STACK_MAX)
		return EINVAL;
	attr->stack_bytes = bytes;
	return 0;
}

int
pthread_attr_getstacksize(const pthread_attr_t *attr, size_t *bytes)
{
	*bytes = attr->stack_bytes;
	return 0;
}

int
pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t bytes)
{
	if (bytes < PTHREAD_STACK_MIN)
		return EINVAL;
	attr->stack = stack;
	attr->stack_bytes = bytes;
	return 0;
}

int
pthread_attr_getstack(const pthread_attr_t *attr, void **stack, size_t *bytes)
{
	*stack = attr->stack;
	*bytes = attr->stack_bytes;
	return 0;
}

/* There is always one page below a stack from the system. */
int
pthread_attr_setguardsize(pthread_attr_t *attr, size_t bytes)
{
	attr->guard_bytes = bytes;
	return 0;
}

int
pthread_attr_getguardsize(const pthread_attr_t *attr, size_t *bytes)
{
	*bytes = attr->guard_bytes;
	return 0;
}

int
pthread_attr_setdetachstate(pthread_attr_t *attr, int state)
{
	if (state != PTHREAD_CREATE_JOINABLE && state != PTHREAD_CREATE_DETACHED)
		return EINVAL;
	attr->detached = state;
	return 0;
}

int
pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state)
{
	*state = attr->detached;
	return 0;
}

int
pthread_attr_setinheritsched(pthread_attr_t *attr, int inherit)
{
	if (inherit != PTHREAD_INHERIT_SCHED && inherit != PTHREAD_EXPLICIT_SCHED)
		return EINVAL;
	attr->inherit = inherit;
	return 0;
}

int
pthread_attr_getinheritsched(const pthread_attr_t *attr, int *inherit)
{
	*inherit = attr->inherit;
	return 0;
}

int
pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy)
{
	if (policy < SCHED_FIFO || policy > SCHED_SPORADIC)
		return EINVAL;
	attr->policy = policy;
	return 0;
}

int
pthread_attr_getschedpolicy(const pthread_attr_t *attr, int *policy)
{
	*policy = attr->policy;
	return 0;
}

int
pthread_attr_setschedparam(pthread_attr_t *attr, const struct sched_param *param)
{
	if (param->sched_priority < 1 || param->sched_priority >= SKINK_PRIORITIES - 1)
		return EINVAL;
	attr->param = *param;
	return 0;
}

int
pthread_attr_getschedparam(const pthread_attr_t *attr, struct sched_param *param)
{
	*param = attr->param;
	return 0;
}

int
pthread_attr_setscope(pthread_attr_t *attr, int scope)
{
	(void)attr;
	return scope == PTHREAD_SCOPE_SYSTEM ? 0
	    : scope == PTHREAD_SCOPE_PROCESS ? ENOTSUP
					     : EINVAL;
}

int
pthread_attr_getscope(const pthread_attr_t *attr, int *scope)
{
	(void)attr;
	*scope = PTHREAD_SCOPE_SYSTEM;
	return 0;
}

int
pthread_attr_setname_np(pthread_attr_t *attr, const char *name)
{
	if (strlen(name) >= PTHREAD_NAME_MAX)
		return ERANGE;
	strcpy(attr->name, name);
	return 0;
}
