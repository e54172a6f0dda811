/* SPDX-License-Identifier: Apache-2.0 */
/* skink/trace.h - trace events. One list: the nucleus, its viewer and the debugger expand from it.
 * X(NAME, number, what a is, what b is); the number's high byte is the class, of
 * skink/trace_classes.h. */
#ifndef SKINK_TRACE_H
#define SKINK_TRACE_H

#include <stdint.h>

#define SKINK_TRACE_CLASS(what)	((unsigned)(what) >> 8)

#define SKINK_TRACES(X) \
	X(PROCESS_CREATE, 0x000, "pid", "ppid") \
	X(PROCESS_KILL, 0x001, "pid", "status") \
	X(PROCESS_END, 0x002, "pid", "status") \
	X(THREAD_CREATE, 0x003, "tid", "pid") \
	X(THREAD_END, 0x004, "tid", "pid") \
	X(FAULT, 0x005, "tid", "address") \
	X(CHANNEL_PARK, 0x006, "chid", "queued") \
	X(CHANNEL_ADOPT, 0x007, "chid", "queued") \
	X(MESSAGE_REFUSED, 0x008, "tid", "deaths") \
	/* of the process created or ended by the entry before: 16 bytes */ \
	X(NAME, 0x009, "text", "text") \
	/* what is taken in from now on; 0: that was the last entry of this ring */ \
	X(CLASSES, 0x00a, "classes", "") \
	X(SWITCH, 0x100, "tid", "priority") \
	X(BLOCK, 0x101, "tid", "state") \
	X(READY, 0x102, "tid", "priority") \
	X(BOOST, 0x103, "tid", "priority") \
	X(SEND, 0x200, "tid", "chid") \
	X(RECEIVE, 0x201, "tid", "client tid") \
	X(REPLY, 0x202, "tid", "client tid") \
	X(PULSE, 0x203, "chid", "code") \
	X(PULSE_RECEIVE, 0x204, "tid", "chid << 8 | code & 255") \
	X(CALL, 0x300, "tid", "number") \
	X(INTERRUPT, 0x400, "source", "") \
	X(TIMER, 0x401, "kind", "deadline") \
	X(USER, 0x500, "class and a", "b")

enum skink_trace {
#define SKINK_TRACE_ENUM(name, number, a, b) SKINK_TRACE_##name = number,
	SKINK_TRACES(SKINK_TRACE_ENUM)
#undef SKINK_TRACE_ENUM
};

struct skink_trace_entry {
	uint64_t	time_ns;
	uint32_t	what;		/* enum skink_trace */
	uint32_t	number;		/* counts up; a gap: entries were overwritten */
	uint64_t	a, b;
};
_Static_assert(sizeof(struct skink_trace_entry) == 32, "struct skink_trace_entry");

/*
 * p_trace: from now on the entries of these classes go to `size` bytes at `ring`, contiguous in
 * RAM; size 0: to the nucleus's own small ring. A ring's first entry is CLASSES, and its last one,
 * too, when no class is left. Entry `number` lies at place number % entries. Whoever maps the ring
 * reads it at any time: an entry is there when its number is the wanted one, before and after it
 * was copied.
 *   EINVAL  not whole pages, not a power of two, more than SKINK_TRACE_RING_MAX
 *   EFAULT  not mapped writable, not contiguous
 */
#define SKINK_TRACE_RING_MAX	(16ull << 20)	/* bytes */

#endif
