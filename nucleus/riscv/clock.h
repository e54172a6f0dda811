/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RISCV_CLOCK_H
#define RISCV_CLOCK_H

#include <stdint.h>

/* Nanoseconds count from entry_ticks. hz: of the time CSR, < 10^9. has_sstc: the hart has
 * stimecmp. */
void clock_init(uint64_t entry_ticks, uint64_t hz, _Bool has_sstc);

#endif
