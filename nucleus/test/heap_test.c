/* SPDX-License-Identifier: Apache-2.0 */
/* heap_test.c - leftist heaps against a plain array, and how deep their right spines get. */
#include "tests.h"

#define NODES 3000u

static struct heap_node nodes[NODES];

static uint64_t
random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static unsigned
spine(const struct heap_node *n)
{
	unsigned steps = 0;

	for (; n != NULL; n = n->right)
		steps++;
	return steps;
}

static unsigned
check_below(const struct heap_node *n)
{
	if (n == NULL)
		return 0;
	CHECK(n->left == NULL || (n->left->parent == n && n->left->key >= n->key));
	CHECK(n->right == NULL || (n->right->parent == n && n->right->key >= n->key));
	CHECK((n->left == NULL ? 0 : n->left->rank) >= (n->right == NULL ? 0 : n->right->rank));
	CHECK_EQ(n->rank, (n->right == NULL ? 0 : n->right->rank) + 1);
	return 1 + check_below(n->left) + check_below(n->right);
}

static unsigned
log2_of(unsigned n)
{
	unsigned log = 0;

	while (n > 1) {
		n /= 2;
		log++;
	}
	return log;
}

static void
test_heap_pops_in_order_when_filled_at_random(void)
{
	struct heap h = {0};
	uint64_t state = 88172645463325252ull;

	for (unsigned round = 0; round < 20; round++) {
		bool in[NODES] = {0};
		unsigned count = 0;

		for (unsigned i = 0; i < 2 * NODES; i++) {
			unsigned n = random_next(&state) % NODES;

			if (in[n]) {
				heap_remove(&h, &nodes[n]);
				CHECK(!heap_has(&nodes[n]));
				CHECK(nodes[n].parent == NULL && nodes[n].left == NULL &&
				    nodes[n].right == NULL);
			} else {
				heap_insert(&h, &nodes[n], random_next(&state) % 500);
			}
			in[n] = !in[n];
			count += in[n] ? 1 : -1u;
			if (i % 64 == 0) {
				CHECK_EQ(check_below(h.root), count);
				CHECK(spine(h.root) <= log2_of(count + 1) + 1);
			}
		}
		while (count > 0) {
			uint64_t least = UINT64_MAX;
			struct heap_node *n;

			for (unsigned i = 0; i < NODES; i++)
				if (in[i] && nodes[i].key < least)
					least = nodes[i].key;
			n = h.root;
			heap_remove(&h, n);
			CHECK_EQ(n->key, least);
			in[n - nodes] = false;
			count--;
			if (count % 50 != 0)
				continue;
			CHECK_EQ(check_below(h.root), count);
		}
		CHECK(heap_is_empty(&h));
	}
}

static void
test_heap_right_spine_is_short_when_filled_in_any_order(void)
{
	for (unsigned order = 0; order < 3; order++) {
		struct heap h = {0};

		for (unsigned i = 0; i < NODES; i++) {
			heap_insert(&h, &nodes[i],
			    order == 0       ? i
				: order == 1 ? NODES - i
					     : i * 2654435761u % NODES);
			CHECK(spine(h.root) <= log2_of(i + 2));
		}
		CHECK_EQ(check_below(h.root), NODES);
		for (unsigned i = 0; i < NODES; i += 2)
			heap_remove(&h, &nodes[i]);
		CHECK_EQ(check_below(h.root), NODES / 2);
		for (unsigned i = 1; i < NODES; i += 2)
			heap_remove(&h, &nodes[i]);
	}
}

static void
test_bits_lowest_is_right_when_any_bit_is_set(void)
{
	for (unsigned i = 0; i < 64; i++) {
		CHECK_EQ(bits_lowest(1ull << i), i);
		CHECK_EQ(bits_lowest(~0ull << i), i);
	}
}

const struct test heap_tests[] = {
    TEST(test_heap_pops_in_order_when_filled_at_random),
    TEST(test_heap_right_spine_is_short_when_filled_in_any_order),
    TEST(test_bits_lowest_is_right_when_any_bit_is_set),
    {0},
};
