/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skink/server.h - a server that comes back: one description, and the library does the rest. It
 * runs on a durable channel; its open files, the answers that may be asked for again and its own
 * state lie in one keep object, so that what one message does to all of them is one transaction.
 *
 *	static const struct server server = {
 *		.name = "counter", .layout = 1, .state_size = sizeof(struct state),
 *		.init = init,
 *	};
 *	int main(int argc, char **argv) { return server_run(&server, argc, argv); }
 *
 * A service of the manifest that has `keep` memory gets all of this; without it (or when no
 * service at all) the same program runs on plain memory and loses its open files when it dies.
 */
#ifndef SKINK_SERVER_H
#define SKINK_SERVER_H

#include <skink/keep.h>
#include <sys/iofunc.h>
#include <sys/resmgr.h>

enum server_start {
	SERVER_FRESH,		/* the state is all zeros */
	SERVER_RESTART		/* the state is as the last instance committed it */
};

struct server_context {
	dispatch_t	*dpp;
	struct keep	*keep;		/* transactions are done here; never NULL */
	void		*state;		/* state_size bytes */
	int		self_coid;	/* connection to the own channel, for pulses */
	int		argc;
	char		**argv;
};

struct server {
	const char	*name;
	uint32_t	layout;		/* of the state: a new number when its meaning changes */
	size_t		state_size;
	unsigned	open_max;	/* open files in all; 0: 32 */
	unsigned	client_max;	/* open files of one client, EMFILE beyond; 0: open_max */
	size_t		ocb_size;	/* 0: sizeof(iofunc_ocb_t) */
	unsigned	deferred_max;	/* requests that may wait; 0: 32 */
	size_t		result_size;	/* most reply data of what changes more than the
					 * file's position; 0: 32 */
	size_t		log_size;	/* undo log: what one operation changes; 0: 1024 */
	size_t		msg_max_size;	/* 0: RESMGR_MSG_DEFAULT */
	unsigned	keep_flags;	/* KEEP_SUM, KEEP_PROTECT */

	/* Attaches paths, finds devices; on RESTART checks the state and goes on. Runs inside a
	 * transaction. 0, or an errno: the server ends with a line in the log. ESTALE: the state
	 * is not usable: init is called again with FRESH, all open files are lost. */
	int (*init)(struct server_context *sc, enum server_start start);

	/* After init(RESTART), for each open file whose client still lives: to set pointers. Not
	 * 0: the open file is lost. NULL: ocb->attr is set to the handle of its path. */
	int (*ocb_restore)(struct server_context *sc, void *ocb, RESMGR_HANDLE_T *handle);

	/* A transaction was undone: whatever is derived from the state must be derived again. */
	void (*undone)(struct server_context *sc);

	/* Before each wait for messages: what is to be done once, after the last message. NULL:
	 * nothing. */
	void (*idle)(struct server_context *sc);
};

/* Runs the server; returns only when it cannot start: main's result. */
int server_run(const struct server *server, int argc, char **argv);
struct server_context *server_self(void);

/* One line to the system log, as "NAME: text" (printf's format). */
void server_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Deferred requests. A callback that cannot answer yet queues its message and returns
 * _RESMGR_NOREPLY (with what request_defer returned, it is `return request_defer(...)`). When it
 * can be answered:
 *
 *	while ((r = request_next(&queue)) != NULL && there is something) {
 *		if (request_begin(r) != 0)
 *			continue;		// its client is gone; so is r
 *		... change the state ...
 *		request_reply(r, status, data, len);
 *	}
 *
 * The queue is not kept: after a restart the requests come again as messages, and their callbacks
 * defer them anew. `done` is kept by request_progress.
 */
struct request {
	struct request	*next;
	struct request	*prev;
	struct request_queue *queue;
	dispatch_t	*dispatch;
	long		rcvid;
	struct _msg_info info;
	void		*ocb;		/* NULL: closed meanwhile */
	uint32_t	type;		/* _IO_READ... */
	uint32_t	nbytes;		/* wanted: read, write */
	uint32_t	dcmd;		/* devctl */
	uint32_t	value;		/* the server's own use */
	uint64_t	done;		/* of them, so far */
	uint64_t	header;		/* offset of a write's data in its message */
	uint64_t	deadline_ns;	/* the server's own use */
};

struct request_queue {
	struct request	*first;
	struct request	*last;
};

/* Queues the context's message, last. Returns _RESMGR_NOREPLY, or EAGAIN: deferred_max wait
 * already. A message with SKINK_MI_REDELIVERED may be one that was in work: defer it always, so
 * that its `done` is found. */
int request_defer(resmgr_context_t *ctp, struct request_queue *queue);

static inline struct request *
request_next(const struct request_queue *queue)
{
	return queue->first;
}

/* Starts a transaction to go on with a deferred request. -ESRCH: its client is gone, r is freed. */
int request_begin(struct request *r);

/* In the transaction: that `done` bytes are done now; kept, so that the next instance goes on from
 * there. EAGAIN: no room to note it: nothing must be changed then. */
int request_progress(struct request *r, uint64_t done);

/* Ends the transaction without an answer: the request stays where it is in its queue. */
void request_suspend(struct request *r);

/* Ends the transaction and the request with an answer. 0; -ESRCH: the client was gone, and the
 * transaction has been undone. */
int request_reply(struct request *r, long status, const void *data, size_t len);

int request_replyv(struct request *r, long status, const struct skink_iov *iov, int parts);

/* The same with an error: the transaction is undone. */
int request_error(struct request *r, int error);

/* Copies from the request's message at `offset` into p. Bytes, or -ESRCH. */
long request_read(struct request *r, void *p, size_t len, uint64_t offset);

#endif
