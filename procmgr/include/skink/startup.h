/* SPDX-License-Identifier: Apache-2.0 */
/* skink/startup.h - how procmgr starts a program: its address space and what its first thread
 * finds. Anyone may include it. (What fault injection jumps to is in skink/inject_stubs.h.)
 *
 *	0x0000001000			never used: a null pointer faults
 *	0x0000010000 SKINK_PROGRAM_START the program: text, constants, data, bss; at once above
 *			it a guard page and the first thread's stack; then what PROC_MMAP places
 *	0x0010000000 SKINK_KEEP_START	keep memory; the same address in each life of a service
 *	0x0020000000 SKINK_MAP_START	what of PROC_MMAP has no room below
 *	0x4000000000 SKINK_USER_END
 *
 * So a small process lies within one gigabyte, mostly within two megabytes, and has three page
 * tables.
 *
 * The first thread starts at the ELF entry with a0 = address of struct skink_startup, sp below
 * that structure (16-aligned), tp = 0, ra = 0, all else 0. Structure and strings lie at the
 * stack's upper end, in the program's own memory; the program may change them.
 */
#ifndef SKINK_STARTUP_H
#define SKINK_STARTUP_H

#include <stdint.h>

#define SKINK_PROGRAM_START	0x10000ull
#define SKINK_KEEP_START	0x10000000ull
#define SKINK_KEEP_END		0x20000000ull
#define SKINK_MAP_START		0x20000000ull
#define SKINK_MAP_END		0x3ffffff000ull

#define SKINK_STACK_DEFAULT	0x8000ull	/* bytes of the first thread's stack */
#define SKINK_STACK_GUARD	0x10000ull	/* bytes below a stack that nothing is mapped in */
#define SKINK_STACK_MAX		0x1000000ull
/* bytes of arguments, environment and cwd together */
#define SKINK_ARGS_MAX		16384
#define SKINK_ARG_COUNT_MAX	512		/* arguments and environment strings together */

struct skink_startup {
	uint32_t	magic;		/* SKINK_STARTUP_MAGIC */
	uint32_t	version;	/* SKINK_STARTUP_VERSION */
	int32_t		pid;
	uint32_t	service;	/* its service number; 0: not a service */
	uint32_t	argc;
	uint32_t	envc;
	char		**argv;		/* argc strings, then NULL */
	char		**envp;		/* envc strings, then NULL */
	char		*cwd;		/* absolute */
	uint64_t	stack_low;	/* lowest byte of the stack; the guard page is below */
	uint64_t	stack_high;	/* first byte above it */
	uint64_t	ignored;	/* signals that start ignored: bit n is signal n */
	/* a seed; from the device tree's rng-seed, the pid and the time */
	uint64_t	random[2];
};
_Static_assert(sizeof(void *) != 8 || sizeof(struct skink_startup) == 88, "struct skink_startup");
#define SKINK_STARTUP_MAGIC	0x54535453
#define SKINK_STARTUP_VERSION	1

#endif
