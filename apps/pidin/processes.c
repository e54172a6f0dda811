/* SPDX-License-Identifier: Apache-2.0 */
/* processes.c - pidin's tables of what processes own: descriptors and memory. */
#include "pidin.h"

#include <stdio.h>
#include <string.h>

#include "procinfo.h"

/* Calls `each` for every process wanted, in order of the nucleus's pool. */
static void
walk(struct selection *s, void (*each)(const struct skink_process_info *p))
{
	struct skink_process_info process;
	uint64_t id = 0;

	for (;;) {
		long next = procinfo(SKINK_INFO_PROCESS_NEXT, id, &process, sizeof(process));

		if (next < 0)
			return;
		id = (uint64_t)next;
		if (selection_has(s, process.pid, process.attr.name))
			each(&process);
	}
}

static void
print_connection(const struct skink_process_info *p, const struct _server_info *c)
{
	const char *state = c->pid > 0 ? "alive" : c->pid == 0 ? "parked" : "dead";
	int server = c->pid > 0 ? c->pid : 0;
	char coid[16];

	if (c->coid & SKINK_SIDE_CHANNEL)
		snprintf(coid, sizeof(coid), "s%d", c->coid & ~SKINK_SIDE_CHANNEL);
	else
		snprintf(coid, sizeof(coid), "%d", c->coid);
	printf("%10d %-20s %5s %10d %7u %-6s %10d(%s)\n", p->pid, p->attr.name, coid, c->scoid,
	    c->holders, state, server, procinfo_name(server));
}

static void
print_connections(const struct skink_process_info *p)
{
	struct _server_info connection;
	uint64_t id = (uint64_t)p->pid << 32 | UINT32_MAX;

	for (;;) {
		long next =
		    procinfo(SKINK_INFO_CONNECTION_NEXT, id, &connection, sizeof(connection));

		if (next < 0)
			return;
		id = (uint64_t)p->pid << 32 | (uint32_t)connection.coid;
		print_connection(p, &connection);
	}
}

int
show_fds(struct selection *s)
{
	printf("%10s %-20s %5s %10s %7s %-6s %10s\n", "pid", "name", "fd", "scoid", "holders",
	    "state", "server");
	walk(s, print_connections);
	return 0;
}

static void
print_memory(const struct skink_process_info *p)
{
	struct proc_process_info m;

	if (procinfo(PROC_INFO_PROCESS, (uint64_t)p->pid, &m, sizeof(m)) < 0)
		return;
	printf("%10d %-20s %10llu %10llu %10llu\n", p->pid, p->attr.name,
	    (unsigned long long)m.memory_bytes, (unsigned long long)m.memory_max,
	    (unsigned long long)m.shared_bytes);
}

static void
print_regions(const struct skink_process_info *p)
{
	static const char *const kinds[] = {
	    "anon", "object", "image", "device", "dma", "keep", "stack"};
	struct proc_map_info map;
	uint64_t page = 0;

	while (
	    procinfo(PROC_INFO_MAP_NEXT, (uint64_t)p->pid << 40 | page, &map, sizeof(map)) >= 0) {
		printf("%10d %-20s 0x%012llx %10llu %c%c%c %s\n", p->pid, p->attr.name,
		    (unsigned long long)map.address, (unsigned long long)map.bytes,
		    (map.prot & SKINK_PROT_READ) ? 'r' : '-',
		    (map.prot & SKINK_PROT_WRITE) ? 'w' : '-',
		    (map.prot & SKINK_PROT_EXEC) ? 'x' : '-',
		    map.kind < sizeof(kinds) / sizeof(kinds[0]) ? kinds[map.kind] : "?");
		page = (map.address + map.bytes) >> 12;
	}
}

#define MEMORY_PLACES(X) \
	X(ram) \
	X(free) \
	X(largest) \
	X(firmware) \
	X(image) \
	X(nucleus) \
	X(tree) \
	X(procmgr) \
	X(table) \
	X(private) \
	X(object) \
	X(keep) \
	X(dma) \
	X(quarantine)

static int
print_places(void)
{
	struct proc_memory_info m;
	long error = procinfo(PROC_INFO_MEMORY, 0, &m, sizeof(m));

	if (error < 0) {
		fprintf(stderr, "pidin: memory: %s\n", strerror((int)-error));
		return 1;
	}
	printf("%-12s %12s\n", "where", "bytes");
#define PRINT_PLACE(name) printf("%-12s %12llu\n", #name, (unsigned long long)m.name##_bytes);
	MEMORY_PLACES(PRINT_PLACE)
#undef PRINT_PLACE
	return 0;
}

int
show_memory(struct selection *s)
{
	printf("%10s %-20s %10s %10s %10s\n", "pid", "name", "own", "ceiling", "shared");
	walk(s, print_memory);
	if (selection_is_all(s))
		return print_places();
	printf("%10s %-20s %14s %10s %s\n", "pid", "name", "address", "bytes", "access, kind");
	walk(s, print_regions);
	return 0;
}
