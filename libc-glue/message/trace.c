/* SPDX-License-Identifier: Apache-2.0 */
/* trace.c - a program's own entries in the nucleus's trace, and the trace's switch. */
#include "../glue.h"

#include <sys/trace.h>

int
TraceEvent(int class, uint64_t a, uint64_t b)
{
	return (int)glue_result(skink_trace_event(class, a, b));
}

int
trace_logi(int code, unsigned a, unsigned b)
{
	return TraceEvent(code, a, b);
}

int
trace_ring(size_t bytes)
{
	struct proc_trace_ring m = {.bytes = bytes};
	long fd = procmgr_ask(PROC_TRACE_RING, &m, sizeof(m), NULL, 0);

	if (fd >= 0)
		glue_fd_made(fd);
	return (int)glue_result(fd);
}

int
trace_set(unsigned classes, int fd)
{
	struct proc_trace_set m = {.classes = classes, .coid = fd};

	return (int)glue_result(procmgr_ask(PROC_TRACE_SET, &m, sizeof(m), NULL, 0));
}
