/* SPDX-License-Identifier: Apache-2.0 */
/* keep-cost.c - what transactions on keep memory cost, in instructions: run it with --icount. Each
 * figure is of the second of two equal runs. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skink/keep.h>
#include <skink/procmgr_msg.h>
#include <skink/server.h>
#include <skink/calls.h>

#define LOG 4096

static struct keep keep;

static uint64_t
instructions(void)
{
	uint64_t n;

	__asm__ volatile("rdinstret %0" : "=r"(n) : : "memory");
	return n;
}

static void *
pages(size_t bytes)
{
	struct proc_mmap m = {.header = {.type = PROC_MMAP, .version = PROC_VERSION},
	    .length = bytes,
	    .coid = -1,
	    .prot = SKINK_PROT_READ | SKINK_PROT_WRITE,
	    .flags = PROC_MAP_ANON | PROC_MAP_PRIVATE};
	struct proc_mmap_reply reply = {0};

	if (skink_msg_send(SKINK_PROCMGR_COID, &m, sizeof(m), &reply, sizeof(reply)) < 0)
		exit(1);
	return (void *)reply.address;
}

/* A transaction of `saves` saves of `len` bytes each. */
static void
measure(const char *what, size_t size, unsigned flags, int saves, size_t len)
{
	char *memory = pages(size);
	uint64_t cost = 0;

	keep_format(&keep, memory, size, LOG, 1, flags);
	keep_ready(&keep);
	for (int run = 0; run < 2; run++) {
		uint64_t start = instructions();

		keep_begin(&keep);
		for (int i = 0; i < saves; i++)
			keep_save(&keep, (char *)keep.data + (size_t)i * len, len);
		if (saves > 0)
			*(volatile char *)keep.data = (char)run;
		keep_commit(&keep);
		cost = instructions() - start;
	}
	printf("%-40s %8" PRIu64 "\n", what, cost);
}

int
main(void)
{
	measure("empty transaction", 8192, 0, 0, 0);
	measure("one word", 8192, 0, 1, 8);
	measure("ten words", 8192, 0, 10, 8);
	measure("one piece of 64 bytes", 8192, 0, 1, 64);
	measure("one piece of 1024 bytes", 8192, 0, 1, 1024);
	measure("one word, summed, 4 KiB of data", 8192, KEEP_SUM, 1, 8);
	measure("one word, summed, 60 KiB of data", 65536, KEEP_SUM, 1, 8);
	measure("one word, protected, 8 KiB", 8192, KEEP_PROTECT, 1, 8);
	measure("one word, protected, 64 KiB", 65536, KEEP_PROTECT, 1, 8);
	return 0;
}
