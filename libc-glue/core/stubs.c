/* SPDX-License-Identifier: Apache-2.0 */
/* stubs.c - one function skink_NAME for each nucleus call, expanded from the list in
 * skink/syscalls.h. Owns the calling convention; knows nothing of what a call does. */
#include <skink/calls.h>
#include <skink/manager.h>
#include <skink/syscalls.h>

/* Each call of the list has a prototype, or this does not compile. */
#define HAS_PROTOTYPE(number, name, nargs, who, errors) \
	_Static_assert(sizeof(&skink_##name) == 8, #name);
SKINK_SYSCALLS(HAS_PROTOTYPE)

#define STUB(number, name, nargs, who, errors) \
	__asm__(".section .text.skink_" #name ", \"ax\"\n" \
		".globl skink_" #name "\n" \
		".type skink_" #name ", @function\n" \
		".balign 4\n" \
		"skink_" #name ":\n" \
		"	li	t0, " #number "\n" \
		"	ecall\n" \
		"	ret\n" \
		".size skink_" #name ", . - skink_" #name "\n" \
		".text\n");
SKINK_SYSCALLS(STUB)
