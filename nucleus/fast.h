/* SPDX-License-Identifier: Apache-2.0 */
/* fast.h - what the short ways share: which threads they are for, and how they end. */
#ifndef NUCLEUS_FAST_H
#define NUCLEUS_FAST_H

#include "nucleus.h"

#define OTHERWISE(x) __builtin_expect((x), 0)

INLINE bool
is_fpu_alone(uint64_t special)
{
	return !OTHERWISE(special != 0) || (special & ~SPECIAL_FPU) == 0;
}

/* Of a channel. Something may be queued where a thread waits: another has been sent for it. */
#define NOT_EASY	(CHANNEL_CLOSING | CHANNEL_QUEUED | SKINK_CHF_FIXED_PRIORITY)

/* The client that s answers so, if it owes nothing but that; NULL: not that easy. */
INLINE struct thread *
client_of(const struct thread *s, uint64_t status, uint64_t len)
{
	struct thread *t;

	if (OTHERWISE(s->holds.root == NULL || s->serves == NULL))
		return NULL;
	t = CONTAINER(s->holds.root, struct thread, held);
	if (OTHERWISE(t->held.left != NULL || s->owns.root != NULL ||
		    (s->serves->flags & NOT_EASY) != 0 ||
		    (status | len | t->in.size) >> 31 != 0 || t->connection->holders == 0))
		return NULL;
	return t;
}

/* It has been answered. */
INLINE void
client_go(struct hart *h, struct thread *s, struct thread *t, struct connection *c)
{
	list_unlink(&t->client_link);
	t->held.rank = 0;
	c->sends--;
	s->holds.root = NULL;
	s->in_service = NULL;
	h->fast_replies++;
}

/* ---- the ends, in riscv/entry.S: a machine does not come back from them ---- */

/* To the user mode of the current thread, which is t, with its call's result. */
void arch_leave(uint64_t result, const struct thread *t);
/* The same wherever the current thread was, with all its registers from memory. */
void arch_resume(void);
void arch_resume_fpu(void);	/* perhaps also those of floating point */

/* The call that the current thread has made, from its beginning. */
void general_msg_send(uint64_t coid, vaddr_t msg, uint64_t len, vaddr_t reply, uint64_t reply_len);
void general_msg_reply_receive(uint64_t rcvid, uint64_t status, vaddr_t msg, uint64_t len,
	uint64_t chid, vaddr_t to, uint64_t to_len, vaddr_t info);
void general_msg_reply(uint64_t rcvid, uint64_t status, vaddr_t msg, uint64_t len);
void general_msg_receive(uint64_t chid, vaddr_t to, uint64_t to_len, vaddr_t info);
void general_msg_send_pulse(uint64_t coid, uint64_t priority, uint64_t code, uint64_t value);
void general_sched_yield(void);
void general_interrupt(unsigned source);	/* claimed already; 0: none */

#endif
