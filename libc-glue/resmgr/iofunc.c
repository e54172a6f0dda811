/* SPDX-License-Identifier: Apache-2.0 */
/* iofunc.c - the default callbacks and the checks that they are made of. Owns nothing: all is in
 * the attributes and open files that callers hand in. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skink/calls.h>

#include "dispatch.h"

static uint64_t
now_ns(void)
{
	uint64_t ns = 0;

	skink_clock_time(SKINK_CLOCK_REALTIME, &ns);
	return ns;
}

void
iofunc_attr_init(
    iofunc_attr_t *attr, uint32_t mode, iofunc_attr_t *dattr, struct _client_info *info)
{
	(void)info;
	memset(attr, 0, sizeof(*attr));
	attr->mode = mode;
	attr->nlink = 1;
	attr->inode = 1;
	if (dattr != NULL)
		attr->mount = dattr->mount;
	attr->mtime_ns = attr->atime_ns = attr->ctime_ns = now_ns();
}

void
iofunc_func_init(
    unsigned nconnect, resmgr_connect_funcs_t *connect, unsigned nio, resmgr_io_funcs_t *io)
{
	static const resmgr_connect_funcs_t default_connect = {
	    .nfuncs = _RESMGR_CONNECT_NFUNCS,
	    .open = iofunc_open_default,
	    .attr = iofunc_attr_default,
	};
	static const resmgr_io_funcs_t default_io = {
	    .nfuncs = _RESMGR_IO_NFUNCS,
	    .read = iofunc_read_default,
	    .write = iofunc_write_default,
	    .close_ocb = iofunc_close_ocb_default,
	    .stat = iofunc_stat_default,
	    .notify = iofunc_notify_default,
	    .devctl = iofunc_devctl_default,
	    .pathconf = iofunc_pathconf_default,
	    .lseek = iofunc_lseek_default,
	    .chmod = iofunc_chmod_default,
	    .utime = iofunc_utime_default,
	    .fdinfo = iofunc_fdinfo_default,
	    .sync = iofunc_sync_default,
	};

	(void)nconnect;
	(void)nio;
	if (connect != NULL)
		*connect = default_connect;
	if (io != NULL)
		*io = default_io;
}

int
iofunc_client_info(resmgr_context_t *ctp, int ioflag, struct _client_info *info)
{
	(void)ioflag;
	return (int)-skink_connect_client_info(ctp->info.scoid, info);
}

int
iofunc_open(resmgr_context_t *ctp, io_open_t *msg, iofunc_attr_t *attr, iofunc_attr_t *dattr,
    struct _client_info *info)
{
	uint32_t flags = msg->connect.ioflag;

	(void)ctp;
	(void)dattr;
	(void)info;
	if ((flags & _IO_FLAG_DIRECTORY) && (attr->mode & _IO_S_IFMT) != _IO_S_IFDIR)
		return ENOTDIR;
	if ((flags & _IO_FLAG_CREAT) && (flags & _IO_FLAG_EXCL))
		return EEXIST;
	if ((attr->mode & _IO_S_IFMT) == _IO_S_IFDIR && (flags & _IO_FLAG_WR))
		return EISDIR;
	if ((flags & _IO_FLAG_RD) && !(attr->mode & 0400))
		return EACCES;
	if ((flags & _IO_FLAG_WR) && !(attr->mode & 0200))
		return EACCES;
	return EOK;
}

IOFUNC_OCB_T *
iofunc_ocb_calloc(resmgr_context_t *ctp, IOFUNC_ATTR_T *attr)
{
	iofunc_ocb_t *ocb = resmgr_ocb_room(ctp, sizeof(*ocb));

	(void)attr;
	return ocb != NULL ? ocb : calloc(1, sizeof(*ocb));
}

void
iofunc_ocb_free(IOFUNC_OCB_T *ocb)
{
	free(ocb);
}

int
iofunc_ocb_attach(resmgr_context_t *ctp, io_open_t *msg, IOFUNC_OCB_T *ocb, IOFUNC_ATTR_T *attr,
    const resmgr_io_funcs_t *io_funcs)
{
	const iofunc_funcs_t *funcs = attr->mount != NULL ? attr->mount->funcs : NULL;
	iofunc_ocb_t *o;
	int error;

	if (ocb == NULL)
		ocb = funcs != NULL && funcs->ocb_calloc != NULL ? funcs->ocb_calloc(ctp, attr)
								 : iofunc_ocb_calloc(ctp, attr);
	if (ocb == NULL)
		return ENOMEM;
	o = ocb;
	o->attr = attr;
	o->ioflag = msg->connect.ioflag & (_IO_FLAG_MASK | _IO_FLAG_SETTABLE);
	error = resmgr_open_bind(ctp, ocb, io_funcs);
	if (error != EOK)
		return error;
	attr->count++;
	attr->rcount += (o->ioflag & _IO_FLAG_RD) != 0;
	attr->wcount += (o->ioflag & _IO_FLAG_WR) != 0;
	return EOK;
}

int
iofunc_ocb_detach(resmgr_context_t *ctp, IOFUNC_OCB_T *ocb)
{
	iofunc_attr_t *attr = ocb->attr;

	(void)ctp;
	attr->count--;
	attr->rcount -= (ocb->ioflag & _IO_FLAG_RD) != 0;
	attr->wcount -= (ocb->ioflag & _IO_FLAG_WR) != 0;
	return EOK;
}

int
iofunc_read_verify(resmgr_context_t *ctp, io_read_t *msg, iofunc_ocb_t *ocb, int *nonblock)
{
	(void)ctp;
	(void)msg;
	if (!(ocb->ioflag & _IO_FLAG_RD))
		return EBADF;
	if (nonblock != NULL)
		*nonblock = (ocb->ioflag & _IO_FLAG_NONBLOCK) != 0;
	return EOK;
}

int
iofunc_write_verify(resmgr_context_t *ctp, io_write_t *msg, iofunc_ocb_t *ocb, int *nonblock)
{
	(void)ctp;
	(void)msg;
	if (!(ocb->ioflag & _IO_FLAG_WR))
		return EBADF;
	if (nonblock != NULL)
		*nonblock = (ocb->ioflag & _IO_FLAG_NONBLOCK) != 0;
	return EOK;
}

int64_t
iofunc_offset(resmgr_context_t *ctp, uint32_t xtype, size_t header, int *error)
{
	struct _xtype_offset x;

	*error = EOK;
	if (xtype != _IO_XTYPE_OFFSET)
		return -1;
	if (resmgr_msgread(ctp, &x, sizeof(x), header) != sizeof(x) || x.offset < 0)
		*error = EINVAL;
	return x.offset;
}

int
iofunc_time_update(iofunc_attr_t *attr)
{
	uint64_t now;

	if (!(attr->flags & (IOFUNC_ATTR_ATIME | IOFUNC_ATTR_MTIME | IOFUNC_ATTR_CTIME)))
		return EOK;
	now = now_ns();
	if (attr->flags & IOFUNC_ATTR_ATIME)
		attr->atime_ns = now;
	if (attr->flags & IOFUNC_ATTR_MTIME)
		attr->mtime_ns = now;
	if (attr->flags & IOFUNC_ATTR_CTIME)
		attr->ctime_ns = now;
	attr->flags &= ~(uint32_t)(IOFUNC_ATTR_ATIME | IOFUNC_ATTR_MTIME | IOFUNC_ATTR_CTIME |
	    IOFUNC_ATTR_DIRTY_TIME);
	return EOK;
}

int
iofunc_stat(resmgr_context_t *ctp, iofunc_attr_t *attr, struct _io_stat_reply *st)
{
	iofunc_time_update(attr);
	*st = (struct _io_stat_reply){
	    .ino = attr->inode,
	    .dev = attr->mount != NULL ? attr->mount->dev : (uint64_t)ctp->info.chid,
	    .rdev = attr->rdev,
	    .size = attr->nbytes,
	    .blocks = (attr->nbytes + 511) / 512,
	    .mtime_ns = attr->mtime_ns,
	    .atime_ns = attr->atime_ns,
	    .ctime_ns = attr->ctime_ns,
	    .mode = attr->mode,
	    .nlink = attr->nlink,
	    .uid = attr->uid,
	    .gid = attr->gid,
	    .blksize =
		attr->mount != NULL && attr->mount->blocksize ? attr->mount->blocksize : 4096,
	};
	return EOK;
}

int
iofunc_chmod(resmgr_context_t *ctp, io_chmod_t *msg, iofunc_ocb_t *ocb, iofunc_attr_t *attr)
{
	(void)ctp;
	(void)ocb;
	attr->mode = (attr->mode & _IO_S_IFMT) | (msg->i.mode & 07777);
	attr->flags |= IOFUNC_ATTR_CTIME;
	return EOK;
}

int
iofunc_utime(resmgr_context_t *ctp, io_utime_t *msg, iofunc_ocb_t *ocb, iofunc_attr_t *attr)
{
	(void)ctp;
	(void)ocb;
	if (msg->i.cur_flag) {
		attr->mtime_ns = attr->atime_ns = now_ns();
	} else {
		if (msg->i.atime_ns != UINT64_MAX)
			attr->atime_ns = msg->i.atime_ns;
		if (msg->i.mtime_ns != UINT64_MAX)
			attr->mtime_ns = msg->i.mtime_ns;
	}
	attr->flags |= IOFUNC_ATTR_CTIME;
	return EOK;
}

int
iofunc_lseek(resmgr_context_t *ctp, io_lseek_t *msg, iofunc_ocb_t *ocb, iofunc_attr_t *attr)
{
	uint64_t base = msg->i.whence == 0 ? 0 : msg->i.whence == 1 ? ocb->offset : attr->nbytes;
	int64_t to;

	if ((attr->mode & _IO_S_IFMT) == _IO_S_IFIFO)
		return ESPIPE;
	if (__builtin_add_overflow((int64_t)base, msg->i.offset, &to))
		return EOVERFLOW;
	if (to < 0)
		return EINVAL;
	ocb->offset = (uint64_t)to;
	msg->o = (uint64_t)to;
	return _RESMGR_PTR(ctp, &msg->o, sizeof(msg->o));
}

int
iofunc_devctl(resmgr_context_t *ctp, io_devctl_t *msg, iofunc_ocb_t *ocb, iofunc_attr_t *attr)
{
	uint32_t *data = (uint32_t *)(&msg->i + 1);

	(void)attr;
	switch (msg->i.dcmd) {
	case DCMD_ALL_GETFLAGS:
		*data = ocb->ioflag;
		msg->o = (struct _io_devctl_reply){.nbytes = sizeof(*data)};
		return _RESMGR_PTR(ctp, msg, sizeof(msg->o) + sizeof(*data));
	case DCMD_ALL_SETFLAGS:
		ocb->ioflag =
		    (ocb->ioflag & ~(uint32_t)_IO_FLAG_SETTABLE) | (*data & _IO_FLAG_SETTABLE);
		msg->o = (struct _io_devctl_reply){0};
		return _RESMGR_PTR(ctp, msg, sizeof(msg->o));
	default:
		return _RESMGR_DEFAULT;
	}
}

/* ---- callbacks ---- */

