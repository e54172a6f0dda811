/* SPDX-License-Identifier: Apache-2.0 */
/* nucleus_memory.c - the nucleus's memory: the direct map (riscv/layout.h), in which no page is
 * writable and executable, and its pools. */

#include <string.h>

#include "memory.h"
#include "nucleus_memory.h"
#include "pools.h"
#include "table.h"

#define RW (PTE_R | PTE_W)

static struct aspace nucleus;

static void
map(struct skink_range r, uint64_t bits)
{
	table_map(&nucleus, NUCLEUS_BASE + r.start, r, bits | PTE_G);
}

static void
map_part(paddr_t start, paddr_t end, uint64_t bits)
{
	map((struct skink_range){start, end - start}, bits);
}

void
nucleus_place(const struct nucleus_head *n, const struct machine *m)
{
	const struct skink_boot *b = &m->boot;
	void *memory;
	struct skink_range free[SKINK_RANGES];

	memset((void *)n->bss, 0, n->end - n->bss);
	/* As they are now: the tables lie in them too. */
	memcpy(free, b->ranges, sizeof(free));
	table_give(&nucleus, 1);
	/* The stack's guard is not mapped, and nobody but the hart looks at a table of these that
	 * is not the root: it lies there. Its first word is 0: it is the only one. */
	nucleus.given = n->guard;
	for (uint32_t i = 0; i < b->range_count; i++) /* <= SKINK_RANGES */
		map(free[i], RW);
	map_part(n->text, n->rodata, PTE_R | PTE_X);
	map_part(n->rodata, n->data, PTE_R);
	map_part(n->data, n->guard, RW);
	map_part(n->stack, n->end, RW);
	map(b->image, PTE_R);
	map(b->tree, PTE_R);
	map(m->finisher, RW);
	map(m->plic, RW);
	handoff.ram = b->ram;
	handoff.root = nucleus.root;
	memory = (void *)memory_take_as_is(pools_size(b->pools));
	pools_make((struct pool *)n->pools, memory, NUCLEUS_BASE, b->pools);
	handoff.nucleus = (struct skink_range){n->text, memory_rest()->start - n->text};
}
