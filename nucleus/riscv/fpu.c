/* SPDX-License-Identifier: Apache-2.0 */
/* fpu.c - who has the floating point registers. A thread starts without; its first floating point
 * instruction gives it zeroed ones; from then on they stay in the hart until another thread
 * that has them runs. Threads that do not compute with them cost nobody a copy. */

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

/* What the hart holds and memory lacks. */
static void
save(struct regs *regs, struct fpu *fpu)
{
	csr_set(CSR_SSTATUS, SSTATUS_FS);
	if ((regs->status & SSTATUS_FS) == SSTATUS_DIRTY) {
		fpu_save(fpu);
		regs_set_fs(regs, SSTATUS_CLEAN);
	}
}

void
arch_fpu_switch(struct regs *out_regs, struct fpu *out, struct regs *in_regs, struct fpu *in)
{
	if ((in_regs->status & SSTATUS_FS) == 0)
		return;
	if (out_regs != NULL)
		save(out_regs, out);
	csr_set(CSR_SSTATUS, SSTATUS_FS);
	fpu_load(in);
	hart_self()->fpu_owner = (struct thread *)in_regs;
}

bool
fpu_first_use(struct thread *t)
{
	struct hart *h = hart_self();

	if ((t->regs.status & SSTATUS_FS) != 0)
		return false;
	if (h->fpu_owner != NULL)
		save(&h->fpu_owner->regs, &h->fpu_owner->fpu);
	memset(&t->fpu, 0, sizeof(t->fpu));
	csr_set(CSR_SSTATUS, SSTATUS_FS);
	fpu_load(&t->fpu);
	h->fpu_owner = t;
	t->uses_fpu = 1;
	regs_set_fs(&t->regs, SSTATUS_DIRTY);
	return true;
}
