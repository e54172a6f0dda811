/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys/dispatch.h - receiving messages and pulses and finding who handles each (QNX's interface).
 * One thread serves a dispatch; requests that must wait are deferred (skink/server.h) and answered
 * later, so a server never blocks for a client.
 *
 *	dpp = dispatch_create();
 *	resmgr_attach(dpp, NULL, "/dev/sample", _FTYPE_ANY, 0, &connect_funcs, &io_funcs, &attr);
 *	ctp = dispatch_context_alloc(dpp);
 *	while ((ctp = dispatch_block(ctp)) != NULL)
 *		dispatch_handler(ctp);
 *
 * Functions return -1 or NULL and set errno when they fail.
 */
#ifndef SYS_DISPATCH_H
#define SYS_DISPATCH_H

#include <stddef.h>
#include <stdint.h>

#include <skink/types.h>
#include <sys/iomsg.h>

typedef struct _dispatch dispatch_t;

/* What a message looks like to its handler. */
typedef union {
	uint16_t		type;
	struct _pulse		pulse;
	struct _io_connect	connect;
	io_open_t		open;
	io_read_t		read;
	io_write_t		write;
	io_lseek_t		lseek;
	io_stat_t		stat;
	io_chmod_t		chmod;
	io_utime_t		utime;
	io_space_t		space;
	io_sync_t		sync;
	io_pathconf_t		pathconf;
	io_fdinfo_t		fdinfo;
	io_devctl_t		devctl;
	io_notify_t		notify;
	io_msg_t		msg;
} resmgr_iomsgs_t;

#define RESMGR_IOV_MAX	16

/* The context of one message. Handlers read rcvid, info, msg, size; and set status and iov by the
 * macros of sys/resmgr.h. */
typedef struct _resmgr_context {
	long			rcvid;		/* 0: a pulse */
	struct _msg_info	info;
	resmgr_iomsgs_t		*msg;
	dispatch_t		*dpp;
	int			id;		/* which attachment: resmgr_attach's result */
	size_t			msg_max_size;	/* room at msg */
	size_t			size;		/* bytes of it that were received */
	size_t			offset;		/* of msg in the client's message: 0 */
	long			status;		/* for the reply */
	struct skink_iov	iov[RESMGR_IOV_MAX];
} resmgr_context_t;
typedef resmgr_context_t message_context_t;
typedef resmgr_context_t dispatch_context_t;

/* Makes a channel. ENOMEM, EAGAIN (quota). */
dispatch_t *dispatch_create(void);
int dispatch_destroy(dispatch_t *dpp);
dispatch_context_t *dispatch_context_alloc(dispatch_t *dpp);
void dispatch_context_free(dispatch_context_t *ctp);

/* Waits for a message or pulse. NULL: errno is ETIMEDOUT, or why the channel cannot be served. */
dispatch_context_t *dispatch_block(dispatch_context_t *ctp);

/* Handles what dispatch_block received: answers it, unless its handler said _RESMGR_NOREPLY. 0. */
int dispatch_handler(dispatch_context_t *ctp);

/* dispatch_block ends with ETIMEDOUT after so long; NULL: never. */
struct timespec;
int dispatch_timeout(dispatch_t *dpp, struct timespec *timeout);

/* A connection to the dispatch's own channel, for pulses. */
int message_connect(dispatch_t *dpp, int flags);

/* Messages of types low..high (above _IO_MAX) go to func(ctp, type, flags, handle), which replies
 * itself by MsgReply or MsgError, or keeps the rcvid. At most DISPATCH_MESSAGES ranges: EAGAIN. */
#define DISPATCH_MESSAGES	8
typedef struct _message_attr {
	unsigned	flags;		/* 0 */
	unsigned	nparts_max;
	size_t		msg_max_size;
} message_attr_t;
int message_attach(dispatch_t *dpp, message_attr_t *attr, int low, int high,
	int (*func)(message_context_t *ctp, int code, unsigned flags, void *handle), void *handle);
int message_detach(dispatch_t *dpp, int low, int high, int flags);

/* Pulses of that code go to func. With MSG_FLAG_ALLOC_PULSE the code is chosen, and only pulses
 * over the server's own connection (message_connect) reach func: any client may send any code.
 * Returns the code. At most DISPATCH_PULSES: EAGAIN. */
#define DISPATCH_PULSES		16
#define MSG_FLAG_ALLOC_PULSE	0x0002
int pulse_attach(dispatch_t *dpp, int flags, int code,
	int (*func)(message_context_t *ctp, int code, unsigned flags, void *handle), void *handle);
int pulse_detach(dispatch_t *dpp, int code, int flags);

#endif
