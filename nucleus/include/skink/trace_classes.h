/* SPDX-License-Identifier: Apache-2.0 */
/* skink/trace_classes.h - the classes of trace events by name, for who chooses among them. */
#ifndef SKINK_TRACE_CLASSES_H
#define SKINK_TRACE_CLASSES_H

/* X(NAME, number): LIFECYCLE is always on. */
#define SKINK_TRACE_CLASSES(X) \
	X(LIFECYCLE, 0)		/* processes, threads, faults, durable channels */ \
	X(THREADS, 1)		/* who runs, who waits for what, at which priority */ \
	X(MESSAGES, 2)		/* messages and pulses */ \
	X(CALLS, 3)		/* each nucleus call */ \
	X(TIME, 4)		/* interrupts and expiries */ \
	X(USER, 5)		/* TraceEvent() */

enum skink_trace_class {
#define SKINK_TRACE_CLASS_ENUM(name, number) SKINK_TRACE_CLASS_##name = number,
	SKINK_TRACE_CLASSES(SKINK_TRACE_CLASS_ENUM)
#undef SKINK_TRACE_CLASS_ENUM
};

#endif
