/* SPDX-License-Identifier: Apache-2.0 */
/* resume.c - the last entry that a file holds, so that who appends to it need not copy again what
 * the one before had written. Believes only frames that are whole; the last may be torn. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tracelogger.h"

#define HEAD sizeof(struct trace_frame)
#define TAIL (64 * 1024) /* bytes at the end that are looked at */

/* False: it does not end before `end`. */
static bool
get(const uint8_t **at, const uint8_t *end, uint64_t *number)
{
	*number = 0;
	for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
		uint8_t byte = *(*at)++;

		*number |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

/* The last of a frame of events. */
static bool
last_of(const uint8_t *at, const uint8_t *end, struct skink_trace_entry *last)
{
	uint64_t number, ns, what, gap = 0, after, a, b;
	bool found = false;

	if (!get(&at, end, &number) || !get(&at, end, &ns))
		return false;
	number--;
	while (get(&at, end, &what) && ((what & 1) == 0 || get(&at, end, &gap)) &&
	    get(&at, end, &after) && get(&at, end, &a) && get(&at, end, &b)) {
		number += 1 + ((what & 1) != 0 ? gap : 0);
		ns += after;
		found = true;
	}
	last->number = (uint32_t)number;
	last->time_ns = ns;
	return found;
}

/* What could be read of the file's end. */
static ssize_t
read_tail(int fd, uint8_t *bytes)
{
	off_t size = lseek(fd, 0, SEEK_END), from = size > TAIL ? size - TAIL : 0;
	ssize_t got = 0, n;

	while ((n = pread(fd, bytes + got, (size_t)(TAIL - got), from + got)) > 0)
		got += n;
	return got;
}

bool
resume_find(int fd, struct skink_trace_entry *last)
{
	uint8_t *bytes = malloc(TAIL);
	ssize_t got = bytes == NULL ? 0 : read_tail(fd, bytes);
	bool found = false;

	for (ssize_t at = 0; at + (ssize_t)HEAD <= got;) {
		struct trace_frame head;
		const uint8_t *payload = bytes + at + HEAD;

		memcpy(&head, bytes + at, HEAD);
		if (memcmp(head.magic, TRACE_MAGIC, sizeof(head.magic)) != 0 ||
		    head.version != TRACE_VERSION || at + (ssize_t)HEAD + head.length > got ||
		    head.sum != frame_sum(bytes + at, head.length)) {
			at++;
			continue;
		}
		if (head.kind == TRACE_EVENTS)
			found |= last_of(payload, payload + head.length, last);
		at += (ssize_t)HEAD + head.length;
	}
	free(bytes);
	return found;
}
