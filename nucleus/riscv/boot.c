/* SPDX-License-Identifier: Apache-2.0 */
/* boot.c - from firmware to the first thread, step by step. */

#include <string.h>

#include <skink/manifest.h>

#include "aspace.h"
#include "boot.h"
#include "clock.h"
#include "direct.h"
#include "image.h"
#include "loader.h"
#include "memory.h"
#include "nucleus.h"
#include "plic.h"
#include "print.h"
#include "trap.h"
#include "tree.h"

#define STOP_STATUS 71

_Static_assert(SKINK_POOL_COUNT <= SKINK_MANIFEST_POOLS, "struct skink_manifest");

void
stop(const char *why)
{
	print("nucleus: stop: %s\n", why);
	for (;;)
		arch_reset(0, STOP_STATUS);
}

static void
make_pools(struct skink_boot *info)
{
	struct file f = image_find("manifest.bin");
	const struct skink_manifest *m = (const struct skink_manifest *)f.data;

	if (f.len < sizeof(*m) || m->magic != SKINK_MANIFEST_MAGIC ||
	    m->version != SKINK_MANIFEST_VERSION)
		stop("manifest.bin: not a manifest of this system's version");
	memcpy(info->pools, m->pools, sizeof(info->pools));
	pools_init(direct(memory_take(pools_size(info->pools))), info->pools);
}

void
boot(uint64_t hart_id, paddr_t tree_at, uint64_t ticks, uint64_t instret)
{
	static struct skink_boot info;
	unsigned asids;

	tree_init(tree_at, hart_id, direct_physical(&info));
	memory_init();
	asids = memory_map();
	clock_init(ticks, tree.timebase_hz, tree.has_sstc);
	plic_init();
	print("nucleus: start hart=%lu ram_kib=%lu timer=%s asids=%u\n", hart_id,
	    memory.ram.size >> 10, tree.has_sstc ? "sstc" : "sbi", asids);
	if (tree.hart_count > 1)
		print("nucleus: more than one hart is not there yet: using 1 of %u\n",
		    tree.hart_count);
	image_check();
	make_pools(&info);
	sched_init(hart_self());

	info.magic = SKINK_BOOT_MAGIC;
	info.version = SKINK_ABI_VERSION;
	info.hart_count = tree.hart_count;
	info.image = memory.image;
	info.tree = memory.tree;
	info.ram = memory.ram;
	info.nucleus = memory.nucleus;
	info.timebase_hz = tree.timebase_hz;
	info.entry_ticks = ticks;
	info.entry_instret = instret;
	loader_start(&info);

	step_begin(256);
	nucleus_dispatch();
	trap_leave(hart_self());
}
