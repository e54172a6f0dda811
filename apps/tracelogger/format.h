/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format.h - what tracelogger writes, and config/trace_read.py reads: frames, each of which stands
 * for itself, so that a lost or broken one costs nothing but what it holds.
 *
 *	frame		struct trace_frame, then `length` bytes
 *	number		7 bits a byte, lowest first; bit 7: more follow
 *	text		number (bytes), then the bytes
 *
 * EVENTS: number of the first entry, its time_ns, then for each entry: `what` << 1 | gap; if gap:
 *   how many numbers are missing before it; ns since the entry before (the first: 0); a; b.
 * NAMES: enum trace_name, then numbers and a text, as it says there.
 * END: entries written, entries lost, enum trace_end.
 *
 * A file holds frames. On a terminal (-f -) a frame is a line: TRACE_LINE, then base64.
 */
#ifndef TRACELOGGER_FORMAT_H
#define TRACELOGGER_FORMAT_H

#include <stdint.h>

#define TRACE_MAGIC	"SKTR"
#define TRACE_VERSION	1
#define TRACE_LINE	"%trace "
#define TRACE_PAYLOAD	1012		/* bytes at most */

enum trace_kind {
	TRACE_NAMES = 1,
	TRACE_EVENTS = 2,
	TRACE_END = 3
};

struct trace_frame {
	uint8_t		magic[4];
	uint8_t		version;
	uint8_t		kind;		/* enum trace_kind */
	uint16_t	length;
	uint32_t	sum;		/* CRC-32 of version to length, and of the bytes */
};
_Static_assert(sizeof(struct trace_frame) == 12, "struct trace_frame");

enum trace_name {
	TRACE_NAME_PROCESS = 1,		/* pid, parent's pid, name */
	TRACE_NAME_THREAD = 2,		/* tid, pid, ordinal, name */
	TRACE_NAME_CHANNEL = 3,		/* chid, pid of its owner */
	TRACE_NAME_INTERRUPT = 4,	/* source, tid that waits for it */
	TRACE_NAME_PATH = 5		/* pid, path that it serves */
};

enum trace_end {
	TRACE_END_DONE = 0,		/* time, command or request */
	TRACE_END_FULL = 1		/* no buffer was left: the end is missing */
};

#endif
