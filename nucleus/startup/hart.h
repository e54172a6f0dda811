/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STARTUP_HART_H
#define STARTUP_HART_H

#include "startup.h"

/* Sets the hart and what belongs to it as the nucleus expects them: no alarm, no source enabled,
 * all interrupts let through; programs may read the counters. Tells the handoff. After
 * nucleus_place. */
void hart_init(const struct machine *m);

/* Turns address translation on, and goes on at `entry`. */
void hart_enter(vaddr_t entry) __attribute__((noreturn));

#endif
