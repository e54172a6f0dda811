/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crt0.S - the first instructions of every program. Owns the way from the process's entry to the
 * library's start: gp, the first thread's TLS block, the stack. Never calls anyone but _init_tls
 * and skink_start. At the entry a0 = address of struct skink_startup (skink/startup.h), sp = top
 * of the stack, tp = 0.
 */
#include <skink/inject_stubs.h>

	.section .text.startup, "ax"
	.globl	_start
	.type	_start, @function
	.balign	64
_start:
	.option	push
	.option	norvc
	.option	norelax
	j	begin
	.org	_start + SKINK_STUB_STORE
	li	t0, SKINK_STUB_STORE_ADDRESS
	sd	zero, 0(t0)
	.org	_start + SKINK_STUB_LOOP
	j	.
	.org	_start + SKINK_STUB_END
begin:
	la	gp, __global_pointer$
	.option	pop
	/* The TLS block goes on top of the stack, below the start-up structure. */
	la	t0, __tls_size
	la	t1, __tls_align
	neg	t1, t1
	sub	sp, sp, t0
	and	sp, sp, t1
	mv	tp, sp
	andi	sp, sp, -16
	mv	s1, a0
	mv	a0, tp
	li	s0, 0
	call	_init_tls
	mv	a0, s1
	li	ra, 0
	tail	skink_start
	.size	_start, . - _start

/*
 * What libskink defines in place of picolibc: the linker takes the first definition it meets, and
 * looks into libskink before libc, but only for names already asked for. This asks. The section is
 * dropped at the end of the link, and with it all that the program does not call.
 */
	.section .discard.instead, "a"
	.irp	name, \
		memcpy, memmove, memset, sbrk, remove, abort, raise, signal, psignal, \
		strsignal, system, \
		time, getpagesize, strerror, _strerror_r, \
		__retarget_lock_init, __lock___libc_recursive_mutex, \
		fopen, fdopen, freopen, fclose, fflush, tmpfile, \
		printf, fprintf, vprintf, puts, fputs, fwrite, fread, fgets, scanf, \
		fscanf, perror, \
		fputc, fgetc
	.dword	\name
	.endr
