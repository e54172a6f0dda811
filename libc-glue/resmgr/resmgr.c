/* SPDX-License-Identifier: Apache-2.0 */
/* resmgr.c - takes an io message to its callback: finds the path or the open file, brackets the
 * call with a transaction, and hands what it returned to answer.c. Owns the attachments of paths.
  */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skink/calls.h>
#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "dispatch.h"
#include "iomsg.h"

#define DEFAULT_OPEN_MAX 64
#define DEFAULT_DEFERRED 32
#define DEFAULT_ARMS     32

static int
fail(int error)
{
	errno = error;
	return -1;
}

int
resmgr_state_make(
    dispatch_t *d, void *memory, const struct state_sizes *sizes, unsigned deferred_max)
{
	if (state_attach(&d->state, d->keep, memory, sizes) != 0)
		return ENOMEM;
	d->file_io = calloc(sizes->open_max, sizeof(*d->file_io));
	d->requests = calloc(deferred_max, sizeof(*d->requests));
	if (d->file_io == NULL || d->requests == NULL ||
	    idtable_init(&d->by_client, deferred_max) != 0)
		return ENOMEM;
	d->deferred_max = deferred_max;
	d->has_state = 1;
	return 0;
}

static int
plain_state(dispatch_t *d, const resmgr_attr_t *attr)
{
	struct state_sizes sizes = {
	    .open_max = attr != NULL && attr->open_max ? attr->open_max : DEFAULT_OPEN_MAX,
	    .ocb_size = sizeof(iofunc_ocb_t),
	    .arms = DEFAULT_ARMS,
	};
	void *memory;
	int error;

	sizes.client_max = attr != NULL && attr->client_max ? attr->client_max : sizes.open_max;
	memory = calloc(1, state_size(&sizes));
	if (memory == NULL)
		return ENOMEM;
	error = resmgr_state_make(d, memory, &sizes, DEFAULT_DEFERRED);
	if (error != 0)
		free(memory);
	return error;
}

static long
ask_procmgr(int type, int chid, const char *path, unsigned flags, uint32_t mode)
{
	size_t length = strlen(path);
	struct {
		struct proc_path head;
		char path[PROC_PATH_MAX];
	} m = {.head = {
		   .header = {.type = (uint16_t)type, .version = PROC_VERSION},
		   .chid = chid,
		   .flags = flags,
		   .length = (uint32_t)length,
		   .mode = mode,
	       }};

	if (length > sizeof(m.path))
		return -SK_ENAMETOOLONG;
	/* In one piece it is sent on a shorter way. */
	memcpy(m.path, path, length);
	return skink_msg_send(SKINK_PROCMGR_COID, &m, (long)(sizeof(m.head) + length), NULL, 0);
}

int
resmgr_attach(dispatch_t *d, resmgr_attr_t *attr, const char *path, enum _file_type file_type,
    unsigned flags, const resmgr_connect_funcs_t *connect_funcs, const resmgr_io_funcs_t *io_funcs,
    RESMGR_HANDLE_T *handle)
{
	struct path_attachment *p;
	size_t len = strlen(path);
	int id;
	long r;

	(void)file_type;
	if (len == 0 || path[0] != '/' || len >= sizeof(p->path) || connect_funcs == NULL ||
	    io_funcs == NULL || handle == NULL || (flags & ~_RESMGR_FLAG_DIR) != 0)
		return fail(EINVAL);
	for (id = 0; id < RESMGR_PATHS && d->paths[id].connect != NULL; id++)
		;
	if (id == RESMGR_PATHS)
		return fail(EAGAIN);
	if (attr != NULL && attr->msg_max_size > d->msg_max)
		d->msg_max = attr->msg_max_size;
	if (!d->has_state && plain_state(d, attr) != 0)
		return fail(ENOMEM);
	r = ask_procmgr(PROC_PATH_ATTACH, d->chid, path, flags, handle->mode);
	if (r < 0)
		return fail((int)-r);
	p = &d->paths[id];
	*p = (struct path_attachment){connect_funcs, io_funcs, handle, (uint16_t)len, ""};
	memcpy(p->path, path, len + 1);
	return id;
}

int
resmgr_detach(dispatch_t *d, int id, unsigned flags)
{
	long r;

	(void)flags;
	if (id < 0 || id >= RESMGR_PATHS || d->paths[id].connect == NULL)
		return fail(EINVAL);
	r = ask_procmgr(PROC_PATH_DETACH, d->chid, d->paths[id].path, 0, 0);
	d->paths[id].connect = NULL;
	return r < 0 ? fail((int)-r) : 0;
}

