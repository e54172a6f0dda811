/* SPDX-License-Identifier: Apache-2.0 */
/* arch_hart.h - stands in for nucleus/riscv/arch_hart.h: fake.c's hart. */
#ifndef TEST_ARCH_HART_H
#define TEST_ARCH_HART_H

#include "arch.h"

extern struct hart hart0;
#define hart_self()	(&hart0)

uint64_t clock_ticks(void);
uint64_t ticks_ns(uint64_t ticks);
uint64_t ns_ticks(uint64_t ns);
uint64_t clock_ns_at(uint64_t ticks);
uint64_t clock_ns(void);
void clock_arm(uint64_t deadline_ns);
uint64_t clock_instret(void);

bool arch_interrupt_pending(void);
bool arch_interrupt_is_device(void);
void irq_enable(unsigned source, unsigned level);
void irq_disable(unsigned source);
unsigned irq_claim(void);
void irq_complete(unsigned source);
void irq_threshold(unsigned level);

#endif
