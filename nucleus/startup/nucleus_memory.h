/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STARTUP_NUCLEUS_MEMORY_H
#define STARTUP_NUCLEUS_MEMORY_H

#include "startup.h"

/* Makes the nucleus's page tables, clears its data, takes memory for its pools; tells the handoff.
 * All of free memory is free still. */
void nucleus_place(const struct nucleus_head *nucleus, const struct machine *m);

#endif
