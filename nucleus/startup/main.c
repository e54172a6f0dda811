/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - start-up, step by step: checks what firmware loaded, finds the machine, places process
 * 1, and tells the nucleus by one page. Sets no device up. */

#include <string.h>

#include <skink/manifest.h>

#include "handoff.h"
#include "print.h"
#include "image.h"
#include "memory.h"
#include "program.h"
#include "startup.h"
#include "tree.h"

_Static_assert(SKINK_POOL_COUNT <= SKINK_MANIFEST_POOLS, "struct skink_manifest");

extern const struct nucleus_head nucleus_head;

static void
read_pools(uint32_t pools[SKINK_MANIFEST_POOLS])
{
	struct file f = image_find("manifest.bin");
	const struct skink_manifest *m = (const struct skink_manifest *)f.data;

	if (f.len < sizeof(*m) || m->magic != SKINK_MANIFEST_MAGIC ||
	    m->version != SKINK_MANIFEST_VERSION)
		stop("manifest.bin: not a manifest of this system's version");
	memcpy(pools, m->pools, sizeof(m->pools));
}

struct handoff *
startup(uint64_t hart_id, uint64_t tree_at, uint64_t ticks, uint64_t instret)
{
	static struct handoff h = {
	    .boot = {.magic = SKINK_BOOT_MAGIC, .version = SKINK_ABI_VERSION},
	    .magic = HANDOFF_MAGIC,
	    .version = HANDOFF_VERSION,
	};

	if (nucleus_head.version != HANDOFF_VERSION ||
	    nucleus_head.start != (uint64_t)&nucleus_head)
		stop("start-up is not of this nucleus");
	h.hart_id = hart_id;
	h.boot.entry_ticks = ticks;
	h.boot.entry_instret = instret;
	tree_read(&h, tree_at, (uint64_t)&nucleus_head);
	if (h.boot.hart_count > 1)
		print("nucleus: more than one hart is not there yet: using 1 of %u\n",
		    h.boot.hart_count);
	image_check(&h.boot.image);
	read_pools(h.boot.pools);
	memory_find(&h.boot, &nucleus_head);
	return program_place(&h);
}

void
startup_trap(uint64_t cause, uint64_t value, uint64_t pc)
{
	print("\nnucleus: trap in start-up cause=%lu value=0x%lx pc=0x%lx\n", cause, value, pc);
	stop("start-up");
}
