/* SPDX-License-Identifier: Apache-2.0 */
/* arch_hart.h - what the nucleus asks of a hart and is a few instructions: who it is, the time, the
 * alarm, interrupts. nucleus/test/arch_hart.h stands in its place where the nucleus is tested. */
#ifndef RISCV_ARCH_HART_H
#define RISCV_ARCH_HART_H

#include "arch.h"
#include "handoff.h"
#include "riscv/csr.h"
#include "riscv/direct.h"
#include "riscv/sbi.h"

/* entry.S and start.S see to it. */
INLINE struct hart *
hart_self(void)
{
	return __builtin_thread_pointer();
}

/* ---- time: nanoseconds since boot, and ticks of the machine's own ---- */

INLINE uint64_t
clock_ticks(void)
{
	return csr_read(CSR_TIME);
}

INLINE uint64_t
ticks_ns(uint64_t ticks)		/* of a duration */
{
	return (unsigned __int128)ticks * handoff.ns_mult >> 32;
}

INLINE uint64_t
ns_ticks(uint64_t ns)			/* not less */
{
	uint64_t ticks = (unsigned __int128)ns * handoff.tick_mult >> 64;

	while (ticks_ns(ticks) < ns)	/* <= 2 */
		ticks++;
	return ticks;
}

INLINE uint64_t
clock_ns_at(uint64_t ticks)
{
	return ticks_ns(ticks - handoff.start_ticks);
}

INLINE uint64_t
clock_ns(void)
{
	return clock_ns_at(clock_ticks());
}

/* The one alarm, in the hart's own compare register or with firmware. UINT64_MAX: not in ages. It
 * comes one to three ticks early, so that who waits for the instant itself is awake then, however
 * late in its tick the alarm comes. */
INLINE void
clock_arm(uint64_t deadline_ns)
{
	uint64_t ticks =
	    handoff.alarm_ticks + ((unsigned __int128)deadline_ns * handoff.tick_mult >> 64);

	if (__builtin_expect(handoff.has_sstc, 1))
		csr_write(STIMECMP, ticks);
	else
		sbi_timer_set(ticks);
}

INLINE uint64_t
clock_instret(void)			/* instructions retired */
{
	return csr_read(CSR_INSTRET);
}

/* ---- interrupts ---- */

/* Is one of a timer or a device waiting? They are off in the nucleus. */
INLINE bool
arch_interrupt_pending(void)
{
	return (csr_read(CSR_SIP) & csr_read(CSR_SIE)) != 0;
}

INLINE bool
arch_interrupt_is_device(void)		/* among those that wait */
{
	return (csr_read(CSR_SIP) >> CAUSE_DEVICE & 1) != 0;
}

/* Of the source's priority for all harts: 0 is never. */
INLINE void
irq_enable(unsigned source, unsigned level)
{
	device_write((uint32_t *)handoff.plic_priority + source, level);
}

INLINE void
irq_disable(unsigned source)
{
	irq_enable(source, 0);
}

INLINE unsigned
irq_claim(void)				/* 0: none */
{
	return device_read((void *)handoff.plic_claim);
}

INLINE void
irq_complete(unsigned source)		/* of an enabled source: a PLIC ignores others */
{
	device_write((void *)handoff.plic_claim, source);
}

INLINE void
irq_threshold(unsigned level)		/* sources of this level or less do not interrupt */
{
	device_write((void *)handoff.plic_threshold, level);
}

#endif
