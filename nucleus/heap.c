/* SPDX-License-Identifier: Apache-2.0 */
/* heap.c - leftist heaps. Knows keys and links only.
 *
 * Invariants: a node's key is not above its children's; rank(left) >= rank(right); rank(n) =
 * rank(right) + 1. So the right spine from any node has at most log2(n + 1) nodes, and merging
 * walks right spines only. When a node leaves, ranks are mended upwards only while they change:
 * each step up changes a rank that was one larger than the last, so that way is no longer either.
 */
#include <stddef.h>

#include "heap.h"

static unsigned
rank(const struct heap_node *n)
{
	return n == NULL ? 0 : n->rank;
}

/* Restores n's order of children and its rank; true if the rank changed. */
static bool
mend(struct heap_node *n)
{
	unsigned old = n->rank;

	if (rank(n->left) < rank(n->right)) {
		struct heap_node *swap = n->left;

		n->left = n->right;
		n->right = swap;
	}
	n->rank = (uint16_t)(rank(n->right) + 1);
	return n->rank != old;
}

/* Merges two heaps; the root has no parent. Down along the right spines, then up again mending:
 * <= 2 log2(n + 1) steps. */
static struct heap_node *
merge(struct heap_node *a, struct heap_node *b)
{
	struct heap_node *root, *at = NULL, **link = &root;

	while (a != NULL && b != NULL) {
		struct heap_node *low = a->key <= b->key ? a : b;

		b = low == a ? b : a;
		*link = low;
		low->parent = at;
		at = low;
		link = &low->right;
		a = low->right;
	}
	*link = a != NULL ? a : b;
	if (*link != NULL)
		(*link)->parent = at;
	for (; at != NULL; at = at->parent)
		(void)mend(at);
	return root;
}

void
heap_insert(struct heap *h, struct heap_node *n, uint64_t key)
{
	n->key = key;
	n->rank = 1;
	h->root = merge(h->root, n);
}

void
heap_remove(struct heap *h, struct heap_node *n)
{
	struct heap_node *up = n->parent;
	struct heap_node *rest = merge(n->left, n->right);

	if (rest != NULL)
		rest->parent = up;
	if (up == NULL)
		h->root = rest;
	else if (up->left == n)
		up->left = rest;
	else
		up->right = rest;
	while (up != NULL && mend(up))
		up = up->parent;
	n->parent = n->left = n->right = NULL;
	n->rank = 0;
}
