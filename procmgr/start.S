/* SPDX-License-Identifier: Apache-2.0 */
/* start.S - procmgr's first instructions: a0 = struct skink_boot, sp is set; a1 tells main when
 * they ran. */
	.section .text.startup, "ax"
	.globl	_start
_start:
	rdinstret a1
	.option	push
	.option	norelax
	la	gp, __global_pointer$
	.option	pop
	tail	procmgr_main

	/* The second thread's: a0 = its channel. */
	.globl	park_start
park_start:
	.option	push
	.option	norelax
	la	gp, __global_pointer$
	.option	pop
	tail	park_run
