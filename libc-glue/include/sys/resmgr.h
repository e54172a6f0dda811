/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys/resmgr.h - resource managers: servers that own a path and answer what open(), read()... send
 * (QNX's interface). Two tables of callbacks a path: connect functions, for messages that name a
 * path, and io functions, for messages on an open file.
 *
 * A callback returns
 *	EOK, or an errno		answered with status 0 and no data, or with that error
 *	_RESMGR_ERRNO(e)		the same
 *	_RESMGR_STATUS(ctp, n)		status n
 *	_RESMGR_PTR(ctp, p, len)	ctp->status, and len bytes of data
 *	_RESMGR_NPARTS(n)		ctp->status, and ctp->iov[0..n)
 *	_RESMGR_NOREPLY			the callback has answered, or will
 *	_RESMGR_DEFAULT			ENOSYS; ENOTTY from a devctl callback
 *
 * Restart. In a server of skink/server.h each call of a callback is one transaction on the server's
 * keep memory: committed when it succeeds, undone when it returns an error. A message that comes
 * again after a restart is not handled twice. The open file (OCB) is saved before each call, so
 * callbacks change it freely; other state must be saved with keep_save().
 */
#ifndef SYS_RESMGR_H
#define SYS_RESMGR_H

#include <limits.h>
#include <sys/dispatch.h>

#ifndef RESMGR_HANDLE_T
#define RESMGR_HANDLE_T		struct _iofunc_attr
#endif
#ifndef RESMGR_OCB_T
#define RESMGR_OCB_T		struct _iofunc_ocb
#endif
struct _iofunc_attr;
struct _iofunc_ocb;

#define _RESMGR_DEFAULT		(INT_MIN + 1)
#define _RESMGR_NOREPLY		INT_MIN
#define _RESMGR_ERRNO(e)	(e)
#define _RESMGR_NPARTS(n)	(-(n))
#define _RESMGR_STATUS(ctp, n)	((ctp)->status = (n), _RESMGR_NPARTS(0))
#define _RESMGR_PTR(ctp, p, n) \
	((ctp)->iov[0].base = (void *)(p), (ctp)->iov[0].len = (n), _RESMGR_NPARTS(1))
#define _IO_READ_GET_NBYTES(msg)	((msg)->i.nbytes)
#define _IO_WRITE_GET_NBYTES(msg)	((msg)->i.nbytes)
#define _DEVCTL_DATA(part)	((void *)(&(part) + 1))
#define S_IFNAM			_IO_S_IFCHR	/* QNX: a special named file; here as a device */
#define _IO_SET_READ_NBYTES(ctp, n)	((ctp)->status = (n))
#define _IO_SET_WRITE_NBYTES(ctp, n)	((ctp)->status = (n))
#define _IO_SET_CONNECT_RET(ctp, n)	((ctp)->status = (n))

/* Connect functions. msg->connect.path is the rest of the path below the prefix, "" for the prefix
 * itself. */
typedef struct _resmgr_connect_funcs {
	unsigned nfuncs;
	/* To open: check, then bind an OCB (iofunc_open_default, iofunc_ocb_attach,
	 * resmgr_open_bind). */
	int (*open)(resmgr_context_t *ctp, io_open_t *msg, RESMGR_HANDLE_T *handle, void *extra);
	/* UNLINK and RMDIR: see msg->connect.subtype. */
	int (*unlink)(resmgr_context_t *ctp, io_unlink_t *msg, RESMGR_HANDLE_T *handle,
		void *reserved);
	/* extra: the new name, below the same prefix. */
	int (*rename)(resmgr_context_t *ctp, io_rename_t *msg, RESMGR_HANDLE_T *handle,
		const char *extra);
	/* MKDIR: msg->connect.mode has _IO_S_IFDIR. */
	int (*mknod)(resmgr_context_t *ctp, io_mknod_t *msg, RESMGR_HANDLE_T *handle,
		void *reserved);
	/* STAT, CHMOD, UTIME, TRUNCATE of a path. NULL: STAT is answered from `handle` for
	 * the prefix itself, the others are ENOSYS. */
	int (*attr)(resmgr_context_t *ctp, io_open_t *msg, RESMGR_HANDLE_T *handle, void *reserved);
} resmgr_connect_funcs_t;
#define _RESMGR_CONNECT_NFUNCS	5

typedef struct _resmgr_io_funcs {
	unsigned nfuncs;
	int (*read)(resmgr_context_t *ctp, io_read_t *msg, RESMGR_OCB_T *ocb);
	int (*write)(resmgr_context_t *ctp, io_write_t *msg, RESMGR_OCB_T *ocb);
	/* The last holder has gone: no answer is due. */
	int (*close_ocb)(resmgr_context_t *ctp, void *reserved, RESMGR_OCB_T *ocb);
	int (*stat)(resmgr_context_t *ctp, io_stat_t *msg, RESMGR_OCB_T *ocb);
	int (*notify)(resmgr_context_t *ctp, io_notify_t *msg, RESMGR_OCB_T *ocb);
	int (*devctl)(resmgr_context_t *ctp, io_devctl_t *msg, RESMGR_OCB_T *ocb);
	/* A client wants out: its rcvid is ctp->rcvid. NULL: a deferred request is answered with
	 * ETIMEDOUT (skink/server.h). */
	int (*unblock)(resmgr_context_t *ctp, void *reserved, RESMGR_OCB_T *ocb);
	int (*pathconf)(resmgr_context_t *ctp, io_pathconf_t *msg, RESMGR_OCB_T *ocb);
	int (*lseek)(resmgr_context_t *ctp, io_lseek_t *msg, RESMGR_OCB_T *ocb);
	int (*chmod)(resmgr_context_t *ctp, io_chmod_t *msg, RESMGR_OCB_T *ocb);
	int (*utime)(resmgr_context_t *ctp, io_utime_t *msg, RESMGR_OCB_T *ocb);
	int (*fdinfo)(resmgr_context_t *ctp, io_fdinfo_t *msg, RESMGR_OCB_T *ocb);
	int (*space)(resmgr_context_t *ctp, io_space_t *msg, RESMGR_OCB_T *ocb);
	int (*msg)(resmgr_context_t *ctp, io_msg_t *msg, RESMGR_OCB_T *ocb);
	int (*sync)(resmgr_context_t *ctp, io_sync_t *msg, RESMGR_OCB_T *ocb);
} resmgr_io_funcs_t;
#define _RESMGR_IO_NFUNCS	15

typedef struct _resmgr_attr {
	unsigned	flags;		/* 0 */
	unsigned	nparts_max;	/* <= RESMGR_IOV_MAX */
	size_t		msg_max_size;	/* room for a received message; 0: RESMGR_MSG_DEFAULT */
	unsigned	open_max;	/* open files in all (first attach); 0: 64 */
	unsigned	client_max;	/* of one client: EMFILE beyond; 0: open_max */
} resmgr_attr_t;
#define RESMGR_MSG_DEFAULT	4352	/* a page and its headers */

enum _file_type { _FTYPE_ANY, _FTYPE_FILE, _FTYPE_PIPE, _FTYPE_TTY };
#define _RESMGR_FLAG_DIR	PROC_PATH_TREE_FLAG	/* paths below it are the server's too */
#define PROC_PATH_TREE_FLAG	1

/*
 * Attaches a path. Returns an id (>= 0). EPERM: the manifest does not allow it; EEXIST: another's;
 * EAGAIN: more than RESMGR_PATHS. A service that does it again after its restart goes on as if
 * nothing had happened.
 */
#define RESMGR_PATHS	8
int resmgr_attach(dispatch_t *dpp, resmgr_attr_t *attr, const char *path, enum _file_type file_type,
	unsigned flags, const resmgr_connect_funcs_t *connect_funcs,
	const resmgr_io_funcs_t *io_funcs, RESMGR_HANDLE_T *handle);
int resmgr_detach(dispatch_t *dpp, int id, unsigned flags);

/* In an open callback: makes `ocb` the open file of this connection. ENFILE, EMFILE (errno
 * values). */
int resmgr_open_bind(resmgr_context_t *ctp, void *ocb, const resmgr_io_funcs_t *io_funcs);

/* In an open callback: room for an OCB in the server's keep memory (zeroed), for resmgr_open_bind.
 * NULL: the server has none, or `size` is more than it said: use the heap. */
void *resmgr_ocb_room(resmgr_context_t *ctp, size_t size);

/* The open file that the context's message came for. NULL: none. */
void *resmgr_ocb(resmgr_context_t *ctp);

/* More of the client's message or reply buffer, by offset in the message. -1 and errno. */
long resmgr_msgread(resmgr_context_t *ctp, void *p, size_t len, size_t offset);
long resmgr_msgwrite(resmgr_context_t *ctp, const void *p, size_t len, size_t offset);

/* A write's data: copies up to `len` bytes from `skip` on, wherever they are. Bytes copied; -1 and
 * errno. */
long resmgr_write_data(resmgr_context_t *ctp, const io_write_t *msg, void *p, size_t len,
	size_t skip);

#define resmgr_context_alloc(dpp)	dispatch_context_alloc(dpp)
#define resmgr_block(ctp)		dispatch_block(ctp)
#define resmgr_handler(ctp)		dispatch_handler(ctp)

#endif
