/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start.c - the program's entry, and the stack that it starts on; nothing
 * else: tests link the shell without it.
 */
#include <string.h>

#include <skink/startup.h>

#include "shell.h"

#define PAGE_BYTES 4096

int
main(int argc, char **argv, char **envp)
{
	const char *last = argc > 0 ? argv[argc - 1] : (const char *)argv;
	uintptr_t end;

	/* Arguments and environment lie at the stack's upper end, in this order. */
	while (*envp != NULL)
		last = *envp++;
	end = (uintptr_t)last + strlen(last) + 1;
	end = (end + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
	stack_found(end - SKINK_STACK_DEFAULT);
	return esh_main(argc, argv);
}