int
iofunc_open_default(resmgr_context_t *ctp, io_open_t *msg, IOFUNC_ATTR_T *attr, void *extra)
{
	int error;

	(void)extra;
	if (msg->connect.path[0] != '\0')
		return ENOENT;
	error = iofunc_open(ctp, msg, attr, NULL, NULL);
	if (error != EOK)
		return error;
	return iofunc_ocb_attach(ctp, msg, NULL, attr, ctp->dpp->paths[ctp->id].io);
}

int
iofunc_attr_default(resmgr_context_t *ctp, io_open_t *msg, IOFUNC_ATTR_T *attr, void *reserved)
{
	io_stat_t *reply = (io_stat_t *)msg;

	(void)reserved;
	if (msg->connect.path[0] != '\0')
		return ENOENT;
	switch (msg->connect.subtype) {
	case _IO_CONNECT_STAT:
		iofunc_stat(ctp, attr, &reply->o);
		return _RESMGR_PTR(ctp, reply, sizeof(reply->o));
	case _IO_CONNECT_CHMOD:
		attr->mode = (attr->mode & _IO_S_IFMT) | (msg->connect.mode & 07777);
		return EOK;
	case _IO_CONNECT_UTIME:
		attr->mtime_ns = msg->connect.value == UINT64_MAX ? now_ns() : msg->connect.value;
		return EOK;
	case _IO_CONNECT_TRUNCATE:
		return (attr->mode & _IO_S_IFMT) == _IO_S_IFCHR ? EOK : EINVAL;
	default:
		return ENOSYS;
	}
}

