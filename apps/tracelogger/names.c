/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - names for the numbers in a trace: asks procmgr who there is, and changes nothing. What
 * has ended before it was asked for is named by the trace itself (PROCESS_CREATE, NAME). */
#include <string.h>

#include "../pidin/procinfo.h"
#include "tracelogger.h"

static uint8_t told[(SKINK_INDEX_MASK + 1) / 8]; /* channels, by index */

static void
write_channel(struct stream *s, int chid, int pid)
{
	unsigned index = (unsigned)chid & SKINK_INDEX_MASK;

	if (chid <= 0 || pid <= 0 || told[index / 8] & 1u << index % 8)
		return;
	told[index / 8] |= (uint8_t)(1u << index % 8);
	stream_name(s, TRACE_NAME_CHANNEL, (uint64_t[]){(uint64_t)chid, (uint64_t)pid}, 2, NULL);
}

static void
write_connections(struct stream *s, int pid)
{
	struct _server_info c;
	uint64_t id = (uint64_t)pid << 32 | UINT32_MAX;

	while (procinfo(SKINK_INFO_CONNECTION_NEXT, id, &c, sizeof(c)) >= 0) {
		id = (uint64_t)pid << 32 | (uint32_t)c.coid;
		write_channel(s, c.chid, c.pid);
	}
}

static void
write_processes(struct stream *s)
{
	struct skink_process_info p;
	long id = 0;

	while ((id = procinfo(SKINK_INFO_PROCESS_NEXT, (uint64_t)id, &p, sizeof(p))) >= 0) {
		stream_name(s, TRACE_NAME_PROCESS,
		    (uint64_t[]){(uint64_t)p.pid, (uint64_t)p.attr.ppid}, 2, p.attr.name);
		write_connections(s, p.pid);
	}
}

static void
write_threads(struct stream *s)
{
	struct skink_thread_info t;
	long id = 0;

	while ((id = procinfo(SKINK_INFO_THREAD_NEXT, (uint64_t)id, &t, sizeof(t))) >= 0) {
		uint64_t tid = (uint64_t)t.tid;

		stream_name(
		    s, TRACE_NAME_THREAD, (uint64_t[]){tid, (uint64_t)t.pid, t.ordinal}, 3, t.name);
		if (t.state == SKINK_STATE_RECEIVE)
			write_channel(s, t.blocked_id, t.pid);
		if (t.state == SKINK_STATE_INTR)
			stream_name(s, TRACE_NAME_INTERRUPT,
			    (uint64_t[]){(uint64_t)t.blocked_id, tid}, 2, NULL);
	}
}

static void
write_paths(struct stream *s)
{
	struct proc_path_info p;
	long id = 0;

	while ((id = procinfo(PROC_INFO_PATH_NEXT, (uint64_t)id, &p, sizeof(p))) >= 0)
		if (p.pid > 0)
			stream_name(s, TRACE_NAME_PATH, (uint64_t[]){(uint64_t)p.pid}, 1, p.path);
}

void
names_write(struct stream *s)
{
	memset(told, 0, sizeof(told));
	write_processes(s);
	write_threads(s);
	write_paths(s);
	stream_flush(s);
}
