/* SPDX-License-Identifier: Apache-2.0 */
/*
 * step.h - kills a piece of code after every store that it makes. The code runs one instruction at
 * a time (the processor's trap flag); whenever the watched memory has changed, `died` is called and
 * finds that memory just as a kill at this instruction would have left it. It may change it: the
 * memory is put back before the next instruction.
 *
 *	step_run(memory, size, act, died, arg);
 *
 * Owns SIGTRAP while it runs. Needs an x86-64 host; elsewhere step_is_possible() is 0 and step_run
 * only acts.
 */
#pragma once

#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct step {
	char	*memory, *last;
	size_t	size;
	void	(*died)(void *arg);
	void	*arg;
	unsigned long instructions;	/* that were run */
	unsigned long deaths;		/* different states that a kill could leave */
};
static struct step step;

#if defined(__x86_64__)
static inline int
step_is_possible(void)
{
	return 1;
}

/* The 128 bytes below the stack pointer belong to the compiler. */
static inline __attribute__((always_inline)) void
step_switch_on(void)
{
	__asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; orq $0x100, (%%rsp); popfq;"
			 "lea 128(%%rsp), %%rsp" : : : "memory", "cc");
}

static inline __attribute__((always_inline)) void
step_switch_off(void)
{
	__asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; andq $~0x100, (%%rsp); popfq;"
			 "lea 128(%%rsp), %%rsp" : : : "memory", "cc");
}
#else
static inline int
step_is_possible(void)
{
	return 0;
}

static inline void
step_switch_on(void)
{
}

static inline void
step_switch_off(void)
{
}
#endif

/* The trap flag is off in here. */
static inline void
step_trap(int signal)
{
	(void)signal;
	step.instructions++;
	if (memcmp(step.memory, step.last, step.size) == 0)
		return;
	memcpy(step.last, step.memory, step.size);
	step.deaths++;
	step.died(step.arg);
	memcpy(step.memory, step.last, step.size);
}

static inline void
step_run(void *memory, size_t size, void (*act)(void *arg), void (*died)(void *arg), void *arg)
{
	struct sigaction new = {.sa_handler = step_trap}, old;

	step.memory = memory;
	step.size = size;
	step.last = malloc(size);
	step.died = died;
	step.arg = arg;
	memcpy(step.last, memory, size);
	sigaction(SIGTRAP, &new, &old);
	step_switch_on();
	act(arg);
	step_switch_off();
	sigaction(SIGTRAP, &old, NULL);
	free(step.last);
}
