/* SPDX-License-Identifier: Apache-2.0 */
/* file.c - open files of procmgr's own paths: /proc/boot, /dev/null, /dev/zero, /dev/shmem and
 * the directories that exist because prefixes lie below them. Owns the open files, by scoid; how
 * they are opened is file_path.c's. */
#include <string.h>
#include <sys/iomsg.h>

#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "file.h"
#include "image.h"
#include "job.h"
#include "loop.h"
#include "nucleus.h"
#include "object.h"
#include "object_file.h"
#include "pages.h"
#include "path.h"
#include "request.h"
#include "shmem.h"
#include "store.h"

#define BUCKETS  128u
#define COPY_MAX 16384u /* bytes in one read */

static struct store files = STORE_OF(struct file);
static struct link buckets[BUCKETS];
static const uint8_t zeros[1024];

static struct link *
bucket(int scoid)
{
	struct link *b = &buckets[(uint32_t)scoid % BUCKETS];

	if (b->next == NULL)
		link_init(b);
	return b;
}

struct file *
file_find(int scoid)
{
	struct link *b = bucket(scoid);

	LINK_EACH(l, b)
	{ /* <= connections to procmgr */
		struct file *f = CONTAINER(l, struct file, link);

		if (f->scoid == scoid)
			return f;
	}
	return NULL;
}

struct file *
file_new(int scoid, enum file_kind kind, uint32_t ioflag)
{
	struct file *f = store_get(&files);

	if (f == NULL)
		return NULL;
	f->scoid = scoid;
	f->kind = kind;
	f->ioflag = ioflag;
	link_before(bucket(scoid), &f->link);
	return f;
}

void
file_free(struct file *f)
{
	link_remove(&f->link);
	store_put(&files, f);
}

long
file_open_object(int scoid, uint32_t ioflag, struct object *o)
{
	struct file *f = file_new(scoid, FILE_OBJECT, ioflag);

	if (f == NULL)
		return -SK_ENOMEM;
	f->object = o;
	return 0;
}

void
file_disconnected(int scoid)
{
	struct file *f = file_find(scoid);

	if (f == NULL)
		return;
	if (f->node != NULL) {
		f->node->refs--;
		path_drop(f->node);
	}
	if (f->object != NULL && object_release(f->object))
		job_bury(f->object, LOOP_PRIORITY);
	file_free(f);
}

int
file_scoid(int pid, int coid)
{
	struct _server_info info;
	uint64_t id = (uint64_t)(uint32_t)pid << 32 | (uint32_t)coid;
	long error = skink_p_info(SKINK_INFO_CONNECTION, id, &info, sizeof(info));

	if (error < 0)
		return -SK_EBADF;
	return info.pid == SKINK_PROCMGR_PID ? info.scoid : -SK_ENODEV;
}

long
file_content(int pid, int coid, struct file_content *content)
{
	int scoid = file_scoid(pid, coid);
	struct file *f = scoid < 0 ? NULL : file_find(scoid);

	*content = (struct file_content){.memory = NULL};
	if (scoid < 0)
		return scoid;
	if (f == NULL)
		return -SK_ENODEV;
	if (!(f->ioflag & _IO_FLAG_RD))
		return -SK_EACCES;
	if (f->kind == FILE_OBJECT) {
		content->object = f->object;
		content->size_bytes = f->object->size_bytes;
		content->writable = f->ioflag & _IO_FLAG_WR;
		return 0;
	}
	if (f->kind != FILE_BOOT)
		return -SK_ENODEV;
	content->memory = f->image->data;
	content->physical = (uintptr_t)f->image->data - pages_window;
	content->name = f->image->name;
	content->size_bytes = f->image->size;
	return 0;
}

/* ---- what is asked of them ---- */

/* Where a read or write happens: its own offset, or the file's position. */
static long
position(struct request *r, struct file *f, uint32_t xtype, uint32_t fixed, uint64_t *at)
{
	struct _xtype_offset x;

	*at = f->position;
	if ((xtype & _IO_XTYPE_MASK) == _IO_XTYPE_NONE)
		return 0;
	if ((xtype & _IO_XTYPE_MASK) != _IO_XTYPE_OFFSET || !request_holds(r, fixed, sizeof(x)))
		return -SK_EINVAL;
	memcpy(&x, r->bytes + fixed, sizeof(x));
	if (x.offset < 0)
		return -SK_EINVAL;
	*at = x.offset;
	return sizeof(x);
}

