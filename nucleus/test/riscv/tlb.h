/* SPDX-License-Identifier: Apache-2.0 */
/* tlb.h - stands in for nucleus/riscv/tlb.h: a hart whose TLB (tlb.c) is as hostile as the
 * privileged specification allows. */
#ifndef TEST_RISCV_TLB_H
#define TEST_RISCV_TLB_H

#include "arch.h"

void satp_write(uint64_t satp);
void tlb_flush_asid(uint64_t asid);
void entry_write(uint64_t *entry, uint64_t value);

/* Fails the test if the hart can use an entry that the page tables do not have (any more) of an
 * address space that comes into force without a fence, or looks at page tables that are gone. */
void tlb_check(void);
bool tlb_in_force(const struct aspace *as);
/* The frame is something else from now on. */
void tlb_frame_freed(paddr_t frame);

#endif
