/* SPDX-License-Identifier: Apache-2.0 */
/* heap.h - leftist heaps, the node embedded in its object: smallest key first. Insert, remove of
 * any node and pop take O(log n) steps at worst, and no memory. */
#ifndef NUCLEUS_HEAP_H
#define NUCLEUS_HEAP_H

#include <stdbool.h>
#include <stdint.h>

struct heap_node {
	struct heap_node	*parent, *left, *right;	/* NULL in no heap */
	uint64_t		key;
	uint16_t		rank;	/* shortest way down to a missing child; 0: in no heap */
	uint8_t			kind;	/* its owner's: what the node is embedded in */
	uint8_t			band;	/* of a timer: which of the hart's heaps */
};

struct heap {
	struct heap_node	*root;
};

static inline bool
heap_is_empty(const struct heap *h)
{
	return h->root == NULL;
}

static inline bool
heap_has(const struct heap_node *n)
{
	return n->rank != 0;
}

void heap_insert(struct heap *h, struct heap_node *n, uint64_t key);
void heap_remove(struct heap *h, struct heap_node *n);

/* To the place of another key. */
static inline void
heap_move(struct heap *h, struct heap_node *n, uint64_t key)
{
	heap_remove(h, n);
	heap_insert(h, n, key);
}

#endif
