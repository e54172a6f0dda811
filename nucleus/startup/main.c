/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - start-up, step by step: checks what firmware loaded, finds the machine, makes the
 * nucleus's memory and process 1's, and enters the nucleus. */

#include <string.h>

#include <skink/manifest.h>

#include "hart.h"
#include "image.h"
#include "memory.h"
#include "nucleus_memory.h"
#include "panic.h"
#include "program.h"
#include "startup.h"
#include "tree.h"

#define STOP_STATUS 71

_Static_assert(SKINK_POOL_COUNT <= SKINK_MANIFEST_POOLS, "struct skink_manifest");

extern const struct nucleus_head nucleus_head;

struct handoff handoff;

static void
read_pools(uint32_t pools[SKINK_MANIFEST_POOLS])
{
	struct file f = image_find("manifest.bin");
	const struct skink_manifest *m = (const struct skink_manifest *)f.data;

	if (f.len < sizeof(*m) || m->magic != SKINK_MANIFEST_MAGIC ||
	    m->version != SKINK_MANIFEST_VERSION)
		stop("manifest.bin: not a manifest of this system's version");
	memcpy(pools, m->pools, sizeof(m->pools));
	if (pools[SKINK_POOL_PROCESS] == 0 || pools[SKINK_POOL_THREAD] == 0)
		stop("manifest.bin: no room for process 1");
}

void
startup(uint64_t hart_id, uint64_t tree_at, uint64_t ticks, uint64_t instret)
{
	static struct machine m = {
	    .boot = {.magic = SKINK_BOOT_MAGIC, .version = SKINK_ABI_VERSION},
	};

	if (nucleus_head.text != (paddr_t)&nucleus_head ||
	    nucleus_head.handoff_bytes != sizeof(handoff))
		stop("start-up is not of this nucleus");
	m.hart_id = hart_id;
	m.boot.entry_ticks = ticks;
	m.boot.entry_instret = instret;
	tree_read(&m, tree_at, (paddr_t)&nucleus_head);
	if (m.boot.hart_count > 1)
		print("nucleus: more than one hart is not there yet: using 1 of %lu\n",
		    (uint64_t)m.boot.hart_count);
	image_check(&m.boot.image);
	read_pools(m.boot.pools);
	memory_find(&m.boot, &nucleus_head);
	nucleus_place(&nucleus_head, &m);
	hart_init(&m);
	print("nucleus: start hart=%lu ram_kib=%lu timer=%s asids=%lu\n", m.hart_id,
	    m.boot.ram.size >> 10, m.has_sstc ? "sstc" : "sbi", handoff.asid_max);
	program_place(&m.boot);
	memcpy((void *)nucleus_head.handoff, &handoff, sizeof(handoff));
	hart_enter(nucleus_head.entry);
}

void
startup_trap(uint64_t cause, uint64_t value, uint64_t pc)
{
	print("\nnucleus: trap in start-up cause=%lu value=0x%lx pc=0x%lx\n", cause, value, pc);
	stop("start-up");
}

/* For panic.c: nobody runs yet. */
void
panic_context(void)
{
}

void
stop(const char *why)
{
	print("nucleus: stop: %s\n", why);
	for (;;)
		arch_reset(0, STOP_STATUS);
}
