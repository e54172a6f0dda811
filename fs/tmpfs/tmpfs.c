/* SPDX-License-Identifier: Apache-2.0 */
/* tmpfs.c - see tmpfs.h. Owns the state and the chunks; never waits, never logs. */
#include <string.h>

#include <skink/errno.h>

#include "tmpfs.h"

#define NONE    0xffff
#define BITS(n) (1ull << ((n) % 64))

/* ---- names ---- */

static unsigned
hash(uint32_t parent, const char *name, size_t len)
{
	uint32_t h = parent * 2654435761u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)name[i]) * 16777619u;
	return (h ^ h >> 16) % TMPFS_NODES;
}

static void
hash_add(struct tmpfs *fs, uint32_t n)
{
	const struct tmpfs_node *node = &fs->s->nodes[n];
	unsigned h = hash(node->parent, node->name, strlen(node->name));

	fs->next[n] = fs->bucket[h];
	fs->bucket[h] = (uint16_t)n;
}

static void
hash_remove(struct tmpfs *fs, uint32_t n)
{
	const struct tmpfs_node *node = &fs->s->nodes[n];
	uint16_t *link = &fs->bucket[hash(node->parent, node->name, strlen(node->name))];

	while (*link != n)
		link = &fs->next[*link];
	*link = fs->next[n];
}

static int
lookup(const struct tmpfs *fs, uint32_t parent, const char *name, size_t len)
{
	unsigned n = fs->bucket[hash(parent, name, len)];

	for (; n != NONE; n = fs->next[n]) {
		const struct tmpfs_node *node = &fs->s->nodes[n];

		if (node->parent == parent && memcmp(node->name, name, len) == 0 &&
		    node->name[len] == '\0')
			return (int)n;
	}
	return -SK_ENOENT;
}

int
tmpfs_find(
    const struct tmpfs *fs, const char *path, uint32_t *parent, const char **name, size_t *len)
{
	int node = TMPFS_ROOT;

	*parent = UINT32_MAX;
	*name = path;
	*len = 0;
	while (*path != '\0') { /* <= bytes of the path */
		const char *end = path + strcspn(path, "/");
		uint32_t dir = (uint32_t)node;
		size_t n = (size_t)(end - path);

		*parent = UINT32_MAX;
		if (fs->s->nodes[dir].type != TMPFS_DIR)
			return -SK_ENOTDIR;
		if (n >= TMPFS_NAME)
			return -SK_ENAMETOOLONG;
		node = lookup(fs, dir, path, n);
		while (*end == '/')
			end++;
		if (node < 0 && *end != '\0')
			return node;
		*parent = dir;
		*name = path;
		*len = n;
		if (node >= 0 && end[-1] == '/' && fs->s->nodes[node].type != TMPFS_DIR)
			return -SK_ENOTDIR;
		if (node < 0)
			return node;
		path = end;
	}
	return node;
}

/* ---- pages ---- */

static char *
page_at(const struct tmpfs *fs, uint32_t page)
{
	return fs->chunk[page / TMPFS_CHUNK_PAGES] +
	    (size_t)(page % TMPFS_CHUNK_PAGES) * TMPFS_PAGE;
}

static uint32_t
page_number(const struct tmpfs *fs, const struct tmpfs_node *node, uint32_t index)
{
	if (index < TMPFS_DIRECT)
		return node->direct[index];
	return ((const uint32_t *)page_at(fs, node->indirect))[index - TMPFS_DIRECT];
}

/* Chunks are 64 pages: one word of the map each. */
_Static_assert(TMPFS_CHUNK_PAGES == 64, "a chunk is a word of the map");

static int
take_chunk(struct tmpfs *fs)
{
	struct tmpfs_state *s = fs->s;
	unsigned c = s->chunks;

	if (c >= s->chunks_max)
		return -SK_ENOSPC;
	if (fs->chunk[c] == NULL)
		fs->chunk[c] = fs->grow(fs, c);
	if (fs->chunk[c] == NULL)
		return -SK_ENOSPC;
	KEEP_SET(fs->keep, s->chunks, c + 1);
	return (int)c;
}

