/* SPDX-License-Identifier: Apache-2.0 */
/* proc.c - ham's requests to procmgr. Owns the only sends that ham makes; never sends to a
 * service. */
#include "ham.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <skink/errno.h>
#include <skink/procmgr.h>

long
proc_service_info(uint32_t service, struct proc_service_info *info)
{
	struct proc_service m = {.service = service};

	return procmgr_ask(PROC_SERVICE_INFO, &m, sizeof(m), info, sizeof(*info));
}

long
proc_service_state(uint32_t service, enum proc_service_state state)
{
	struct proc_service m = {.service = service, .state = state};

	return procmgr_ask(PROC_SERVICE_STATE, &m, sizeof(m), NULL, 0);
}

static long
proc_info(uint32_t kind, uint64_t id, void *reply, size_t size)
{
	struct proc_info m = {.kind = kind, .id = id};

	return procmgr_ask(PROC_INFO, &m, sizeof(m), reply, size);
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
	struct proc_kill m = {.pid = pid, .signal = SKINK_SIGKILL};

	return procmgr_ask(PROC_KILL, &m, sizeof(m), NULL, 0);
}

long
proc_death_read(uint64_t after, struct proc_death *death)
{
	struct proc_death_read m = {.after = after};

	return procmgr_ask(PROC_DEATH_READ, &m, sizeof(m), death, sizeof(*death));
}

long
proc_death_notify(const struct skink_event *ev)
{
	/* What it starts in the place of the dead needs what they had. */
	struct proc_death_notify m = {.event = *ev, .flags = PROC_DEATH_SETTLED};

	return procmgr_ask(PROC_DEATH_NOTIFY, &m, sizeof(m), NULL, 0);
}

long
proc_path_attach(int chid, const char *path)
{
	struct proc_path m = {.chid = chid, .length = (uint32_t)strlen(path)};

	return procmgr_ask_tail(PROC_PATH_ATTACH, &m, sizeof(m), path, m.length, NULL, 0);
}

long
proc_keep_open(const char *name, uint64_t bytes, struct proc_keep_reply *reply)
{
	struct proc_keep m = {.bytes = bytes};

	snprintf(m.name, sizeof(m.name), "%s", name);
	return procmgr_ask(PROC_KEEP_OPEN, &m, sizeof(m), reply, sizeof(*reply));
}

long
proc_reset(int status)
{
	struct proc_reset m = {.how = 1, .status = status};

	return procmgr_ask(PROC_RESET, &m, sizeof(m), NULL, 0);
}

void
proc_log(const char *format, ...)
{
	struct proc_log_write m = {.header = {.type = 0}};
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
	procmgr_ask_tail(PROC_LOG_WRITE, &m, sizeof(m), line, m.length, NULL, 0);
}
