/* SPDX-License-Identifier: Apache-2.0 */
/* proc.c - ham's requests to procmgr. Owns the only sends that ham makes; never sends to a
 * service. */
#include "ham.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <skink/calls.h>
#include <skink/errno.h>

static struct proc_header
header(enum proc_request type)
{
	return (struct proc_header){.type = type, .version = PROC_VERSION};
}

static long
ask(const void *request, size_t size, void *reply, size_t reply_size)
{
	return skink_msg_send(SKINK_PROCMGR_COID, request, (long)size, reply, (long)reply_size);
}

/* A request with bytes behind it. */
static long
ask_with(const void *request, size_t size, const char *bytes, size_t length)
{
	struct skink_iov parts[2] = {{(void *)request, size}, {(void *)bytes, length}};

	return skink_msg_send(SKINK_PROCMGR_COID, parts, -2, NULL, 0);
}

long
proc_service_info(uint32_t service, struct proc_service_info *info)
{
	struct proc_service m = {.header = header(PROC_SERVICE_INFO), .service = service};

	return ask(&m, sizeof(m), info, sizeof(*info));
}

long
proc_service_state(uint32_t service, enum proc_service_state state)
{
	struct proc_service m = {
	    .header = header(PROC_SERVICE_STATE), .service = service, .state = state};

	return ask(&m, sizeof(m), NULL, 0);
}

static long
proc_info(uint32_t kind, uint64_t id, void *reply, size_t size)
{
	struct proc_info m = {.header = header(PROC_INFO), .kind = kind, .id = id};

	return ask(&m, sizeof(m), reply, size);
}

long
proc_process_info(int pid, struct skink_process_info *info)
{
	return proc_info(SKINK_INFO_PROCESS, (uint64_t)pid, info, sizeof(*info));
}

void
proc_threads(int pid, struct proc_threads *threads)
{
	struct skink_thread_info thread;
	uint64_t id = 0;
	long found;

	*threads = (struct proc_threads){.awaited = false};
	/* <= the threads there are */
	while ((found = proc_info(SKINK_INFO_THREAD_NEXT, id, &thread, sizeof(thread))) > 0) {
		bool waits = thread.state == SKINK_STATE_SEND || thread.state == SKINK_STATE_REPLY;

		threads->awaited |= thread.state == SKINK_STATE_REPLY && thread.blocked_pid == pid;
		if (thread.pid == pid) {
			threads->ready |= thread.state == SKINK_STATE_READY;
			threads->at_procmgr |= waits && thread.blocked_pid == SKINK_PROCMGR_PID;
		}
		id = (uint64_t)found;
	}
}

long
proc_kill(int pid)
{
	struct proc_kill m = {.header = header(PROC_KILL), .pid = pid, .signal = SKINK_SIGKILL};

	return ask(&m, sizeof(m), NULL, 0);
}

long
proc_death_read(uint64_t after, struct proc_death *death)
{
	struct proc_death_read m = {.header = header(PROC_DEATH_READ), .after = after};

	return ask(&m, sizeof(m), death, sizeof(*death));
}

long
proc_death_notify(const struct skink_event *ev)
{
	struct proc_death_notify m = {.header = header(PROC_DEATH_NOTIFY), .event = *ev};

	return ask(&m, sizeof(m), NULL, 0);
}

long
proc_path_attach(int chid, const char *path)
{
	struct proc_path m = {
	    .header = header(PROC_PATH_ATTACH), .chid = chid, .length = (uint32_t)strlen(path)};

	return ask_with(&m, sizeof(m), path, m.length);
}

long
proc_keep_open(const char *name, uint64_t bytes, struct proc_keep_reply *reply)
{
	struct proc_keep m = {.header = header(PROC_KEEP_OPEN), .bytes = bytes};

	snprintf(m.name, sizeof(m.name), "%s", name);
	return ask(&m, sizeof(m), reply, sizeof(*reply));
}

long
proc_reset(int status)
{
	struct proc_reset m = {.header = header(PROC_RESET), .how = 1, .status = status};

	return ask(&m, sizeof(m), NULL, 0);
}

void
proc_log(const char *format, ...)
{
	struct proc_log_write m = {.header = header(PROC_LOG_WRITE)};
	char line[PROC_LOG_LINE];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (length < 0)
		return;
	m.length = (uint32_t)(length < (int)sizeof(line) ? length : (int)sizeof(line) - 1);
	/* A line that the log's own limit refuses is counted there. */
	ask_with(&m, sizeof(m), line, m.length);
}
