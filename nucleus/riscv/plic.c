/* SPDX-License-Identifier: Apache-2.0 */
/* plic.c - the platform-level interrupt controller, as the boot hart's supervisor mode sees
 * it. Owns its registers; knows nobody's interrupt. */

#include "csr.h"
#include "direct.h"
#include "machine.h"
#include "panic.h"

#define PRIORITY 0x000000 /* a word a source */
#define ENABLE   0x002000 /* a bit a source, 0x80 bytes a context */
#define CONTEXT  0x200000 /* threshold, claim and complete; 0x1000 bytes a context */

static char *priority, *enable, *context;

void
plic_init(paddr_t start, unsigned number)
{
	char *base = direct(start);

	priority = base + PRIORITY;
	enable = base + ENABLE + 0x80 * number;
	context = base + CONTEXT + 0x1000 * number;
	for (unsigned i = 0; i < IRQ_SOURCES / 32; i++)
		device_write(enable + 4 * i, 0);
	irq_threshold(0);
	csr_set(CSR_SIE, 1 << CAUSE_DEVICE);
}

static void
set_enabled(unsigned source, bool on)
{
	char *word = enable + source / 32 * 4;
	uint32_t bit = 1u << source % 32, old = device_read(word);

	ASSERT(source > 0 && source < IRQ_SOURCES);
	device_write(word, on ? old | bit : old & ~bit);
}

void
irq_enable(unsigned source, unsigned level)
{
	ASSERT(level > 0 && level <= IRQ_LEVELS);
	device_write(priority + 4 * source, level);
	set_enabled(source, true);
}

void
irq_disable(unsigned source)
{
	set_enabled(source, false);
}

unsigned
irq_claim(void)
{
	return device_read(context + 4);
}

void
irq_complete(unsigned source)
{
	device_write(context + 4, source);
}

void
irq_threshold(unsigned level)
{
	device_write(context, level);
}
