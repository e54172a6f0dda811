/* SPDX-License-Identifier: Apache-2.0 */
/* fill.h - gives a region, an object or both their pages, a bounded number at a time. */
#ifndef PROCMGR_FILL_H
#define PROCMGR_FILL_H

#include <stdbool.h>
#include <stdint.h>

#include "region.h"

struct process;

struct fill {
	/* whose region; NULL: no region, only an object that grows */
	struct process	*process;
	struct region	*region;	/* once it is in its place: a copy of `proto` */
	struct region	proto;
	bool		maps;		/* there is, or will be, a region */
	struct object	*object;	/* NULL: physical memory from region->base on */
	uint32_t	at;		/* first page in the object */
	uint32_t	pages;
	uint32_t	done;
	bool		make;		/* the object's pages are made; else they are there */
	bool		wipe;		/* they are there, but must be zeroed */
	/* make: what they hold: source_bytes bytes from byte `lead` of the first page on, zeros
	 * around them. */
	const uint8_t	*source;	/* in procmgr's memory; or: */
	struct object	*source_object;	/* referenced by whoever made the fill */
	uint64_t	source_offset;	/* bytes, in source_object */
	uint64_t	source_bytes;
	uint32_t	lead;
	/* what fill_begin() took and fill_end() gives back, if it was not needed */
	uint64_t	pages_left;
	uint64_t	tables_left;
};

/* Reserves and charges the pages (to object->payer) and page tables. -ENOMEM; then nothing is
 * held. */
long fill_begin(struct fill *f);
/* At most `max` <= PAGE_STEP pages. 1: more to do. 0: all there. -ENOMEM, -ESRCH: stuck; `done`
 * pages are
 * there. */
long fill_step(struct fill *f, uint32_t max);
void fill_end(struct fill *f);

/* Copies between procmgr's memory and the pages of an object, `bytes` <= PAGE_STEP pages; all
 * must be there. */
void object_write(struct object *o, uint64_t offset, const void *from, uint64_t bytes);
void object_read(struct object *o, uint64_t offset, void *to, uint64_t bytes);

#endif
