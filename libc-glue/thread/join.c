/* SPDX-License-Identifier: Apache-2.0 */
/* join.c - what becomes of a thread that ends: who waits for it, what that one is told, when its
 * memory comes back. The nucleus forgets a thread as it ends, and only wakes who waits; all else
 * stands in the thread's head (stack.h). A head goes by who joins, so whoever has put its tid there
 * as the joiner may rely on it; a joiner that was killed counts for nobody. */
#include "../glue.h"
#include "stack.h"

/* Under the lock: s will not come back to user mode. */
static void
note_end(struct glue_stack *s, void *status)
{
	s->status = status;
	s->ended = true;
	/* Nobody tells us when the program uses that memory for something else. */
	if (s->detached && !s->ours)
		stack_drop(s);
}

long
glue_thread_end(pthread_t thread, void *status)
{
	struct glue_stack *s;
	long r;

	stack_lock();
	if (thread == 0 || thread == glue_self.tid) {
		note_end(stack_self(), status);
		stack_unlock();
		skink_thread_exit();
	}
	s = stack_find(thread);
	r = skink_thread_kill(thread);
	if (r == 0 && s != NULL)
		note_end(s, status);
	stack_unlock();
	return r;
}

static bool
is_being_joined(const struct glue_stack *s)
{
	return s->joiner != 0 && stack_lives(s->joiner);
}

/* Under the lock. */
static int
claim(pthread_t thread, struct glue_stack **s)
{
	*s = stack_find(thread);
	if (*s == NULL)
		return ESRCH;
	if (thread == glue_self.tid)
		return EDEADLK;
	if ((*s)->detached)
		return EINVAL;
	if (is_being_joined(*s))
		return EBUSY;
	(*s)->joiner = glue_self.tid;
	return 0;
}

static int
join(pthread_t thread, void **status, const uint64_t *deadline_ns)
{
	struct skink_sync end = {.word = (uint32_t)thread};
	struct glue_stack *s;
	long r = 0;
	int error;

	stack_lock();
	error = claim(thread, &s);
	stack_unlock();
	if (error != 0)
		return error;
	if (deadline_ns != NULL)
		r = skink_timer_timeout(SKINK_CLOCK_REALTIME, SKINK_TIMER_ABSTIME,
		    1u << SKINK_STATE_JOIN, *deadline_ns);
	if (r == 0)
		r = skink_sync_wait(&end, end.word, SKINK_STATE_JOIN, 0);
	stack_lock();
	s->joiner = 0;
	if (r == -EOWNERDEAD) {
		r = 0;
		if (status != NULL)
			*status = s->status;
		stack_drop(s);
	}
	stack_unlock();
	return glue_error(r);
}

int
pthread_join(pthread_t thread, void **status)
{
	return join(thread, status, NULL);
}

int
pthread_timedjoin(pthread_t thread, void **status, const struct timespec *deadline)
{
	uint64_t ns;
	int error = glue_error(glue_timespec_ns(deadline, &ns));

	return error != 0 ? error : join(thread, status, &ns);
}

int
pthread_detach(pthread_t thread)
{
	struct glue_stack *s;
	int error = 0;

	stack_lock();
	s = stack_find(thread);
	if (s == NULL) {
		error = ESRCH;
	} else if (s->detached || is_being_joined(s)) {
		error = EINVAL;
	} else {
		s->detached = true;
		if (!stack_lives(thread) || (s->ended && !s->ours))
			stack_drop(s);
	}
	stack_unlock();
	return error;
}
