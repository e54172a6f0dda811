/* SPDX-License-Identifier: Apache-2.0 */
/* backtrace.h - who called whom in a thread that has faulted. */
#ifndef PROCMGR_BACKTRACE_H
#define PROCMGR_BACKTRACE_H

#include <stdint.h>

struct process;

/* Up to `max` return addresses, innermost first; their number. regs: x1..x31 of the thread. */
uint32_t backtrace(const struct process *p, const uint64_t regs[31], uint64_t *out, uint32_t max);

#endif
