/* SPDX-License-Identifier: Apache-2.0 */
/* region.c - what lies where in an address space: a list by address, at most REGIONS_MAX long, so a
 * walk is bounded. Owns the regions; never maps, never frees memory. */
#include "region.h"
#include "store.h"

static struct store regions = STORE_OF(struct region);

void
space_init(struct space *s)
{
	link_init(&s->regions);
	s->count = 0;
}

struct region *
region_above(const struct space *s, uint64_t address)
{
	LINK_EACH(l, &s->regions)
	{ /* <= REGIONS_MAX */
		struct region *r = CONTAINER(l, struct region, link);

		if (r->end > address)
			return r;
	}
	return NULL;
}

struct region *
region_at(const struct space *s, uint64_t address)
{
	struct region *r = region_above(s, address);

	return r != NULL && r->start <= address ? r : NULL;
}

bool
region_overlaps(const struct space *s, uint64_t start, uint64_t end)
{
	struct region *r = region_above(s, start);

	return r != NULL && r->start - r->guard < end;
}

bool
region_covers(const struct space *s, uint64_t start, uint64_t end)
{
	struct region *r = region_above(s, start);

	while (r != NULL && r->start <= start && !r->busy) { /* <= REGIONS_MAX */
		if (r->end >= end)
			return true;
		start = r->end;
		r = r->link.next == &s->regions ? NULL
						: CONTAINER(r->link.next, struct region, link);
	}
	return false;
}

/* The lowest room: addresses used before have their page tables already. */
uint64_t
region_room(const struct space *s, uint64_t low, uint64_t high, uint64_t guard, uint64_t length)
{
	uint64_t need = guard + length;

	if (need < length)
		return 0;
	LINK_EACH(l, &s->regions)
	{ /* <= REGIONS_MAX */
		struct region *r = CONTAINER(l, struct region, link);

		if (r->end <= low)
			continue;
		if (r->start - r->guard >= low && r->start - r->guard - low >= need)
			break;
		low = r->end;
	}
	return low <= high && high - low >= need ? low + guard : 0;
}

bool
region_prepare(const struct space *s, uint32_t count)
{
	return s->count + count <= REGIONS_MAX && store_prepare(&regions, count);
}

struct region *
region_insert(struct space *s, const struct region *r)
{
	struct region *above = region_above(s, r->start), *new;

	if (s->count == REGIONS_MAX)
		return NULL;
	new = store_get(&regions);
	if (new == NULL)
		return NULL;
	*new = *r;
	link_before(above == NULL ? &s->regions : &above->link, &new->link);
	s->count++;
	return new;
}

void
region_remove(struct space *s, struct region *r)
{
	link_remove(&r->link);
	s->count--;
	store_put(&regions, r);
}

struct region *
region_cut(struct space *s, struct region *r, uint64_t at)
{
	struct region upper = *r, *new;
	uint64_t end = r->end;

	upper.start = at;
	upper.base += at - r->start;
	upper.guard = 0;
	r->end = at;
	new = region_insert(s, &upper);
	if (new == NULL) {
		r->end = end;
		return NULL;
	}
	if (new->object != NULL) {
		new->object->refs++;
		new->object->mapped++;
	}
	return new;
}

static bool
is_same(const struct region *a, const struct region *b)
{
	return a->end == b->start && a->object == b->object && a->kind == b->kind &&
	    a->prot == b->prot && a->prot_max == b->prot_max && !a->busy && !b->busy &&
	    b->guard == 0 && a->base + (a->end - a->start) == b->base;
}

void
region_join(struct space *s, uint64_t start, uint64_t end)
{
	struct region *r = region_above(s, start > 0 ? start - 1 : 0);

	while (r != NULL && r->link.next != &s->regions && r->start <= end) { /* <= REGIONS_MAX */
		struct region *above = CONTAINER(r->link.next, struct region, link);

		if (!is_same(r, above)) {
			r = above;
			continue;
		}
		r->end = above->end;
		if (above->object != NULL) {
			above->object->refs--;
			above->object->mapped--;
		}
		region_remove(s, above);
	}
}
