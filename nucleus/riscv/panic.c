/* SPDX-License-Identifier: Apache-2.0 */
/* panic.c - the nucleus's own end: what, where, the value, who ran, a backtrace; then off with a
 * failure status. Trusts nothing; a second panic on the way is silent. */

#include "arch.h"
#include "csr.h"
#include "layout.h"
#include "panic.h"
#include "trap.h"

#define PANIC_STATUS  70
#define BACKTRACE_MAX 12

extern char nucleus_head[], nucleus_text_end[], stack_bottom[], stack_top[];

/* Everything on the stack that looks like a return address: code has no frame pointers. */
static void
print_backtrace(uint64_t sp)
{
	int found = 0;

	if (sp < (uint64_t)stack_bottom || sp % 8 != 0)
		return;
	print("nucleus: return addresses");
	for (; sp < (uint64_t)stack_top && found < BACKTRACE_MAX; sp += 8) {
		uint64_t word = *(uint64_t *)sp;

		if (word > (uint64_t)nucleus_head && word < (uint64_t)nucleus_text_end) {
			print(" %lx", word);
			found++;
		}
	}
	print("\n");
}

static void
begin(void)
{
	static bool panicking;

	while (panicking)
		arch_reset(0, PANIC_STATUS);
	panicking = true;
}

static void __attribute__((noreturn)) end(uint64_t sp)
{
	print_backtrace(sp);
	panic_context();
	for (;;)
		arch_reset(0, PANIC_STATUS);
}

void
panic(const char *file, int line, const char *what, uint64_t value)
{
	begin();
	print("\nnucleus: panic: %s value=0x%lx at %s:%lu\n", what, value, file, (uint64_t)line);
	end((uint64_t)__builtin_frame_address(0) & ~7ull);
}

void
trap_panic(const struct regs *regs, uint64_t cause, uint64_t value)
{
	begin();
	print("\nnucleus: panic: trap in the nucleus cause=%lu value=0x%lx pc=0x%lx\n", cause,
	    value, regs->pc);
	for (uint64_t i = 1; i < 32; i++)
		print("x%lu=0x%lx%s", i, regs->x[i], i % 4 == 0 || i == 31 ? "\n" : " ");
	end(regs->x[REG_SP]);
}
