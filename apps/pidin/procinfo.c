/* SPDX-License-Identifier: Apache-2.0 */
/* procinfo.c - requests to procmgr about processes, and words for the answers. Prints nothing. */
#include "procinfo.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <skink/procmgr.h>
#include <skink/status.h>

long
procinfo(uint32_t kind, uint64_t id, void *answer, size_t size)
{
	struct proc_info m = {.kind = kind, .id = id};

	return procmgr_ask(PROC_INFO, &m, sizeof(m), answer, size);
}

long
procinfo_death(uint64_t after, struct proc_death *death)
{
	struct proc_death_read m = {.after = after};

	return procmgr_ask(PROC_DEATH_READ, &m, sizeof(m), death, sizeof(*death));
}

long
procinfo_system(struct proc_system *system)
{
	struct proc_simple m = {};

	return procmgr_ask(PROC_SYSTEM, &m, sizeof(m), system, sizeof(*system));
}

long
procinfo_kill(int pid, int sig)
{
	struct proc_kill m = {.pid = pid, .signal = sig};

	return procmgr_ask(PROC_KILL, &m, sizeof(m), NULL, 0);
}

long
procinfo_inject(int pid, uint32_t how)
{
	struct proc_inject m = {.pid = pid, .how = how};

	return procmgr_ask(PROC_INJECT, &m, sizeof(m), NULL, 0);
}

const char *
procinfo_name(int pid)
{
	static struct skink_process_info infos[2];
	static unsigned turn;
	struct skink_process_info *info = &infos[turn++ & 1];

	if (pid == 0 || procinfo(SKINK_INFO_PROCESS, (uint64_t)pid, info, sizeof(*info)) < 0)
		return "-";
	return info->attr.name;
}

int
procinfo_find(const char *what, int *pids, int max)
{
	struct skink_process_info info;
	char *end;
	long number = strtol(what, &end, 10);
	bool is_number = *what != '\0' && *end == '\0';
	uint64_t id = 0;
	int found = 0;

	for (;;) {
		long next = procinfo(SKINK_INFO_PROCESS_NEXT, id, &info, sizeof(info));

		if (next < 0)
			return found;
		id = (uint64_t)next;
		if (found < max &&
		    ((is_number && info.pid == number) || strcmp(info.attr.name, what) == 0))
			pids[found++] = info.pid;
	}
}

int
procinfo_signal(const char *text)
{
	static const char *const names[SKINK_SIGNAL_END] = {
#define SIGNAL_NAME(name, number, action, words) [number] = #name,
	    SKINK_SIGNALS(SIGNAL_NAME)
#undef SIGNAL_NAME
	};
	char *end;
	long number = strtol(text, &end, 10);

	if (*text != '\0' && *end == '\0')
		return number >= 0 && number < SKINK_SIGNAL_END ? (int)number : -1;
	if (strncasecmp(text, "SIG", 3) == 0)
		text += 3;
	for (int i = 1; i < SKINK_SIGNAL_END; i++) {
		if (names[i] != NULL && strcasecmp(names[i], text) == 0)
			return i;
	}
	return -1;
}

const char *
procinfo_status(int32_t status, char *text, size_t size)
{
	static const char *const causes[] = {
#define CAUSE_NAME(name, number, sig, words) [number] = #name,
	    SKINK_CAUSES(CAUSE_NAME)
#undef CAUSE_NAME
	};
	unsigned cause = SKINK_STATUS_CAUSE((unsigned)status);

	if (SKINK_STATUS_SIGNO(status) == 0)
		snprintf(text, size, "exit=%d", SKINK_STATUS_CODE(status));
	else if (cause != 0 && cause < sizeof(causes) / sizeof(causes[0]))
		snprintf(text, size, "fault=%s", causes[cause]);
	else
		snprintf(text, size, "signal=%d", SKINK_STATUS_SIGNO(status));
	return text;
}

const char *
procinfo_state(uint32_t state)
{
	static const char *const names[] = {
#define STATE_NAME(name) #name,
	    SKINK_STATES(STATE_NAME)
#undef STATE_NAME
	};

	return state < SKINK_STATE_COUNT ? names[state] : "?";
}

char
procinfo_policy(int policy)
{
	return policy == SKINK_SCHED_FIFO ? 'f' : policy == SKINK_SCHED_RR ? 'r' : '?';
}
