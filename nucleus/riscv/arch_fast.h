/* SPDX-License-Identifier: Apache-2.0 */
/* arch_fast.h - what fast.c and fast_reply.c ask of the machine. The functions of the former are
 * entered by entry.S on an empty stack, and end in calls that never come back: the compiler makes
 * jumps of these. No other calls are made on the way, or there would be a frame. */
#ifndef RISCV_ARCH_FAST_H
#define RISCV_ARCH_FAST_H

#include "aspace.h"
#include "copy.h"
#include "csr.h"
#include "nucleus.h"
#include "riscv/tlb.h"

/* The two have not the same in sstatus. */
INLINE void
fast_status_save(struct thread *from)
{
	from->regs.status = csr_read(CSR_SSTATUS);
}

INLINE void
fast_status_load(const struct thread *to)
{
	csr_write(CSR_SSTATUS, to->regs.status);
}

/* Another address space is in force; false: not that easy. */
INLINE bool
fast_switch(const struct aspace *as)
{
	if (__builtin_expect(as->asid_epoch != hart_self()->fast_epoch, 0))
		return false;
	satp_write(as->satp);
	return true;
}

/* A struct _pulse into another address space, which is in force then. */
INLINE bool
fast_write_pulse(
    const struct aspace *as, vaddr_t target, uint64_t code, uint64_t value, uint64_t rest)
{
	if ((int64_t)target < 0 || !fast_switch(as))
		return false;
	__asm__ volatile goto(USER_BEGIN "	sd	%1, 0(%0)\n"
					 "	sd	%2, 8(%0)\n"
					 "	sd	%3, 16(%0)\n" USER_END
			      :
			      : "r"(target), "r"(code << 32), "r"(value), "r"(rest)
			      : "memory"
			      : fault);
	return true;
fault:
	return false;
}

/* Four words from the address space in force to another, which is in force then. */
INLINE bool
fast_copy_32(const struct aspace *as, vaddr_t target, vaddr_t source)
{
	uint64_t w0, w1, w2, w3;

	__asm__ volatile goto(USER_BEGIN "	ld	%0, 0(%5)\n"
					 "	ld	%1, 8(%5)\n"
					 "	ld	%2, 16(%5)\n"
					 "	ld	%3, 24(%5)\n"
					 "	csrw	satp, %6\n"
					 "	sd	%0, 0(%4)\n"
					 "	sd	%1, 8(%4)\n"
					 "	sd	%2, 16(%4)\n"
					 "	sd	%3, 24(%4)\n" USER_END
			      : "=&r"(w0), "=&r"(w1), "=&r"(w2), "=&r"(w3)
			      : "r"(target), "r"(source), "r"(as->satp)
			      : "memory"
			      : fault);
	return true;
fault:
	return false;
}

/* The same with up to eight words: 128 bytes of code for each number of them. */
INLINE bool
fast_copy_words(vaddr_t target, vaddr_t source, uint64_t n, uint64_t satp)
{
	__asm__ volatile goto(
	    ".option push\n"
	    "	.option norvc\n"
	    "	slli	s5, %2, 4\n"
	    "0:	auipc	s4, %%pcrel_hi(3f - 128)\n"
	    "	add	s4, s4, s5\n" USER_BEGIN "	jr	%%pcrel_lo(0b)(s4)\n"
	    "	.balign 128\n"
	    "3:	.irp	count, 1,2,3,4,5,6,7,8\n"
	    "	.balign 128\n"
	    "	copy_words ld, %1, \\count\n"
	    "	csrw	satp, %3\n"
	    "	copy_words sd, %0, \\count\n"
	    "	j	2f\n"
	    "	.endr\n"
	    "	.option pop\n" USER_END
	    :
	    : "r"(target), "r"(source), "r"(n), "r"(satp)
	    : "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "memory"
	    : fault);
	return true;
fault:
	return false;
}
__asm__(".macro	copy_words op, base, count\n"
	"	.set	at, 0\n"
	"	.irp	r, s4,s5,s6,s7,s8,s9,s10,s11\n"
	"	.if	at < \\count\n"
	"	\\op	\\r, 8 * at(\\base)\n"
	"	.endif\n"
	"	.set	at, at + 1\n"
	"	.endr\n"
	"	.endm\n");

/* Can bytes be copied to another address space at all? Behind the users' half of the addresses lies
 * nothing for longer than a message is. */
INLINE bool
fast_reaches(const struct aspace *as, vaddr_t target, vaddr_t source)
{
	return as->asid_epoch == hart_self()->fast_epoch && (int64_t)(target | source) >= 0;
}

/* Copies n bytes of the address space in force to another, which is in force then: true. False: not
 * that easy, and nothing has changed but perhaps the target's bytes. */
INLINE bool
fast_copy(const struct aspace *as, vaddr_t target, vaddr_t source, uint64_t n)
{
	if (n == 0)
		return fast_switch(as);
	if (__builtin_expect(!fast_reaches(as, target, source), 0))
		return false;
	if (n == 32)
		return fast_copy_32(as, target, source);
	if (((n - 8) & ~56ull) == 0)
		return fast_copy_words(target, source, n, as->satp);
	return copy_far(as, target, source, n);
}

#endif
