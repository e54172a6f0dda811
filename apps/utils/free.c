/* SPDX-License-Identifier: Apache-2.0 */
/* free.c - where the memory of the machine is. Skink's own; asks procmgr. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>

#include "../pidin/procinfo.h"
#include "cmd.h"

static const char usage[] =
    "usage: free [-b | -k | -m]\n"
    "Shows how much memory the machine has, what uses it and what is free, in KiB or with -b in\n"
    "bytes, with -m in MiB.\n";

static unsigned shift = 10;

static void
print_line(const char *name, uint64_t bytes)
{
	printf("%-12s %12lu\n", name, (unsigned long)(bytes >> shift));
}

int
main(int argc, char **argv)
{
	struct proc_memory_info m;
	long error;
	int c;

	cmd_start(argc, argv, usage);
	while ((c = cmd_option("bkm")) != 0)
		shift = c == 'b' ? 0 : c == 'k' ? 10 : 20;
	if (*cmd_operands() != NULL)
		cmd_usage();
	error = procinfo(PROC_INFO_MEMORY, 0, &m, sizeof(m));
	if (error < 0) {
		errno = (int)-error;
		cmd_error("no answer");
		return 1;
	}
	print_line("total", m.ram_bytes);
	print_line("used", m.ram_bytes - m.free_bytes);
	print_line("free", m.free_bytes);
	print_line("largest", m.largest_bytes);
	print_line("firmware", m.firmware_bytes);
	print_line("image", m.image_bytes);
	print_line("nucleus", m.nucleus_bytes);
	print_line("procmgr", m.procmgr_bytes);
	print_line("processes", m.private_bytes);
	print_line("page-tables", m.table_bytes);
	print_line("shared", m.object_bytes);
	print_line("keep", m.keep_bytes);
	print_line("dma", m.dma_bytes);
	print_line("quarantine", m.quarantine_bytes);
	return cmd_finish(0);
}
