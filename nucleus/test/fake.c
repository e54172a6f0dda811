/* SPDX-License-Identifier: Apache-2.0 */
/* fake.c - nucleus/arch.h on the build host: three-level page tables in host memory, a clock that
 * stands still, an interrupt controller that behaves like a PLIC. Never runs user code. */
#include <sanitizer/asan_interface.h>
#include <stdarg.h>
#include <unistd.h>

#include "arch_fast.h"
#include "fake.h"
#include "../print.h"

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

static uint64_t ram[RAM_FRAMES][512] __attribute__((aligned(4096)));
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
	return ram[(frame - RAM_BASE) / SKINK_PAGE];
}

/* Every second frame stays poisoned, so that a step over a page's end is seen. */
paddr_t
frame_new(void)
{
	static unsigned next;

	for (unsigned i = 0; i < RAM_FRAMES / 2; i++) {
		unsigned n = (next + 2 * i) % RAM_FRAMES;

		if (used[n])
			continue;
		used[n] = true;
		used_count++;
		next = n + 2;
		ASAN_POISON_MEMORY_REGION(ram[n + 1], SKINK_PAGE);
		ASAN_UNPOISON_MEMORY_REGION(ram[n], SKINK_PAGE);
		memset(ram[n], 0, SKINK_PAGE);
		return RAM_BASE + n * SKINK_PAGE;
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
	ASAN_POISON_MEMORY_REGION(ram[n], SKINK_PAGE);
}

unsigned
frames_used(void)
{
	return used_count;
}

/* An entry: address, permissions in the low bits, and this. */
#define VALID 0x800ull
#define TABLE 0x400ull

static uint64_t *
table_entry(paddr_t table, vaddr_t va, int level)
{
	return (uint64_t *)frame_data(table) + (va >> (12 + 9 * level)) % 512;
}

static paddr_t
entry_address(uint64_t e)
{
	return e & ~0xfffull;
}

static const uint64_t *
leaf_find(const struct aspace *as, vaddr_t va)
{
	paddr_t table = as->root;

	if (table == 0 || va < SKINK_PAGE || va >= SKINK_USER_END)
		return NULL;
	for (int level = 2; level > 0; level--) {
		uint64_t e = *table_entry(table, va, level);

		if (!(e & VALID))
			return NULL;
		table = entry_address(e);
	}
	return table_entry(table, va, 0);
}

void *
aspace_lookup(const struct aspace *as, vaddr_t va, unsigned prot)
{
	const uint64_t *e = leaf_find(as, va);

	if (e == NULL || !(*e & VALID) || (*e & prot) != prot || (*e & SKINK_PROT_DEVICE) ||
	    !is_ram(entry_address(*e)))
		return NULL;
	return (char *)frame_data(entry_address(*e)) + va % SKINK_PAGE;
}

paddr_t
aspace_physical(const struct aspace *as, vaddr_t va)
{
	const uint64_t *e = leaf_find(as, va);

	return e == NULL || !(*e & VALID) ? 0 : entry_address(*e);
}

static paddr_t
given_pop(struct aspace *as)
{
	paddr_t frame = as->given;

	if (frame != 0) {
		as->given = *(paddr_t *)frame_data(frame);
		memset(frame_data(frame), 0, SKINK_PAGE);
	}
	return frame;
}

long
aspace_map(struct aspace *as, vaddr_t va, paddr_t pa, uint64_t len, unsigned prot)
{
	uint64_t done = 0;

	if (as->root == 0)
		return -SK_ENOMEM;
	for (unsigned i = 0; i < ASPACE_STEP && done < len; i++, done += SKINK_PAGE) {
		paddr_t table = as->root;

		for (int level = 2; level > 0; level--) {
			uint64_t *e = table_entry(table, va + done, level);

			if (!(*e & VALID)) {
				paddr_t frame = given_pop(as);

				if (frame == 0)
					return done > 0 ? (long)done : -SK_ENOMEM;
				*e = frame | VALID | TABLE;
			}
			table = entry_address(*e);
		}
		*table_entry(table, va + done, 0) = (pa + done) | VALID | prot;
	}
	return (long)done;
}

static long
change(struct aspace *as, vaddr_t va, uint64_t len, uint64_t keep, uint64_t set)
{
	uint64_t done = 0;

	for (unsigned i = 0; i < ASPACE_STEP && done < len; i++, done += SKINK_PAGE) {
		uint64_t *e = (uint64_t *)(uintptr_t)leaf_find(as, va + done);

		if (e != NULL && (*e & VALID))
			*e = (*e & keep) | set;
	}
	return (long)done;
}

long
aspace_unmap(struct aspace *as, vaddr_t va, uint64_t len)
{
	return change(as, va, len, 0, 0);
}

long
aspace_protect(struct aspace *as, vaddr_t va, uint64_t len, unsigned prot)
{
	return change(as, va, len, ~0x7ull, prot);
}

long
aspace_give(struct aspace *as, paddr_t frame)
{
	if (!is_ram(frame) || frame % SKINK_PAGE != 0)
		return -SK_EINVAL;
	if (as->root == 0) {
		as->root = frame;
		memset(frame_data(frame), 0, SKINK_PAGE);
		return 0;
	}
	*(paddr_t *)frame_data(frame) = as->given;
	as->given = frame;
	return 0;
}

static struct aspace *in_force;

void
aspace_end(struct aspace *as)
{
	if (in_force == as)
		in_force = NULL;
	*as = (struct aspace){0};
}

void
aspace_switch(struct aspace *as)
{
	CHECK(as->root != 0);
	as->asid_epoch = hart0.asid_epoch;
	in_force = as;
}

void
aspace_retire(struct aspace *as)
{
	as->asid_epoch = 0;
}

struct aspace *
fake_aspace_in_force(void)
{
	return in_force;
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

unsigned
fake_irq_level(unsigned source)
{
	return lines[source].level;
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

bool
arch_interrupt_pending(void)
{
	if (++fake_looks == fake_raise_at)
		fake_irq_raise(fake_raise_source);
	return fake_now >= fake_alarm || best_source() != 0;
}

bool
fast_pending_device(void)
{
	return best_source() != 0;
}

void
arch_wait(void)
{
	FAIL("the hart went idle: the scene's idle thread is gone");
}

int fake_reset_result = -1;
unsigned fake_resets;

long
arch_reset(int how, int status)
{
	(void)how;
	(void)status;
	fake_resets++;
	if (fake_reset_result == 1)
		_exit(0);
	return fake_reset_result;
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
arch_fpu_switch(struct regs *out_regs, struct fpu *out, struct regs *in_regs, struct fpu *in)
{
	(void)in_regs;
	(void)in;
	CHECK((out_regs == NULL) == (out == NULL));
}
