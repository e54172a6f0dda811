/* SPDX-License-Identifier: Apache-2.0 */
/* path.h - the pathname space: a tree of components; some nodes are a server's prefix. */
#ifndef PROCMGR_PATH_H
#define PROCMGR_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include <skink/procmgr_msg.h>

#include "list.h"

#define PATH_NODES_MAX	256u
#define PATH_NAME_MAX	48	/* of one component, with its NUL */

struct path_node {
	struct link	children;	/* in the order they came */
	struct link	sibling;
	struct path_node *parent;	/* NULL: the root */
	uint32_t	refs;		/* open directories */
	uint32_t	number;		/* for st_ino; never used twice */
	bool		attached;
	uint32_t	flags;		/* PROC_PATH_ */
	uint32_t	mode;
	int32_t		pid;		/* of its server */
	uint32_t	service;	/* of its server; 0: none */
	int32_t		chid;		/* of its server; 0: procmgr itself, or not attached */
	uint32_t	own;		/* procmgr's own: enum file_kind */
	char		name[PATH_NAME_MAX];
};

void path_init(void);
struct path_node *path_root(void);

/* A path as PROC_RESOLVE wants it? A slash at the end is let pass. 0, -EINVAL, -ENAMETOOLONG. */
long path_check(const char *path, uint32_t length);

/*
 * Whose is the path: the deepest attached node that covers it; *rest: how much of the path is its
 * prefix. Where only procmgr covers it, a node that other prefixes lie below is found as itself.
 * -ENOENT, -ENOTDIR.
 */
long path_lookup(const char *path, uint32_t length, struct path_node **node, uint32_t *rest);

/* The node of exactly that path; made if there is none. NULL: too many, a name too long. */
struct path_node *path_make(const char *path, uint32_t length);
/* The same, but never made. */
struct path_node *path_exact(const char *path, uint32_t length);
/* Frees the node and those above it which nobody needs. */
void path_drop(struct path_node *node);
/* Next node in the tree's order after `node` (NULL: the root). */
struct path_node *path_next(struct path_node *node);
/* Its full path; the length. */
uint32_t path_text(const struct path_node *node, char *out, uint32_t size);
/* Is `path` the same as, or below, `prefix`? */
bool path_is_below(const char *path, uint32_t length, const char *prefix);

#endif
