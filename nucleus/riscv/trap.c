/* SPDX-License-Identifier: Apache-2.0 */
/* trap.c - what a trap is in the portable core's words. Owns nothing. */

#include <skink/types.h>

#include "csr.h"
#include "nucleus.h"
#include "trap.h"

/* By exception code; 8 (a user's call) does not come here. All others are SKINK_CAUSE_ACCESS: also
 * those of the future (a hardware error) are the thread's loss, not ours. */
static const uint8_t causes[16] = {
    [0] = SKINK_CAUSE_MISALIGNED,
    [CAUSE_ILLEGAL] = SKINK_CAUSE_ILLEGAL,
    [3] = SKINK_CAUSE_BREAKPOINT,
    [4] = SKINK_CAUSE_MISALIGNED,
    [6] = SKINK_CAUSE_MISALIGNED,
    [12] = SKINK_CAUSE_FETCH,
    [13] = SKINK_CAUSE_LOAD,
    [15] = SKINK_CAUSE_STORE,
};

void
trap_dispatch(uint64_t cause, uint64_t value)
{
	unsigned known = cause < sizeof(causes) ? causes[cause] : SKINK_CAUSE_NONE;

	if (cause == CAUSE_ILLEGAL && fpu_first_use(hart_self()->current))
		return;
	nucleus_fault(known != SKINK_CAUSE_NONE ? known : SKINK_CAUSE_ACCESS, value);
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
