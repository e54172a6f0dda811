/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch.h - the inside of a dispatch_t, for the files of this folder. */
#ifndef RESMGR_DISPATCH_H
#define RESMGR_DISPATCH_H

#include <skink/server.h>
#include <sys/iofunc.h>
#include <sys/resmgr.h>

#include "state.h"

struct path_attachment {
	const resmgr_connect_funcs_t *connect;	/* NULL: free */
	const resmgr_io_funcs_t *io;
	RESMGR_HANDLE_T	*handle;
	uint16_t	len;
	char		path[256];
};

struct message_attachment {
	int	low, high;
	int	(*func)(message_context_t *ctp, int code, unsigned flags, void *handle);
	void	*handle;
};

struct pulse_attachment {
	int	code;
	int	(*func)(message_context_t *ctp, int code, unsigned flags, void *handle);
	void	*handle;
	int	own;		/* only what comes over the server's own connection */
};

struct _dispatch {
	int		chid;
	int		self_coid;	/* -1: not connected yet */
	int32_t		self_scoid;
	size_t		msg_max;
	uint64_t	timeout_ns;	/* 0: none */
	struct keep	plain;		/* header NULL: where nothing is kept */
	struct keep	*keep;
	struct state	state;
	int		has_state;	/* state is attached */
	const struct server *server;	/* NULL: a plain dispatch */
	struct server_context *context;
	size_t		saved;		/* bytes of the log that are the open file's own */
	struct open_file *file;		/* of the message in work */
	void		*file_ocb;	/* its OCB, and the copy from before */
	size_t		ocb_len;
	uint64_t	ocb_before[16];
	struct path_attachment paths[RESMGR_PATHS];
	const resmgr_io_funcs_t **file_io;	/* by slot of the open file */
	struct message_attachment messages[DISPATCH_MESSAGES];
	struct pulse_attachment pulses[DISPATCH_PULSES];
	struct request	*requests;
	struct idtable	by_client;	/* requests, by client tid */
	unsigned	deferred_max;
};

/* dispatch.c */
dispatch_t *dispatch_make(int chid);
int dispatch_pulse(dispatch_context_t *ctp);

/* resmgr.c */
int resmgr_state_make(dispatch_t *d, void *memory, const struct state_sizes *sizes,
	unsigned deferred_max);
void resmgr_message(resmgr_context_t *ctp);
void resmgr_disconnect(dispatch_t *d, uint32_t scoid);
void resmgr_unblock(dispatch_context_t *ctp, long rcvid);
const resmgr_io_funcs_t *resmgr_io(dispatch_t *d, const struct open_file *f);

/* answer.c: the end of a message's transaction. */
void answer_undo(dispatch_t *d);
int answer_reply(dispatch_t *d, long rcvid, const struct _msg_info *info, int reread,
	uint64_t position, long status, const struct skink_iov *iov, int parts);
int answer_again(dispatch_t *d, resmgr_context_t *ctp, struct result *r);

/* request.c */
void request_cancel(dispatch_t *d, struct request *r);
void request_closed(dispatch_t *d, uint32_t scoid);
struct request *request_of(dispatch_t *d, int32_t tid);

#endif
