/* SPDX-License-Identifier: Apache-2.0 */
/* trace.c - a program's own entries in the nucleus's trace. */
#include "../glue.h"

#include <sys/neutrino.h>

int
TraceEvent(int class, uint64_t a, uint64_t b)
{
	return (int)glue_result(skink_trace_event(class, a, b));
}
