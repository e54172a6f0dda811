/* SPDX-License-Identifier: Apache-2.0 */
/* trace.h - the ring of trace events of a hart. One branch each where its class is off. */
#ifndef NUCLEUS_TRACE_H
#define NUCLEUS_TRACE_H

#include <skink/trace.h>

extern uint32_t trace_classes;		/* bit map by enum skink_trace's class */

void trace_write(enum skink_trace what, uint64_t a, uint64_t b);
void trace_name(const char *name);	/* of SKINK_NAME_MAX bytes; of the process just told of */
const struct skink_trace_entry *trace_last(unsigned n);

#define TRACE(what, a, b) \
	do { \
		if (trace_classes & 1u << SKINK_TRACE_CLASS(SKINK_TRACE_##what)) \
			trace_write(SKINK_TRACE_##what, (uint64_t)(a), (uint64_t)(b)); \
	} while (0)

#endif
