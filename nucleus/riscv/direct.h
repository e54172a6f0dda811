/* SPDX-License-Identifier: Apache-2.0 */
/* direct.h - between a physical address and where the nucleus sees it. */
#ifndef RISCV_DIRECT_H
#define RISCV_DIRECT_H

#include "arch.h"
#include "layout.h"

static inline void *
direct(paddr_t pa)
{
	return (void *)(DIRECT_BASE + pa);
}

/* Device registers: 32-bit, in program order. */
static inline uint32_t
device_read(const volatile void *at)
{
	uint32_t value = *(const volatile uint32_t *)at;

	__asm__ volatile("fence i, ior" : : : "memory");
	return value;
}

static inline void
device_write(volatile void *at, uint32_t value)
{
	__asm__ volatile("fence iow, o" : : : "memory");
	*(volatile uint32_t *)at = value;
}

#endif
