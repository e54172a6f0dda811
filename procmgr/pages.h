/* SPDX-License-Identifier: Apache-2.0 */
/* pages.h - the frames of RAM. A frame is a physical page, named by its number (address >> 12). */
#ifndef PROCMGR_PAGES_H
#define PROCMGR_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include <skink/boot.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	4096u
#define PAGE_UP(bytes)	(((uint64_t)(bytes) + PAGE_SIZE - 1) >> PAGE_SHIFT)	/* pages */
#define PAGE_ORDERS	15		/* largest block: 2^14 pages, 64 MiB */
#define PAGE_STEP	16u		/* pages in one bounded step */

/* Where physical address 0 appears: SKINK_WINDOW; unit tests put a piece of their own there. */
extern uint64_t pages_window;

static inline void *
frame_memory(uint32_t frame)
{
	return (void *)(pages_window + ((uint64_t)frame << PAGE_SHIFT));
}

/* Takes over free RAM. Its own tables come out of it. False: too little to hold them. */
bool pages_init(const struct skink_range *ranges, uint32_t count);

/* A promise of frames that pages_take() then keeps. All or nothing. */
bool pages_reserve(uint64_t count);
void pages_unreserve(uint64_t count);

/* Up to `want` (>= 1) contiguous frames out of a reservation; *count tells how many. Never fails
 * while the reservation lasts. Contents are arbitrary. */
uint32_t pages_take(uint32_t want, uint32_t *count);

/* Contiguous frames, not out of a reservation; 0: none. */
uint32_t pages_contiguous(uint32_t count);

void pages_free(uint32_t frame, uint32_t count);

uint64_t pages_free_count(void);	/* promised ones included */
uint64_t pages_largest(void);		/* frames in the largest block */
uint64_t pages_overhead(void);		/* bytes of its own tables */

#endif