int
iofunc_read_default(resmgr_context_t *ctp, io_read_t *msg, IOFUNC_OCB_T *ocb)
{
	int error = iofunc_read_verify(ctp, msg, ocb, NULL);

	return error != EOK ? error : _RESMGR_STATUS(ctp, 0);
}

int
iofunc_write_default(resmgr_context_t *ctp, io_write_t *msg, IOFUNC_OCB_T *ocb)
{
	int error = iofunc_write_verify(ctp, msg, ocb, NULL);

	return error != EOK ? error : _RESMGR_STATUS(ctp, msg->i.nbytes);
}

int
iofunc_close_ocb_default(resmgr_context_t *ctp, void *reserved, IOFUNC_OCB_T *ocb)
{
	const iofunc_attr_t *attr = ocb->attr;
	const iofunc_funcs_t *funcs = attr->mount != NULL ? attr->mount->funcs : NULL;

	(void)reserved;
	iofunc_ocb_detach(ctp, ocb);
	if ((void *)ocb == (void *)ctp->dpp->file->room)
		return EOK;
	if (funcs != NULL && funcs->ocb_free != NULL)
		funcs->ocb_free(ocb);
	else
		iofunc_ocb_free(ocb);
	return EOK;
}

int
iofunc_stat_default(resmgr_context_t *ctp, io_stat_t *msg, IOFUNC_OCB_T *ocb)
{
	iofunc_stat(ctp, ocb->attr, &msg->o);
	return _RESMGR_PTR(ctp, &msg->o, sizeof(msg->o));
}