/* A page, its contents unknown. */
static int
take_page(struct tmpfs *fs)
{
	struct tmpfs_state *s = fs->s;
	unsigned c;
	int bit, r;

	for (c = 0; c < s->chunks && s->map[c] == UINT64_MAX; c++) /* <= TMPFS_CHUNKS */
		;
	if (c == s->chunks) {
		r = take_chunk(fs);
		if (r < 0)
			return r;
	}
	bit = __builtin_ctzll(~s->map[c]);
	KEEP_SET(fs->keep, s->map[c], s->map[c] | BITS(bit));
	KEEP_SET(fs->keep, s->used, s->used + 1);
	return (int)(c * TMPFS_CHUNK_PAGES) + bit;
}

/* The map has been saved as a whole. */
static void
free_page(struct tmpfs *fs, uint32_t page)
{
	fs->s->map[page / 64] &= ~BITS(page);
	fs->s->used--;
}

uint64_t
tmpfs_room(const struct tmpfs *fs, uint32_t n)
{
	const struct tmpfs_state *s = fs->s;
	const struct tmpfs_node *node = &s->nodes[n];
	uint64_t left = (uint64_t)s->chunks_max * TMPFS_CHUNK_PAGES - s->used;
	uint64_t pages;

	if (node->pages <= TMPFS_DIRECT && node->pages + left > TMPFS_DIRECT)
		left--; /* for its page of numbers */
	pages = node->pages + left;
	return (pages < TMPFS_FILE_PAGES ? pages : TMPFS_FILE_PAGES) * TMPFS_PAGE;
}

static int
add_page(struct tmpfs *fs, struct tmpfs_node *node)
{
	uint32_t index = node->pages;
	int page, numbers;

	if (index == TMPFS_DIRECT) {
		numbers = take_page(fs);
		if (numbers < 0)
			return numbers;
		KEEP_SET(fs->keep, node->indirect, (uint32_t)numbers);
	}
	page = take_page(fs);
	if (page < 0)
		return page;
	memset(page_at(fs, (uint32_t)page), 0, TMPFS_PAGE);
	if (index < TMPFS_DIRECT)
		KEEP_SET(fs->keep, node->direct[index], (uint32_t)page);
	else
		((uint32_t *)page_at(fs, node->indirect))[index - TMPFS_DIRECT] = (uint32_t)page;
	KEEP_SET(fs->keep, node->pages, index + 1);
	return 0;
}

int
tmpfs_extend(struct tmpfs *fs, uint32_t n, uint64_t size)
{
	struct tmpfs_node *node = &fs->s->nodes[n];
	uint32_t tail = (uint32_t)(node->size % TMPFS_PAGE);
	int error;

	if (size <= node->size)
		return 0;
	if (size > (uint64_t)TMPFS_FILE_PAGES * TMPFS_PAGE)
		return -SK_EFBIG;
	if (tail != 0)
		memset(
		    page_at(fs, page_number(fs, node, (uint32_t)(node->size / TMPFS_PAGE))) + tail,
		    0, TMPFS_PAGE - tail);
	while ((uint64_t)node->pages * TMPFS_PAGE < size) { /* <= TMPFS_FILE_PAGES */
		error = add_page(fs, node);
		if (error < 0)
			return error;
	}
	KEEP_SET(fs->keep, node->size, size);
	return 0;
}

