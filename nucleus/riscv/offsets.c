/* SPDX-License-Identifier: Apache-2.0 */
/* offsets.c - structure offsets for the assembler files: compiled to assembler only, read by the
 * build (docs/building.md). */

#include <stddef.h>

#include "nucleus.h"

void offsets(void);

#define VALUE(name, value)	__asm__ volatile("->" #name " %0" : : "i"(value))
#define REG(name, number)	VALUE(REGS_##name, offsetof(struct regs, x[number]))

_Static_assert(offsetof(struct thread, regs) == 0, "entry.S");

void
offsets(void)
{
	VALUE(HART_CURRENT, offsetof(struct hart, current));
	VALUE(REGS_SIZE, (sizeof(struct regs) + 15) & ~15ul);
	VALUE(REGS_PC, offsetof(struct regs, pc));
	VALUE(REGS_STATUS, offsetof(struct regs, status));
	REG(RA, 1); REG(SP, 2); REG(GP, 3); REG(TP, 4); REG(T0, 5); REG(T1, 6); REG(T2, 7);
	REG(S0, 8); REG(S1, 9); REG(A0, 10); REG(A1, 11); REG(A2, 12); REG(A3, 13); REG(A4, 14);
	REG(A5, 15); REG(A6, 16); REG(A7, 17); REG(S2, 18); REG(S3, 19); REG(S4, 20); REG(S5, 21);
	REG(S6, 22); REG(S7, 23); REG(S8, 24); REG(S9, 25); REG(S10, 26); REG(S11, 27);
	REG(T3, 28); REG(T4, 29); REG(T5, 30); REG(T6, 31);
	VALUE(FPU_FCSR, offsetof(struct fpu, fcsr));
}
