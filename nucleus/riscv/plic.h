/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RISCV_PLIC_H
#define RISCV_PLIC_H

#include "arch.h"

/* All sources off. `context`: the boot hart's. After memory_init. */
void plic_init(paddr_t start, unsigned context);

#endif
