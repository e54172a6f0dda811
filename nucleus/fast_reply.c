/* SPDX-License-Identifier: Apache-2.0 */
/* fast_reply.c - the short way of msg_reply. As in fast.c, but it goes back to its caller, who
 * keeps what a C function keeps: so it is one, and only what such a function may lose is saved
 * (riscv/entry.S).
 */
#include "fast.h"

#include "arch_fast.h"

/* The server goes on; its client becomes ready behind those of its priority. */
INLINE void
answer(struct hart *h, struct thread *s, struct thread *t, struct connection *c, uint64_t priority,
    uint64_t status)
{
	client_go(h, s, t, c);
	t->regs.x[REG_A0] = status;
	ready_push(h, t, priority, false);
}

/* More than a few words. A function of its own: it takes registers that it has to keep. */
static void __attribute__((noinline))
reply_long(uint64_t rcvid, uint64_t status, vaddr_t msg, uint64_t len)
{
	struct hart *h = hart_self();
	struct thread *s = h->current, *t = CONTAINER(s->holds.root, struct thread, held);
	uint64_t room = t->in.size;

	if (!copy_far(&t->process->aspace, t->in.base, msg, room < len ? room : len)) {
		general_msg_reply(rcvid, status, msg, len);
		return;
	}
	/* COMMIT */
	satp_write(s->process->aspace.satp);
	answer(h, s, t, t->connection, t->effective, status);
}

void
fast_msg_reply(uint64_t rcvid, uint64_t status, vaddr_t msg, uint64_t len)
{
	struct hart *h = hart_self();
	struct thread *s = h->current, *t = client_of(s, status, len);
	uint64_t n, priority = s->effective;
	const struct aspace *as;
	struct connection *c;

	if (OTHERWISE(t == NULL))
		goto general;
	/* What it holds is this client alone, so that its priority is the client's. */
	if (OTHERWISE((uint64_t)t->rcvid != rcvid || s->pulse_priority != 0 ||
		priority != s->priority || !is_fpu_alone(t->special | s->special)))
		goto general;
	c = t->connection;
	as = &t->process->aspace;
	if (OTHERWISE(!fast_reaches(as, t->in.base, msg)))
		goto general;
	n = t->in.size;
	if (n > len)
		n = len;
	if (__builtin_expect(n == 32, 1)) {
		if (OTHERWISE(!fast_copy_32(as, t->in.base, msg)))
			goto general;
		satp_write(s->process->aspace.satp);
	} else if (n != 0) {
		reply_long(rcvid, status, msg, len);
		return;
	}
	/* COMMIT */
	answer(h, s, t, c, priority, status);
	return;

general:
	general_msg_reply(rcvid, status, msg, len);
}
