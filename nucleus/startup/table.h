/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - Sv39 page tables as start-up makes them. */
#ifndef STARTUP_TABLE_H
#define STARTUP_TABLE_H

#include "handoff.h"
#include "riscv/layout.h"

/* Maps pages of the largest sizes that fit, with exactly these PTE_ bits; tables are what was
 * given, then taken by memory_take. Whole pages. */
void table_map(struct aspace *as, vaddr_t va, struct skink_range r, uint64_t bits);

/* How many tables mapping this will take, at most; two of them may be one. */
unsigned table_wanted(const struct aspace *as, vaddr_t va, struct skink_range r);

/* Takes n frames for tables in advance. The first of all becomes the root. */
void table_give(struct aspace *as, unsigned n);

#endif
