/* SPDX-License-Identifier: Apache-2.0 */
/* system.c - pidin's views of what belongs to all: nucleus, services, paths, keep memory. */
#include "pidin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <skink/ham.h>

#include "procinfo.h"

static void
print_time(const char *what, uint64_t ns)
{
	char text[32];

	printf("%-14s %s s\n", what, seconds_text(ns, text, sizeof(text)));
}

static void
print_number(const char *what, uint64_t n)
{
	printf("%-14s %llu\n", what, (unsigned long long)n);
}

/* The longest of all, and the longest of each call that comes near it. */
static void
print_steps(const uint32_t steps[SKINK_STEP_KINDS])
{
	static const char *const names[SKINK_STEP_KINDS] = {
#define CALL_NAME(number, name, subject, who, errors) [number] = #name,
	    SKINK_SYSCALLS(CALL_NAME)
#undef CALL_NAME
		[SKINK_STEP_INTERRUPT] = "interrupt",
	    [SKINK_STEP_FAULT] = "fault",
	};
	uint32_t longest = 0;

	for (int i = 0; i < SKINK_STEP_KINDS; i++)
		if (steps[i] > longest)
			longest = steps[i];
	print_number("longest step", longest);
	for (int i = 0; i < SKINK_STEP_KINDS; i++)
		if (steps[i] > longest / 2 && names[i] != NULL)
			printf("  in %-18s %u\n", names[i], steps[i]);
}

int
show_nucleus(struct selection *s)
{
	static const char *const pools[] = {
#define POOL_NAME(name, lower) #lower,
	    SKINK_POOLS(POOL_NAME)
#undef POOL_NAME
	};
	struct skink_nucleus_info n;
	struct proc_system system;
	long error = procinfo(SKINK_INFO_NUCLEUS, 0, &n, sizeof(n));

	(void)s;
	if (error >= 0)
		error = procinfo_system(&system);
	if (error < 0) {
		fprintf(stderr, "pidin: the nucleus: %s\n", strerror((int)-error));
		return 1;
	}
	print_time("uptime", n.uptime_ns);
	print_time("idle", n.idle_ns);
	print_time("interrupts", n.interrupt_ns);
	print_number("switches", n.switches);
	print_number("messages", n.messages);
	print_number("pulses", n.pulses);
	print_number("interrupted", n.interrupts);
	print_number("calls", n.syscalls);
	print_steps(n.max_step);
	print_number("pool bytes", n.pool_bytes);
	print_number("boot: start-up", system.nucleus_instret - system.entry_instret);
	print_number("boot: to user", system.procmgr_instret - system.entry_instret);
	printf("%-14s %8s %8s %8s\n", "pool", "total", "used", "peak");
	for (int i = 0; i < SKINK_POOL_COUNT; i++)
		printf("%-14s %8u %8u %8u\n", pools[i], n.total[i], n.used[i], n.peak[i]);
	return 0;
}

static void
print_entity(const struct ham_entity_info *e, uint64_t now_ns)
{
	char up[32] = "-", status[40];

	if (e->started_ns != 0)
		seconds_text(now_ns - e->started_ns, up, sizeof(up));
	if (e->deaths == 0)
		snprintf(status, sizeof(status), "-");
	else
		procinfo_status(e->last_status, status, sizeof(status));
	printf("%3u %-12s %-10s %10d %8u %6u %5u %6u %10s %s\n", e->number, e->name,
	    ham_state_name(e->state), e->pid, e->restarts, e->recent, e->colds, e->deaths, up,
	    status);
}

int
show_services(struct selection *s)
{
	struct ham_status_info status;
	struct ham_entity_info entity = {.number = 0};

	if (ham_status(&status) < 0) {
		fprintf(stderr, "pidin: ham: %s\n", strerror(errno));
		return 1;
	}
	printf("%3s %-12s %-10s %10s %8s %6s %5s %6s %10s %s\n", "no", "name", "STATE", "pid",
	    "restarts", "recent", "colds", "deaths", "up", "last");
	while (ham_entity_next(entity.number, &entity) == 0) {
		if (selection_has(s, entity.pid, entity.name))
			print_entity(&entity, status.now_ns);
	}
	return 0;
}

int
show_paths(struct selection *s)
{
	struct proc_path_info path;
	uint64_t id = 0;

	printf("%10s %3s %-4s %s\n", "pid", "no", "kind", "path");
	for (;;) {
		long next = procinfo(PROC_INFO_PATH_NEXT, id, &path, sizeof(path));

		if (next < 0)
			return 0;
		id = (uint64_t)next;
		if (selection_has(s, path.pid, procinfo_name(path.pid)))
			printf("%10d %3u %-4s %s\n", path.pid, path.service,
			    (path.flags & PROC_PATH_TREE) ? "tree" : "file", path.path);
	}
}

int
show_keep(struct selection *s)
{
	struct proc_keep_info keep;
	uint64_t id = 0;

	(void)s;
	printf("%3s %14s %10s %s\n", "no", "address", "bytes", "name");
	for (;;) {
		long next = procinfo(PROC_INFO_KEEP_NEXT, id, &keep, sizeof(keep));

		if (next < 0)
			return 0;
		id = (uint64_t)next;
		printf("%3u 0x%012llx %10llu %s\n", keep.service, (unsigned long long)keep.address,
		    (unsigned long long)keep.bytes, keep.name);
	}
}
