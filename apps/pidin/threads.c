/* SPDX-License-Identifier: Apache-2.0 */
/* threads.c - pidin's tables of threads. One line a thread, fields without spaces in them. */
#include "pidin.h"

#include <stdio.h>
#include <string.h>

#include "procinfo.h"

/* Whom or what a thread waits for, as one word. */
static const char *
blocked_text(const struct skink_thread_info *t, char *text, size_t size)
{
	switch (t->state) {
	case SKINK_STATE_SEND:
	case SKINK_STATE_REPLY:
	case SKINK_STATE_COPY:
		if (t->blocked_pid == 0)
			snprintf(text, size, "parked");
		else
			snprintf(
			    text, size, "%d(%s)", t->blocked_pid, procinfo_name(t->blocked_pid));
		break;
	case SKINK_STATE_RECEIVE:
		snprintf(text, size, "chid=%d", t->blocked_id);
		break;
	case SKINK_STATE_MUTEX:
		snprintf(text, size, "0x%llx(%d)", (unsigned long long)t->blocked_address,
		    t->blocked_pid);
		break;
	case SKINK_STATE_CONDVAR:
	case SKINK_STATE_SEM:
		snprintf(text, size, "0x%llx", (unsigned long long)t->blocked_address);
		break;
	case SKINK_STATE_INTR:
		snprintf(text, size, "irq=%d", t->blocked_id);
		break;
	case SKINK_STATE_JOIN:
		snprintf(text, size, "tid=%d", t->blocked_tid);
		break;
	case SKINK_STATE_FAULT:
		snprintf(text, size, "0x%llx", (unsigned long long)t->address);
		break;
	default:
		snprintf(text, size, "-");
		break;
	}
	return text;
}

static void
print_thread(const struct skink_thread_info *t)
{
	char blocked[48], time[32], name[2 * SKINK_NAME_MAX + 2], priority[16];

	if (t->name[0] == '\0' || strcmp(t->name, procinfo_name(t->pid)) == 0)
		snprintf(name, sizeof(name), "%s", procinfo_name(t->pid));
	else
		snprintf(name, sizeof(name), "%s/%s", procinfo_name(t->pid), t->name);
	snprintf(priority, sizeof(priority), "%d/%d%c", t->effective, t->priority,
	    procinfo_policy(t->policy));
	printf("%10d %3u %-24s %8s %-9s %-28s %s\n", t->pid, t->ordinal, name, priority,
	    procinfo_state(t->state), blocked_text(t, blocked, sizeof(blocked)),
	    seconds_text(t->runtime_ns, time, sizeof(time)));
}

static int
show(struct selection *s, bool interrupts_only)
{
	struct skink_thread_info thread;
	uint64_t id = 0;

	printf("%10s %3s %-24s %8s %-9s %-28s %s\n", "pid", "tid", "name", "prio", "STATE",
	    "blocked", "time");
	for (;;) {
		long next = procinfo(SKINK_INFO_THREAD_NEXT, id, &thread, sizeof(thread));

		if (next < 0)
			return 0;
		id = (uint64_t)next;
		if (interrupts_only && thread.state != SKINK_STATE_INTR)
			continue;
		if (selection_has(s, thread.pid, procinfo_name(thread.pid)))
			print_thread(&thread);
	}
}

int
show_threads(struct selection *s)
{
	return show(s, false);
}

int
show_interrupts(struct selection *s)
{
	return show(s, true);
}
