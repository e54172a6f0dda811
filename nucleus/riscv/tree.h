/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - what the device tree says, in our words. All but tree_init read the tree where it lies;
 * none changes it. What must be there and is not stops the machine with a line that names it. */
#ifndef RISCV_TREE_H
#define RISCV_TREE_H

#include <stdbool.h>

#include <skink/manager.h>

#include "arch.h"

void tree_init(paddr_t tree, uint64_t hart_id);
struct skink_range tree_self(void);
struct skink_range tree_memory(paddr_t around);		/* the bank that holds `around` */
struct skink_range tree_image(void);			/* the initial RAM disk; exact bytes */
bool tree_reserved(int index, struct skink_range *r);	/* false: no more */
uint64_t tree_timebase_hz(void);
uint32_t tree_hart_count(void);
bool tree_has_extension(const char *name);		/* of the boot hart */
struct skink_range tree_plic(void);
unsigned tree_plic_context(void);			/* of the boot hart in supervisor mode */
struct skink_range tree_finisher(void);			/* size 0: none */

#endif
