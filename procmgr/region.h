/* SPDX-License-Identifier: Apache-2.0 */
/* region.h - what lies where in an address space. */
#ifndef PROCMGR_REGION_H
#define PROCMGR_REGION_H

#include <stdbool.h>
#include <stdint.h>

#include "list.h"
#include "object.h"

#define REGIONS_MAX	256u	/* of one address space */

struct region {
	struct link	link;		/* by address */
	uint64_t	start;		/* page aligned */
	uint64_t	end;
	/* bytes: of `start` in its object; without object: physical address */
	uint64_t	base;
	struct object	*object;	/* NULL: the image, or a device */
	uint8_t		prot;		/* SKINK_PROT_ */
	uint8_t		prot_max;	/* what mprotect may give */
	uint8_t		kind;		/* enum proc_map_kind */
	uint8_t		busy;		/* a job works on it: nobody else may */
	uint32_t	guard;		/* bytes below start that must stay free */
};

struct space {
	struct link	regions;
	uint32_t	count;
};

void space_init(struct space *s);

/* The first region that ends above `address`; NULL: none. */
struct region *region_above(const struct space *s, uint64_t address);
/* The region with the byte `address`; NULL: none. */
struct region *region_at(const struct space *s, uint64_t address);
/* Anything mapped (or guarded) in start .. end - 1? */
bool region_overlaps(const struct space *s, uint64_t start, uint64_t end);
/* Is start .. end - 1 mapped without a gap, and nothing of it busy? */
bool region_covers(const struct space *s, uint64_t start, uint64_t end);

/* Room for `guard` and `length` bytes in low .. high - 1: address behind the guard; 0: none. */
uint64_t region_room(const struct space *s, uint64_t low, uint64_t high, uint64_t guard,
	uint64_t length);

/* A region made of `r`'s values, put in its place. NULL: too many, or no memory. The object's
 * reference is the caller's to take. */
struct region *region_insert(struct space *s, const struct region *r);
/* Takes it out of the space. The object's reference is the caller's to release. */
void region_remove(struct space *s, struct region *r);
/* Cuts at `at` (inside r): the upper part becomes a new region, which is returned, with its own
 * reference to the object. NULL: as for insert. */
struct region *region_cut(struct space *s, struct region *r, uint64_t at);
/* Joins neighbours that differ in nothing, in and around start .. end - 1. */
void region_join(struct space *s, uint64_t start, uint64_t end);
/* So many region_insert() or region_cut() calls succeed. */
bool region_prepare(const struct space *s, uint32_t count);

#endif
