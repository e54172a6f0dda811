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
	sd	a0, REGS_A0(t1)
	sd	a1, REGS_A1(t1)
	sd	a2, REGS_A2(t1)
	sd	a3, REGS_A3(t1)
	sd	a4, REGS_A4(t1)
	sd	a5, REGS_A5(t1)
	sd	a6, REGS_A6(t1)
	sd	a7, REGS_A7(t1)
	sd	t0, REGS_T0(t1)
	sd	ra, REGS_RA(t1)
	sd	gp, REGS_GP(t1)
	sd	tp, REGS_TP(t1)
	sd	s0, REGS_S0(t1)
	sd	s1, REGS_S1(t1)
	sd	s2, REGS_S2(t1)
	sd	s3, REGS_S3(t1)
	sd	s4, REGS_S4(t1)
	sd	s5, REGS_S5(t1)
	sd	s6, REGS_S6(t1)
	sd	s7, REGS_S7(t1)
	sd	s8, REGS_S8(t1)
	sd	s9, REGS_S9(t1)
	sd	s10, REGS_S10(t1)
	sd	s11, REGS_S11(t1)
	csrrw	t2, sscratch, zero
	csrr	t0, sepc
	csrr	t3, sstatus
	sd	t2, REGS_SP(t1)
	sd	t0, REGS_PC(t1)
	sd	t3, REGS_STATUS(t1)
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
	ld	ra, REGS_RA(t6)
	ld	sp, REGS_SP(t6)
	ld	gp, REGS_GP(t6)
	ld	tp, REGS_TP(t6)
	ld	t0, REGS_T0(t6)
	ld	t1, REGS_T1(t6)
	ld	t2, REGS_T2(t6)
	ld	s0, REGS_S0(t6)
	ld	s1, REGS_S1(t6)
	ld	a0, REGS_A0(t6)
	ld	a1, REGS_A1(t6)
	ld	a2, REGS_A2(t6)
	ld	a3, REGS_A3(t6)
	ld	a4, REGS_A4(t6)
	ld	a5, REGS_A5(t6)
	ld	a6, REGS_A6(t6)
	ld	a7, REGS_A7(t6)
	ld	s2, REGS_S2(t6)
	ld	s3, REGS_S3(t6)
	ld	s4, REGS_S4(t6)
	ld	s5, REGS_S5(t6)
	ld	s6, REGS_S6(t6)
	ld	s7, REGS_S7(t6)
	ld	s8, REGS_S8(t6)
	ld	s9, REGS_S9(t6)
	ld	s10, REGS_S10(t6)
	ld	s11, REGS_S11(t6)
	ld	t3, REGS_T3(t6)
	ld	t4, REGS_T4(t6)
	ld	t5, REGS_T5(t6)
	ld	t6, REGS_T6(t6)
	sret

	/* Stores all of a user's registers but `base` and sp. */
	.macro	regs_store base
	sd	ra, REGS_RA(\base)
	sd	gp, REGS_GP(\base)
	sd	tp, REGS_TP(\base)
	sd	t0, REGS_T0(\base)
	sd	t2, REGS_T2(\base)
	sd	s0, REGS_S0(\base)
	sd	s1, REGS_S1(\base)
	sd	a0, REGS_A0(\base)
	sd	a1, REGS_A1(\base)
	sd	a2, REGS_A2(\base)
	sd	a3, REGS_A3(\base)
	sd	a4, REGS_A4(\base)
	sd	a5, REGS_A5(\base)
	sd	a6, REGS_A6(\base)
	sd	a7, REGS_A7(\base)
	sd	s2, REGS_S2(\base)
	sd	s3, REGS_S3(\base)
	sd	s4, REGS_S4(\base)
	sd	s5, REGS_S5(\base)
	sd	s6, REGS_S6(\base)
	sd	s7, REGS_S7(\base)
	sd	s8, REGS_S8(\base)
	sd	s9, REGS_S9(\base)
	sd	s10, REGS_S10(\base)
	sd	s11, REGS_S11(\base)
	sd	t3, REGS_T3(\base)
	sd	t4, REGS_T4(\base)
	sd	t5, REGS_T5(\base)
	sd	t6, REGS_T6(\base)
	csrrw	t0, sscratch, zero
	csrr	t2, sepc
	csrr	t3, sstatus
	sd	t0, REGS_SP(\base)
	sd	t2, REGS_PC(\base)
	sd	t3, REGS_STATUS(\base)
	.endm

trap_other:				/* an interrupt or a fault; t1 is in TOP_SCRATCH */
	ld	t1, TOP_HART(sp)
	ld	t1, HART_CURRENT(t1)
	regs_store t1
	ld	t0, TOP_SCRATCH(sp)
	sd	t0, REGS_T1(t1)
	csrr	a0, scause
	csrr	a1, stval
	ld	tp, TOP_HART(sp)
	call	trap_dispatch
	j	trap_return

trap_nucleus:				/* our own mistake: sp is 0, the real one in sscratch */
	la	sp, emergency_top - REGS_SIZE
	sd	t1, REGS_T1(sp)
	regs_store sp
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
