/* SPDX-License-Identifier: Apache-2.0 */
/* start.S - the nucleus's entry: from start-up to C. Never returns. */

#include "layout.h"
#include "offsets.h"

	.text
	.balign	4
	.globl	nucleus_entry
nucleus_entry:				/* a trap of start-up's: the rest of it is not mapped */
	la	t0, trap_entry
	csrw	stvec, t0
	csrw	sscratch, zero		/* a trap from here on is a panic */
	la	tp, hart0
	la	sp, stack_top
	sd	sp, HART_STACK(tp)
	call	boot
	j	arch_resume

	.section .handoff, "a"
	.balign	8
	.globl	handoff
handoff:
	.space	HANDOFF_SIZE
