/* SPDX-License-Identifier: Apache-2.0 */
/* stream.c - puts events and names into frames, and writes each full one in one piece. Knows
 * nothing of where they come from. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tracelogger.h"

#define HEAD      sizeof(struct trace_frame)
#define SUM_FROM  offsetof(struct trace_frame, version)
#define SUM_TO    offsetof(struct trace_frame, sum)
#define NUMBER    10 /* bytes of a number at most */
#define EVENT_MAX (5 * NUMBER)

static uint32_t
sum_of(uint32_t sum, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		sum ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? 0xedb88320u : 0);
	}
	return sum;
}

uint32_t
frame_sum(const uint8_t *frame, size_t length)
{
	uint32_t sum = sum_of(~0u, frame + SUM_FROM, SUM_TO - SUM_FROM);

	return ~sum_of(sum, frame + HEAD, length);
}

static void
write_all(struct stream *s, const void *data, size_t size)
{
	const char *at = data;

	while (size > 0 && !s->failed) {
		ssize_t wrote = write(s->fd, at, size);

		if (wrote <= 0) {
			s->failed = true;
			s->error = wrote < 0 ? errno : EIO;
			return;
		}
		at += wrote;
		size -= (size_t)wrote;
	}
}

static void
write_line(struct stream *s, const uint8_t *bytes, size_t size)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char line[sizeof(TRACE_LINE) + (HEAD + TRACE_PAYLOAD + 2) / 3 * 4 + 1];
	char *to = line + sizeof(TRACE_LINE) - 1;

	memcpy(line, TRACE_LINE, sizeof(TRACE_LINE) - 1);
	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t three = (uint32_t)bytes[i] << 16;

		if (left > 1)
			three |= (uint32_t)bytes[i + 1] << 8;
		if (left > 2)
			three |= bytes[i + 2];
		*to++ = digits[three >> 18];
		*to++ = digits[three >> 12 & 63];
		*to++ = left > 1 ? digits[three >> 6 & 63] : '=';
		*to++ = left > 2 ? digits[three & 63] : '=';
	}
	*to++ = '\n';
	write_all(s, line, (size_t)(to - line));
}

void
stream_flush(struct stream *s)
{
	struct trace_frame head = {
	    .magic = TRACE_MAGIC,
	    .version = TRACE_VERSION,
	    .kind = s->kind,
	    .length = (uint16_t)s->length,
	};
	size_t size = HEAD + s->length;

	if (s->length == 0)
		return;
	memcpy(s->bytes, &head, HEAD);
	head.sum = frame_sum(s->bytes, s->length);
	memcpy(s->bytes + SUM_TO, &head.sum, sizeof(head.sum));
	s->length = 0;
	if (s->lines)
		write_line(s, s->bytes, size);
	else
		write_all(s, s->bytes, size);
}

/* A frame of that kind with so much room. */
static void
need(struct stream *s, enum trace_kind kind, size_t room)
{
	if (s->kind != kind || s->length + room > TRACE_PAYLOAD)
		stream_flush(s);
	s->kind = kind;
}

static void
put(struct stream *s, uint64_t number)
{
	uint8_t *to = s->bytes + HEAD + s->length;

	for (; number >= 0x80; number >>= 7)
		*to++ = (uint8_t)(number | 0x80);
	*to++ = (uint8_t)number;
	s->length = (size_t)(to - (s->bytes + HEAD));
}

void
stream_event(struct stream *s, const struct skink_trace_entry *e)
{
	uint32_t missing;

	need(s, TRACE_EVENTS, EVENT_MAX);
	if (s->length == 0) {
		put(s, e->number);
		put(s, e->time_ns);
		s->last = e->number - 1;
		s->last_ns = e->time_ns;
	}
	missing = e->number - s->last - 1;
	put(s, (uint64_t)e->what << 1 | (missing != 0));
	if (missing != 0)
		put(s, missing);
	put(s, e->time_ns - s->last_ns);
	put(s, e->a);
	put(s, e->b);
	s->last = e->number;
	s->last_ns = e->time_ns;
	s->events++;
}

void
stream_name(struct stream *s, enum trace_name kind, const uint64_t *numbers, unsigned count,
    const char *text)
{
	size_t length = text == NULL ? 0 : strlen(text);

	need(s, TRACE_NAMES, (2 + count) * NUMBER + length);
	put(s, kind);
	for (unsigned i = 0; i < count; i++)
		put(s, numbers[i]);
	if (text == NULL)
		return;
	put(s, length);
	memcpy(s->bytes + HEAD + s->length, text, length);
	s->length += length;
}

void
stream_end(struct stream *s, uint64_t lost, enum trace_end why)
{
	need(s, TRACE_END, TRACE_PAYLOAD);
	put(s, s->events);
	put(s, lost);
	put(s, why);
	stream_flush(s);
}
