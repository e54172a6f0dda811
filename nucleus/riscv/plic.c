/* SPDX-License-Identifier: Apache-2.0 */
/* plic.c - the platform-level interrupt controller, as the boot hart's supervisor mode sees
 * it: start-up has switched all sources off. Owns its registers; knows nobody's interrupt. */

#include "direct.h"
#include "handoff.h"
#include "panic.h"

static void
set_enabled(unsigned source, bool on)
{
	char *word = (char *)handoff.plic_enable + source / 32 * 4;
	uint32_t bit = 1u << source % 32, old = device_read(word);

	ASSERT(source > 0 && source < IRQ_SOURCES);
	device_write(word, on ? old | bit : old & ~bit);
}

void
irq_enable(unsigned source, unsigned level)
{
	ASSERT(level > 0 && level <= IRQ_LEVELS);
	device_write((char *)handoff.plic_priority + 4 * source, level);
	set_enabled(source, true);
}

void
irq_disable(unsigned source)
{
	set_enabled(source, false);
}
