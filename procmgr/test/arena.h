/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h - a piece of RAM for the tests: physical address ARENA_START appears where pages_window
 * puts it. */
#ifndef TEST_ARENA_H
#define TEST_ARENA_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pages.h"

#define ARENA_START	0x80000000ull
#define ARENA_PAGES	2048u

/* Free RAM: all of a new arena but `hole_pages` pages behind the first `hole_at`. The old ones
 * stay: stores never give their frames back. */
static inline void
arena_init(uint32_t hole_at, uint32_t hole_pages)
{
	static uint8_t *arenas[64];
	static unsigned count;
	uint8_t *memory;
	struct skink_range ranges[2] = {
		{ARENA_START, (uint64_t)hole_at * PAGE_SIZE},
		{ARENA_START + (uint64_t)(hole_at + hole_pages) * PAGE_SIZE,
		 (uint64_t)(ARENA_PAGES - hole_at - hole_pages) * PAGE_SIZE},
	};

	if (count == 64)
		abort();
	memory = arenas[count++] = aligned_alloc(PAGE_SIZE, (size_t)ARENA_PAGES * PAGE_SIZE);
	memset(memory, 0xa5, (size_t)ARENA_PAGES * PAGE_SIZE);
	pages_window = (uintptr_t)memory - ARENA_START;
	if (!pages_init(ranges, 2))
		abort();
}

/* xorshift with a fixed seed: every run is the same. */
static inline uint64_t
arena_random(void)
{
	static uint64_t x = 0x9e3779b97f4a7c15;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

#endif
