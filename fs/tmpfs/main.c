/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tmpfs - files in memory, at the path it is given.
 *
 *	tmpfs [-s MIB] PATH
 *
 * Its files and its clients' open files lie in keep memory: they outlive its process, not the
 * machine. -s: ceiling of all data (default 3 MiB; the manifest's `keep` must allow it). Names
 * have at most TMPFS_NAME - 1 bytes, there are at most TMPFS_NODES files; no links, no permissions
 * but the owner's. Memory is taken and given back by 256 KiB.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tmpfs_ocb;
#define RESMGR_OCB_T struct tmpfs_ocb
#define IOFUNC_OCB_T struct tmpfs_ocb
#include <skink/calls.h>
#include <skink/server.h>

#include "tmpfs.h"

struct tmpfs_ocb {
	iofunc_ocb_t base;
	uint32_t node;
	uint32_t zero;
};

static struct tmpfs fs;
static struct server_context *sc;
static iofunc_attr_t attr; /* only its mode is looked at: see open */
static resmgr_connect_funcs_t connect_funcs;
static resmgr_io_funcs_t io_funcs;

static uint64_t
now(void)
{
	uint64_t ns = 0;

	skink_clock_time(SKINK_CLOCK_REALTIME, &ns);
	return ns;
}

/* ---- chunks ---- */

static char *
grow(struct tmpfs *f, unsigned chunk)
{
	(void)f;
	return keep_piece_take(sc->keep, "data", chunk, TMPFS_CHUNK_PAGES * TMPFS_PAGE);
}

/* One chunk at a time. When we die between the two steps, the memory is taken again by grow. */
static void
give_back(void)
{
	unsigned last = fs.s->chunks - 1;
	char *memory;

	if (tmpfs_empty_chunks(&fs) == 0)
		return;
	memory = fs.chunk[last];
	keep_begin(sc->keep);
	tmpfs_drop_chunk(&fs);
	keep_commit(sc->keep);
	keep_piece_give(sc->keep, "data", last, memory);
}

/* ---- paths ---- */

static void
fill_stat(resmgr_context_t *ctp, uint32_t n, struct _io_stat_reply *st)
{
	const struct tmpfs_node *node = &fs.s->nodes[n];

	*st = (struct _io_stat_reply){
	    .ino = (uint64_t)node->generation << 16 | (n + 1),
	    .dev = (uint64_t)ctp->info.chid,
	    .size = node->size,
	    .blocks = (uint64_t)node->pages * (TMPFS_PAGE / 512),
	    .mtime_ns = node->mtime_ns,
	    .atime_ns = node->mtime_ns,
	    .ctime_ns = node->ctime_ns,
	    .mode = node->mode | (node->type == TMPFS_DIR ? _IO_S_IFDIR : _IO_S_IFREG),
	    .nlink = node->linked,
	    .blksize = TMPFS_PAGE,
	};
}

static int
may_open(const struct tmpfs_node *node, uint32_t flags)
{
	if (node->type == TMPFS_DIR && (flags & _IO_FLAG_WR))
		return EISDIR;
	if (node->type != TMPFS_DIR && (flags & _IO_FLAG_DIRECTORY))
		return ENOTDIR;
	if (((flags & _IO_FLAG_RD) && !(node->mode & 0400)) ||
	    ((flags & _IO_FLAG_WR) && !(node->mode & 0200)))
		return EACCES;
	return EOK;
}

static int
fs_open(resmgr_context_t *ctp, io_open_t *msg, RESMGR_HANDLE_T *handle, void *extra)
{
	static struct _io_connect_reply reply;
	uint32_t flags = msg->connect.ioflag, parent;
	struct tmpfs_ocb *ocb;
	const char *name;
	size_t len;
	int n, error;

	(void)extra;
	n = tmpfs_find(&fs, msg->connect.path, &parent, &name, &len);
	if (n == -ENOENT && parent != UINT32_MAX && (flags & _IO_FLAG_CREAT)) {
		if (name[len] != '\0')
			return EISDIR;
		n = tmpfs_create(&fs, parent, name, len, TMPFS_FILE, msg->connect.mode, now());
		if (n < 0)
			return -n;
	} else if (n < 0) {
		return -n;
	} else {
		if ((flags & _IO_FLAG_CREAT) && (flags & _IO_FLAG_EXCL))
			return EEXIST;
		error = may_open(&fs.s->nodes[n], flags);
		if (error != EOK)
			return error;
		if ((flags & _IO_FLAG_TRUNC) && (flags & _IO_FLAG_WR)) {
			tmpfs_shrink(&fs, (uint32_t)n, 0);
			KEEP_SET(sc->keep, fs.s->nodes[n].mtime_ns, now());
		}
	}
	ocb = resmgr_ocb_room(ctp, sizeof(*ocb));
	if (ocb == NULL)
		return ENOMEM;
	ocb->node = (uint32_t)n;
	error = iofunc_ocb_attach(ctp, msg, ocb, handle, &io_funcs);
	if (error != EOK)
		return error;
	tmpfs_hold(&fs, (uint32_t)n);
	reply = (struct _io_connect_reply){IO_VERSION,
	    fs.s->nodes[n].mode | (fs.s->nodes[n].type == TMPFS_DIR ? _IO_S_IFDIR : _IO_S_IFREG),
	    0};
	return _RESMGR_PTR(ctp, &reply, sizeof(reply));
}

static int
fs_unlink(resmgr_context_t *ctp, io_unlink_t *msg, RESMGR_HANDLE_T *handle, void *reserved)
{
	int dir = msg->connect.subtype == _IO_CONNECT_RMDIR;
	const char *name;
	uint32_t parent;
	size_t len;
	int n;

	(void)ctp;
	(void)handle;
	(void)reserved;
	n = tmpfs_find(&fs, msg->connect.path, &parent, &name, &len);
	if (n < 0)
		return -n;
	if (dir != (fs.s->nodes[n].type == TMPFS_DIR))
		return dir ? ENOTDIR : EISDIR;
	return -tmpfs_remove(&fs, (uint32_t)n, now());
}

static int
fs_rename(resmgr_context_t *ctp, io_rename_t *msg, RESMGR_HANDLE_T *handle, const char *extra)
{
	const char *name;
	uint32_t parent;
	size_t len;
	int n, to;

	(void)ctp;
	(void)handle;
	n = tmpfs_find(&fs, msg->connect.path, &parent, &name, &len);
	if (n < 0)
		return -n;
	to = tmpfs_find(&fs, extra, &parent, &name, &len);
	if (parent == UINT32_MAX)
		return to < 0 ? -to : EBUSY;
	if (to < 0 && to != -ENOENT)
		return -to;
	if (name[len] == '/' && fs.s->nodes[n].type != TMPFS_DIR)
		return ENOTDIR;
	return -tmpfs_rename(&fs, (uint32_t)n, parent, name, len, now());
}

static int
fs_mkdir(resmgr_context_t *ctp, io_mknod_t *msg, RESMGR_HANDLE_T *handle, void *reserved)
{
	const char *name;
	uint32_t parent;
	size_t len;
	int n;

	(void)ctp;
	(void)handle;
	(void)reserved;
	n = tmpfs_find(&fs, msg->connect.path, &parent, &name, &len);
	if (n >= 0)
		return EEXIST;
	if (n != -ENOENT || parent == UINT32_MAX)
		return -n;
	n = tmpfs_create(&fs, parent, name, len, TMPFS_DIR, msg->connect.mode, now());
	return n < 0 ? -n : EOK;
}

static int
set_size(uint32_t n, uint64_t size)
{
	int error;

	if (fs.s->nodes[n].type == TMPFS_DIR)
		return EISDIR;
	if (size > fs.s->nodes[n].size + TMPFS_WRITE_MAX)
		return EFBIG;
	error = tmpfs_extend(&fs, n, size);
	if (error < 0)
		return -error;
	tmpfs_shrink(&fs, n, size);
	KEEP_SET(sc->keep, fs.s->nodes[n].mtime_ns, now());
	return EOK;
}

static int
fs_attr(resmgr_context_t *ctp, io_open_t *msg, RESMGR_HANDLE_T *handle, void *reserved)
{
	const struct _io_connect *c = &msg->connect;
	io_stat_t *st = (io_stat_t *)msg;
	const char *name;
	uint32_t parent;
	size_t len;
	int n;

	(void)handle;
	(void)reserved;
	n = tmpfs_find(&fs, c->path, &parent, &name, &len);
	if (n < 0)
		return -n;
	switch (c->subtype) {
	case _IO_CONNECT_STAT:
		fill_stat(ctp, (uint32_t)n, &st->o);
		return _RESMGR_PTR(ctp, st, sizeof(st->o));
	case _IO_CONNECT_CHMOD:
		KEEP_SET(sc->keep, fs.s->nodes[n].mode, c->mode & 07777);
		KEEP_SET(sc->keep, fs.s->nodes[n].ctime_ns, now());
		return EOK;
	case _IO_CONNECT_UTIME:
		KEEP_SET(
		    sc->keep, fs.s->nodes[n].mtime_ns, c->value == UINT64_MAX ? now() : c->value);
		KEEP_SET(sc->keep, fs.s->nodes[n].ctime_ns, now());
		return EOK;
	case _IO_CONNECT_TRUNCATE:
		return fs.s->nodes[n].mode & 0200 ? set_size((uint32_t)n, c->value) : EACCES;
	default:
		return ENOSYS;
	}
}

/* ---- open files ---- */

static int
read_directory(resmgr_context_t *ctp, uint32_t nbytes, struct tmpfs_ocb *ocb)
{
	static _Alignas(8) char records[2048];
	uint64_t position = ocb->base.offset;
	size_t len = 0, room = nbytes < sizeof(records) ? nbytes : sizeof(records);
	int n;

	for (;;) { /* <= sizeof(records) / IO_DIRENT_SIZE(1) */
		struct _io_dirent *d = (struct _io_dirent *)(records + len);
		const struct tmpfs_node *node;
		size_t name_len, size;
		uint64_t next = position;

		n = tmpfs_next_child(&fs, ocb->node, &next);
		if (n < 0)
			break;
		node = &fs.s->nodes[n];
		name_len = strlen(node->name);
		size = IO_DIRENT_SIZE(name_len);
		if (len + size > room)
			break;
		memset(d, 0, size);
		d->d_ino = (uint64_t)node->generation << 16 | (uint32_t)(n + 1);
		d->d_offset = (int64_t)next;
		d->d_reclen = (uint16_t)size;
		d->d_namelen = (uint16_t)name_len;
		d->d_type = node->type == TMPFS_DIR ? 4 : 8;
		memcpy(d->d_name, node->name, name_len);
		position = next;
		len += size;
	}
	if (len == 0 && n >= 0)
		return EINVAL;
	ocb->base.offset = position;
	ctp->status = (long)len;
	return _RESMGR_PTR(ctp, records, len);
}

static int
fs_read(resmgr_context_t *ctp, io_read_t *msg, struct tmpfs_ocb *ocb)
{
	const struct tmpfs_node *node = &fs.s->nodes[ocb->node];
	int error = iofunc_read_verify(ctp, msg, &ocb->base, NULL), parts;
	uint64_t offset = ocb->base.offset, len = msg->i.nbytes, got = 0;
	int64_t at;

	if (error != EOK)
		return error;
	if (node->type == TMPFS_DIR)
		return msg->i.xtype != _IO_XTYPE_NONE ? EINVAL
						      : read_directory(ctp, msg->i.nbytes, ocb);
	at = iofunc_offset(ctp, msg->i.xtype, sizeof(msg->i), &error);
	if (error != EOK)
		return error;
	if (at >= 0)
		offset = (uint64_t)at;
	if (offset >= node->size)
		return _RESMGR_STATUS(ctp, 0);
	if (len > node->size - offset)
		len = node->size - offset;
	parts = tmpfs_parts(&fs, ocb->node, offset, len, ctp->iov, RESMGR_IOV_MAX);
	for (int i = 0; i < parts; i++)
		got += ctp->iov[i].len;
	if (at < 0)
		ocb->base.offset += got;
	ctp->status = (long)got;
	return _RESMGR_NPARTS(parts);
}

static int
copy_in(resmgr_context_t *ctp, size_t header, uint32_t n, uint64_t offset, size_t len)
{
	struct skink_iov iov[SKINK_IOV_MAX];
	size_t done = 0;

	while (done < len) { /* <= TMPFS_WRITE_MAX / (SKINK_IOV_MAX pages) + 1 */
		int parts = tmpfs_parts(&fs, n, offset + done, len - done, iov, SKINK_IOV_MAX);
		size_t piece = 0;
		long got;

		for (int i = 0; i < parts; i++)
			piece += iov[i].len;
		if (header + done + piece <= ctp->size) {
			for (int i = 0; i < parts; i++) {
				memcpy(iov[i].base, (char *)ctp->msg + header + done, iov[i].len);
				done += iov[i].len;
			}
			continue;
		}
		got = skink_msg_read(ctp->rcvid, iov, -parts, header + done);
		if (got != (long)piece)
			return EFAULT;
		done += piece;
	}
	return EOK;
}

static int
fs_write(resmgr_context_t *ctp, io_write_t *msg, struct tmpfs_ocb *ocb)
{
	const struct tmpfs_node *node = &fs.s->nodes[ocb->node];
	int error = iofunc_write_verify(ctp, msg, &ocb->base, NULL);
	uint64_t offset = ocb->base.offset, len = msg->i.nbytes, room;
	size_t header = sizeof(msg->i);
	int64_t at;

	if (error != EOK)
		return error;
	at = iofunc_offset(ctp, msg->i.xtype, sizeof(msg->i), &error);
	if (error != EOK)
		return error;
	if (at >= 0) {
		offset = (uint64_t)at;
		header += sizeof(struct _xtype_offset);
	} else if (ocb->base.ioflag & _IO_FLAG_APPEND) {
		offset = node->size;
	}
	if (len == 0)
		return _RESMGR_STATUS(ctp, 0);
	if (offset > node->size + TMPFS_WRITE_MAX)
		return EFBIG;
	room = tmpfs_room(&fs, ocb->node);
	if (offset >= room)
		return room >= (uint64_t)TMPFS_FILE_PAGES * TMPFS_PAGE ? EFBIG : ENOSPC;
	if (len > TMPFS_WRITE_MAX)
		len = TMPFS_WRITE_MAX;
	if (len > room - offset)
		len = room - offset;
	error = tmpfs_extend(&fs, ocb->node, offset + len);
	if (error < 0)
		return -error;
	error = copy_in(ctp, header, ocb->node, offset, len);
	if (error != EOK)
		return error;
	KEEP_SET(sc->keep, fs.s->nodes[ocb->node].mtime_ns, now());
	if (at < 0)
		ocb->base.offset = offset + len;
	return _RESMGR_STATUS(ctp, (long)len);
}

static int
fs_close(resmgr_context_t *ctp, void *reserved, struct tmpfs_ocb *ocb)
{
	(void)ctp;
	(void)reserved;
	tmpfs_release(&fs, ocb->node);
	return EOK;
}

static int
fs_stat(resmgr_context_t *ctp, io_stat_t *msg, struct tmpfs_ocb *ocb)
{
	fill_stat(ctp, ocb->node, &msg->o);
	return _RESMGR_PTR(ctp, &msg->o, sizeof(msg->o));
}

static int
fs_lseek(resmgr_context_t *ctp, io_lseek_t *msg, struct tmpfs_ocb *ocb)
{
	const struct tmpfs_node *node = &fs.s->nodes[ocb->node];
	iofunc_attr_t a = {.mode = _IO_S_IFREG, .nbytes = node->size};

	if (node->type == TMPFS_DIR && msg->i.whence != 0)
		return EINVAL;
	return iofunc_lseek(ctp, msg, &ocb->base, &a);
}

static int
fs_chmod(resmgr_context_t *ctp, io_chmod_t *msg, struct tmpfs_ocb *ocb)
{
	(void)ctp;
	KEEP_SET(sc->keep, fs.s->nodes[ocb->node].mode, msg->i.mode & 07777);
	KEEP_SET(sc->keep, fs.s->nodes[ocb->node].ctime_ns, now());
	return EOK;
}

static int
fs_utime(resmgr_context_t *ctp, io_utime_t *msg, struct tmpfs_ocb *ocb)
{
	(void)ctp;
	if (msg->i.cur_flag || msg->i.mtime_ns != UINT64_MAX)
		KEEP_SET(sc->keep, fs.s->nodes[ocb->node].mtime_ns,
		    msg->i.cur_flag ? now() : msg->i.mtime_ns);
	KEEP_SET(sc->keep, fs.s->nodes[ocb->node].ctime_ns, now());
	return EOK;
}

static int
fs_space(resmgr_context_t *ctp, io_space_t *msg, struct tmpfs_ocb *ocb)
{
	(void)ctp;
	return ocb->base.ioflag & _IO_FLAG_WR ? set_size(ocb->node, msg->i.len) : EBADF;
}

static int
fs_pathconf(resmgr_context_t *ctp, io_pathconf_t *msg, struct tmpfs_ocb *ocb)
{
	return msg->i.name == _IO_PC_NAME_MAX ? _RESMGR_STATUS(ctp, TMPFS_NAME - 1)
					      : iofunc_pathconf_default(ctp, msg, ocb);
}

static int
fs_devctl(resmgr_context_t *ctp, io_devctl_t *msg, struct tmpfs_ocb *ocb)
{
	uint64_t pages = (uint64_t)fs.s->chunks_max * TMPFS_CHUNK_PAGES;
	struct _io_statvfs st = {
	    .frsize = TMPFS_PAGE,
	    .blocks = pages,
	    .bfree = pages - fs.s->used,
	    .files = TMPFS_NODES,
	    .ffree = TMPFS_NODES - fs.s->nodes_used,
	    .namemax = TMPFS_NAME - 1,
	    .type = "tmpfs",
	};

	if (msg->i.dcmd != DCMD_FSYS_STATVFS)
		return iofunc_devctl(ctp, msg, &ocb->base, NULL);
	memcpy(&msg->i + 1, &st, sizeof(st));
	msg->o = (struct _io_devctl_reply){.nbytes = sizeof(st)};
	return _RESMGR_PTR(ctp, msg, sizeof(msg->o) + sizeof(st));
}

/* ---- the server ---- */

static int
attach(const char *path)
{
	connect_funcs = (resmgr_connect_funcs_t){
	    _RESMGR_CONNECT_NFUNCS, fs_open, fs_unlink, fs_rename, fs_mkdir, fs_attr};
	iofunc_func_init(0, NULL, _RESMGR_IO_NFUNCS, &io_funcs);
	io_funcs.read = fs_read;
	io_funcs.write = fs_write;
	io_funcs.close_ocb = fs_close;
	io_funcs.stat = fs_stat;
	io_funcs.lseek = fs_lseek;
	io_funcs.chmod = fs_chmod;
	io_funcs.utime = fs_utime;
	io_funcs.space = fs_space;
	io_funcs.pathconf = fs_pathconf;
	io_funcs.devctl = fs_devctl;
	iofunc_attr_init(&attr, _IO_S_IFDIR | 0777, NULL, NULL);
	return resmgr_attach(sc->dpp, NULL, path, _FTYPE_ANY, _RESMGR_FLAG_DIR, &connect_funcs,
		   &io_funcs, &attr) < 0
	    ? errno
	    : 0;
}

static int
init(struct server_context *context, enum server_start start)
{
	unsigned long mib = 3;
	int option;

	sc = context;
	optind = 0; /* picolibc: begin anew */
	while ((option = getopt(sc->argc, sc->argv, "s:")) != -1) {
		if (option != 's')
			return EINVAL;
		mib = strtoul(optarg, NULL, 10);
	}
	if (optind != sc->argc - 1 || mib == 0)
		return EINVAL;
	fs.keep = sc->keep;
	fs.s = sc->state;
	fs.grow = grow;
	if (start == SERVER_FRESH)
		tmpfs_format(&fs, (unsigned)(mib * 4), now());
	else if (tmpfs_attach(&fs) < 0)
		return ESTALE;
	return attach(sc->argv[optind]);
}

static int
ocb_restore(struct server_context *context, void *room, RESMGR_HANDLE_T *handle)
{
	struct tmpfs_ocb *ocb = room;

	(void)context;
	if (ocb->node >= TMPFS_NODES || fs.s->nodes[ocb->node].opens == 0)
		return ESTALE;
	ocb->base.attr = handle;
	return 0;
}

static void
undone(struct server_context *context)
{
	(void)context;
	tmpfs_derive(&fs);
}

static void
idle(struct server_context *context)
{
	(void)context;
	if (fs.s->chunks > 0)
		give_back();
}

static const struct server server = {
    .name = "tmpfs",
    .layout = 1,
    .state_size = sizeof(struct tmpfs_state),
    .open_max = 128,
    .ocb_size = sizeof(struct tmpfs_ocb),
    .deferred_max = 4,
    .log_size = 8192,
    .init = init,
    .ocb_restore = ocb_restore,
    .undone = undone,
    .idle = idle,
};

int
main(int argc, char **argv)
{
	return server_run(&server, argc, argv);
}
