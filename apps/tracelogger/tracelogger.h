/* SPDX-License-Identifier: Apache-2.0 */
/* tracelogger.h - what tracelogger's files share. */
#ifndef TRACELOGGER_H
#define TRACELOGGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <skink/trace.h>

#include "format.h"

/* ---- ring.c: the nucleus's ring, read where it lies ---- */

struct ring {
	const volatile struct skink_trace_entry *entries;
	uint32_t size;		/* entries, a power of two */
	uint32_t next;		/* number of the entry to read */
	uint64_t lost;		/* overwritten before they were read */
	int fd;
};

/* The ring of the trace that is on, or a new one; -1: errno. */
int ring_open(struct ring *ring, size_t bytes);
void ring_close(struct ring *ring);
/* False: nothing was ever put in. */
bool ring_has_entries(const struct ring *ring);
/* Reading begins at the oldest entry. The trace is on: there is one. */
void ring_begin(struct ring *ring);
/* Reading goes on behind that entry, if it is one of the ring's. */
void ring_resume(struct ring *ring, const struct skink_trace_entry *last);
/* Copies what there is, `max` at most; returns how many. */
size_t ring_read(struct ring *ring, struct skink_trace_entry *to, size_t max);

/* ---- stream.c: frames to where they shall go ---- */

struct stream {
	int fd;
	bool lines;		/* base64, a frame a line */
	bool failed;		/* errno of the first failure is in `error` */
	int error;
	uint64_t events;	/* written */
	uint32_t last;		/* number of the last one, valid in a frame that has one */
	uint64_t last_ns;
	uint8_t kind;
	size_t length;
	uint8_t bytes[sizeof(struct trace_frame) + TRACE_PAYLOAD];
};

void stream_event(struct stream *s, const struct skink_trace_entry *e);
/* A name record: `count` numbers, and a text if it is not NULL. */
void stream_name(struct stream *s, enum trace_name kind, const uint64_t *numbers, unsigned count,
	const char *text);
void stream_end(struct stream *s, uint64_t lost, enum trace_end why);
void stream_flush(struct stream *s);
/* Of a frame with `length` bytes behind its head, whatever stands in its `sum`. */
uint32_t frame_sum(const uint8_t *frame, size_t length);

/* ---- resume.c ---- */

/* The number and time of the last entry in a file that can be read; false: it has none near its
 * end. */
bool resume_find(int fd, struct skink_trace_entry *last);

/* ---- names.c ---- */

/* Who and what there is now: processes, threads, channels, interrupts. */
void names_write(struct stream *s);

#endif
