/* SPDX-License-Identifier: Apache-2.0 */
/* aspace.h - what boot needs of address spaces beyond arch.h. */
#ifndef RISCV_ASPACE_H
#define RISCV_ASPACE_H

#include "arch.h"

/* Maps pages of any size that fits, with exactly these PTE_ bits: bytes done, perhaps not
 * all, or -SK_ENOMEM: a frame is wanted. */
long aspace_map_large(struct aspace *as, vaddr_t va, paddr_t pa, uint64_t len, uint64_t bits);

/* A zeroed frame for a table; aspace_give without its checks and counts. */
void aspace_push(struct aspace *as, paddr_t frame);

/* Makes these the nucleus's own page tables, from now on part of every other. Returns how
 * many ASIDs the hart has. */
unsigned aspace_init(const struct aspace *nucleus);

#endif
