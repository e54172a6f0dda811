/* SPDX-License-Identifier: Apache-2.0 */
/* offsets.c - structure offsets for the assembler files: compiled to assembler only, read by the
 * build (docs/building.md). */

#include <stddef.h>

#include "nucleus.h"

void offsets(void);

#define VALUE(name, value) __asm__ volatile("->" #name " %0" : : "i"(value))
#define REG(name, number)  VALUE(REGS_##name, offsetof(struct regs, x[number]));

/* By the names of the calling convention. */
#define REGS(X) \
	X(RA, 1) \
	X(SP, 2) X(GP, 3) X(TP, 4) X(T0, 5) X(T1, 6) X(T2, 7) X(S0, 8) X(S1, 9) X(A0, 10) \
	    X(A1, 11) X(A2, 12) X(A3, 13) X(A4, 14) X(A5, 15) X(A6, 16) X(A7, 17) X(S2, 18) \
		X(S3, 19) X(S4, 20) X(S5, 21) X(S6, 22) X(S7, 23) X(S8, 24) X(S9, 25) X(S10, 26) \
		    X(S11, 27) X(T3, 28) X(T4, 29) X(T5, 30) X(T6, 31)

_Static_assert(offsetof(struct thread, regs) == 0, "entry.S");

void
offsets(void)
{
	VALUE(HART_CURRENT, offsetof(struct hart, current));
	VALUE(REGS_SIZE, (sizeof(struct regs) + 15) & ~15ul);
	VALUE(REGS_PC, offsetof(struct regs, pc));
	VALUE(REGS_STATUS, offsetof(struct regs, status));
	REGS(REG)
	VALUE(FPU_FCSR, offsetof(struct fpu, fcsr));
}
