/* SPDX-License-Identifier: Apache-2.0 */
/* handoff.h - what start-up (nucleus/startup/) prepares for the nucleus: one page, whose first part
 * procmgr gets to see. Both are built from this header; the versions tell if they were not. */
#ifndef NUCLEUS_HANDOFF_H
#define NUCLEUS_HANDOFF_H

#include <stdint.h>

#include <skink/manager.h>

#define HANDOFF_MAGIC		0x666f6b73	/* "skof" */
#define HANDOFF_VERSION		1
#define HANDOFF_SEGMENTS	8

/* Process 1 as start-up placed it in memory. */
#define PROGRAM_PAGE		0x3fffffe000ull	/* struct handoff, read-only */
#define PROGRAM_STACK		0x10000ull	/* bytes, below that page; then nothing */

/* The nucleus's first bytes in memory. */
struct nucleus_head {
	uint32_t	jump;		/* its entry. a0: physical address of struct handoff */
	uint32_t	version;	/* HANDOFF_VERSION */
	uint64_t	start, end;	/* physical addresses, from its text to its stack */
};
_Static_assert(sizeof(struct nucleus_head) == 24, "riscv/start.S");

struct handoff_segment {
	uint64_t	va, pa, bytes;	/* whole pages */
	uint64_t	prot;		/* SKINK_PROT_ */
};

struct handoff {
	struct skink_boot	boot;		/* the nucleus completes it */
	uint32_t		magic;		/* HANDOFF_MAGIC */
	uint32_t		version;	/* HANDOFF_VERSION */
	uint32_t		has_sstc;	/* the boot hart */
	uint32_t		plic_context;	/* of the boot hart in supervisor mode */
	uint64_t		hart_id;
	struct skink_range	plic;
	struct skink_range	finisher;	/* size 0: none */
	struct skink_range	own;		/* RAM of the program's parts, and this page */
	uint64_t		entry;		/* the program's */
	uint64_t		segment_count;
	/* Its stack and this page are among them. */
	struct handoff_segment	segments[HANDOFF_SEGMENTS];
};
_Static_assert(sizeof(struct handoff) <= SKINK_PAGE, "struct handoff");

#endif
