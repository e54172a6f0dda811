/* SPDX-License-Identifier: Apache-2.0 */
/* fake.c - nucleus/arch.h on the build host, but for address spaces, which riscv/aspace.c has: RAM,
 * a clock that stands still, an interrupt controller that behaves like a PLIC. Never runs user
 * code. */
#include <sanitizer/asan_interface.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arch_fast.h"
#include "fake.h"
#include "handoff.h"
#include "riscv/direct.h"
#include "riscv/tlb.h"

/* ---- failing ---- */

void (*fail_hook)(void);

_Noreturn void
fail(const char *file, int line, const char *format, ...)
{
	static bool failing;
	va_list ap;

	printf("%s:%d: ", file, line);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
	if (!failing && fail_hook != NULL) {
		failing = true;
		fail_hook();
	}
	fflush(stdout);
	_exit(1);
}

_Noreturn void
fail_unequal(const char *file, int line, const char *what, intmax_t a, intmax_t b)
{
	fail(
	    file, line, "%s: %jd (0x%jx), not %jd (0x%jx)", what, a, (uintmax_t)a, b, (uintmax_t)b);
}

void
print(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
}

void
panic(const char *file, int line, const char *what, uint64_t value)
{
	printf("%s:%d: panic: %s value=0x%" PRIx64 "\n", file, line, what, value);
	panic_context();
	fail(file, line, "the nucleus panicked");
}

/* ---- memory ---- */

static bool used[RAM_FRAMES];
static unsigned used_count;

static bool
is_ram(paddr_t pa)
{
	return pa >= RAM_BASE && pa < RAM_BASE + RAM_FRAMES * SKINK_PAGE;
}

void *
frame_data(paddr_t frame)
{
	if (!is_ram(frame))
		FAIL("frame 0x%" PRIx64 " is not RAM", frame);
	return direct(frame);
}

void
ram_init(void)
{
	void *at = direct(RAM_BASE);

	CHECK(mmap(at, RAM_FRAMES * SKINK_PAGE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == at);
	handoff.ram = (struct skink_range){RAM_BASE, RAM_FRAMES * SKINK_PAGE};
	handoff.root = frame_new();
}

/* Every second frame stays poisoned, so that a step over a page's end is seen. */
paddr_t
frame_new(void)
{
	static unsigned next;

	for (unsigned i = 0; i < RAM_FRAMES / 2; i++) {
		unsigned n = (next + 2 * i) % RAM_FRAMES;
		paddr_t frame = RAM_BASE + n * SKINK_PAGE;

		if (used[n])
			continue;
		used[n] = true;
		used_count++;
		next = n + 2;
		ASAN_POISON_MEMORY_REGION(direct(frame + SKINK_PAGE), SKINK_PAGE);
		ASAN_UNPOISON_MEMORY_REGION(direct(frame), SKINK_PAGE);
		memset(direct(frame), 0, SKINK_PAGE);
		return frame;
	}
	FAIL("no frame left");
}

void
frame_free(paddr_t frame)
{
	unsigned n = (unsigned)((frame - RAM_BASE) / SKINK_PAGE);

	CHECK(is_ram(frame) && frame % SKINK_PAGE == 0 && used[n]);
	used[n] = false;
	used_count--;
	tlb_frame_freed(frame);
	ASAN_POISON_MEMORY_REGION(direct(frame), SKINK_PAGE);
}

paddr_t
page_physical(const struct aspace *as, vaddr_t va)
{
	const char *at = aspace_lookup(as, va & ~(SKINK_PAGE - 1), 0);

	return at == NULL ? 0 : (paddr_t)at - DIRECT_BASE;
}

unsigned
frames_used(void)
{
	return used_count;
}

/* ---- time ---- */

uint64_t fake_now = 1000000, fake_alarm = UINT64_MAX;
static uint64_t instructions;

uint64_t
clock_ns(void)
{
	return fake_now;
}

uint64_t
clock_ns_at(uint64_t ticks)
{
	return ticks;
}

uint64_t
clock_ticks(void)
{
	return fake_now;
}

uint64_t
ticks_ns(uint64_t ticks)
{
	return ticks;
}

uint64_t
ns_ticks(uint64_t ns)
{
	return ns;
}

void
clock_arm(uint64_t deadline_ns)
{
	fake_alarm = deadline_ns;
}

uint64_t
clock_instret(void)
{
	return instructions += 10;
}

/* ---- the interrupt controller ---- */

static struct {
	bool raised, claimed, enabled;
	unsigned level;
} lines[IRQ_SOURCES];
static uint64_t pending[IRQ_SOURCES / 64]; /* bit map */
static unsigned threshold;

static void
pending_set(unsigned source, bool is)
{
	uint64_t bit = 1ull << source % 64;

	pending[source / 64] = is ? pending[source / 64] | bit : pending[source / 64] & ~bit;
}

static void
latch(unsigned source)
{
	if (lines[source].raised && !lines[source].claimed)
		pending_set(source, true);
}

void
fake_irq_raise(unsigned source)
{
	lines[source].raised = true;
	latch(source);
}

void
fake_irq_lower(unsigned source)
{
	lines[source].raised = false;
	pending_set(source, false);
}

bool
fake_irq_is_claimed(unsigned source)
{
	return lines[source].claimed;
}

bool
fake_irq_is_enabled(unsigned source)
{
	return lines[source].enabled;
}

static unsigned
best_source(void)
{
	unsigned best = 0, level = threshold;

	for (unsigned n = 0; n < IRQ_SOURCES / 64; n++) {
		for (uint64_t left = pending[n]; left != 0; left &= left - 1) {
			unsigned i = n * 64 + bits_lowest(left);

			if (lines[i].enabled && lines[i].level > level) {
				best = i;
				level = lines[i].level;
			}
		}
	}
	return best;
}

void
irq_enable(unsigned source, unsigned level)
{
	CHECK(source > 0 && source < IRQ_SOURCES && level >= 1 && level <= IRQ_LEVELS);
	lines[source].enabled = true;
	lines[source].level = level;
}

void
irq_disable(unsigned source)
{
	lines[source].enabled = false;
}

unsigned
irq_claim(void)
{
	unsigned source = best_source();

	pending_set(source, false);
	if (source != 0)
		lines[source].claimed = true;
	return source;
}

void
irq_complete(unsigned source)
{
	if (!lines[source].enabled)
		return;
	CHECK(lines[source].claimed);
	lines[source].claimed = false;
	latch(source);
}

void
irq_threshold(unsigned level)
{
	CHECK(level <= IRQ_LEVELS);
	threshold = level;
}

/* ---- the hart ---- */

unsigned fake_looks, fake_raise_at, fake_raise_source;
uint64_t fake_look_ns;

bool
arch_interrupt_pending(void)
{
	fake_now += fake_look_ns;
	if (++fake_looks == fake_raise_at)
		fake_irq_raise(fake_raise_source);
	return fake_now >= fake_alarm || best_source() != 0;
}

bool
arch_interrupt_is_device(void)
{
	return best_source() != 0;
}

void
arch_wait(void)
{
	FAIL("the hart went idle: the scene's idle thread is gone");
}

void
arch_reset(int how, int status)
{
	(void)how;
	(void)status;
}

void
arch_thread_start(struct regs *regs, uint64_t pc, uint64_t sp, uint64_t tp, uint64_t arg)
{
	*regs = (struct regs){.pc = pc};
	regs->x[REG_SP] = sp;
	regs->x[REG_TP] = tp;
	regs->x[REG_A0] = arg;
}

void
fpu_look(struct hart *h)
{
	CHECK(h->current != NULL);
}
