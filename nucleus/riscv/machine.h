/* SPDX-License-Identifier: Apache-2.0 */
/* machine.h - what this folder's files show each other beside arch.h, and boot sets going. */
#ifndef RISCV_MACHINE_H
#define RISCV_MACHINE_H

#include "arch.h"

/* ---- aspace.c ---- */
/* Maps pages of any size that fits, with exactly these PTE_ bits: bytes done, perhaps not
 * all, or -SK_ENOMEM: a frame is wanted. */
long aspace_map_large(struct aspace *as, vaddr_t va, paddr_t pa, uint64_t len, uint64_t bits);

/* A zeroed frame for a table; aspace_give without its checks and counts. */
void aspace_push(struct aspace *as, paddr_t frame);

/* Makes these the nucleus's own page tables, from now on part of every other. Returns how
 * many ASIDs the hart has. */
unsigned aspace_init(const struct aspace *nucleus);

/* ---- clock.c ---- */
/* Nanoseconds count from entry_ticks. hz: of the time CSR, < 10^9. has_sstc: the hart has
 * stimecmp. */
void clock_init(uint64_t entry_ticks, uint64_t hz, bool has_sstc);

/* ---- plic.c ---- */
/* All sources off. `context`: the boot hart's. After memory_init. */
void plic_init(paddr_t start, unsigned context);

/* ---- sbi.c ---- */
void sbi_timer_set(uint64_t ticks);

/* Where power is switched off with a status; 0: there is no such place. */
void sbi_finisher_set(uint64_t physical);

#endif
