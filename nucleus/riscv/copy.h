/* SPDX-License-Identifier: Apache-2.0 */
/* copy.h - bytes out of the current user's own addresses, as the user may read them. A fault on
 * the way is an answer, not a mistake: entry.S looks its place up among the fixups.
 */
#ifndef RISCV_COPY_H
#define RISCV_COPY_H

#include <stdbool.h>

#include "arch.h"
#include "aspace.h"
#include "riscv/tlb.h"

/* Between the labels 1 and 2 the nucleus reads and writes as the user may: sstatus.SUM is on all
 * the way of the fast path, and nowhere else (entry.S). A fault there goes on at `fault`, with the
 * current thread's address space in force. */
#define USER_BEGIN "1:\n"
#define USER_END \
	"2:	.pushsection .rodata.fixups, \"a\"\n\t.dword 1b, 2b, %l[fault]\n\t.popsection"

/* From the address space in force to the nucleus's, n bytes, not 0. 1,024 a round, the first one
 * entered where the rest is left to do. False: a fault, or between two rounds an interrupt. */
INLINE bool
copy_in(void *target, vaddr_t source, uint64_t n)
{
	uint64_t first = n & 1016, rounds = n / 1024, from = source + first;
	uint64_t to = (uint64_t)target + first, rest = n & 7, word;

	__asm__ volatile goto("	.option push\n"
			      "	.option norvc\n"
			      "0:	auipc	%4, %%pcrel_hi(4f)\n"
			      "	sub	%4, %4, %5\n" USER_BEGIN
			      "	jr	%%pcrel_lo(0b)(%4)\n"
			      "3:	.set	at, -1024\n"
			      "	.rept	128\n"
			      "	ld	%4, at(%1)\n"
			      "	sd	%4, at(%0)\n"
			      "	.set	at, at + 8\n"
			      "	.endr\n"
			      "4:	addi	%2, %2, -1\n"
			      "	bltz	%2, 5f\n"
			      "	csrr	%4, sip\n"
			      "	csrr	%5, sie\n"
			      "	and	%4, %4, %5\n"
			      "	addi	%1, %1, 1024\n"
			      "	addi	%0, %0, 1024\n"
			      "	beqz	%4, 3b\n"
			      "	j	%l[fault]\n"
			      "5:	beqz	%3, 2f\n"
			      "6:	lb	%4, (%1)\n"
			      "	sb	%4, (%0)\n"
			      "	addi	%1, %1, 1\n"
			      "	addi	%0, %0, 1\n"
			      "	addi	%3, %3, -1\n"
			      "	bnez	%3, 6b\n"
			      "	.option pop\n" USER_END
			      : "+r"(to), "+r"(from), "+r"(rounds), "+r"(rest), "=&r"(word),
			      "+r"(first)
			      :
			      : "memory"
			      : fault);
	return true;
fault:
	return false;
}

/* Any number of bytes but 0 to another address space, which is in force then: through the direct
 * map into its pages. False: it is not that easy, or an interrupt has come; but for some of the
 * target's bytes nothing has changed. */
INLINE bool
copy_far(const struct aspace *as, vaddr_t target, vaddr_t source, uint64_t n)
{
	if ((target | source) % 8 != 0)
		return false;
	for (;;) {
		uint64_t page = SKINK_PAGE - target % SKINK_PAGE, step = n < page ? n : page;
		void *to = aspace_lookup(as, target, SKINK_PROT_WRITE);

		if (to == NULL || !copy_in(to, source, step))
			return false;
		n -= step;
		if (n == 0)
			break;
		target += step;
		source += step;
	}
	satp_write(as->satp);
	return true;
}

#endif
