/* SPDX-License-Identifier: Apache-2.0 */
/* thread.c - POSIX threads: their beginning and end. join.c has what comes after that, stack.c the
 * memory. */
#include "../glue.h"
#include "stack.h"
#include "sync.h"

#include <picotls.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(PTHREAD_NAME_MAX == SKINK_NAME_MAX, "names");

void skink_thread_entry(void);
void skink_thread_main(struct glue_stack *stack) __attribute__((noreturn, used));

/* A thread starts with gp unset. */
__asm__(".section .text.skink_thread_entry, \"ax\"\n"
	".globl skink_thread_entry\n"
	".type skink_thread_entry, @function\n"
	"skink_thread_entry:\n"
	".option push\n"
	".option norelax\n"
	"	la	gp, __global_pointer$\n"
	".option pop\n"
	"	li	s0, 0\n"
	"	tail	skink_thread_main\n"
	".size skink_thread_entry, . - skink_thread_entry\n"
	".text\n");

static uint32_t others; /* threads besides one: the last to leave ends the process by exit() */

void
skink_thread_main(struct glue_stack *stack)
{
	/* Who creates it notes that, too, but may be killed before. */
	stack->tid = glue_self.tid = (int32_t)skink_thread_self();
	glue_self.stack = stack;
	pthread_exit(stack->function(stack->arg));
}

static struct glue_stack *
stack_for(const pthread_attr_t *attr, int *error)
{
	struct glue_stack *s;

	if (attr->stack != NULL) {
		s = stack_place(attr->stack, attr->stack_bytes);
		*error = EINVAL;
	} else {
		s = stack_get(attr->stack_bytes);
		*error = EAGAIN;
	}
	return s;
}

int
pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*function)(void *), void *arg)
{
	struct skink_thread_attr start = {.entry = (uintptr_t)skink_thread_entry};
	pthread_attr_t usual;
	struct glue_stack *s;
	int error;
	long tid;

	if (attr == NULL) {
		pthread_attr_init(&usual);
		attr = &usual;
	}
	if (attr->inherit == PTHREAD_EXPLICIT_SCHED && attr->policy == SCHED_SPORADIC &&
	    glue_sporadic(&attr->param, &start.sched.sporadic) < 0)
		return EINVAL;
	s = stack_for(attr, &error);
	if (s == NULL)
		return error;
	s->function = function;
	s->arg = arg;
	s->detached = attr->detached == PTHREAD_CREATE_DETACHED;
	_init_tls(s->tls);
	start.arg = (uintptr_t)s;
	start.sp = s->sp;
	start.tp = (uintptr_t)s->tls;
	if (attr->inherit == PTHREAD_EXPLICIT_SCHED) {
		start.sched.policy = attr->policy == SCHED_OTHER ? SCHED_RR : attr->policy;
		start.sched.priority = attr->param.sched_priority;
	}
	memcpy(start.name, attr->name, sizeof(start.name));
	__atomic_fetch_add(&others, 1, __ATOMIC_SEQ_CST);
	tid = stack_start(s, &start);
	if (tid < 0) {
		__atomic_fetch_sub(&others, 1, __ATOMIC_SEQ_CST);
		stack_put(s);
		return (int)-tid;
	}
	/* It may have ended, and s be gone, by now. */
	if (thread != NULL)
		*thread = (pthread_t)tid;
	return 0;
}

void
pthread_exit(void *status)
{
	while (glue_self.cleanups != NULL)
		skink_cleanup_pop(glue_self.cleanups, 1);
	glue_keys_destroy();
	if (glue_self.poll_coid != 0) {
		skink_connect_detach(glue_self.poll_coid);
		skink_channel_destroy(glue_self.poll_chid);
	}
	if (__atomic_fetch_sub(&others, 1, __ATOMIC_SEQ_CST) == 0)
		exit(0);
	glue_thread_end(0, status);
	__builtin_unreachable();
}

pthread_t
pthread_self(void)
{
	return glue_self.tid;
}

int
pthread_equal(pthread_t a, pthread_t b)
{
	return a == b;
}

int
pthread_abort(pthread_t thread)
{
	return glue_error(glue_thread_end(thread, (void *)-1));
}

int
pthread_kill(pthread_t thread, int signo)
{
	struct skink_sched sched;
	long r = skink_sched_get(thread, &sched);

	if (r < 0)
		return (int)-r;
	return signo == 0 ? 0 : ENOTSUP;
}

int
pthread_setname_np(pthread_t thread, const char *name)
{
	char padded[SKINK_NAME_MAX] = {0};

	if (strlen(name) >= PTHREAD_NAME_MAX)
		return ERANGE;
	strncpy(padded, name, sizeof(padded) - 1);
	return glue_error(skink_thread_name(thread, padded));
}

void
skink_cleanup_push(struct skink_cleanup *cleanup)
{
	cleanup->next = glue_self.cleanups;
	glue_self.cleanups = cleanup;
}

void
skink_cleanup_pop(struct skink_cleanup *cleanup, int execute)
{
	glue_self.cleanups = cleanup->next;
	if (execute)
		cleanup->function(cleanup->arg);
}
