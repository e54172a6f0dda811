/* SPDX-License-Identifier: Apache-2.0 */
/* startup.h - what start-up's parts share. It runs once, before the nucleus, in supervisor mode and
 * with address translation off: a physical address is a pointer. */
#ifndef STARTUP_STARTUP_H
#define STARTUP_STARTUP_H

#include <stdint.h>

struct handoff;

/* Called by start.S. ticks, instret: those CSRs at the entry. */
struct handoff *startup(uint64_t hart_id, uint64_t tree_at, uint64_t ticks, uint64_t instret);
void startup_trap(uint64_t cause, uint64_t value, uint64_t pc) __attribute__((noreturn));

#endif
