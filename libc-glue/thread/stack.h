/* SPDX-License-Identifier: Apache-2.0 */
/* stack.h - the memory of a thread: stack, TLS block, and this head, which is also what the library
 * knows of the thread: the nucleus knows those that live, and nothing of who joins whom. */
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
	int32_t joiner; /* who waits for its end, if that one lives; 0: nobody */
	bool detached; /* nobody will join: to be looked for by stack_get */
	bool ended; /* the status is there; it does not come back from where it is */
	bool ours; /* from the system; else the program's */
	void *status;
	void *(*function)(void *);
	void *arg;
	uint64_t sp;
	char *tls;
};

/* A stack with `bytes` for the thread itself, from the system; NULL: no memory. */
struct glue_stack *stack_get(size_t bytes);
/* The same in the program's memory; NULL: too small. */
struct glue_stack *stack_place(void *base, size_t bytes);
/* It never got a thread. */
void stack_put(struct glue_stack *s);
/* Creates the thread; tid or a negative error. Done as one step against those below. */
long stack_start(struct glue_stack *s, const struct skink_thread_attr *start);

/* ---- the library's threads, under their lock ---- */

void stack_lock(void);
void stack_unlock(void);
bool stack_lives(int32_t tid);
struct glue_stack *stack_self(void);
/* NULL: no such thread, or detached and gone. */
struct glue_stack *stack_find(int32_t tid);
/* Its thread is gone, or needs no head any more: out of the list, and the memory back. */
void stack_drop(struct glue_stack *s);

#endif
