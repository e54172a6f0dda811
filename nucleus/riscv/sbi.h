/* SPDX-License-Identifier: Apache-2.0 */
/* sbi.h - calls of the firmware. */
#ifndef RISCV_SBI_H
#define RISCV_SBI_H

#include <stdint.h>

void sbi_timer_set(uint64_t ticks);

/* Where power is switched off with a status; 0: there is no such place. */
void sbi_finisher_set(uint64_t physical);

#endif