const resmgr_io_funcs_t *
resmgr_io(dispatch_t *d, const struct open_file *f)
{
	size_t slot = (size_t)((const char *)f - d->state.files) / d->state.file_size;
	const resmgr_io_funcs_t *io = d->file_io[slot];

	return io != NULL ? io : d->paths[f->path].io;
}

int
resmgr_open_bind(resmgr_context_t *ctp, void *ocb, const resmgr_io_funcs_t *io_funcs)
{
	dispatch_t *d = ctp->dpp;
	struct open_file *f = d->file;
	size_t slot;

	if (f == NULL || f->bound)
		return EINVAL;
	slot = (size_t)((char *)f - d->state.files) / d->state.file_size;
	f->ocb = ocb;
	f->bound = 1;
	d->file_io[slot] = io_funcs == d->paths[f->path].io ? NULL : io_funcs;
	return EOK;
}

void *
resmgr_ocb_room(resmgr_context_t *ctp, size_t size)
{
	dispatch_t *d = ctp->dpp;

	if (d->file == NULL || size > d->state.sizes.ocb_size)
		return NULL;
	return d->file->room;
}

void *
resmgr_ocb(resmgr_context_t *ctp)
{
	return ctp->dpp->file == NULL ? NULL : ctp->dpp->file->ocb;
}

/* ---- paths ---- */

static int
find_path(const dispatch_t *d, const char *path, size_t len)
{
	if (len > 1 && path[len - 1] == '/')
		len--;
	for (int i = 0; i < RESMGR_PATHS; i++)
		if (d->paths[i].connect != NULL && d->paths[i].len == len &&
		    memcmp(d->paths[i].path, path, len) == 0)
			return i;
	return -1;
}

/* Makes the message's path what callbacks see: the rest of it. The new name follows it. */
static const char *
strip_prefixes(struct _io_connect *c)
{
	const char *rest = iomsg_rest(c);
	size_t len = strlen(rest), extra_len = 0;
	const char *extra = NULL;

	if (c->subtype == _IO_CONNECT_RENAME) {
		extra = iomsg_extra_rest(c);
		extra_len = strlen(extra);
	}
	memmove(c->path, rest, len + 1);
	c->path_len = (uint16_t)len;
	c->prefix_len = c->extra_prefix_len = 0;
	if (extra == NULL)
		return NULL;
	memmove(c->path + len + 1, extra, extra_len + 1);
	c->extra_len = (uint16_t)extra_len;
	return c->path + len + 1;
}

static int
open_path(resmgr_context_t *ctp, struct path_attachment *p)
{
	dispatch_t *d = ctp->dpp;
	struct _io_connect_reply *reply;
	struct open_file *f;
	int error = EINVAL, r;

	if (p->connect->open == NULL)
		return ENOSYS;
	if (state_file_find(&d->state, (uint32_t)ctp->info.scoid) != NULL)
		return EBUSY;
	f = state_file_open(
	    &d->state, (uint32_t)ctp->info.scoid, ctp->info.pid, (uint32_t)ctp->id, &error);
	if (f == NULL)
		return error;
	d->file = f;
	r = p->connect->open(ctp, &ctp->msg->open, p->handle, NULL);
	d->file = NULL;
	if (r > 0 || r == _RESMGR_DEFAULT || r == _RESMGR_NOREPLY || !f->bound) {
		if (d->keep->header == NULL)
			state_file_close(&d->state, f);
		return r > 0 ? r : ENOSYS;
	}
	if (r < 0)
		return r;
	reply = &ctp->msg->open.reply;
	*reply = (struct _io_connect_reply){IO_VERSION, ((iofunc_ocb_t *)f->ocb)->attr->mode, 0};
	return _RESMGR_PTR(ctp, reply, sizeof(*reply));
}

