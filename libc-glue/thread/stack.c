/* SPDX-License-Identifier: Apache-2.0 */
/* stack.c - the memory of threads. Owns the list of stacks from the system. A thread cannot give
 * back the stack it runs on: that of a joined thread is freed by who joins, that of a detached
 * one when a later thread is created and the nucleus does not know its tid any more. */
#include "stack.h"
#include "../glue.h"

#include <picotls.h>

#define PAGE       4096ul
#define CACHED_MAX 4 /* unused ones that are kept */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct glue_stack *used; /* under lock */
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

/* Those of detached threads that have ended; out of `used`, in a list of their own. */
static struct glue_stack *
take_ended(void)
{
	struct glue_stack *ended = NULL;
	struct skink_sched sched;

	for (struct glue_stack **p = &used; *p != NULL;) {
		struct glue_stack *s = *p;

		if (s->detached && s->tid != 0 && skink_sched_get(s->tid, &sched) == -ESRCH) {
			*p = s->next;
			s->next = ended;
			ended = s;
		} else {
			p = &s->next;
		}
	}
	return ended;
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

struct glue_stack *
stack_get(size_t stack_bytes)
{
	size_t bytes = mapped_bytes(stack_bytes);
	struct glue_stack *s, *ended;
	void *base = NULL;

	glue_lock(&lock);
	ended = take_ended();
	while (ended != NULL) {
		s = ended;
		ended = s->next;
		release(s);
	}
	if (cached != NULL && cached->bytes == bytes) {
		base = cached->base;
		cached = cached->next;
		cached_count--;
	}
	pthread_mutex_unlock(&lock);
	if (base == NULL) {
		long r = glue_map(0, bytes, SKINK_PROT_READ | SKINK_PROT_WRITE,
		    PROC_MAP_ANON | PROC_MAP_PRIVATE | PROC_MAP_GUARD, -1, 0);

		if (r < 0)
			return NULL;
		base = (void *)r;
	}
	s = lay_out(base, bytes, true);
	glue_lock(&lock);
	s->next = used;
	used = s;
	pthread_mutex_unlock(&lock);
	return s;
}

struct glue_stack *
stack_place(void *base, size_t bytes)
{
	if (bytes < PTHREAD_STACK_MIN || bytes < overhead() + 1024)
		return NULL;
	return lay_out(base, bytes, false);
}

static void
unlink_used(struct glue_stack *s)
{
	for (struct glue_stack **p = &used; *p != NULL; p = &(*p)->next)
		if (*p == s) {
			*p = s->next;
			return;
		}
}

void
stack_put(struct glue_stack *s)
{
	if (!s->ours)
		return;
	glue_lock(&lock);
	unlink_used(s);
	release(s);
	pthread_mutex_unlock(&lock);
}

long
stack_start(struct glue_stack *s, const struct skink_thread_attr *start)
{
	long tid;

	glue_lock(&lock);
	tid = skink_thread_create(start);
	if (tid > 0)
		s->tid = (int32_t)tid;
	pthread_mutex_unlock(&lock);
	return tid;
}

static struct glue_stack *
find(int32_t tid)
{
	struct glue_stack *s = used;

	while (s != NULL && s->tid != tid)
		s = s->next;
	return s;
}

void
stack_thread_joined(int32_t tid)
{
	struct glue_stack *s;

	glue_lock(&lock);
	s = find(tid);
	if (s != NULL) {
		unlink_used(s);
		release(s);
	}
	pthread_mutex_unlock(&lock);
}

void
stack_thread_detached(int32_t tid)
{
	struct glue_stack *s;

	glue_lock(&lock);
	s = find(tid);
	if (s != NULL)
		s->detached = true;
	pthread_mutex_unlock(&lock);
}
