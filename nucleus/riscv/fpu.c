/* SPDX-License-Identifier: Apache-2.0 */
/* fpu.c - who has the floating point registers. A thread starts without; its first floating point
 * instruction gives it zeroed ones; from then on they are saved when dirty and loaded when another
 * thread's are in the hart. Never touched for threads that do not compute with them.
 * hart->fpu_owner may have died: who takes its place in the pool starts without the registers, so
 * it cannot mistake them for its own. */

#include <string.h>

#include "arch.h"
#include "csr.h"
#include "nucleus.h"
#include "trap.h"

void fpu_save(struct fpu *fpu);
void fpu_load(const struct fpu *fpu);

static void
regs_set_fs(struct regs *regs, uint64_t fs)
{
	regs->status = (regs->status & ~SSTATUS_FS) | fs;
}

void
arch_fpu_switch(struct regs *out_regs, struct fpu *out, struct regs *in_regs, struct fpu *in)
{
	struct hart *h = hart_self();

	if (out_regs != NULL && (out_regs->status & SSTATUS_FS) == SSTATUS_DIRTY) {
		csr_set(CSR_SSTATUS, SSTATUS_FS);
		fpu_save(out);
		regs_set_fs(out_regs, SSTATUS_CLEAN);
	}
	if (in_regs != NULL && (in_regs->status & SSTATUS_FS) != 0 &&
	    h->fpu_owner != (struct thread *)in_regs) {
		csr_set(CSR_SSTATUS, SSTATUS_FS);
		fpu_load(in);
		h->fpu_owner = (struct thread *)in_regs;
	}
}

bool
fpu_first_use(struct thread *t)
{
	if ((t->regs.status & SSTATUS_FS) != 0)
		return false;
	memset(&t->fpu, 0, sizeof(t->fpu));
	csr_set(CSR_SSTATUS, SSTATUS_FS);
	fpu_load(&t->fpu);
	hart_self()->fpu_owner = t;
	regs_set_fs(&t->regs, SSTATUS_DIRTY);
	return true;
}
