/* SPDX-License-Identifier: Apache-2.0 */
/* syscall.c - from traps to what they mean: the table of calls, interrupts, faults. Owns the
 * convention of results; the work is elsewhere.
 */
#include "nucleus.h"

enum { ANY = 0, ONLY = 1 };

/* The call on what its first argument names, or its error when there is no such thing. */
#define NONE(name)    sys_##name(t, a)
#define MESSAGE(name) ON(name, rcvid_find(t->process, (int64_t)a[0]), -SK_ESRCH)
#define COID(name)    ON(name, place_find(t->process, (int64_t)a[0]), -SK_EBADF)
#define SYNC(name)    ON(name, user_sync(t->process, a[0]), -SK_EFAULT)
#define THREAD(name)  ON(name, a[0] == 0 ? t : thread_find(t->process, (int64_t)a[0]), -SK_ESRCH)
#define PROCESS(name) ON(name, pool_find(SKINK_POOL_PROCESS, (int64_t)a[0]), -SK_ESRCH)
#define LIVING(name)  ON(name, process_find((int64_t)a[0]), -SK_ESRCH)
#define ON(name, find, error) \
	({ \
		__typeof__(find) subject = (find); \
		subject == NULL ? error : sys_##name(t, subject, a); \
	})

static long
execute(struct thread *t)
{
	const uint64_t *a = &t->regs.x[REG_A0];

	switch (t->regs.x[REG_T0]) {
#define CALL_CASE(number, name, subject, who, errors) \
	case number: \
		return who == ONLY && t->process != procmgr ? -SK_EPERM : subject(name);
		SKINK_SYSCALLS(CALL_CASE)
#undef CALL_CASE
	default:
		return -SK_ENOSYS;
	}
}

void
call_execute(struct thread *t)
{
	long result = execute(t);

	if (result == CALL_AGAIN)
		t->task = t->task == TASK_DIE ? TASK_DIE : TASK_AGAIN;
	else if (result != CALL_BLOCKED)
		t->regs.x[REG_A0] = (uint64_t)result;
}

void
nucleus_syscall(void)
{
	struct hart *h = hart_self();
	struct thread *t = h->current;

	step_begin((unsigned)t->regs.x[REG_T0]);
	h->syscalls++;
	t->progress = 0;
	TRACE(CALL, t->object.id, t->regs.x[REG_T0]);
	call_execute(t);
	if (h->look || h->current != t || t->task != TASK_NONE)
		nucleus_dispatch();
	else
		step_end();
}

void
nucleus_interrupt(unsigned source)
{
	struct hart *h = hart_self();
	uint64_t before = clock_ticks();

	step_begin(SKINK_STEP_INTERRUPT);
	if (source == 0) {
		h->timer_check = true;
		h->armed_ns = UINT64_MAX;
		clock_arm(UINT64_MAX);
		source = irq_claim();
	}
	interrupt_take(source);
	h->interrupt += clock_ticks() - before;
	nucleus_dispatch();
}

void
nucleus_fault(unsigned cause, vaddr_t address)
{
	struct thread *t = hart_self()->current;

	step_begin(SKINK_STEP_FAULT);
	TRACE(FAULT, t->object.id, address);
	if (t->process == procmgr)
		PANIC("procmgr faulted", address);
	t->cause = cause;
	t->fault_address = address;
	thread_block(t, SKINK_STATE_FAULT);
	pulse_to_procmgr(&t->pulse, t->effective, SKINK_PULSE_FAULT, (uint64_t)t->object.id);
	nucleus_dispatch();
}

long
sys_p_reset(struct thread *, const uint64_t *a)
{
	if (a[0] > 1)
		return -SK_EINVAL;
	arch_reset((int)a[0], (int)a[1]);
	return -SK_EIO;
}

/* ---- address spaces: procmgr's orders, the machine's work ---- */

long
sys_p_map(struct thread *, struct process *p, const uint64_t *a)
{
	const uint64_t va = a[1], pa = a[2], len = a[3], prot = a[4];
	const uint64_t store_and_run = SKINK_PROT_WRITE | SKINK_PROT_EXEC;

	if ((va | pa | len) % SKINK_PAGE != 0 || va < SKINK_PAGE || va >= SKINK_USER_END ||
	    len == 0 || len > SKINK_USER_END - va)
		return -SK_EINVAL;
	if (prot >= 8 || (prot & store_and_run) == store_and_run)
		return -SK_EINVAL;
	return aspace_map(&p->aspace, va, pa, len, (unsigned)prot);
}

long
sys_p_table_give(struct thread *, struct process *p, const uint64_t *a)
{
	if (p->state == PROCESS_ENDED)
		return -SK_ESRCH;
	return aspace_give(&p->aspace, a[1]);
}
