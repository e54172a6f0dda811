/* SPDX-License-Identifier: Apache-2.0 */
/* file_path.c - procmgr's own paths: finds what is meant, opens it, or does what is asked of the
 * path itself. Owns nothing; the open files are file.c's. */
#include <string.h>
#include <sys/iomsg.h>

#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "file.h"
#include "image.h"
#include "nucleus.h"
#include "object.h"
#include "object_file.h"
#include "path.h"
#include "request.h"
#include "shmem.h"

/* A path of procmgr's, before it is opened. */
struct target {
	enum file_kind kind;
	struct path_node *node;
	const struct image_file *image;
	struct shmem *shmem;
	const char *name; /* what was asked for in a directory that has it not */
	uint32_t name_length;
};

static long
target_find(const char *path, uint32_t length, struct target *t)
{
	uint32_t rest;
	bool slash = length > 1 && path[length - 1] == '/';
	const char *name;
	long error = path_check(path, length);

	*t = (struct target){.kind = FILE_DIRECTORY};
	if (error == 0)
		error = path_lookup(path, length, &t->node, &rest);
	if (error < 0)
		return error;
	if (!t->node->attached)
		return 0;
	if (t->node->chid != 0)
		/* another server's: it was not procmgr that sent the caller here */
		return -SK_ENOENT;
	t->kind = t->node->own;
	name = path + rest + 1;
	length = length > rest + 1 ? length - rest - 1 - slash : 0;
	if (length == 0)
		return slash && (t->kind == FILE_NULL || t->kind == FILE_ZERO) ? -SK_ENOTDIR : 0;
	if (memchr(name, '/', length) != NULL)
		return -SK_ENOENT;
	t->image = t->kind == FILE_BOOT_DIRECTORY ? image_find(name, length) : NULL;
	t->shmem = t->kind == FILE_SHMEM_DIRECTORY ? shmem_find(name, length) : NULL;
	if (t->image != NULL)
		t->kind = FILE_BOOT;
	else if (t->shmem != NULL)
		t->kind = FILE_OBJECT;
	else {
		t->name = name;
		t->name_length = length;
	}
	return !slash ? 0 : t->name == NULL ? -SK_ENOTDIR : -SK_ENOENT;
}

long
file_program(const char *path, uint32_t length, const struct image_file **program)
{
	struct path_node *node;
	uint32_t rest;

	if (path_check(path, length) < 0 || path_lookup(path, length, &node, &rest) < 0 ||
	    !node->attached || node->chid != 0 || node->own != FILE_BOOT_DIRECTORY ||
	    rest + 1 >= length)
		return -SK_EXDEV;
	*program = image_find(path + rest + 1, length - rest - 1);
	return *program != NULL && ((*program)->mode & 0111) != 0 ? 0 : -SK_EXDEV;
}

static bool
target_is_missing(const struct target *t)
{
	return t->name != NULL;
}

static long
connect_open(struct request *r, const struct _io_connect *m, struct target *t)
{
	bool writes = m->ioflag & _IO_FLAG_WR, missing = target_is_missing(t);
	struct _io_connect_reply *reply;
	struct _io_stat_reply st = {0};
	struct file *f;
	long error;

	if (file_find(r->info.scoid) != NULL)
		return -SK_EINVAL;
	if ((m->ioflag & _IO_FLAG_MASK) == 0)
		return -SK_EINVAL;
	if (missing && !(m->ioflag & _IO_FLAG_CREAT))
		return -SK_ENOENT;
	if (missing && t->kind == FILE_BOOT_DIRECTORY)
		return -SK_EROFS;
	if (!missing && (m->ioflag & _IO_FLAG_CREAT) && (m->ioflag & _IO_FLAG_EXCL))
		return -SK_EEXIST;
	if (!missing && (m->ioflag & _IO_FLAG_DIRECTORY) && !file_is_directory(t->kind))
		return -SK_ENOTDIR;
	if (!missing && writes && file_is_directory(t->kind))
		return -SK_EISDIR;
	if (writes && t->kind == FILE_BOOT)
		return -SK_EROFS;
	if (t->kind == FILE_OBJECT && writes && (m->ioflag & _IO_FLAG_TRUNC)) {
		error = object_file_clear(t->shmem->object);
		if (error < 0)
			return error;
	}
	f = file_new(r->info.scoid, t->kind, m->ioflag);
	if (f == NULL)
		return -SK_ENOMEM;
	if (missing) {
		t->shmem = shmem_make(t->name, t->name_length, m->mode, r->process, &error);
		if (t->shmem == NULL) {
			file_free(f);
			return error;
		}
		f->kind = t->kind = FILE_OBJECT;
	}
	/* COMMIT */
	f->image = t->image;
	if (t->shmem != NULL) {
		f->object = t->shmem->object;
		object_hold(f->object);
	} else {
		f->node = t->node;
		f->node->refs++;
	}
	file_stat(&st, f->kind, t->node, f->image, f->object);
	reply = request_reply(r, sizeof(*reply));
	reply->version = IO_VERSION;
	reply->mode = st.mode;
	return 0;
}

long
file_connect(struct request *r)
{
	const struct _io_connect *m = (const void *)r->bytes;
	struct target t;
	long error;

	if (!request_holds(r, sizeof(*m), (uint32_t)m->path_len + 1))
		return -SK_EINVAL;
	if (m->version > IO_VERSION)
		return -SK_ENOTSUP;
	error = target_find(m->path, m->path_len, &t);
	if (error < 0)
		return error;
	if (target_is_missing(&t) && m->subtype != _IO_CONNECT_OPEN &&
	    m->subtype != _IO_CONNECT_MKDIR)
		return -SK_ENOENT;
	switch (m->subtype) {
	case _IO_CONNECT_OPEN:
		return connect_open(r, m, &t);
	case _IO_CONNECT_STAT:
		file_stat(request_reply(r, sizeof(struct _io_stat_reply)), t.kind, t.node, t.image,
		    t.shmem != NULL ? t.shmem->object : NULL);
		return 0;
	case _IO_CONNECT_UNLINK:
		if (file_is_directory(t.kind))
			return -SK_EISDIR;
		if (t.kind != FILE_OBJECT)
			return -SK_EROFS;
		shmem_unlink(t.shmem, r->info.priority);
		return 0;
	case _IO_CONNECT_CHMOD:
		if (t.kind != FILE_OBJECT)
			return -SK_EROFS;
		t.shmem->mode = m->mode & 0777;
		return 0;
	case _IO_CONNECT_TRUNCATE:
		if (t.kind != FILE_OBJECT)
			return file_is_directory(t.kind) ? -SK_EISDIR : -SK_EROFS;
		return object_file_resize(r, t.shmem->object, m->value);
	case _IO_CONNECT_RMDIR:
		return file_is_directory(t.kind) ? -SK_EBUSY : -SK_ENOTDIR;
	case _IO_CONNECT_MKDIR:
		return target_is_missing(&t) ? -SK_EROFS : -SK_EEXIST;
	case _IO_CONNECT_RENAME:
	case _IO_CONNECT_UTIME:
		return -SK_EROFS;
	default:
		return -SK_ENOSYS;
	}
}
