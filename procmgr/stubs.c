/* SPDX-License-Identifier: Apache-2.0 */
/* stubs.c - the nucleus calls, from their one list. */
#include <skink/syscalls.h>

#define STUB(number, name, subject, who, errors) \
	__asm__(".section .text.skink_" #name ", \"ax\"\n" \
		".globl skink_" #name "\n" \
		".type skink_" #name ", @function\n" \
		"skink_" #name ":\n" \
		"\tli t0, " #number "\n" \
		"\tecall\n" \
		"\tret\n" \
		".size skink_" #name ", . - skink_" #name "\n" \
		".text\n");
SKINK_SYSCALLS(STUB)
