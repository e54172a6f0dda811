/* SPDX-License-Identifier: Apache-2.0 */
/* call.S - how the fast path, whose values are in any registers, calls a C function. */

	/* \op, for all that a C function may lose, between the hart and the stack. */
	.macro	lost op
	.set	at, 0
	.irp	r, ra,t0,t1,t2,t3,t4,t5,t6,a0,a1,a2,a3,a4,a5,a6,a7
	\op	\r, at(sp)
	.set	at, at + 8
	.endr
	.endm

	.text
	/* s8: the function; s4..s7: its arguments; s4: its result; s9: the link. All others are
	 * kept. */
	.globl	call_c
call_c:
	addi	sp, sp, -128
	lost	sd
	mv	a0, s4
	mv	a1, s5
	mv	a2, s6
	mv	a3, s7
	jalr	s8
	mv	s4, a0
	lost	ld
	addi	sp, sp, 128
	jr	s9
