/* SPDX-License-Identifier: Apache-2.0 */
/* deaths.c - pidin's view of procmgr's ring of deaths. */
#include "pidin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skink/procmgr.h>

#include "procinfo.h"

static const char *
symbol_text(const struct proc_death *d, uint64_t address, struct proc_symbol_reply *reply)
{
	struct proc_symbol m = {.address = address};

	memcpy(m.program, d->program, sizeof(m.program));
	if (procmgr_ask(PROC_SYMBOL, &m, sizeof(m), reply, sizeof(*reply)) < 0)
		return "?";
	return reply->text;
}

static void
print_death(const struct proc_death *d)
{
	char time[32], status[40], by[16] = "-", pc[24] = "-", address[24] = "-";

	if (d->killed_by != 0)
		snprintf(by, sizeof(by), "%d", d->killed_by);
	if (d->cause != SKINK_CAUSE_NONE) {
		snprintf(pc, sizeof(pc), "0x%llx", (unsigned long long)d->pc);
		snprintf(address, sizeof(address), "0x%llx", (unsigned long long)d->address);
	}
	printf("%6llu %14s %10d %-20s %-20s %10s %-14s %-14s %s\n", (unsigned long long)d->number,
	    seconds_text(d->time_ns, time, sizeof(time)), d->pid, d->name,
	    procinfo_status(d->status, status, sizeof(status)), by, address, pc,
	    d->symbol[0] == '\0' ? "-" : d->symbol);
}

static void
print_details(const struct proc_death *d)
{
	struct proc_symbol_reply symbol;

	if (d->cause == SKINK_CAUSE_NONE)
		return;
	for (int i = 0; i < 31; i++) {
		printf("  x%-2d 0x%016llx%s", i + 1, (unsigned long long)d->regs[i],
		    i % 4 == 3 || i == 30 ? "\n" : "");
	}
	for (uint32_t i = 0; i < d->backtrace_count && i < PROC_BACKTRACE; i++) {
		printf("  from 0x%llx %s\n", (unsigned long long)d->backtrace[i],
		    symbol_text(d, d->backtrace[i], &symbol));
	}
}

int
show_deaths(struct selection *s)
{
	struct proc_death death = {.number = 0};

	printf("%6s %14s %10s %-20s %-20s %10s %-14s %-14s %s\n", "no", "time", "pid", "name",
	    "end", "by", "address", "pc", "symbol");
	while (procinfo_death(death.number, &death) >= 0) {
		if (!selection_has(s, death.pid, death.name))
			continue;
		print_death(&death);
		if (!selection_is_all(s))
			print_details(&death);
	}
	return 0;
}
