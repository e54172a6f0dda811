/* SPDX-License-Identifier: Apache-2.0 */
/* csr.h - control and status registers of a hart in supervisor mode. */
#ifndef RISCV_CSR_H
#define RISCV_CSR_H

#include <stdint.h>

#define SSTATUS_SPIE	0x20ull
#define SSTATUS_FS	0x6000ull
#define SSTATUS_CLEAN	0x4000ull		/* FS: as in memory */
#define SSTATUS_DIRTY	0x6000ull		/* FS: memory is behind */
#define SSTATUS_SUM	0x40000ull		/* the nucleus may touch users' pages */
#define SSTATUS_UXL_64	0x200000000ull

#define CAUSE_ILLEGAL	2
#define CAUSE_TIMER	5			/* interrupts: also the bit in sip and sie */
#define CAUSE_DEVICE	9

#define STIMECMP	0x14d			/* by number: the assembler's name came later */

#define csr_read(csr) ({ \
	uint64_t csr_value; \
	__asm__ volatile("csrr %0, %1" : "=r"(csr_value) : "i"(csr)); \
	csr_value; })
#define csr_write(csr, value) \
	__asm__ volatile("csrw %0, %1" : : "i"(csr), "rK"((uint64_t)(value)) : "memory")
#define csr_set(csr, bits) \
	__asm__ volatile("csrs %0, %1" : : "i"(csr), "rK"((uint64_t)(bits)) : "memory")

enum {
	CSR_FCSR = 0x003,
	CSR_SSTATUS = 0x100, CSR_SIE = 0x104, CSR_STVEC = 0x105, CSR_SCOUNTEREN = 0x106,
	CSR_SIP = 0x144, CSR_SATP = 0x180, CSR_TIME = 0xc01, CSR_INSTRET = 0xc02,
};

#endif
