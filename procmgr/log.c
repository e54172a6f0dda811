/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.c - the system log: a ring of text lines, each `SECONDS.MICROS NAME[PID] text`. Owns the
 * ring and who waits for its next line; never writes to a device. A position is the count of
 * bytes ever written before it; the ring holds the last `size` of them, and readers get whole
 * lines only.
 */
#include <string.h>

#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "log.h"
#include "loop.h"
#include "nucleus.h"
#include "pages.h"
#include "park.h"
#include "process.h"
#include "request.h"
#include "text.h"

#define READERS      8
#define WRITES_PER_S 200 /* of one process */
#define SECOND       1000000000ull

static char *ring;
static uint64_t size, head; /* head: position of the next byte */

static struct reader {
	long rcvid; /* 0: free */
	int32_t pid;
	uint64_t position;
	uint64_t room; /* bytes of text */
} readers[READERS];

bool
log_init(uint32_t bytes)
{
	uint32_t frame;

	size = bytes < PAGE_SIZE ? PAGE_SIZE : bytes;
	frame = pages_contiguous(PAGE_UP(size));
	if (frame == 0)
		return false;
	ring = frame_memory(frame);
	return true;
}

static void
put(const char *text, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++) /* <= PROC_LOG_LINE and a prefix */
		ring[(head + i) & (size - 1)] = text[i];
	head += length;
}

/* The start of the first whole line at or behind `position`. */
static uint64_t
line_start(uint64_t position)
{
	if (position == 0 && head <= size)
		return 0;
	if (head > size && position < head - size)
		position = head - size;
	else if (position == 0 || ring[(position - 1) & (size - 1)] == '\n')
		return position;
	while (position < head && ring[position & (size - 1)] != '\n') /* <= a line */
		position++;
	return position < head ? position + 1 : head;
}

/* The position behind the last whole line that fits in `room` bytes from `start` on. */
static uint64_t
lines_end(uint64_t start, uint64_t room)
{
	uint64_t end = start + room < head ? start + room : head;

	while (end > start && ring[(end - 1) & (size - 1)] != '\n') /* <= a line */
		end--;
	return end;
}

static long
answer(long rcvid, uint64_t position, uint64_t room)
{
	uint64_t start = line_start(position), end = lines_end(start, room), cut;
	struct proc_log_reply reply = {.position = end, .length = end - start};
	struct skink_iov parts[3] = {{&reply, sizeof(reply)}};

	if (position < start && position < head)
		reply.lost_bytes = start - position;
	cut =
	    (start & (size - 1)) + (end - start) > size ? size - (start & (size - 1)) : end - start;
	parts[1] = (struct skink_iov){ring + (start & (size - 1)), cut};
	parts[2] = (struct skink_iov){ring, end - start - cut};
	return skink_msg_reply(rcvid, 0, parts, -3);
}

static void
wake_readers(void)
{
	for (unsigned i = 0; i < READERS; i++) {
		struct reader *reader = &readers[i];

		if (reader->rcvid == 0)
			continue;
		answer(reader->rcvid, reader->position, reader->room);
		reader->rcvid = 0;
	}
}

static void
add(const char *name, int pid, const char *text)
{
	char prefix[64] = "", digits[12] = "";
	uint64_t now = loop_now_ns();

	text_format(digits, sizeof(digits), "%d", (int)(1000000 + now % SECOND / 1000));
	put(prefix,
	    text_format(prefix, sizeof(prefix), "%d.%s %s[%d] ", (int)(now / SECOND), digits + 1,
		name, pid));
	put(text, strlen(text));
	put("\n", 1);
	wake_readers();
}

void
log_line(const char *format, ...)
{
	char text[PROC_LOG_LINE + 1];
	va_list args;

	va_start(args, format);
	text_vformat(text, sizeof(text), format, args);
	va_end(args);
	add("procmgr", SKINK_PROCMGR_PID, text);
}

/* So many lines a second; the first one of the next second tells how many were lost. */
static bool
is_too_much(struct process *p)
{
	uint64_t now = loop_now_ns();

	if (now - p->log_ns >= SECOND) {
		uint32_t lost = p->log_lost;

		p->log_ns = now;
		p->log_count = p->log_lost = 0;
		if (lost > 0)
			log_line("log: %s[%d] wrote too much, %d lines are lost", p->attr.name,
			    p->pid, (int)lost);
	}
	if (p->log_count++ < WRITES_PER_S)
		return false;
	p->log_lost++;
	return true;
}

long
log_write_request(struct request *r)
{
	const struct proc_log_write *m = (const void *)r->bytes;
	char text[PROC_LOG_LINE + 1];
	uint32_t length = m->length;

	if (length > PROC_LOG_LINE)
		return -SK_EMSGSIZE;
	if (!request_holds(r, sizeof(*m), length))
		return -SK_EINVAL;
	if (is_too_much(r->process))
		return -SK_EAGAIN;
	memcpy(text, m + 1, length);
	if (length > 0 && text[length - 1] == '\n')
		length--;
	for (uint32_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			text[i] = '?';
	text[length] = 0;
	add(r->process->attr.name, r->process->pid, text);
	return 0;
}

long
log_read_request(struct request *r)
{
	const struct proc_log_read *m = (const void *)r->bytes;
	uint64_t room = r->info.dstmsglen;
	struct reader *reader = NULL;

	if (!process_has(r->process, SKINK_AB_LOG))
		return -SK_EPERM;
	if ((m->flags & ~PROC_LOG_NOWAIT) != 0 || m->zero != 0)
		return -SK_EINVAL;
	if (room < sizeof(struct proc_log_reply) + PROC_LOG_LINE + 64)
		return -SK_EMSGSIZE;
	room -= sizeof(struct proc_log_reply);
	if (room > PAGE_SIZE)
		room = PAGE_SIZE;
	if (line_start(m->position) < head) {
		answer(r->rcvid, m->position, room);
		return REQUEST_LATER;
	}
	if (m->flags & PROC_LOG_NOWAIT)
		return -SK_EAGAIN;
	for (unsigned i = 0; i < READERS; i++) {
		struct _msg_info info;

		/* Who gave up waiting leaves its place to others. */
		if (readers[i].rcvid == 0 || skink_msg_info(readers[i].rcvid, &info) < 0)
			reader = &readers[i];
	}
	if (reader == NULL)
		return -SK_ENOSPC;
	*reader = (struct reader){r->rcvid, r->process->pid, m->position, room};
	park(r->rcvid, r->info.priority);
	return REQUEST_LATER;
}

void
log_forget(const struct process *p)
{
	for (unsigned i = 0; i < READERS; i++)
		if (readers[i].pid == p->pid)
			readers[i].rcvid = 0;
}
