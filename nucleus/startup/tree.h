/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - the facts that start-up takes from the device tree. */
#ifndef STARTUP_TREE_H
#define STARTUP_TREE_H

#include <stdbool.h>

#include "startup.h"

/* Fills in: ram (the bank with the address `around` in it), image, tree, harts, timebase, sstc,
 * interrupt controller, finisher. m->hart_id is set. What must be there and is not stops the
 * machine with a line that names it. */
void tree_read(struct machine *m, uint64_t at, uint64_t around);

/* The index-th range that firmware keeps for itself; false: no more. */
bool tree_reserved(int index, struct skink_range *r);

#endif
