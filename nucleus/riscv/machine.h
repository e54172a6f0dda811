/* SPDX-License-Identifier: Apache-2.0 */
/* machine.h - what this folder's files show each other beside arch.h. */
#ifndef RISCV_MACHINE_H
#define RISCV_MACHINE_H

#include <stdint.h>

/* ---- sbi.c ---- */
void sbi_timer_set(uint64_t ticks);
void sbi_put(char c); /* on firmware's console; slow */

#endif
