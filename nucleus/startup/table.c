/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - Sv39 page tables, before translation is on. Decides nothing of what is mapped; from
 * boot on the tables are the nucleus's (riscv/aspace.c). */

#include "memory.h"
#include "startup.h"
#include "table.h"

#define LEVELS   3
#define ENTRIES  512
#define PTE_LEAF (PTE_R | PTE_W | PTE_X)

static uint64_t
page_bytes(int level)
{
	return SKINK_PAGE << 9 * level;
}

void
table_give(struct aspace *as, unsigned n)
{
	for (; n > 0; n--) {
		paddr_t frame = memory_take(SKINK_PAGE);

		if (as->root == 0) {
			as->root = frame;
			continue;
		}
		*(paddr_t *)frame = as->given;
		as->given = frame;
	}
}

static uint64_t
table_new(struct aspace *as)
{
	paddr_t frame;

	if (as->given == 0)
		table_give(as, 1);
	frame = as->given;
	as->given = *(paddr_t *)frame;
	*(paddr_t *)frame = 0;
	return frame >> 2 | PTE_V;
}

/* The entry for va at `level`; tables above it are made. */
static uint64_t *
entry(struct aspace *as, vaddr_t va, int level)
{
	uint64_t *table = (uint64_t *)as->root;

	for (int l = LEVELS - 1;; l--) { /* LEVELS rounds at most */
		uint64_t *e = &table[va / page_bytes(l) % ENTRIES];

		if (l == level)
			return e;
		if (*e == 0)
			*e = table_new(as);
		if (*e & PTE_LEAF)
			stop("memory is mapped twice");
		table = (uint64_t *)(*e >> 10 << PAGE_SHIFT);
	}
}

/* The level of the largest page that begins or ends at an address (va | pa), in so many bytes. */
static int
largest(uint64_t at, uint64_t bytes)
{
	int level = LEVELS - 1;

	while (level > 0 && (at % page_bytes(level) != 0 || bytes < page_bytes(level)))
		level--;
	return level;
}

static unsigned
missing(const struct aspace *as, vaddr_t va, int level)
{
	const uint64_t *table = (const uint64_t *)as->root;

	for (int l = LEVELS - 1; l > level; l--) {
		uint64_t e = table[va / page_bytes(l) % ENTRIES];

		if (e == 0)
			return l - level;
		table = (const uint64_t *)(e >> 10 << PAGE_SHIFT);
	}
	return 0;
}

/* What lies between the ends is mapped by larger pages, in tables that the ends have. */
unsigned
table_wanted(const struct aspace *as, vaddr_t va, struct skink_range r)
{
	vaddr_t end = va + r.size;

	return missing(as, va, largest(va | r.start, r.size)) +
	    missing(as, end - 1, largest(end | (r.start + r.size), r.size));
}

void
table_map(struct aspace *as, vaddr_t va, struct skink_range r, uint64_t bits)
{
	while (r.size > 0) { /* <= pages of it */
		int level = largest(va | r.start, r.size);
		uint64_t *e = entry(as, va, level);

		/* To the end of the range, or of the table, or to where a larger page fits. */
		do {
			*e++ = r.start >> 2 | bits | PTE_V | PTE_A | PTE_D;
			va += page_bytes(level);
			r.start += page_bytes(level);
			r.size -= page_bytes(level);
		} while (r.size >= page_bytes(level) && va % page_bytes(level + 1) != 0);
	}
}
