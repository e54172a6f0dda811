/* SPDX-License-Identifier: Apache-2.0 */
/* startup.h - what start-up's parts share. It runs once, before the nucleus, in supervisor mode and
 * with address translation off: a physical address is a pointer. Here `handoff` is what the
 * nucleus's will be. */
#ifndef STARTUP_STARTUP_H
#define STARTUP_STARTUP_H

#include <stdint.h>

#include <skink/boot.h>

#include "handoff.h"

/* The nucleus's first bytes in memory, which nucleus.ld writes. */
struct nucleus_head {
	vaddr_t		entry;		/* translation on, no stack, interrupts off */
	/* Its parts in memory; each ends where the next begins. */
	paddr_t		text, rodata, data, bss, guard, stack, end;
	paddr_t		handoff;
	uint64_t	handoff_bytes;
	paddr_t		pools;		/* pool.h; start-up makes them */
};

/* What is known of the machine, and not the nucleus's to know. */
struct machine {
	struct skink_boot	boot;		/* procmgr's part */
	uint64_t		hart_id;
	uint32_t		has_sstc;	/* the boot hart */
	uint32_t		plic_context;	/* of the boot hart in supervisor mode */
	struct skink_range	plic;
	struct skink_range	finisher;	/* size 0: none */
};

/* Called by start.S. ticks, instret: those CSRs at the entry. */
void startup(uint64_t hart_id, uint64_t tree_at, uint64_t ticks, uint64_t instret)
    __attribute__((noreturn));
void startup_trap(uint64_t cause, uint64_t value, uint64_t pc) __attribute__((noreturn));

/* Says "nucleus: stop: why" and ends the run with a failure status: the machine, or what was
 * loaded, is not good. */
void stop(const char *why) __attribute__((noreturn));

#endif
