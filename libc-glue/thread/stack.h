/* SPDX-License-Identifier: Apache-2.0 */
/* stack.h - the memory of a thread: stack, TLS block, and this head. */
#ifndef LIBC_GLUE_STACK_H
#define LIBC_GLUE_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <skink/types.h>

/*
 *	guard page	not mapped (stacks from the system)
 *	stack		grows down from `sp`
 *	TLS block	tp points at its start
 *	head		this structure, at the upper end
 */
struct glue_stack {
	struct glue_stack *next;
	void *base; /* lowest byte */
	size_t bytes; /* of all: to the end of this head */
	int32_t tid; /* whose it is; 0: nobody's */
	bool detached; /* nobody will join: to be looked for by stack_get */
	bool ours; /* from the system; else the program's */
	void *(*function)(void *);
	void *arg;
	uint64_t sp;
	char *tls;
};

/* A stack with `bytes` for the thread itself, from the system; NULL: no memory. */
struct glue_stack *stack_get(size_t bytes);
/* The same in the program's memory; NULL: too small. */
struct glue_stack *stack_place(void *base, size_t bytes);
/* It has no thread any more: it was joined, or never started. */
void stack_put(struct glue_stack *s);
/* Creates the thread; tid or a negative error. Done as one step against those below. */
long stack_start(struct glue_stack *s, const struct skink_thread_attr *start);
/* tid was joined or is detached. */
void stack_thread_joined(int32_t tid);
void stack_thread_detached(int32_t tid);

#endif