static int
connect_message(resmgr_context_t *ctp)
{
	dispatch_t *d = ctp->dpp;
	struct _io_connect *c = &ctp->msg->connect;
	const resmgr_connect_funcs_t *funcs;
	struct path_attachment *p;
	const char *extra;

	ctp->id = find_path(d, c->path, c->prefix_len);
	if (ctp->id < 0)
		return ENOENT;
	if (c->subtype == _IO_CONNECT_RENAME &&
	    find_path(d, c->path + c->path_len + 1, c->extra_prefix_len) != ctp->id)
		return EXDEV;
	p = &d->paths[ctp->id];
	funcs = p->connect;
	extra = strip_prefixes(c);
	switch (c->subtype) {
	case _IO_CONNECT_OPEN:
		return open_path(ctp, p);
	case _IO_CONNECT_UNLINK:
	case _IO_CONNECT_RMDIR:
		return funcs->unlink == NULL
		    ? ENOSYS
		    : funcs->unlink(ctp, (io_unlink_t *)c, p->handle, NULL);
	case _IO_CONNECT_RENAME:
		return funcs->rename == NULL
		    ? ENOSYS
		    : funcs->rename(ctp, (io_rename_t *)c, p->handle, extra);
	case _IO_CONNECT_MKDIR:
		c->mode = (c->mode & 07777) | _IO_S_IFDIR;
		return funcs->mknod == NULL ? ENOSYS
					    : funcs->mknod(ctp, (io_mknod_t *)c, p->handle, NULL);
	default:
		return funcs->attr == NULL
		    ? iofunc_attr_default(ctp, &ctp->msg->open, p->handle, NULL)
		    : funcs->attr(ctp, &ctp->msg->open, p->handle, NULL);
	}
}

/* ---- open files ---- */

#define CALL(field, member) (io->field == NULL ? ENOSYS : io->field(ctp, &ctp->msg->member, ocb))

static int
io_message(resmgr_context_t *ctp, const resmgr_io_funcs_t *io, RESMGR_OCB_T *ocb)
{
	switch (ctp->msg->type) {
	case _IO_READ:
		return CALL(read, read);
	case _IO_WRITE:
		return CALL(write, write);
	case _IO_STAT:
		return CALL(stat, stat);
	case _IO_NOTIFY:
		return CALL(notify, notify);
	case _IO_DEVCTL:
		return CALL(devctl, devctl);
	case _IO_PATHCONF:
		return CALL(pathconf, pathconf);
	case _IO_LSEEK:
		return CALL(lseek, lseek);
	case _IO_CHMOD:
		return CALL(chmod, chmod);
	case _IO_UTIME:
		return CALL(utime, utime);
	case _IO_FDINFO:
		return CALL(fdinfo, fdinfo);
	case _IO_SPACE:
		return CALL(space, space);
	case _IO_MSG:
		return CALL(msg, msg);
	case _IO_SYNC:
		return CALL(sync, sync);
	default:
		return ENOSYS;
	}
}

static void
save_file(dispatch_t *d, struct open_file *f)
{
	d->file = f;
	d->file_ocb = f->ocb;
	d->ocb_len = d->state.sizes.ocb_size;
	if (d->ocb_len > sizeof(d->ocb_before))
		d->ocb_len = sizeof(d->ocb_before);
	if (d->keep->header == NULL)
		return;
	memcpy(d->ocb_before, f->ocb, d->ocb_len);
	keep_save(d->keep, f->ocb, d->ocb_len);
	d->saved = keep_used(d->keep);
}

static void
finish(resmgr_context_t *ctp, int r, uint64_t position)
{
	dispatch_t *d = ctp->dpp;
	int reread;

	if (r == _RESMGR_NOREPLY) {
		keep_commit(d->keep);
		d->state.touched = 0;
	} else if (r > 0 || r == _RESMGR_DEFAULT) {
		answer_undo(d);
		skink_msg_error(ctp->rcvid,
		    r > 0                              ? r
			: ctp->msg->type == _IO_DEVCTL ? SK_ENOTTY
						       : SK_ENOSYS);
	} else {
		reread = ctp->msg->type == _IO_READ && keep_used(d->keep) <= d->saved;
		answer_reply(
		    d, ctp->rcvid, &ctp->info, reread, position, ctp->status, ctp->iov, -r);
	}
	d->file = NULL;
	d->file_ocb = NULL;
	d->saved = 0;
}