static long
read_bytes(struct request *r, struct file *f, uint64_t at, uint32_t bytes)
{
	uint64_t left;

	switch (f->kind) {
	case FILE_BOOT:
		left = at < f->image->size ? f->image->size - at : 0;
		bytes = bytes < left ? bytes : left;
		bytes = bytes < COPY_MAX ? bytes : COPY_MAX;
		r->reply = f->image->data + at;
		break;
	case FILE_OBJECT:
		return object_file_read(r, f, at, bytes);
	case FILE_ZERO:
		bytes = bytes < sizeof(zeros) ? bytes : sizeof(zeros);
		r->reply = zeros;
		break;
	default:
		bytes = 0;
		break;
	}
	r->reply_length = bytes;
	return bytes;
}

static long
file_read(struct request *r, struct file *f)
{
	const struct _io_read *m = (const void *)r->bytes;
	uint64_t at;
	long extra = position(r, f, m->xtype, sizeof(*m), &at), got;

	if (extra < 0)
		return extra;
	if (!(f->ioflag & _IO_FLAG_RD))
		return -SK_EBADF;
	if (file_is_directory(f->kind))
		return extra > 0 ? -SK_EISDIR : directory_read(r, f, m->nbytes);
	got = read_bytes(r, f, at, m->nbytes);
	if (got > 0 && extra == 0)
		f->position += got;
	return got;
}

static long
file_write(struct request *r, struct file *f)
{
	const struct _io_write *m = (const void *)r->bytes;
	uint64_t at;
	long extra = position(r, f, m->xtype, sizeof(*m), &at), got;

	if (extra < 0)
		return extra;
	if (!(f->ioflag & _IO_FLAG_WR))
		return -SK_EBADF;
	if (m->nbytes > INT32_MAX)
		return -SK_EINVAL;
	if (f->kind != FILE_OBJECT)
		return m->nbytes;
	if (f->ioflag & _IO_FLAG_APPEND && extra == 0)
		at = f->object->size_bytes;
	got = object_file_write(r, f, at, m->nbytes, sizeof(*m) + extra);
	if (got > 0 && extra == 0)
		f->position = at + got;
	return got;
}

static long
file_lseek(struct request *r, struct file *f)
{
	const struct _io_lseek *m = (const void *)r->bytes;
	int64_t base = 0, to;
	uint64_t *reply;

	if (f->kind == FILE_NULL || f->kind == FILE_ZERO)
		return -SK_ESPIPE;
	if (m->whence == 1)
		base = f->position;
	else if (m->whence == 2 && f->kind == FILE_BOOT)
		base = f->image->size;
	else if (m->whence == 2 && f->kind == FILE_OBJECT)
		base = f->object->size_bytes;
	else if (m->whence != 0)
		return -SK_EINVAL;
	if (__builtin_add_overflow(base, m->offset, &to) || to < 0)
		return -SK_EINVAL;
	f->position = to;
	reply = request_reply(r, sizeof(*reply));
	*reply = to;
	return 0;
}

static long
file_space(struct request *r, struct file *f)
{
	const struct _io_space *m = (const void *)r->bytes;

	if (m->subtype != _IO_SPACE_TRUNCATE || m->whence != 0 || m->start != 0 ||
	    m->len > INT64_MAX)
		return -SK_EINVAL;
	if (!(f->ioflag & _IO_FLAG_WR))
		return -SK_EBADF;
	if (f->kind != FILE_OBJECT)
		return -SK_EINVAL;
	return object_file_resize(r, f->object, m->len);
}

static long
file_devctl(struct request *r, struct file *f)
{
	const struct _io_devctl *m = (const void *)r->bytes;
	struct {
		struct _io_devctl_reply head;
		uint32_t value;
	} * reply;
	uint32_t value;

	if (m->dcmd == DCMD_ALL_SETFLAGS) {
		if (!request_holds(r, sizeof(*m), sizeof(value)))
			return -SK_EINVAL;
		memcpy(&value, m + 1, sizeof(value));
		f->ioflag = (f->ioflag & ~_IO_FLAG_SETTABLE) | (value & _IO_FLAG_SETTABLE);
		request_reply(r, sizeof(reply->head));
		return 0;
	}
	if (m->dcmd != DCMD_ALL_GETFLAGS)
		return -SK_ENOTTY;
	reply = request_reply(r, sizeof(*reply));
	reply->head.nbytes = sizeof(value);
	reply->value = f->ioflag;
	return 0;
}

