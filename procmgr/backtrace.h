/* SPDX-License-Identifier: Apache-2.0 */
/* backtrace.h - who called whom in a thread that has faulted. */
#ifndef PROCMGR_BACKTRACE_H
#define PROCMGR_BACKTRACE_H

#include <stdint.h>

#include <skink/manager.h>

struct process;

/* Up to `max` return addresses, innermost first; their number. */
uint32_t backtrace(const struct process *p, const struct skink_thread_info *t, uint64_t *out,
	uint32_t max);

#endif
