/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry.S - the way between a user and the nucleus. Owns the user's registers from trap to return;
 * decides nothing.
 *
 * sscratch points at struct hart while a user runs, and is 0 while the nucleus runs; then tp points
 * there. One stack a hart, empty while a user runs. Whoever is current when the C function returns
 * is the one to be restored.
 *
 * A call keeps what a C call keeps, so t1..t6 are not saved: on return they are given what the
 * thread had in them at an earlier trap (0 at first), or 0, never a value of the nucleus's. a0..a7
 * are saved only when the call goes the general way.
 */

#include "layout.h"
#include "offsets.h"

#define SUM	0x40			/* sstatus.SUM, for lui: on for users and short ways */

	/* \op, for x registers by number, between the hart and the struct thread at \base. */
	.macro	regs op, base, numbers:vararg
	.irp	n, \numbers
	\op	x\n, REGS_X + 8 * \n(\base)
	.endr
	.endm

	/* All that a call keeps: what the nucleus's C functions do not, and the rest. t0, t2 are
	 * lost. */
	.macro	regs_lost base
	regs	sd, \base, 1,2
	csrrw	t2, sscratch, zero
	csrr	t0, sepc
	sd	t2, REGS_X + 8 * 4(\base)
	addi	t0, t0, 4
	sd	t0, REGS_PC(\base)
	ld	sp, HART_STACK(tp)
	.endm
	.macro	regs_kept base
	regs	sd, \base, 3,8,9,18,19,20,21,22,23,24,25,26,27
	.endm
	.macro	regs_call base
	regs_lost \base
	regs_kept \base
	.endm

	/* What the nucleus has had in these is not for users. */
	.macro	clear numbers:vararg
	.irp	n, \numbers
	li	x\n, 0
	.endr
	.endm

	.text
	.balign	4
	.globl	trap_entry
trap_entry:
	csrrw	tp, sscratch, tp
	beqz	tp, trap_nucleus
	sd	t1, HART_SCRATCH(tp)
	csrr	t1, scause
	addi	t1, t1, -8		/* a user's ecall */
	bnez	t1, trap_other
	ld	t1, HART_CURRENT(tp)

	/* The calls that have another way, the most frequent first. */
	.macro	way name, number
	addi	t2, t0, -(\number)
	bnez	t2, 1f
	regs_call t1
	j	fast_\name
1:
	.endm
	bnez	t0, 1f
	regs_call t1
	j	fast_msg_send
1:
	way	msg_reply_receive, CALL_REPLY_RECEIVE
	way	msg_receive, CALL_RECEIVE
	addi	t2, t0, -CALL_REPLY
	bnez	t2, 1f
	regs_lost t1			/* fast_reply.c keeps the rest, and comes back here */
	csrw	sepc, t0
	call	fast_msg_reply
	ld	t0, HART_CURRENT(tp)
	regs	ld, t0, 1,2
	ld	t1, REGS_X + 8 * 4(t0)
	csrw	sscratch, tp
	mv	tp, t1
	clear	5,6,7,10,11,12,13,14,15,16,17,28,29,30,31
	sret
1:
	way	msg_send_pulse, CALL_SEND_PULSE
	way	sched_yield, CALL_YIELD
	addi	t2, t0, -CALL_THREAD_SELF
	bnez	t2, 1f
	csrr	t2, sepc		/* nothing but this is looked at, unless all is traced */
	ld	t3, HART_FAST_EPOCH(tp)
	addi	t2, t2, 4
	bltz	t3, 1f			/* FAST_OFF */
	csrw	sepc, t2
	lw	a0, THREAD_ID(t1)
	csrrw	tp, sscratch, tp
	li	t1, 0
	li	t2, 0
	li	t3, 0
	sret

1:	mv	t3, t0
	regs_call t1
	j	general

	/* The general way of each fast call; where its short way is not linked, this stands
	 * for it. In the argument registers that the call does not have, a short way leaves
	 * what it likes. */
	.macro	general_way name, number, unused:vararg
	.weak	fast_\name
	.globl	general_\name
fast_\name:
general_\name:
	li	t3, \number
	ld	t1, HART_CURRENT(tp)
	.ifc	\name, msg_reply
	regs_kept t1			/* its short way has kept them instead */
	.endif
	.ifnb	\unused
	clear	\unused
	.endif
	j	general
	.endm
	general_way msg_send, 0, 15,16,17
	general_way msg_reply_receive, CALL_REPLY_RECEIVE
	general_way msg_receive, CALL_RECEIVE, 14,15,16,17
	general_way msg_reply, CALL_REPLY, 14,15,16,17
	general_way msg_send_pulse, CALL_SEND_PULSE, 14,15,16,17
	general_way sched_yield, CALL_YIELD, 10,11,12,13,14,15,16,17