void
tmpfs_shrink(struct tmpfs *fs, uint32_t n, uint64_t size)
{
	struct tmpfs_node *node = &fs->s->nodes[n];
	uint32_t pages = (uint32_t)((size + TMPFS_PAGE - 1) / TMPFS_PAGE);

	if (size >= node->size)
		return;
	keep_save(fs->keep, fs->s, offsetof(struct tmpfs_state, nodes));
	for (uint32_t i = pages; i < node->pages; i++) /* <= TMPFS_FILE_PAGES */
		free_page(fs, page_number(fs, node, i));
	if (node->pages > TMPFS_DIRECT && pages <= TMPFS_DIRECT)
		free_page(fs, node->indirect);
	if (pages < node->pages)
		KEEP_SET(fs->keep, node->pages, pages);
	KEEP_SET(fs->keep, node->size, size);
}

int
tmpfs_parts(
    const struct tmpfs *fs, uint32_t n, uint64_t offset, size_t len, struct skink_iov *iov, int max)
{
	const struct tmpfs_node *node = &fs->s->nodes[n];
	int count = 0;

	while (len > 0 && count < max) {
		uint32_t in_page = (uint32_t)(offset % TMPFS_PAGE);
		size_t here = TMPFS_PAGE - in_page;

		if (here > len)
			here = len;
		iov[count].base =
		    page_at(fs, page_number(fs, node, (uint32_t)(offset / TMPFS_PAGE))) + in_page;
		iov[count++].len = here;
		offset += here;
		len -= here;
	}
	return count;
}

/* ---- nodes ---- */

static void
set_name(struct tmpfs *fs, struct tmpfs_node *node, const char *name, size_t len)
{
	keep_save(fs->keep, node->name, sizeof(node->name));
	memset(node->name, 0, sizeof(node->name));
	memcpy(node->name, name, len);
}

static void
touch(struct tmpfs *fs, uint32_t n, uint64_t now_ns)
{
	KEEP_SET(fs->keep, fs->s->nodes[n].mtime_ns, now_ns);
}

static void
count_child(struct tmpfs *fs, uint32_t parent, int by)
{
	struct tmpfs_node *node = &fs->s->nodes[parent];

	KEEP_SET(fs->keep, node->children, node->children + (uint32_t)by);
}

int
tmpfs_create(struct tmpfs *fs, uint32_t parent, const char *name, size_t len, enum tmpfs_type type,
    uint32_t mode, uint64_t now_ns)
{
	struct tmpfs_state *s = fs->s;
	struct tmpfs_node *node;
	uint32_t n;

	if (len == 0 || len >= TMPFS_NAME)
		return len == 0 ? -SK_EINVAL : -SK_ENAMETOOLONG;
	if (!s->nodes[parent].linked)
		return -SK_ENOENT;
	for (n = 0; n < TMPFS_NODES && s->nodes[n].type != TMPFS_FREE; n++) /* <= TMPFS_NODES */
		;
	if (n == TMPFS_NODES)
		return -SK_ENOSPC;
	node = &s->nodes[n];
	keep_save(fs->keep, node, sizeof(*node));
	*node = (struct tmpfs_node){
	    .type = type,
	    .linked = 1,
	    .parent = parent,
	    .mode = mode & 07777,
	    .generation = node->generation + 1,
	    .mtime_ns = now_ns,
	    .ctime_ns = now_ns,
	};
	memcpy(node->name, name, len);
	KEEP_SET(fs->keep, s->nodes_used, s->nodes_used + 1);
	count_child(fs, parent, 1);
	touch(fs, parent, now_ns);
	hash_add(fs, n);
	return (int)n;
}

static void
drop_unused(struct tmpfs *fs, uint32_t n)
{
	struct tmpfs_node *node = &fs->s->nodes[n];

	if (node->linked || node->opens > 0)
		return;
	tmpfs_shrink(fs, n, 0);
	KEEP_SET(fs->keep, node->type, TMPFS_FREE);
	KEEP_SET(fs->keep, fs->s->nodes_used, fs->s->nodes_used - 1);
}

void
tmpfs_hold(struct tmpfs *fs, uint32_t n)
{
	KEEP_SET(fs->keep, fs->s->nodes[n].opens, fs->s->nodes[n].opens + 1);
}

