/* SPDX-License-Identifier: Apache-2.0 */
/* idtable.h - finds a slot by the id that has it, in constant time: a bounded hash from 32-bit keys
 * to slots 0..capacity-1. Derived from what is in the slots, so never kept itself. An empty one is
 * all zeros, and what has never been used is not looked at: a server that comes back has clients
 * waiting. */
#ifndef RESMGR_IDTABLE_H
#define RESMGR_IDTABLE_H

#include <stdint.h>

struct idtable {
	unsigned	capacity;
	unsigned	used;
	unsigned	fresh;		/* slots from here on have never had a key */
	uint32_t	mask;		/* buckets - 1 */
	uint32_t	*key;		/* 0: the slot is free */
	/* Links are slots and 1; 0 is the end. */
	uint16_t	*next;		/* of a chain, or of the free list */
	uint16_t	*bucket;	/* a chain each */
	uint16_t	free;		/* those below `fresh` */
};

int idtable_init(struct idtable *t, unsigned capacity);		/* 0 or -ENOMEM */
void idtable_release(struct idtable *t);
void idtable_clear(struct idtable *t);
int idtable_find(const struct idtable *t, uint32_t key);	/* slot, or -1 */
int idtable_add(struct idtable *t, uint32_t key);	/* slot, or -1: full. A new key, not 0 */
void idtable_remove(struct idtable *t, unsigned slot);

/* To derive it again: clear, place each, then complete. */
void idtable_place(struct idtable *t, unsigned slot, uint32_t key);
void idtable_complete(struct idtable *t);

#endif
