/* SPDX-License-Identifier: Apache-2.0 */
/* trap.h - between entry.S and the C files of this folder. */
#ifndef RISCV_TRAP_H
#define RISCV_TRAP_H

#include "arch.h"

/* Called by start.S, on the hart's own stack. The first thread is current then. */
void boot(void);
/* Called by entry.S. */
void trap_dispatch(uint64_t cause, uint64_t value);
void trap_panic(const struct regs *regs, uint64_t cause, uint64_t value) __attribute__((noreturn));

#endif
