/* SPDX-License-Identifier: Apache-2.0 */
/* start.S - from firmware's jump to C. One hart comes here, the others stay stopped until they are
 * asked for by SBI. Address translation is off. */

	.section .text.start, "ax"
	.globl	_start
_start:					/* a0: hart id, a1: device tree */
	csrr	a2, time
	csrr	a3, instret
	csrw	sie, zero
	la	t0, trap
	csrw	stvec, t0

	la	t0, bss_start
	la	t1, startup_end
1:	sd	zero, (t0)
	addi	t0, t0, 8
	bltu	t0, t1, 1b

	la	sp, stack_top
	j	startup

	.balign	4
trap:					/* our own mistake */
	la	sp, stack_top
	csrr	a0, scause
	csrr	a1, stval
	csrr	a2, sepc
	j	startup_trap

	.section .nucleus, "a"
	.incbin	NUCLEUS_BINARY
