/* SPDX-License-Identifier: Apache-2.0 */
/* trap.c - what a trap is in the portable core's words. Owns nothing. */

#include <string.h>

#include "csr.h"
#include "nucleus.h"
#include "trap.h"

/* An illegal instruction of a thread without floating point registers: true if it has them now and
 * is to try again. */
static bool
fpu_first_use(struct thread *t)
{
	if ((t->regs.status & SSTATUS_FS) != 0)
		return false;
	memset(&t->fpu, 0, sizeof(t->fpu));
	t->uses_fpu = 1;
	t->regs.status |= SSTATUS_CLEAN;
	fpu_look(hart_self());
	return true;
}

void
trap_dispatch(uint64_t cause, uint64_t value)
{
	if (cause == CAUSE_ILLEGAL && fpu_first_use(hart_self()->current))
		return;
	nucleus_fault((unsigned)cause, value);
}

void
arch_thread_start(struct regs *regs, uint64_t pc, uint64_t sp, uint64_t tp, uint64_t arg)
{
	*regs = (struct regs){.pc = pc, .status = SSTATUS_SPIE | SSTATUS_SUM | SSTATUS_UXL_64};
	regs->x[REG_SP] = sp;
	regs->x[REG_TP] = tp;
	regs->x[REG_A0] = arg;
}

void
arch_wait(void)
{
	/* Interrupts are off: wfi ends when one waits, and nothing is taken. */
	while (!arch_interrupt_pending())
		__asm__ volatile("wfi");
}
