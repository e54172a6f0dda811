/* SPDX-License-Identifier: Apache-2.0 */
/* arch.h - all that the portable nucleus asks of a machine, but for what is a few instructions, in
 * arch_hart.h, arch_fast.h and riscv/aspace.h. nucleus/riscv/ implements it for the hart,
 * nucleus/test/ for a fake one on the build host. Nothing here knows a thread or a message. */
#ifndef NUCLEUS_ARCH_H
#define NUCLEUS_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For those who count instructions. */
#define INLINE static inline __attribute__((always_inline))

typedef uint64_t vaddr_t;
typedef uint64_t paddr_t;

/* A user's registers, as the trap entry leaves them. */
struct regs {
	uint64_t	pc;
	uint64_t	x[32];		/* x[0] unused */
	uint64_t	status;		/* sstatus of the thread: FS tells whether f is live */
};

enum { REG_RA = 1, REG_SP = 2, REG_TP = 4, REG_T0 = 5, REG_A0 = 10, REG_A1 = 11 };

/* Floating point registers; of a thread whose FS is dirty the hart has newer ones. */
struct fpu {
	uint64_t	f[32];
	uint64_t	fcsr;
};

/* An address space: page tables in frames that procmgr gave. */
struct aspace {
	paddr_t		root;		/* 0: no root yet; the first frame given becomes it */
	uint64_t	asid, satp;	/* of that epoch */
	/* the hart's epoch, or only aspace_switch may bring it into force */
	uint64_t	asid_epoch;
	/* frames given and unused, linked through their first word */
	paddr_t		given;
};

/* As skink_p_map. A bounded step: <= ASPACE_STEP pages; bytes done, or -SK_EINVAL, -SK_ENOMEM (a
 * frame is wanted). The caller has checked that range (whole pages of user addresses) and prot are
 * good. */
#define ASPACE_STEP	16
long aspace_map(struct aspace *as, vaddr_t va, paddr_t pa, uint64_t len, unsigned prot);
long aspace_give(struct aspace *as, paddr_t frame);	/* EINVAL: not a RAM frame */
/* The aspace is about to be the current one. */
void aspace_switch(struct aspace *as);

/* The interrupt controller. Levels 1..IRQ_LEVELS, higher is more urgent. */
#define IRQ_LEVELS	7
#define IRQ_SOURCES	128

/* Firmware. */
void arch_reset(int how, int status);		/* returns only on failure */

/* Prepare the registers of a thread that has never run. */
void arch_thread_start(struct regs *regs, uint64_t pc, uint64_t sp, uint64_t tp, uint64_t arg);

/* Called by arch code with the user's registers saved in the current thread. Each returns when the
 * thread to run next is current (perhaps another, with another aspace in force); arch then
 * restores it. At nucleus_syscall pc is behind the ecall, x[5] = t0 the number, x[10..17] = a0..a7
 * the arguments. The trap entry leaves the current thread's FP registers alone. */
void nucleus_syscall(void);
void nucleus_interrupt(unsigned source);	/* claimed already; 0: any, not looked at yet */
void nucleus_fault(unsigned cause, vaddr_t address);	/* the machine's code for it */
/* Dispatch: makes the best thread current; waits for an interrupt while there is none. */
void nucleus_dispatch(void);
/* One idle wait, until arch_interrupt_pending(). */
void arch_wait(void);
/* Takes the interrupt that waits as from the current thread's user mode, or with no current thread
 * as from idle. It goes on with whoever is best then; on a machine it does not come back. */
void arch_interrupt(void);

/* The current thread's floating point registers are in the hart's, if it has any. */
struct hart;
void fpu_look(struct hart *h);

#endif
