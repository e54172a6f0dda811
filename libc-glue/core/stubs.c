/* SPDX-License-Identifier: Apache-2.0 */
/* stubs.c - one function skink_NAME (plain_NAME where more.h says so) for each nucleus call,
 * expanded from the list in skink/syscalls.h. Owns the calling convention; knows nothing of what a
 * call does. */
#include <skink/calls.h>
#include <skink/manager_calls.h>
#include <skink/syscalls.h>

#include "more.h"

/* Each call of the list has a prototype, or this does not compile. */
#define HAS_PROTOTYPE(number, name, subject, who, errors) \
	_Static_assert(sizeof(&skink_##name) == 8, #name);
SKINK_SYSCALLS(HAS_PROTOTYPE)

/* more.c has the calls' own names for these. */
#define IS_PLAIN(name) __asm__(".set is_plain_" #name ", 1\n");
MORE_CALLS(IS_PLAIN)

#define STUB(number, name, subject, who, errors) \
	__asm__(".macro stub label\n" \
		".section .text.\\label, \"ax\"\n" \
		".globl \\label\n" \
		".type \\label, @function\n" \
		".balign 4\n" \
		"\\label:\n" \
		"	li	t0, " #number "\n" \
		"	ecall\n" \
		"	ret\n" \
		".size \\label, . - \\label\n" \
		".text\n" \
		".endm\n" \
		".ifdef is_plain_" #name "\n" \
		"stub plain_" #name "\n" \
		".else\n" \
		"stub skink_" #name "\n" \
		".endif\n" \
		".purgem stub\n");
SKINK_SYSCALLS(STUB)
