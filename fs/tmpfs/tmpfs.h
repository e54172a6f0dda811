/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tmpfs.h - a file system in keep memory: names, files, pages. Pure: it knows no client, no clock
 * and no procmgr, so it is tested natively with a kill at every instruction.
 *
 * Metadata (struct tmpfs_state) change only inside the caller's transaction. File data and the
 * pages that hold page numbers lie outside the log, in chunks; that is safe because
 *   - a page is filled before it can be reached: a file's pages are those below node.pages, and
 *     page numbers, data and zeros beyond it are written before that count is;
 *   - bytes beyond a file's size are zeroed when the file grows over them, never when it shrinks;
 *   - no transaction both frees and takes pages;
 *   - overwriting data in place may be cut anywhere: its request comes again.
 *
 * Functions return >= 0, or a negated error number.
 */
#ifndef TMPFS_H
#define TMPFS_H

#include <stddef.h>
#include <stdint.h>

#include <skink/keep.h>
#include <skink/types.h>

#define TMPFS_PAGE		4096u
#define TMPFS_NODES		256u		/* files and directories, the root among them */
#define TMPFS_NAME		96u		/* bytes of a name, with its NUL */
#define TMPFS_CHUNK_PAGES	64u		/* pages are taken from procmgr by so many */
#define TMPFS_CHUNKS		64u
#define TMPFS_PAGES		(TMPFS_CHUNKS * TMPFS_CHUNK_PAGES)
#define TMPFS_DIRECT		4u
#define TMPFS_INDIRECT		(TMPFS_PAGE / 4)
#define TMPFS_FILE_PAGES	(TMPFS_DIRECT + TMPFS_INDIRECT)
#define TMPFS_WRITE_MAX		(64u * TMPFS_PAGE)	/* bytes that one operation adds at most */
#define TMPFS_ROOT		0u

enum tmpfs_type { TMPFS_FREE, TMPFS_FILE, TMPFS_DIR };

struct tmpfs_node {
	uint32_t	type;		/* enum tmpfs_type */
	uint32_t	linked;		/* 0: has no name any more, lives while it is open */
	uint32_t	parent;
	uint32_t	children;	/* of a directory */
	uint32_t	mode;		/* permission bits */
	uint32_t	generation;	/* of this place: tells a file from the one before it */
	uint64_t	size;
	uint64_t	mtime_ns;
	uint64_t	ctime_ns;
	uint32_t	pages;		/* that it has */
	uint32_t	direct[TMPFS_DIRECT];
	uint32_t	indirect;	/* page of page numbers, once pages > TMPFS_DIRECT */
	uint32_t	opens;		/* open files of it */
	uint32_t	zero;
	char		name[TMPFS_NAME];
};
_Static_assert(sizeof(struct tmpfs_node) == 176, "struct tmpfs_node");

struct tmpfs_state {
	uint32_t	chunks;		/* that there are */
	uint32_t	used;		/* pages */
	uint32_t	nodes_used;
	uint32_t	chunks_max;
	uint64_t	map[TMPFS_PAGES / 64];	/* a bit for each page that is taken */
	struct tmpfs_node nodes[TMPFS_NODES];
};

struct tmpfs {
	struct keep	*keep;
	struct tmpfs_state *s;
	char		*chunk[TMPFS_CHUNKS];
	char		*(*grow)(struct tmpfs *fs, unsigned chunk);	/* NULL: no more */
	/* Derived from the state. */
	uint16_t	bucket[TMPFS_NODES];
	uint16_t	next[TMPFS_NODES];
};

void tmpfs_format(struct tmpfs *fs, unsigned chunks_max, uint64_t now_ns);
int tmpfs_attach(struct tmpfs *fs);	/* opens the chunks, derives; -ESTALE: not sound */
void tmpfs_derive(struct tmpfs *fs);
int tmpfs_is_sound(const struct tmpfs *fs);

/*
 * Finds what `path` (no leading slash) names. >= 0: its node. -ENOENT with *parent != UINT32_MAX:
 * only the last name is not there. *parent and *name (in path, *len bytes) are its place. Errors:
 * ENOENT ENOTDIR ENAMETOOLONG.
 */
int tmpfs_find(const struct tmpfs *fs, const char *path, uint32_t *parent, const char **name,
	size_t *len);

int tmpfs_create(struct tmpfs *fs, uint32_t parent, const char *name, size_t len,
	enum tmpfs_type type, uint32_t mode, uint64_t now_ns);		/* node; ENOSPC */
int tmpfs_remove(struct tmpfs *fs, uint32_t node, uint64_t now_ns);	/* ENOTEMPTY EBUSY */
int tmpfs_rename(struct tmpfs *fs, uint32_t node, uint32_t parent, const char *name, size_t len,
	uint64_t now_ns);	/* EINVAL ENOTEMPTY EISDIR ENOTDIR EBUSY */

/* Makes the file at least `size` bytes. ENOSPC, EFBIG; nothing has changed then (the caller
 * undoes). */
int tmpfs_extend(struct tmpfs *fs, uint32_t node, uint64_t size);
void tmpfs_shrink(struct tmpfs *fs, uint32_t node, uint64_t size);
uint64_t tmpfs_room(const struct tmpfs *fs, uint32_t node);	/* largest possible size */

/* The memory of [offset, offset + len), which is within the file's pages: up to `max` parts; their
 * number. */
int tmpfs_parts(const struct tmpfs *fs, uint32_t node, uint64_t offset, size_t len,
	struct skink_iov *iov, int max);

/* An open file more or less of a node. One that has no name and is not open any more goes. */
void tmpfs_hold(struct tmpfs *fs, uint32_t node);
void tmpfs_release(struct tmpfs *fs, uint32_t node);

/* The first child with a node number >= *position: its node, and *position is one beyond; or
 * -ENOENT. */
int tmpfs_next_child(const struct tmpfs *fs, uint32_t dir, uint64_t *position);

/* How many chunks at the end hold nothing. tmpfs_drop_chunk: the last one is gone for the file
 * system; then its memory may be given back. */
unsigned tmpfs_empty_chunks(const struct tmpfs *fs);
void tmpfs_drop_chunk(struct tmpfs *fs);

#endif
