/* SPDX-License-Identifier: Apache-2.0 */
/* hart.c - the boot hart's registers, its clock and its part of the interrupt controller, as the
 * nucleus finds them. */

#include "hart.h"
#include "riscv/csr.h"
#include "riscv/direct.h"
#include "riscv/sbi.h"

#define NS_PER_S      1000000000ull
#define ASID_SHIFT    44
#define ASID_MASK     0xffffull

#define PLIC_PRIORITY 0x000000 /* a word a source */
#define PLIC_ENABLE   0x002000 /* a bit a source, 0x80 bytes a context */
#define PLIC_CONTEXT  0x200000 /* threshold, then claim; 0x1000 bytes a context */

static void
satp_write(uint64_t satp)
{
	csr_write(CSR_SATP, satp);
	__asm__ volatile("sfence.vma" : : : "memory");
}

/* An ASID can be written only with translation on: meanwhile start-up's own gigapage is mapped. */
static uint64_t
asid_max(void)
{
	uint64_t satp = SATP_SV39 | handoff.root >> PAGE_SHIFT;
	uint64_t gigapage = (uint64_t)&handoff >> 30, seen;
	volatile uint64_t *e = (uint64_t *)handoff.root + gigapage;

	*e = gigapage << 28 | PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D;
	__asm__ volatile("sfence.vma" : : : "memory");
	satp_write(satp | ASID_MASK << ASID_SHIFT);
	seen = csr_read(CSR_SATP);
	satp_write(0);
	*e = 0;
	return seen >> ASID_SHIFT & ASID_MASK;
}

static void
clock_init(const struct skink_boot *b, bool has_sstc)
{
	const uint64_t hz = b->timebase_hz;

	handoff.start_ticks = b->entry_ticks;
	handoff.alarm_ticks = b->entry_ticks - 1;
	handoff.ns_mult = (NS_PER_S << 32) / hz;
	/* hz << 64, divided in two digits of 32 bits. */
	handoff.tick_mult = (hz << 32) / NS_PER_S << 32 | ((hz << 32) % NS_PER_S << 32) / NS_PER_S;
	handoff.has_sstc = has_sstc;
	if (has_sstc)
		csr_write(STIMECMP, UINT64_MAX);
	else
		sbi_timer_set(UINT64_MAX);
}

static void
plic_init(const struct machine *m)
{
	paddr_t priority = m->plic.start + PLIC_PRIORITY;
	paddr_t enable = m->plic.start + PLIC_ENABLE + 0x80 * m->plic_context;
	paddr_t context = m->plic.start + PLIC_CONTEXT + 0x1000 * m->plic_context;

	/* A source of priority 0 never interrupts; the nucleus gives it another. */
	for (unsigned i = 1; i < IRQ_SOURCES; i++)
		device_write((void *)(priority + 4 * i), 0);
	for (unsigned i = 0; i < IRQ_SOURCES / 32; i++)
		device_write((void *)(enable + 4 * i), UINT32_MAX);
	device_write((void *)context, 0);
	handoff.plic_priority = NUCLEUS_BASE + priority;
	handoff.plic_threshold = NUCLEUS_BASE + context;
	handoff.plic_claim = NUCLEUS_BASE + context + 4;
}

void
hart_init(const struct machine *m)
{
	handoff.asid_max = asid_max();
	clock_init(&m->boot, m->has_sstc);
	plic_init(m);
	csr_write(CSR_SIE, 1 << CAUSE_TIMER | 1 << CAUSE_DEVICE);
	csr_write(CSR_SCOUNTEREN, 7); /* cycle, time, instret */
}

/* Nothing of start-up is mapped in the new tables: the first fetch traps, to the entry. */
void
hart_enter(vaddr_t entry)
{
	csr_write(CSR_STVEC, entry);
	satp_write(SATP_SV39 | handoff.root >> PAGE_SHIFT);
	__builtin_unreachable();
}
