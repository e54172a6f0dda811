/* SPDX-License-Identifier: Apache-2.0 */
/* arch_fast.h - what fast.c and fast_reply.c ask of the machine, on the build host (scene.c). */
#ifndef TEST_ARCH_FAST_H
#define TEST_ARCH_FAST_H

#include "fake.h"
#include "fast.h"
#include "riscv/tlb.h"

bool copy_far(const struct aspace *as, vaddr_t target, vaddr_t source, uint64_t n);
bool fast_reaches(const struct aspace *as, vaddr_t target, vaddr_t source);
bool fast_copy_32(const struct aspace *as, vaddr_t target, vaddr_t source);
bool fast_copy(const struct aspace *as, vaddr_t target, vaddr_t source, uint64_t n);
bool fast_switch(struct aspace *as);
bool fast_write_pulse(
    struct aspace *as, vaddr_t target, uint64_t code, uint64_t value, uint64_t rest);

static inline void
fast_status_save(struct thread *from)
{
	CHECK(from->state != SKINK_STATE_RUNNING);
}

static inline void
fast_status_load(const struct thread *to)
{
	CHECK(to == hart0.current);
}

#endif
