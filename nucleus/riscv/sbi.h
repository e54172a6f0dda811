/* SPDX-License-Identifier: Apache-2.0 */
/* sbi.h - the supervisor binary interface, as far as the nucleus and start-up ask firmware. */
#ifndef RISCV_SBI_H
#define RISCV_SBI_H

#include "arch.h"

INLINE long
sbi_call(long extension, long function, uint64_t arg0, uint64_t arg1)
{
	register uint64_t a0 __asm__("a0") = arg0;
	register uint64_t a1 __asm__("a1") = arg1;
	register uint64_t a6 __asm__("a6") = function;
	register uint64_t a7 __asm__("a7") = extension;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
	return (long)a0;
}

INLINE void
sbi_timer_set(uint64_t ticks)
{
	sbi_call(0x54494d45, 0, ticks, 0);	/* "TIME" */
}

void sbi_put(char c);			/* on firmware's console; slow */

#endif
