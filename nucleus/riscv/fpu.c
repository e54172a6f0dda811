/* SPDX-License-Identifier: Apache-2.0 */
/* fpu.c - who has the floating point registers. A thread starts without; its first floating point
 * instruction gives it zeroed ones; from then on they stay in the hart until another thread
 * that has them runs. Threads that do not compute with them cost nobody a copy. */

#include <string.h>

#include "csr.h"
#include "nucleus.h"
#include "trap.h"

void fpu_save(struct fpu *fpu);
void fpu_load(const struct fpu *fpu);

void
fpu_look(struct hart *h)
{
	struct thread *out = h->fpu_owner, *in = h->current;

	if (out == in || (in->regs.status & SSTATUS_FS) == 0)
		return;
	csr_set(CSR_SSTATUS, SSTATUS_FS);
	/* What the hart holds and memory lacks. */
	if (out != NULL && (out->regs.status & SSTATUS_FS) == SSTATUS_DIRTY) {
		fpu_save(&out->fpu);
		out->regs.status ^= SSTATUS_DIRTY ^ SSTATUS_CLEAN;
	}
	fpu_load(&in->fpu);
	h->fpu_owner = in;
}

bool
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
