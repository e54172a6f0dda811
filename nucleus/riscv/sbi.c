/* SPDX-License-Identifier: Apache-2.0 */
/* sbi.c - the supervisor binary interface: console, reset. Keeps nothing. A test finisher,
 * where there is one, leaves an emulator with a status, which firmware's own reset call loses. */

#include "arch.h"
#include "direct.h"
#include "handoff.h"
#include "sbi.h"

#define SBI_PUTCHAR   1 /* legacy */
#define SBI_SRST      0x53525354
#define SBI_DBCN      0x4442434e
#define DBCN_BYTE     2
#define SRST_SHUTDOWN 0
#define SRST_COLD     1
#define SRST_FAILURE  1 /* reason */
#define FINISHER_PASS 0x5555
#define FINISHER_FAIL 0x3333 /* status in the upper half */

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
