/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RISCV_PLIC_H
#define RISCV_PLIC_H

/* All sources off. After memory_map. */
void plic_init(void);

#endif