int
iofunc_devctl_default(resmgr_context_t *ctp, io_devctl_t *msg, IOFUNC_OCB_T *ocb)
{
	return iofunc_devctl(ctp, msg, ocb, ocb->attr);
}

int
iofunc_lseek_default(resmgr_context_t *ctp, io_lseek_t *msg, IOFUNC_OCB_T *ocb)
{
	return iofunc_lseek(ctp, msg, ocb, ocb->attr);
}

int
iofunc_chmod_default(resmgr_context_t *ctp, io_chmod_t *msg, IOFUNC_OCB_T *ocb)
{
	return iofunc_chmod(ctp, msg, ocb, ocb->attr);
}

int
iofunc_utime_default(resmgr_context_t *ctp, io_utime_t *msg, IOFUNC_OCB_T *ocb)
{
	return iofunc_utime(ctp, msg, ocb, ocb->attr);
}

int
iofunc_sync_default(resmgr_context_t *ctp, io_sync_t *msg, IOFUNC_OCB_T *ocb)
{
	(void)ctp;
	(void)msg;
	(void)ocb;
	return EOK;
}

int
iofunc_pathconf_default(resmgr_context_t *ctp, io_pathconf_t *msg, IOFUNC_OCB_T *ocb)
{
	(void)ocb;
	switch (msg->i.name) {
	case _IO_PC_NAME_MAX:
		return _RESMGR_STATUS(ctp, IO_NAME_MAX);
	case _IO_PC_PATH_MAX:
		return _RESMGR_STATUS(ctp, 255);
	default:
		return EINVAL;
	}
}

int
iofunc_fdinfo_default(resmgr_context_t *ctp, io_fdinfo_t *msg, IOFUNC_OCB_T *ocb)
{
	const struct path_attachment *p = &ctp->dpp->paths[ctp->id];

	(void)msg;
	(void)ocb;
	ctp->status = p->len;
	return _RESMGR_PTR(ctp, p->path, (size_t)p->len + 1);
}