general:				/* t1: current, t3: number */
	csrr	t0, sstatus
	lui	t2, SUM
	csrc	sstatus, t2
	regs	sd, t1, 10,11,12,13,14,15,16,17
	sd	t3, REGS_X + 8 * 5(t1)
	sd	t0, REGS_STATUS(t1)
	ld	sp, HART_STACK(tp)
	call	nucleus_syscall

	.globl	arch_resume
arch_resume:				/* tp: hart */
	ld	t6, HART_CURRENT(tp)
	csrw	sscratch, tp
	sc.d	zero, zero, (tp)	/* no reservation goes from one thread to the next */
	ld	t0, REGS_PC(t6)
	ld	t1, REGS_STATUS(t6)
	csrw	sepc, t0
	csrw	sstatus, t1
	regs	ld, t6, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20
	regs	ld, t6, 21,22,23,24,25,26,27,28,29,30
	ld	t6, REGS_X + 8 * 31(t6)
	sret

	/* a0: its call's result, a1: struct thread. sstatus is as it should be. */
	.globl	arch_leave
arch_leave:
	ld	t0, REGS_PC(a1)
	csrw	sscratch, tp
	sc.d	zero, zero, (tp)
	csrw	sepc, t0
	regs	ld, a1, 1,2,3,4,8,9,18,19,20,21,22,23,24,25,26,27
	clear	5,6,7,11,12,13,14,15,16,17,28,29,30,31
	sret

	/* The same where one who comes or goes has floating point registers. */
	.globl	arch_resume_fpu
arch_resume_fpu:
	lui	t0, SUM
	csrc	sstatus, t0
	ld	sp, HART_STACK(tp)
	mv	a0, tp
	call	fpu_look
	j	arch_resume

trap_other:				/* an interrupt or a fault; t1 is in HART_SCRATCH */
	ld	t1, HART_CURRENT(tp)
	regs	sd, t1, 1,2,3,5,7,8,9,10,11,12,13,14,15,16,17,18,19,20
	regs	sd, t1, 21,22,23,24,25,26,27,28,29,30,31
	csrrw	t2, sscratch, zero
	csrr	t0, sepc
	csrr	t3, sstatus
	sd	t2, REGS_X + 8 * 4(t1)
	sd	t0, REGS_PC(t1)
	sd	t3, REGS_STATUS(t1)
	ld	t0, HART_SCRATCH(tp)
	sd	t0, REGS_X + 8 * 6(t1)
	ld	sp, HART_STACK(tp)
	csrr	a0, scause
	bgez	a0, 1f
	j	fast_interrupt
	.weak	fast_interrupt
	.globl	general_interrupt
fast_interrupt:
	li	a0, 0
general_interrupt:			/* a0: the source that has been claimed; 0: none */
	lui	t4, SUM
	csrc	sstatus, t4
	ld	sp, HART_STACK(tp)
	call	nucleus_interrupt
	j	arch_resume

1:	lui	t4, SUM
	csrc	sstatus, t4
	csrr	a1, stval
	call	trap_dispatch
	j	arch_resume

	.globl	arch_interrupt
arch_interrupt:				/* the current thread's registers are saved already */
	ld	t1, HART_CURRENT(tp)
	beqz	t1, 1f
	ld	t1, REGS_STATUS(t1)
	csrw	sstatus, t1
1:	j	fast_interrupt

	/* A trap of the nucleus's: a copy of a user's bytes met a page that is not there (copy.h),
	 * or a mistake of ours. tp is 0, the real one in sscratch. */
trap_nucleus:
	la	tp, emergency_top - REGS_SIZE - THREAD_REGS	/* as of a thread */
	regs	sd, tp, 5,6,7,28
	csrr	t0, sepc
	la	t1, fixups
	la	t2, fixups_end
3:	beq	t1, t2, 1f
	ld	t3, (t1)		/* three words each: from, to, where to go on */
	bltu	t0, t3, 4f
	ld	t3, 8(t1)
	bltu	t0, t3, 5f
4:	addi	t1, t1, 24
	j	3b

5:	ld	t0, 16(t1)
	csrw	sepc, t0
	regs	ld, tp, 5,6,7,28
	csrrw	tp, sscratch, zero
	ld	t1, HART_CURRENT(tp)
	ld	t1, THREAD_PROCESS(t1)
	ld	t1, PROCESS_SATP(t1)
	csrw	satp, t1
	sret

1:	regs	ld, tp, 5,6,7,28
	regs	sd, tp, 1,2,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20
	regs	sd, tp, 21,22,23,24,25,26,27,28,29,30,31
	csrrw	t2, sscratch, zero
	csrr	t0, sepc
	sd	t2, REGS_X + 8 * 4(tp)
	sd	t0, REGS_PC(tp)
	addi	a0, tp, THREAD_REGS
	mv	tp, t2
	mv	sp, a0
	csrr	a1, scause
	csrr	a2, stval
	j	trap_panic

	.bss
	.balign	16
	.space	EMERGENCY_SIZE
emergency_top:
