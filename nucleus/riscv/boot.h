/* SPDX-License-Identifier: Apache-2.0 */
/* boot.h - what the boot's parts share. */
#ifndef RISCV_BOOT_H
#define RISCV_BOOT_H

#include "arch.h"

/* Says "nucleus: why" and ends the run with a failure status. */
void stop(const char *why) __attribute__((noreturn));

/* Called by start.S: on the hart's own stack, in the upper half, by the early page table. */
void boot(uint64_t hart_id, paddr_t tree_at, uint64_t ticks, uint64_t instret)
	__attribute__((noreturn));

#endif
