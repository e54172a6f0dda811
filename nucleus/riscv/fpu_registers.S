/* SPDX-License-Identifier: Apache-2.0 */
/* fpu_registers.S - the floating point registers to and from struct fpu. The nucleus itself never
 * computes with them; sstatus.FS must be on. */

#include "offsets.h"

	.option	arch, +d
	.text

	.macro	each op
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	\op	f\n, \n * 8(a0)
	.endr
	.irp	n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	\op	f\n, \n * 8(a0)
	.endr
	.endm

	.globl	fpu_save
fpu_save:				/* a0: struct fpu */
	frcsr	a1
	each	fsd
	sd	a1, FPU_FCSR(a0)
	ret

	.globl	fpu_load
fpu_load:
	ld	a1, FPU_FCSR(a0)
	each	fld
	fscsr	a1
	ret