void
tmpfs_release(struct tmpfs *fs, uint32_t n)
{
	KEEP_SET(fs->keep, fs->s->nodes[n].opens, fs->s->nodes[n].opens - 1);
	drop_unused(fs, n);
}

int
tmpfs_remove(struct tmpfs *fs, uint32_t n, uint64_t now_ns)
{
	struct tmpfs_node *node = &fs->s->nodes[n];

	if (n == TMPFS_ROOT)
		return -SK_EBUSY;
	if (node->children > 0)
		return -SK_ENOTEMPTY;
	hash_remove(fs, n);
	KEEP_SET(fs->keep, node->linked, 0);
	count_child(fs, node->parent, -1);
	touch(fs, node->parent, now_ns);
	drop_unused(fs, n);
	return 0;
}

static int
is_below(const struct tmpfs *fs, uint32_t n, uint32_t ancestor)
{
	for (; n != TMPFS_ROOT; n = fs->s->nodes[n].parent) /* <= TMPFS_NODES: no cycles */
		if (n == ancestor)
			return 1;
	return ancestor == TMPFS_ROOT;
}

int
tmpfs_rename(
    struct tmpfs *fs, uint32_t n, uint32_t parent, const char *name, size_t len, uint64_t now_ns)
{
	struct tmpfs_node *node = &fs->s->nodes[n];
	int there, error;

	if (n == TMPFS_ROOT)
		return -SK_EBUSY;
	if (len == 0 || len >= TMPFS_NAME)
		return len == 0 ? -SK_EINVAL : -SK_ENAMETOOLONG;
	if (node->type == TMPFS_DIR && is_below(fs, parent, n))
		return -SK_EINVAL;
	there = lookup(fs, parent, name, len);
	if (there == (int)n)
		return 0;
	if (there >= 0) {
		const struct tmpfs_node *old = &fs->s->nodes[there];

		if (old->type != node->type)
			return old->type == TMPFS_DIR ? -SK_EISDIR : -SK_ENOTDIR;
		error = tmpfs_remove(fs, (uint32_t)there, now_ns);
		if (error < 0)
			return error;
	}
	hash_remove(fs, n);
	if (node->parent != parent) {
		count_child(fs, node->parent, -1);
		touch(fs, node->parent, now_ns);
		count_child(fs, parent, 1);
		KEEP_SET(fs->keep, node->parent, parent);
	}
	set_name(fs, node, name, len);
	KEEP_SET(fs->keep, node->ctime_ns, now_ns);
	touch(fs, parent, now_ns);
	hash_add(fs, n);
	return 0;
}

int
tmpfs_next_child(const struct tmpfs *fs, uint32_t dir, uint64_t *position)
{
	for (uint64_t n = *position; n < TMPFS_NODES; n++) {
		const struct tmpfs_node *node = &fs->s->nodes[n];

		if (n == TMPFS_ROOT || node->type == TMPFS_FREE || !node->linked ||
		    node->parent != dir)
			continue;
		*position = n + 1;
		return (int)n;
	}
	*position = TMPFS_NODES;
	return -SK_ENOENT;
}

/* ---- the whole ---- */

unsigned
tmpfs_empty_chunks(const struct tmpfs *fs)
{
	unsigned n = 0;

	while (n < fs->s->chunks && fs->s->map[fs->s->chunks - 1 - n] == 0)
		n++;
	return n;
}

void
tmpfs_drop_chunk(struct tmpfs *fs)
{
	KEEP_SET(fs->keep, fs->s->chunks, fs->s->chunks - 1);
	fs->chunk[fs->s->chunks] = NULL;
}

void
tmpfs_format(struct tmpfs *fs, unsigned chunks_max, uint64_t now_ns)
{
	struct tmpfs_state *s = fs->s;

	s->chunks_max = chunks_max < TMPFS_CHUNKS ? chunks_max : TMPFS_CHUNKS;
	s->nodes_used = 1;
	s->nodes[TMPFS_ROOT] = (struct tmpfs_node){.type = TMPFS_DIR,
	    .linked = 1,
	    .mode = 0777,
	    .generation = 1,
	    .mtime_ns = now_ns,
	    .ctime_ns = now_ns};
	tmpfs_derive(fs);
}

