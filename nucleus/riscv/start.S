/* SPDX-License-Identifier: Apache-2.0 */
/* start.S - from start-up to C in the upper half. Never returns. */

#include "layout.h"

	.section .text.start, "ax"
	.globl	_start
	.option	norvc
_start:					/* a0: struct handoff, physical */
	j	1f
	.word	1			/* struct nucleus_head: HANDOFF_VERSION */
	.dword	nucleus_head - DIRECT_BASE
	.dword	nucleus_end - DIRECT_BASE
	.option	rvc

1:	la	t0, bss_start
	la	t1, nucleus_end
1:	sd	zero, (t0)
	addi	t0, t0, 8
	bltu	t0, t1, 1b

	/* The early table: the whole direct map in gigapages, and this code where it is now. */
	la	t0, early_table
	li	t1, DIRECT_SIZE >> 30
	li	t2, PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D
	li	t3, 1 << 28		/* a gigapage's step in an entry */
	addi	t4, t0, 2047		/* entry 256 = DIRECT_BASE */
	addi	t4, t4, 1
	mv	t5, t2
1:	sd	t5, (t4)
	add	t5, t5, t3
	addi	t4, t4, 8
	addi	t1, t1, -1
	bnez	t1, 1b
	la	t1, _start
	srli	t1, t1, 30
	slli	t3, t1, 28
	or	t3, t3, t2
	slli	t1, t1, 3
	add	t1, t0, t1
	sd	t3, (t1)

	la	t1, high
	li	t2, DIRECT_BASE
	add	t1, t1, t2
	srli	t0, t0, PAGE_SHIFT
	li	t2, SATP_SV39
	or	t0, t0, t2
	sfence.vma
	csrw	satp, t0
	sfence.vma
	jr	t1

high:	la	t0, trap_entry
	csrw	stvec, t0
	csrw	sscratch, zero		/* a trap from here on is a panic */
	la	sp, stack_top - TOP_SIZE
	j	boot
