/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyboard.c - how often ^C was typed, which the terminal counts: a shell that ignores the signal
 * learns of it so. Nothing else: tests link the shell without it.
 */
#include <sys/ioctl.h>

#include "shell.h"

bool
keyboard_count(uint64_t *interrupts)
{
	struct tty_counts counts;

	if (ioctl(0, TIOCCOUNTS, &counts) < 0)
		return false;
	*interrupts = counts.interrupts;
	return true;
}
