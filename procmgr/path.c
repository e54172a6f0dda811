/* SPDX-License-Identifier: Apache-2.0 */
/* path.c - the pathname space: a tree of path components. Owns the nodes; never talks to a server
 * (that is attach.c) and never serves a file (that is file.c). */
#include <string.h>

#include <skink/errno.h>

#include "path.h"
#include "store.h"

static struct store nodes = STORE_OF(struct path_node);
static struct path_node root;
static uint32_t last_number;

void
path_init(void)
{
	memset(&root, 0, sizeof(root));
	link_init(&root.children);
	link_init(&root.sibling);
	root.refs = 1;
	root.number = last_number = 1;
}

struct path_node *
path_root(void)
{
	return &root;
}

/* The length of the component at `at`, which is behind a slash. */
static uint32_t
component(const char *path, uint32_t length, uint32_t at)
{
	uint32_t n = 0;

	while (at + n < length && path[at + n] != '/')
		n++;
	return n;
}

long
path_check(const char *path, uint32_t length)
{
	if (length >= PROC_PATH_MAX)
		return -SK_ENAMETOOLONG;
	if (length == 0 || path[0] != '/')
		return -SK_EINVAL;
	for (uint32_t at = 1; at < length;) {
		uint32_t n = component(path, length, at);

		if (n == 0 || memchr(path + at, 0, n) != NULL || (n == 1 && path[at] == '.') ||
		    (n == 2 && path[at] == '.' && path[at + 1] == '.'))
			return -SK_EINVAL;
		at += n + 1;
	}
	return 0;
}

static struct path_node *
child_find(struct path_node *node, const char *name, uint32_t n)
{
	LINK_EACH(l, &node->children)
	{ /* <= PATH_NODES_MAX */
		struct path_node *c = CONTAINER(l, struct path_node, sibling);

		if (n < PATH_NAME_MAX && memcmp(c->name, name, n) == 0 && c->name[n] == 0)
			return c;
	}
	return NULL;
}

long
path_lookup(const char *path, uint32_t length, struct path_node **node, uint32_t *rest)
{
	struct path_node *at = &root, *best = NULL;
	uint32_t from = 1, best_rest = 0;

	if (root.attached) {
		best = &root;
		best_rest = 0;
	}
	while (from < length) {
		uint32_t n = component(path, length, from);
		struct path_node *c = child_find(at, path + from, n);

		if (c == NULL)
			break;
		at = c;
		from += n;
		if (c->attached) {
			if (from < length && !(c->flags & PROC_PATH_TREE)) {
				if (c->children.next == &c->children)
					return -SK_ENOTDIR;
			} else {
				best = c;
				best_rest = from;
			}
		}
		from++;
	}
	if (from >= length && !at->attached && (best == NULL || best->chid == 0)) {
		*node = at;
		*rest = length;
		return 0;
	}
	if (best == NULL)
		return -SK_ENOENT;
	*node = best;
	*rest = best_rest;
	return 0;
}

struct path_node *
path_exact(const char *path, uint32_t length)
{
	struct path_node *at = &root;

	for (uint32_t from = 1; from < length && at != NULL;) {
		uint32_t n = component(path, length, from);

		at = child_find(at, path + from, n);
		from += n + 1;
	}
	return at;
}

struct path_node *
path_make(const char *path, uint32_t length)
{
	struct path_node *at = &root;

	for (uint32_t from = 1; from < length;) {
		uint32_t n = component(path, length, from);
		struct path_node *c = child_find(at, path + from, n);

		if (c == NULL) {
			if (n < PATH_NAME_MAX && nodes.used < PATH_NODES_MAX)
				c = store_get(&nodes);
			if (c == NULL) {
				path_drop(at);
				return NULL;
			}
			link_init(&c->children);
			link_before(&at->children, &c->sibling);
			c->parent = at;
			c->number = ++last_number;
			memcpy(c->name, path + from, n);
		}
		at = c;
		from += n + 1;
	}
	return at;
}

void
path_drop(struct path_node *node)
{
	while (!node->attached && node->refs == 0 && node->children.next == &node->children) {
		struct path_node *parent = node->parent;

		link_remove(&node->sibling);
		store_put(&nodes, node);
		node = parent;
	}
}

struct path_node *
path_next(struct path_node *node)
{
	if (node == NULL)
		return &root;
	if (node->children.next != &node->children)
		return CONTAINER(node->children.next, struct path_node, sibling);
	for (; node->parent != NULL; node = node->parent)
		if (node->sibling.next != &node->parent->children)
			return CONTAINER(node->sibling.next, struct path_node, sibling);
	return NULL;
}

uint32_t
path_text(const struct path_node *node, char *out, uint32_t size)
{
	const struct path_node *up[PROC_PATH_MAX / 2];
	uint32_t depth = 0, length = 0;

	for (; node->parent != NULL; node = node->parent)
		up[depth++] = node;
	if (depth == 0 && size > 1)
		out[length++] = '/';
	while (depth-- > 0) {
		/* cppcheck-suppress uninitvar - all below depth are set */
		uint32_t n = strlen(up[depth]->name);

		if (length + n + 2 > size)
			break;
		out[length++] = '/';
		memcpy(out + length, up[depth]->name, n);
		length += n;
	}
	out[length] = 0;
	return length;
}

bool
path_is_below(const char *path, uint32_t length, const char *prefix)
{
	uint32_t n = strlen(prefix);

	if (n == 1)
		return true;
	return length >= n && memcmp(path, prefix, n) == 0 && (length == n || path[n] == '/');
}
