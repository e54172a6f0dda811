/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pages.c - the frames of RAM, by the buddy method: blocks of 2^order frames, aligned to their
 * size. Owns all free RAM; never knows what a frame is used for, never zeroes one.
 *
 * A free block is in the list of its order (the links lie in its first frame) and has a bit in
 * the order's map. Taking and freeing a block costs at most PAGE_ORDERS steps.
 */
#include <string.h>

#include "pages.h"
#include "list.h"

uint64_t pages_window = SKINK_WINDOW;

static struct {
	uint32_t base; /* frame number of map bit 0; a multiple of the largest block */
	uint32_t span; /* frames from base on that the maps cover */
	uint64_t free;
	uint64_t reserved; /* <= free */
	uint64_t overhead_bytes;
	struct link lists[PAGE_ORDERS];
	uint64_t *maps[PAGE_ORDERS];
} pages;

static bool
block_is_free(uint32_t frame, unsigned order)
{
	uint32_t bit = (frame - pages.base) >> order;

	return pages.maps[order][bit / 64] >> bit % 64 & 1;
}

static void
block_flip(uint32_t frame, unsigned order)
{
	uint32_t bit = (frame - pages.base) >> order;

	pages.maps[order][bit / 64] ^= 1ull << bit % 64;
}

static void
block_add(uint32_t frame, unsigned order)
{
	block_flip(frame, order);
	link_before(&pages.lists[order], frame_memory(frame));
}

static void
block_remove(uint32_t frame, unsigned order)
{
	block_flip(frame, order);
	link_remove(frame_memory(frame));
}

static void
block_free(uint32_t frame, unsigned order)
{
	pages.free += 1u << order;
	while (order < PAGE_ORDERS - 1) { /* <= PAGE_ORDERS */
		uint32_t buddy = pages.base + ((frame - pages.base) ^ 1u << order);

		if (buddy - pages.base + (1u << order) > pages.span || !block_is_free(buddy, order))
			break;
		block_remove(buddy, order);
		frame = frame < buddy ? frame : buddy;
		order++;
	}
	block_add(frame, order);
}

static unsigned
order_below(uint32_t count)
{
	unsigned order = 31 - __builtin_clz(count);

	return order < PAGE_ORDERS - 1 ? order : PAGE_ORDERS - 1;
}

/* A free block of `order`, split off a larger one if need be. */
static bool
block_take(unsigned order, uint32_t *frame)
{
	unsigned o = order;

	while (o < PAGE_ORDERS && link_is_single(&pages.lists[o]))
		o++;
	if (o == PAGE_ORDERS)
		return false;
	*frame = ((uint64_t)(uintptr_t)pages.lists[o].next - pages_window) >> PAGE_SHIFT;
	block_remove(*frame, o);
	while (o-- > order)
		block_add(*frame + (1u << o), o);
	pages.free -= 1u << order;
	return true;
}

/* Bytes of all maps for `span` frames. */
static uint64_t
maps_bytes(uint32_t span)
{
	uint64_t words = 0;

	for (unsigned o = 0; o < PAGE_ORDERS; o++)
		words += (span >> o) / 64 + 1;
	return words * 8;
}

bool
pages_init(const struct skink_range *ranges, uint32_t count)
{
	uint64_t low = UINT64_MAX, high = 0, need;
	const struct skink_range *home = NULL;
	uint32_t taken;
	uint64_t *map;

	memset(&pages, 0, sizeof(pages));
	for (uint32_t i = 0; i < count; i++) { /* <= SKINK_RANGES */
		if (ranges[i].size == 0)
			continue;
		low = ranges[i].start < low ? ranges[i].start : low;
		high = ranges[i].start + ranges[i].size > high ? ranges[i].start + ranges[i].size
							       : high;
	}
	if (low >= high)
		return false;
	pages.base = (low >> PAGE_SHIFT) & ~((1u << (PAGE_ORDERS - 1)) - 1);
	pages.span = (high >> PAGE_SHIFT) - pages.base;
	need = PAGE_UP(maps_bytes(pages.span));
	for (uint32_t i = 0; i < count && home == NULL; i++)
		if (ranges[i].size >> PAGE_SHIFT > need)
			home = &ranges[i];
	if (home == NULL)
		return false;
	pages.overhead_bytes = need << PAGE_SHIFT;
	taken = home->start >> PAGE_SHIFT;
	map = frame_memory(taken);
	memset(map, 0, need << PAGE_SHIFT);
	for (unsigned o = 0; o < PAGE_ORDERS; o++) {
		link_init(&pages.lists[o]);
		pages.maps[o] = map;
		map += (pages.span >> o) / 64 + 1;
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t skip = &ranges[i] == home ? need : 0;

		pages_free(
		    (ranges[i].start >> PAGE_SHIFT) + skip, (ranges[i].size >> PAGE_SHIFT) - skip);
	}
	return true;
}

bool
pages_reserve(uint64_t count)
{
	if (count > pages.free - pages.reserved)
		return false;
	pages.reserved += count;
	return true;
}

void
pages_unreserve(uint64_t count)
{
	pages.reserved -= count;
}

uint32_t
pages_take(uint32_t want, uint32_t *count)
{
	uint32_t frame = 0;
	unsigned order = order_below(want);

	while (!block_take(order, &frame)) /* <= PAGE_ORDERS */
		order--;
	*count = 1u << order;
	pages.reserved -= *count;
	return frame;
}

uint32_t
pages_contiguous(uint32_t count)
{
	unsigned order = order_below(count);
	uint32_t frame;

	if (1u << order < count)
		order++;
	if (order >= PAGE_ORDERS || count > pages.free - pages.reserved ||
	    !block_take(order, &frame))
		return 0;
	pages_free(frame + count, (1u << order) - count);
	return frame;
}

void
pages_free(uint32_t frame, uint32_t count)
{
	while (count > 0) { /* <= 2 PAGE_ORDERS, more only beyond the largest block */
		unsigned order = order_below(count);
		uint32_t place = frame - pages.base;

		if (place != 0 && (unsigned)__builtin_ctz(place) < order)
			order = __builtin_ctz(place);
		block_free(frame, order);
		frame += 1u << order;
		count -= 1u << order;
	}
}

uint64_t
pages_free_count(void)
{
	return pages.free;
}

uint64_t
pages_largest(void)
{
	for (unsigned o = PAGE_ORDERS; o-- > 0;)
		if (!link_is_single(&pages.lists[o]))
			return 1ull << o;
	return 0;
}

uint64_t
pages_overhead(void)
{
	return pages.overhead_bytes;
}
