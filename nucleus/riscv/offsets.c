/* SPDX-License-Identifier: Apache-2.0 */
/* offsets.c - structure offsets for the assembler files: compiled to assembler only, read by the
 * build (docs/building.md). */

#include <stddef.h>

#include "handoff.h"
#include "nucleus.h"

void offsets(void);

#define VALUE(name, value) __asm__ volatile("->" #name " %0" : : "i"(value))

_Static_assert(offsetof(struct hart, scratch) == 0 && SKINK_SYS_msg_send == 0, "entry.S");

void
offsets(void)
{
	VALUE(HART_SCRATCH, offsetof(struct hart, scratch));
	VALUE(HART_STACK, offsetof(struct hart, stack));
	VALUE(HART_CURRENT, offsetof(struct hart, current));
	VALUE(THREAD_PROCESS, offsetof(struct thread, process));
	VALUE(PROCESS_SATP, offsetof(struct process, aspace.satp));
	VALUE(HART_FAST_EPOCH, offsetof(struct hart, fast_epoch));
	VALUE(THREAD_ID, offsetof(struct thread, object.id));
	VALUE(CALL_RECEIVE, SKINK_SYS_msg_receive);
	VALUE(CALL_REPLY, SKINK_SYS_msg_reply);
	VALUE(CALL_REPLY_RECEIVE, SKINK_SYS_msg_reply_receive);
	VALUE(CALL_SEND_PULSE, SKINK_SYS_msg_send_pulse);
	VALUE(CALL_THREAD_SELF, SKINK_SYS_thread_self);
	VALUE(CALL_YIELD, SKINK_SYS_sched_yield);
	VALUE(THREAD_REGS, offsetof(struct thread, regs));
	VALUE(REGS_SIZE, (sizeof(struct regs) + 15) & ~15ul);
	VALUE(REGS_PC, offsetof(struct thread, regs.pc));
	VALUE(REGS_STATUS, offsetof(struct thread, regs.status));
	VALUE(REGS_X, offsetof(struct thread, regs.x));
	VALUE(HANDOFF_SIZE, sizeof(struct handoff));
}
