/* SPDX-License-Identifier: Apache-2.0 */
/* sbi.c - the supervisor binary interface: console, reset, timer. Keeps nothing. A test finisher,
 * where there is one, leaves an emulator with a status, which firmware's own reset call loses. */

#include "arch.h"
#include "direct.h"
#include "handoff.h"
#include "machine.h"

#define SBI_PUTCHAR   1 /* legacy */
#define SBI_TIME      0x54494d45
#define SBI_SRST      0x53525354
#define SBI_DBCN      0x4442434e
#define DBCN_BYTE     2
#define SRST_SHUTDOWN 0
#define SRST_COLD     1
#define SRST_FAILURE  1 /* reason */
#define FINISHER_PASS 0x5555
#define FINISHER_FAIL 0x3333 /* status in the upper half */

static long
sbi_call(long extension, long function, uint64_t arg0, uint64_t arg1)
{
	register uint64_t a0 __asm__("a0") = arg0;
	register uint64_t a1 __asm__("a1") = arg1;
	register uint64_t a6 __asm__("a6") = function;
	register uint64_t a7 __asm__("a7") = extension;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
	return (long)a0;
}

void
sbi_timer_set(uint64_t ticks)
{
	sbi_call(SBI_TIME, 0, ticks, 0);
}

void
sbi_put(char c)
{
	if (sbi_call(SBI_DBCN, DBCN_BYTE, (unsigned char)c, 0) != 0)
		sbi_call(SBI_PUTCHAR, 0, (unsigned char)c, 0);
}

void
arch_reset(int how, int status)
{
	uint32_t word = status == 0 ? FINISHER_PASS : (status & 0xff) << 16 | FINISHER_FAIL;

	if (how != 0) {
		sbi_call(SBI_SRST, 0, SRST_COLD, 0);
		return;
	}
	if (handoff.finisher != 0) {
		device_write(direct(handoff.finisher), word);
		/* It takes effect a little later: firmware must not write another status. */
		for (;;)
			__asm__ volatile("wfi");
	}
	sbi_call(SBI_SRST, 0, SRST_SHUTDOWN, status == 0 ? 0 : SRST_FAILURE);
}