static long
file_notify(struct request *r)
{
	const struct _io_notify *m = (const void *)r->bytes;
	struct _io_notify_reply *reply = request_reply(r, sizeof(*reply));

	/* All of it is always ready. */
	reply->flags = m->flags & (_NOTIFY_COND_INPUT | _NOTIFY_COND_OUTPUT);
	return 0;
}

static long
file_pathconf(struct request *r)
{
	const struct _io_pathconf *m = (const void *)r->bytes;

	switch (m->name) {
	case _IO_PC_NAME_MAX:
		return PATH_NAME_MAX - 1;
	case _IO_PC_PATH_MAX:
		return PROC_PATH_MAX;
	default:
		return -SK_EINVAL;
	}
}

static long
file_info(struct request *r, struct file *f)
{
	char *text = request_reply(r, PROC_PATH_MAX + PATH_NAME_MAX);
	const struct shmem *s = f->object != NULL ? shmem_named(f->object) : NULL;
	uint32_t length = 0;

	if (f->kind == FILE_OBJECT) {
		if (s == NULL)
			return -SK_EINVAL;
		strcpy(text, "/dev/shmem/");
		strcat(text, s->name);
	} else {
		length = path_text(f->node, text, PROC_PATH_MAX);
		if (f->kind == FILE_BOOT) {
			text[length] = '/';
			strncpy(text + length + 1, f->image->name, PATH_NAME_MAX - 2);
		}
	}
	length = strlen(text);
	r->reply_length = length + 1;
	return length;
}

long
file_message(struct request *r)
{
	static const struct {
		uint16_t type, size;
	} kinds[] = {
	    {_IO_CONNECT, sizeof(struct _io_connect)},
	    {_IO_READ, sizeof(struct _io_read)},
	    {_IO_WRITE, sizeof(struct _io_write)},
	    {_IO_STAT, sizeof(struct _io_stat)},
	    {_IO_NOTIFY, sizeof(struct _io_notify)},
	    {_IO_DEVCTL, sizeof(struct _io_devctl)},
	    {_IO_PATHCONF, sizeof(struct _io_pathconf)},
	    {_IO_LSEEK, sizeof(struct _io_lseek)},
	    {_IO_FDINFO, sizeof(struct _io_fdinfo)},
	    {_IO_SPACE, sizeof(struct _io_space)},
	    {_IO_SYNC, sizeof(struct _io_sync)},
	    {_IO_CHMOD, sizeof(struct _io_chmod)},
	    {_IO_UTIME, sizeof(struct _io_utime)},
	};
	uint16_t type = *(const uint16_t *)r->bytes;
	struct file *f;
	unsigned i = 0;

	while (i < sizeof(kinds) / sizeof(kinds[0]) && kinds[i].type != type)
		i++;
	if (i == sizeof(kinds) / sizeof(kinds[0]))
		return -SK_ENOSYS;
	if (r->length < kinds[i].size)
		return -SK_EINVAL;
	if (type == _IO_CONNECT)
		return file_connect(r);
	f = file_find(r->info.scoid);
	if (f == NULL)
		return -SK_EBADF;
	switch (type) {
	case _IO_READ:
		return file_read(r, f);
	case _IO_WRITE:
		return file_write(r, f);
	case _IO_STAT:
		file_stat(request_reply(r, sizeof(struct _io_stat_reply)), f->kind, f->node,
		    f->image, f->object);
		return 0;
	case _IO_NOTIFY:
		return file_notify(r);
	case _IO_DEVCTL:
		return file_devctl(r, f);
	case _IO_PATHCONF:
		return file_pathconf(r);
	case _IO_LSEEK:
		return file_lseek(r, f);
	case _IO_FDINFO:
		return file_info(r, f);
	case _IO_SPACE:
		return file_space(r, f);
	case _IO_CHMOD:
	case _IO_UTIME:
		return -SK_EROFS;
	default:
		return 0; /* SYNC: there is nothing to be synced to */
	}
}
