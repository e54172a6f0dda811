/* SPDX-License-Identifier: Apache-2.0 */
/* stack.c - the memory of threads. Owns the list of those that live, or have not been joined yet. A
 * thread cannot give back the stack it runs on: that of a joined thread is freed by who joins, that
 * of a detached one when a later thread is created and the nucleus does not know its tid any more.
 */
#include "stack.h"
#include "../glue.h"

#include <picotls.h>

#define PAGE       4096ul
#define CACHED_MAX 4 /* unused ones that are kept */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct glue_stack main_thread; /* whose stack is not ours; tid under lock */
static struct glue_stack *used = &main_thread; /* under lock */
static struct glue_stack *cached; /* under lock; all of the default size */
static unsigned cached_count; /* under lock */

static uintptr_t
round_down(uintptr_t a, uintptr_t unit)
{
	return a & ~(unit - 1);
}

/* Bytes above the stack proper. */
static size_t
overhead(void)
{
	size_t align = _tls_align() > 16 ? _tls_align() : 16;

	return sizeof(struct glue_stack) + _tls_size() + 2 * align;
}

static size_t
mapped_bytes(size_t stack_bytes)
{
	return round_down(stack_bytes + overhead() + PAGE - 1, PAGE);
}

static struct glue_stack *
lay_out(void *base, size_t bytes, bool ours)
{
	size_t align = _tls_align() > 16 ? _tls_align() : 16;
	uintptr_t head = round_down((uintptr_t)base + bytes - sizeof(struct glue_stack), 16);
	uintptr_t tls = round_down(head - _tls_size(), align);
	struct glue_stack *s = (struct glue_stack *)head;

	*s = (struct glue_stack){
	    .base = base,
	    .bytes = bytes,
	    .ours = ours,
	    .sp = round_down(tls, 16),
	    .tls = (char *)tls,
	};
	return s;
}

/* Without another thread, who calls is the main one. */
void
stack_lock(void)
{
	glue_lock(&lock);
	if (main_thread.tid == 0)
		main_thread.tid = glue_self.tid;
}

void
stack_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

bool
stack_lives(int32_t tid)
{
	struct skink_sched sched;

	return skink_sched_get(tid, &sched) != -ESRCH;
}

/* Keeps or unmaps one that is in no list. */
static void
release(struct glue_stack *s)
{
	if (s->bytes == mapped_bytes(PTHREAD_STACK_DEFAULT) && cached_count < CACHED_MAX) {
		s->next = cached;
		cached = s;
		cached_count++;
	} else {
		glue_unmap(s->base, s->bytes);
	}
}

void
stack_drop(struct glue_stack *s)
{
	struct glue_stack **p = &used;

	while (*p != s)
		p = &(*p)->next;
	*p = s->next;
	if (s->ours)
		release(s);
}

static void
drop_ended(void)
{
	struct glue_stack *s, *next;

	for (s = used; s != NULL; s = next) {
		next = s->next;
		if (s->detached && s->tid != 0 && !stack_lives(s->tid))
			stack_drop(s);
	}
}

static void
use(struct glue_stack *s)
{
	stack_lock();
	s->next = used;
	used = s;
	stack_unlock();
}

struct glue_stack *
stack_get(size_t stack_bytes)
{
	size_t bytes = mapped_bytes(stack_bytes);
	struct glue_stack *s;
	void *base = NULL;

	stack_lock();
	drop_ended();
	if (cached != NULL && cached->bytes == bytes) {
		base = cached->base;
		cached = cached->next;
		cached_count--;
	}
	stack_unlock();
	if (base == NULL) {
		long r = glue_map(0, bytes, SKINK_PROT_READ | SKINK_PROT_WRITE,
		    PROC_MAP_ANON | PROC_MAP_PRIVATE | PROC_MAP_GUARD, -1, 0);

		if (r < 0)
			return NULL;
		base = (void *)r;
	}
	s = lay_out(base, bytes, true);
	use(s);
	return s;
}

struct glue_stack *
stack_place(void *base, size_t bytes)
{
	struct glue_stack *s;

	if (bytes < PTHREAD_STACK_MIN || bytes < overhead() + 1024)
		return NULL;
	s = lay_out(base, bytes, false);
	use(s);
	return s;
}

void
stack_put(struct glue_stack *s)
{
	stack_lock();
	stack_drop(s);
	stack_unlock();
}

long
stack_start(struct glue_stack *s, const struct skink_thread_attr *start)
{
	long tid;

	stack_lock();
	tid = skink_thread_create(start);
	if (tid > 0)
		s->tid = (int32_t)tid;
	stack_unlock();
	return tid;
}

struct glue_stack *
stack_self(void)
{
	return glue_self.stack != NULL ? glue_self.stack : &main_thread;
}

struct glue_stack *
stack_find(int32_t tid)
{
	struct glue_stack *s = used;

	while (s != NULL && s->tid != tid)
		s = s->next;
	if (s == NULL || !s->detached || stack_lives(tid))
		return s;
	stack_drop(s);
	return NULL;
}
