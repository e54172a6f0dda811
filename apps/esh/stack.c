/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack.c - how much of the stack is left, for what calls itself as deep as a
 * script says. Owns the stack's end; never moves it.
 */
#include <stdint.h>

#include "shell.h"

/* What calls nothing of its like may need: a spawn, a pattern, a message. */
#define RESERVE_BYTES 8192

static uintptr_t floor_address; /* 0: not known, as in tests: never low */

void
stack_found(uintptr_t low)
{
	floor_address = low + RESERVE_BYTES;
}

bool
stack_is_low(void)
{
	return (uintptr_t)__builtin_frame_address(0) < floor_address;
}
