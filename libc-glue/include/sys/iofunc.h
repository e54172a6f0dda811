/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys/iofunc.h - what a resource manager does the same way as all others (QNX's interface):
 * attributes, open files, and the default callbacks. To extend the structures, put them first in
 * your own and define IOFUNC_ATTR_T, IOFUNC_OCB_T, RESMGR_HANDLE_T and RESMGR_OCB_T before
 * including this.
 *
 * There are no users: access is checked by the mode's owner bits against how the file is opened.
 */
#ifndef SYS_IOFUNC_H
#define SYS_IOFUNC_H

#ifndef IOFUNC_ATTR_T
#define IOFUNC_ATTR_T		struct _iofunc_attr
#endif
#ifndef IOFUNC_OCB_T
#define IOFUNC_OCB_T		struct _iofunc_ocb
#endif

#include <stdint.h>
#include <sys/resmgr.h>

struct _iofunc_ocb;
struct _iofunc_attr;

/* Where OCBs come from, when the defaults do not do. */
typedef struct _iofunc_funcs {
	unsigned	nfuncs;
	IOFUNC_OCB_T	*(*ocb_calloc)(resmgr_context_t *ctp, IOFUNC_ATTR_T *attr);
	void		(*ocb_free)(IOFUNC_OCB_T *ocb);
} iofunc_funcs_t;
#define _IOFUNC_NFUNCS	2

typedef struct _iofunc_mount {
	uint32_t	flags;
	uint32_t	blocksize;
	uint64_t	dev;
	iofunc_funcs_t	*funcs;
} iofunc_mount_t;

/* One of it for each thing that can be opened. Times are ns since 1970. */
typedef struct _iofunc_attr {
	iofunc_mount_t	*mount;		/* NULL: defaults */
	uint32_t	flags;		/* IOFUNC_ATTR_ */
	uint32_t	mode;		/* S_I */
	uint64_t	nbytes;
	uint64_t	inode;
	uint32_t	uid;
	uint32_t	gid;
	uint64_t	mtime_ns;
	uint64_t	atime_ns;
	uint64_t	ctime_ns;
	uint32_t	nlink;
	uint16_t	count;		/* open files of it: all, readers, writers */
	uint16_t	rcount;
	uint16_t	wcount;
	uint16_t	zero[3];
	uint64_t	rdev;
} iofunc_attr_t;
#define IOFUNC_ATTR_ATIME	0x1	/* to be updated, when somebody asks */
#define IOFUNC_ATTR_MTIME	0x2
#define IOFUNC_ATTR_CTIME	0x4
#define IOFUNC_ATTR_DIRTY_TIME	0x8

/* One of it for each open file. It may lie in keep memory: `attr` is set anew after a restart. */
typedef struct _iofunc_ocb {
	IOFUNC_ATTR_T	*attr;
	uint32_t	ioflag;		/* _IO_FLAG_ */
	uint32_t	flags;		/* the server's own */
	uint64_t	offset;
} iofunc_ocb_t;

void iofunc_attr_init(iofunc_attr_t *attr, uint32_t mode, iofunc_attr_t *dattr,
	struct _client_info *info);
void iofunc_func_init(unsigned nconnect, resmgr_connect_funcs_t *connect, unsigned nio,
	resmgr_io_funcs_t *io);

/* Checks and parts. They return EOK or an errno. */
int iofunc_open(resmgr_context_t *ctp, io_open_t *msg, iofunc_attr_t *attr, iofunc_attr_t *dattr,
	struct _client_info *info);
int iofunc_ocb_attach(resmgr_context_t *ctp, io_open_t *msg, IOFUNC_OCB_T *ocb,
	IOFUNC_ATTR_T *attr, const resmgr_io_funcs_t *io_funcs);
int iofunc_ocb_detach(resmgr_context_t *ctp, IOFUNC_OCB_T *ocb);
IOFUNC_OCB_T *iofunc_ocb_calloc(resmgr_context_t *ctp, IOFUNC_ATTR_T *attr);
void iofunc_ocb_free(IOFUNC_OCB_T *ocb);
int iofunc_read_verify(resmgr_context_t *ctp, io_read_t *msg, iofunc_ocb_t *ocb, int *nonblock);
int iofunc_write_verify(resmgr_context_t *ctp, io_write_t *msg, iofunc_ocb_t *ocb, int *nonblock);
int iofunc_stat(resmgr_context_t *ctp, iofunc_attr_t *attr, struct _io_stat_reply *st);
int iofunc_devctl(resmgr_context_t *ctp, io_devctl_t *msg, iofunc_ocb_t *ocb, iofunc_attr_t *attr);
int iofunc_lseek(resmgr_context_t *ctp, io_lseek_t *msg, iofunc_ocb_t *ocb, iofunc_attr_t *attr);
int iofunc_chmod(resmgr_context_t *ctp, io_chmod_t *msg, iofunc_ocb_t *ocb, iofunc_attr_t *attr);
int iofunc_utime(resmgr_context_t *ctp, io_utime_t *msg, iofunc_ocb_t *ocb, iofunc_attr_t *attr);
int iofunc_client_info(resmgr_context_t *ctp, int ioflag, struct _client_info *info);
int iofunc_time_update(iofunc_attr_t *attr);

/* pread or pwrite's offset, else -1. EINVAL (in *error) when it is malformed. */
int64_t iofunc_offset(resmgr_context_t *ctp, uint32_t xtype, size_t header, int *error);

/* Default callbacks. A read gives end of file, a write takes everything and does nothing with it.
 */
int iofunc_open_default(resmgr_context_t *ctp, io_open_t *msg, IOFUNC_ATTR_T *attr, void *extra);
int iofunc_attr_default(resmgr_context_t *ctp, io_open_t *msg, IOFUNC_ATTR_T *attr, void *reserved);
int iofunc_read_default(resmgr_context_t *ctp, io_read_t *msg, IOFUNC_OCB_T *ocb);
int iofunc_write_default(resmgr_context_t *ctp, io_write_t *msg, IOFUNC_OCB_T *ocb);
int iofunc_close_ocb_default(resmgr_context_t *ctp, void *reserved, IOFUNC_OCB_T *ocb);
int iofunc_stat_default(resmgr_context_t *ctp, io_stat_t *msg, IOFUNC_OCB_T *ocb);
int iofunc_devctl_default(resmgr_context_t *ctp, io_devctl_t *msg, IOFUNC_OCB_T *ocb);
int iofunc_lseek_default(resmgr_context_t *ctp, io_lseek_t *msg, IOFUNC_OCB_T *ocb);
int iofunc_chmod_default(resmgr_context_t *ctp, io_chmod_t *msg, IOFUNC_OCB_T *ocb);
int iofunc_utime_default(resmgr_context_t *ctp, io_utime_t *msg, IOFUNC_OCB_T *ocb);
int iofunc_sync_default(resmgr_context_t *ctp, io_sync_t *msg, IOFUNC_OCB_T *ocb);
int iofunc_pathconf_default(resmgr_context_t *ctp, io_pathconf_t *msg, IOFUNC_OCB_T *ocb);
int iofunc_fdinfo_default(resmgr_context_t *ctp, io_fdinfo_t *msg, IOFUNC_OCB_T *ocb);

/*
 * poll() and select(): a callback for notify calls iofunc_notify with those conditions
 * (_NOTIFY_COND_INPUT...) that hold for this file now; when one comes true later,
 * iofunc_notify_trigger delivers what was armed on `nop`. One iofunc_notify_t stands for one thing
 * that becomes ready, whatever is in it.
 */
typedef struct _iofunc_notify {
	uint32_t	armed;		/* how many events are armed on it */
} iofunc_notify_t;
int iofunc_notify(resmgr_context_t *ctp, io_notify_t *msg, iofunc_notify_t *nop, uint32_t trig,
	const int *notifycounts, int *armed);
void iofunc_notify_trigger(dispatch_t *dpp, iofunc_notify_t *nop, uint32_t conditions);
void iofunc_notify_remove(resmgr_context_t *ctp, iofunc_notify_t *nop);

/* Tells what _IO_NOTIFY's reply is when everything is always ready. */
int iofunc_notify_default(resmgr_context_t *ctp, io_notify_t *msg, IOFUNC_OCB_T *ocb);

#endif