void
tmpfs_derive(struct tmpfs *fs)
{
	memset(fs->bucket, 0xff, sizeof(fs->bucket));
	for (uint32_t n = 0; n < TMPFS_NODES; n++)
		if (n != TMPFS_ROOT && fs->s->nodes[n].type != TMPFS_FREE && fs->s->nodes[n].linked)
			hash_add(fs, n);
}

/* Marks a page in `seen`; 0: it is outside, not taken, or another's too. */
static int
mark(const struct tmpfs *fs, uint64_t *seen, uint32_t page)
{
	if (page >= fs->s->chunks * TMPFS_CHUNK_PAGES || !(fs->s->map[page / 64] & BITS(page)) ||
	    (seen[page / 64] & BITS(page)))
		return 0;
	seen[page / 64] |= BITS(page);
	return 1;
}

static int
node_is_sound(const struct tmpfs *fs, const struct tmpfs_node *node, uint64_t *seen)
{
	const struct tmpfs_state *s = fs->s;

	if (node->type > TMPFS_DIR || node->parent >= TMPFS_NODES ||
	    s->nodes[node->parent].type != TMPFS_DIR || node->pages > TMPFS_FILE_PAGES ||
	    memchr(node->name, '\0', TMPFS_NAME) == NULL ||
	    node->pages != (node->size + TMPFS_PAGE - 1) / TMPFS_PAGE ||
	    (node->type == TMPFS_DIR && node->size != 0) || (!node->linked && node->opens == 0))
		return 0;
	if (node->pages > TMPFS_DIRECT && !mark(fs, seen, node->indirect))
		return 0;
	for (uint32_t i = 0; i < node->pages; i++)
		if (!mark(fs, seen, page_number(fs, node, i)))
			return 0;
	return 1;
}

int
tmpfs_is_sound(const struct tmpfs *fs)
{
	const struct tmpfs_state *s = fs->s;
	uint64_t seen[TMPFS_PAGES / 64] = {0};
	uint32_t children[TMPFS_NODES] = {0}, nodes = 0, used = 0;

	if (s->chunks > s->chunks_max || s->chunks_max > TMPFS_CHUNKS ||
	    s->nodes[TMPFS_ROOT].type != TMPFS_DIR || s->nodes[TMPFS_ROOT].parent != TMPFS_ROOT)
		return 0;
	for (uint32_t n = 0; n < TMPFS_NODES; n++) {
		const struct tmpfs_node *node = &s->nodes[n];

		if (node->type == TMPFS_FREE)
			continue;
		if (!node_is_sound(fs, node, seen))
			return 0;
		nodes++;
		if (n != TMPFS_ROOT && node->linked)
			children[node->parent]++;
	}
	for (uint32_t n = 0; n < TMPFS_NODES; n++)
		if (s->nodes[n].type != TMPFS_FREE && s->nodes[n].children != children[n])
			return 0;
	for (unsigned c = 0; c < TMPFS_CHUNKS; c++) {
		if (s->map[c] != seen[c])
			return 0;
		used += (uint32_t)__builtin_popcountll(s->map[c]);
	}
	return nodes == s->nodes_used && used == s->used;
}

int
tmpfs_attach(struct tmpfs *fs)
{
	if (fs->s->chunks > TMPFS_CHUNKS)
		return -SK_ESTALE;
	for (unsigned c = 0; c < fs->s->chunks; c++) {
		if (fs->chunk[c] == NULL)
			fs->chunk[c] = fs->grow(fs, c);
		if (fs->chunk[c] == NULL)
			return -SK_ESTALE;
	}
	if (!tmpfs_is_sound(fs))
		return -SK_ESTALE;
	tmpfs_derive(fs);
	return 0;
}