void
resmgr_message(resmgr_context_t *ctp)
{
	dispatch_t *d = ctp->dpp;
	struct open_file *f;
	struct result *again = NULL;
	iofunc_ocb_t *ocb;
	uint64_t position, now;
	int r;

	r = iomsg_check(ctp->msg, ctp->size, ctp->info.srcmsglen);
	if (r != 0) {
		skink_msg_error(ctp->rcvid, r);
		return;
	}
	if (ctp->info.flags & SKINK_MI_REDELIVERED)
		again = state_result_find(&d->state, ctp->info.tid, ctp->info.seq);
	if (again != NULL && answer_again(d, ctp, again))
		return;
	keep_begin(d->keep);
	if (ctp->msg->type == _IO_CONNECT) {
		finish(ctp, connect_message(ctp), 0);
		return;
	}
	f = state_file_find(&d->state, (uint32_t)ctp->info.scoid);
	if (f == NULL || !f->bound) {
		finish(ctp, d->state.head->stale ? SK_ESTALE : SK_EBADF, 0);
		return;
	}
	ctp->id = (int)f->path;
	save_file(d, f);
	ocb = f->ocb;
	position = now = ocb->offset;
	if (again != NULL && again->state == RESULT_REREAD)
		ocb->offset = again->value;
	r = io_message(ctp, resmgr_io(d, f), (RESMGR_OCB_T *)ocb);
	if (again != NULL && again->state == RESULT_REREAD) {
		ocb->offset = now;
		state_result_drop(&d->state, again);
	}
	finish(ctp, r, position);
}

void
resmgr_disconnect(dispatch_t *d, uint32_t scoid)
{
	struct open_file *f;
	const resmgr_io_funcs_t *io;
	resmgr_context_t ctx = {.dpp = d, .info = {.scoid = (int32_t)scoid}};

	if (!d->has_state)
		return;
	f = state_file_find(&d->state, scoid);
	keep_begin(d->keep);
	request_closed(d, scoid);
	state_result_forget(&d->state, scoid);
	for (unsigned i = 0; i < d->state.sizes.arms && d->state.armed > 0; i++)
		if (d->state.arms[i].scoid == scoid)
			state_disarm(&d->state, &d->state.arms[i]);
	if (f != NULL) {
		io = resmgr_io(d, f);
		ctx.id = (int)f->path;
		d->file = f;
		if (f->bound && io->close_ocb != NULL)
			io->close_ocb(&ctx, NULL, f->ocb);
		d->file = NULL;
		state_file_close(&d->state, f);
	}
	keep_commit(d->keep);
	d->state.touched = 0;
}

void
resmgr_unblock(dispatch_context_t *ctp, long rcvid)
{
	dispatch_t *d = ctp->dpp;
	struct _msg_info info;
	struct open_file *f;
	struct request *r;

	if (!d->has_state || skink_msg_info(rcvid, &info) < 0)
		return;
	ctp->rcvid = rcvid;
	ctp->info = info;
	f = state_file_find(&d->state, (uint32_t)info.scoid);
	if (f != NULL && f->bound && resmgr_io(d, f)->unblock != NULL) {
		keep_begin(d->keep);
		save_file(d, f);
		resmgr_io(d, f)->unblock(ctp, NULL, f->ocb);
		keep_commit(d->keep);
		d->file = NULL;
		d->file_ocb = NULL;
		d->saved = 0;
	}
	r = request_of(d, info.tid);
	if (r != NULL && r->rcvid == rcvid)
		request_cancel(d, r);
	ctp->rcvid = 0;
}

/* ---- data ---- */

long
resmgr_msgread(resmgr_context_t *ctp, void *p, size_t len, size_t offset)
{
	long r;

	/* What was received is here already. */
	if (offset + len <= ctp->size) {
		memcpy(p, (char *)ctp->msg + offset, len);
		return (long)len;
	}
	r = skink_msg_read(ctp->rcvid, p, (long)len, offset);
	if (r < 0)
		return fail((int)-r);
	return r;
}

long
resmgr_msgwrite(resmgr_context_t *ctp, const void *p, size_t len, size_t offset)
{
	long r = skink_msg_write(ctp->rcvid, p, (long)len, offset);

	if (r < 0)
		return fail((int)-r);
	return r;
}

long
resmgr_write_data(resmgr_context_t *ctp, const io_write_t *msg, void *p, size_t len, size_t skip)
{
	size_t header =
	    sizeof(msg->i) + (msg->i.xtype == _IO_XTYPE_OFFSET ? sizeof(struct _xtype_offset) : 0);

	if (skip >= msg->i.nbytes)
		return 0;
	if (len > msg->i.nbytes - skip)
		len = msg->i.nbytes - skip;
	return resmgr_msgread(ctp, p, len, header + skip);
}
