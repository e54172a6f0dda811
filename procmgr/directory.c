/* SPDX-License-Identifier: Apache-2.0 */
/* directory.c - what stat() and readdir() show of procmgr's own files. Owns their inode numbers;
 * opens nothing. */
#include <string.h>
#include <sys/iomsg.h>

#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "file.h"
#include "image.h"
#include "loop.h"
#include "object.h"
#include "pages.h"
#include "path.h"
#include "request.h"
#include "shmem.h"

#define INO_IMAGE 0x10000u /* inode numbers: paths below, then files, then shmem */
#define INO_SHMEM 0x20000u

void
file_stat(struct _io_stat_reply *st, enum file_kind kind, const struct path_node *node,
    const struct image_file *image, const struct object *o)
{
	const struct shmem *s;

	st->dev = loop_chid();
	st->nlink = 1;
	st->blksize = PAGE_SIZE;
	st->ino = node != NULL ? node->number : 0;
	switch (kind) {
	case FILE_DIRECTORY:
		st->mode = _IO_S_IFDIR | 0555;
		st->nlink = 2;
		break;
	case FILE_BOOT_DIRECTORY:
	case FILE_SHMEM_DIRECTORY:
		st->mode = node->mode;
		st->nlink = 2;
		break;
	case FILE_BOOT:
		st->mode = image->mode;
		st->size = image->size;
		st->ino = INO_IMAGE + image_index(image);
		break;
	case FILE_OBJECT:
		s = shmem_named(o);
		st->mode = _IO_S_IFREG | (s != NULL ? s->mode : 0600);
		st->nlink = s != NULL;
		st->size = o->size_bytes;
		st->ino = INO_SHMEM + (s != NULL ? s->number : 0);
		st->mtime_ns = st->ctime_ns = st->atime_ns = s != NULL ? s->made_ns : 0;
		break;
	case FILE_NULL:
	case FILE_ZERO:
		st->mode = node->mode;
		break;
	}
	st->blocks = (st->size + 511) / 512;
}

struct listing {
	uint8_t *out;
	uint32_t used, room;
};

/* One record more; false: no room. */
static bool
list_entry(struct listing *l, const char *name, uint64_t ino, uint32_t mode, uint64_t next)
{
	uint32_t n = strlen(name), size = IO_DIRENT_SIZE(n);
	struct _io_dirent *d = (void *)(l->out + l->used);

	if (l->room - l->used < size)
		return false;
	memset(d, 0, size);
	d->d_ino = ino;
	d->d_offset = next;
	d->d_reclen = size;
	d->d_namelen = n;
	d->d_type = mode >> 12;
	memcpy(d->d_name, name, n);
	l->used += size;
	return true;
}

/* The record at a place of the directory. 1: done, 0: no room, -1: no such place. */
static int
list_place(const struct file *f, uint64_t place, struct listing *l)
{
	const struct image_file *image;
	const struct shmem *s;
	uint64_t at = place;

	if (f->kind == FILE_BOOT_DIRECTORY) {
		image = image_file(place);
		return image == NULL
		    ? -1
		    : list_entry(l, image->name, INO_IMAGE + place, image->mode, place + 1);
	}
	if (f->kind == FILE_SHMEM_DIRECTORY) {
		s = shmem_at(place);
		return s == NULL
		    ? -1
		    : list_entry(l, s->name, INO_SHMEM + s->number, _IO_S_IFREG, place + 1);
	}
	LINK_EACH(link, &f->node->children)
	{ /* <= PATH_NODES_MAX */
		struct path_node *c = CONTAINER(link, struct path_node, sibling);

		if (at-- == 0)
			return list_entry(
			    l, c->name, c->number, c->attached ? c->mode : _IO_S_IFDIR, place + 1);
	}
	return -1;
}

long
directory_read(struct request *r, struct file *f, uint32_t bytes)
{
	struct listing l = {request_reply(r, 1024), 0, bytes < 1024 ? bytes : 1024};
	int result = 1;

	while (result > 0) { /* <= 1024 / the least record */
		result = list_place(f, f->position, &l);
		if (result > 0)
			f->position++;
	}
	if (result == 0 && l.used == 0)
		return -SK_EINVAL;
	r->reply_length = l.used;
	return l.used;
}
