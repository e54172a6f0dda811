/* SPDX-License-Identifier: Apache-2.0 */
/* fpu.c - who has the floating point registers. A thread starts without; its first floating point
 * instruction gives it zeroed ones; from then on they stay in the hart until another thread
 * that has them runs. Threads that do not compute with them cost nobody a copy. */

#include "csr.h"
#include "nucleus.h"

/* One instruction a register, between the hart and a struct fpu; FS is on. */
#define EACH(op, fpu) \
	__asm__ volatile(".option push\n" \
			 "	.option arch, +d\n" \
			 "	.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n" \
			 "	" op "	f\\n, \\n * 8(%0)\n" \
			 "	.endr\n" \
			 "	.irp n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n" \
			 "	" op "	f\\n, \\n * 8(%0)\n" \
			 "	.endr\n" \
			 "	.option pop\n" \
			 : \
			 : "r"((fpu)->f) \
			 : "memory")

void
fpu_look(struct hart *h)
{
	struct thread *out = h->fpu_owner, *in = h->current;

	if (out == in || (in->regs.status & SSTATUS_FS) == 0)
		return;
	csr_set(CSR_SSTATUS, SSTATUS_FS);
	/* What the hart holds and memory lacks. */
	if (out != NULL && (out->regs.status & SSTATUS_FS) == SSTATUS_DIRTY) {
		EACH("fsd", &out->fpu);
		out->fpu.fcsr = csr_read(CSR_FCSR);
		out->regs.status ^= SSTATUS_DIRTY ^ SSTATUS_CLEAN;
	}
	csr_write(CSR_FCSR, in->fpu.fcsr);
	EACH("fld", &in->fpu);
	h->fpu_owner = in;
}
