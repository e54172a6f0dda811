/* SPDX-License-Identifier: Apache-2.0 */
/* tlb.h - what a hart is told of address translation. nucleus/test/riscv/tlb.h stands in its place
 * where the rest of the nucleus is tested: there a hart's TLB holds all that it may. */
#ifndef RISCV_TLB_H
#define RISCV_TLB_H

#include "arch.h"
#include "riscv/csr.h"

INLINE void
satp_write(uint64_t satp)
{
	csr_write(CSR_SATP, satp);
}

/* Of that ASID nothing is left that page tables said before; global entries stay. */
INLINE void
tlb_flush_asid(uint64_t asid)
{
	__asm__ volatile("sfence.vma zero, %0" : : "r"(asid) : "memory");
}

/* In one piece: the hart may look at any time. */
INLINE void
entry_write(uint64_t *entry, uint64_t value)
{
	*(volatile uint64_t *)entry = value;
}

#endif
