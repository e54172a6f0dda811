/* SPDX-License-Identifier: Apache-2.0 */
/* trap.c - what a trap is in the portable core's words. Owns nothing. */

#include <skink/types.h>

#include "csr.h"
#include "nucleus.h"
#include "trap.h"

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
