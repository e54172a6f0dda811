/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry.S - the way between a user and the nucleus. Owns the user's registers from trap to return;
 * decides nothing.
 *
 * One stack a hart, empty while a user runs; sscratch then points at its top words, and is 0 while
 * the nucleus runs. In the nucleus tp points at struct hart. Whoever is current when the C function
 * returns is the one to be restored.
 *
 * A call keeps what a C call keeps, so t1..t6 are not saved: on return they are given what the
 * thread had in them at an earlier trap (0 at first), never a value of the nucleus's. pc stays at
 * the ecall: nucleus_syscall moves it.
 */

#include "layout.h"
#include "offsets.h"

	/* \op, for x registers by number, between the hart and the struct regs at \base. */
	.macro	regs op, base, numbers:vararg
	.irp	n, \numbers
	\op	x\n, REGS_X + 8 * \n(\base)
	.endr
	.endm

	/* What the trap itself holds: the user's sp, pc, status. Uses t0, t2, t3. */
	.macro	regs_trap base
	csrrw	t0, sscratch, zero
	csrr	t2, sepc
	csrr	t3, sstatus
	sd	t0, REGS_X + 8 * 2(\base)
	sd	t2, REGS_PC(\base)
	sd	t3, REGS_STATUS(\base)
	.endm

	.text
	.balign	4
	.globl	trap_entry
trap_entry:
	csrrw	sp, sscratch, sp
	beqz	sp, trap_nucleus
	sd	t1, TOP_SCRATCH(sp)
	csrr	t1, scause
	addi	t1, t1, -8		/* a user's ecall */
	bnez	t1, trap_other

	ld	t1, TOP_HART(sp)
	ld	t1, HART_CURRENT(t1)
	regs	sd, t1, 10,11,12,13,14,15,16,17,5,1,3,4,8,9,18,19,20,21,22,23,24,25,26,27
	regs_trap t1
	ld	tp, TOP_HART(sp)
	call	nucleus_syscall

	.globl	trap_return
trap_return:				/* tp: hart, sp: top words of its stack */
	ld	t6, HART_CURRENT(tp)
	csrw	sscratch, sp
	sc.d	zero, zero, (sp)	/* no reservation goes from one thread to the next */
	ld	t0, REGS_PC(t6)
	ld	t1, REGS_STATUS(t6)
	csrw	sepc, t0
	csrw	sstatus, t1
	regs	ld, t6, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20
	regs	ld, t6, 21,22,23,24,25,26,27,28,29,30
	ld	t6, REGS_X + 8 * 31(t6)
	sret

trap_other:				/* an interrupt or a fault; t1 is in TOP_SCRATCH */
	ld	t1, TOP_HART(sp)
	ld	t1, HART_CURRENT(t1)
	regs	sd, t1, 1,3,4,5,7,8,9,10,11,12,13,14,15,16,17,18,19,20
	regs	sd, t1, 21,22,23,24,25,26,27,28,29,30,31
	regs_trap t1
	ld	t0, TOP_SCRATCH(sp)
	sd	t0, REGS_X + 8 * 6(t1)
	csrr	a0, scause
	csrr	a1, stval
	ld	tp, TOP_HART(sp)
	call	trap_dispatch
	j	trap_return

trap_nucleus:				/* our own mistake: sp is 0, the real one in sscratch */
	la	sp, emergency_top - REGS_SIZE
	regs	sd, sp, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20
	regs	sd, sp, 21,22,23,24,25,26,27,28,29,30,31
	regs_trap sp
	mv	a0, sp
	csrr	a1, scause
	csrr	a2, stval
	j	trap_panic

	/* First return to a user. a0: struct hart */
	.globl	trap_leave
trap_leave:
	mv	tp, a0
	la	sp, stack_top - TOP_SIZE
	sd	tp, TOP_HART(sp)
	j	trap_return

	.bss
	.balign	16
	.space	EMERGENCY_SIZE
emergency_top:
