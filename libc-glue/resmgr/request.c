/* SPDX-License-Identifier: Apache-2.0 */
/* request.c - messages that are answered later. Owns the pool of them and their queues; what they
 * wait for is the server's. */
#include <errno.h>
#include <string.h>

#include <skink/calls.h>
#include <skink/errno.h>

#include "dispatch.h"

static void
unlink_request(struct request *r)
{
	struct request_queue *q = r->queue;

	if (q == NULL)
		return;
	if (r->prev != NULL)
		r->prev->next = r->next;
	else
		q->first = r->next;
	if (r->next != NULL)
		r->next->prev = r->prev;
	else
		q->last = r->prev;
	r->queue = NULL;
}

static void
release(dispatch_t *d, struct request *r)
{
	unlink_request(r);
	idtable_remove(&d->by_client, (unsigned)(r - d->requests));
}

struct request *
request_of(dispatch_t *d, int32_t tid)
{
	int slot = idtable_find(&d->by_client, (uint32_t)tid);

	return slot < 0 ? NULL : &d->requests[slot];
}

/* Of clients that died. Nobody has told of those whose open file others share. What is noted of
 * their progress gives way to what is newer. */
static void
release_gone(dispatch_t *d)
{
	struct _msg_info info;

	for (unsigned i = 0; i < d->deferred_max; i++)
		if (d->by_client.key[i] != 0 && skink_msg_info(d->requests[i].rcvid, &info) < 0)
			release(d, &d->requests[i]);
}

int
request_defer(resmgr_context_t *ctp, struct request_queue *q)
{
	dispatch_t *d = ctp->dpp;
	struct request *r = request_of(d, ctp->info.tid);
	struct result *progress;
	int slot;

	/* A thread has one message out: an older one of it has been given up by its client. */
	if (r != NULL)
		release(d, r);
	if (d->by_client.used == d->deferred_max)
		release_gone(d);
	slot = idtable_add(&d->by_client, (uint32_t)ctp->info.tid);
	if (slot < 0)
		return EAGAIN;
	r = &d->requests[slot];
	*r = (struct request){
	    .dispatch = d,
	    .rcvid = ctp->rcvid,
	    .info = ctp->info,
	    .ocb = resmgr_ocb(ctp),
	    .type = ctp->msg->type,
	    .queue = q,
	};
	if (r->type == _IO_READ) {
		r->nbytes = ctp->msg->read.i.nbytes;
	} else if (r->type == _IO_WRITE) {
		r->nbytes = ctp->msg->write.i.nbytes;
		r->header = sizeof(struct _io_write);
		if (ctp->msg->write.i.xtype == _IO_XTYPE_OFFSET)
			r->header += sizeof(struct _xtype_offset);
	} else if (r->type == _IO_DEVCTL) {
		r->dcmd = ctp->msg->devctl.i.dcmd;
	}
	progress = state_result_find(&d->state, ctp->info.tid, ctp->info.seq);
	if (progress != NULL && progress->state == RESULT_PROGRESS) {
		r->done = progress->value;
		progress->instance = d->state.head->instance;
	}
	r->prev = q->last;
	if (q->last != NULL)
		q->last->next = r;
	else
		q->first = r;
	q->last = r;
	return _RESMGR_NOREPLY;
}

/* What is noted of a request's progress is of no use when the request has ended. */
static void
forget_progress(dispatch_t *d, const struct request *r)
{
	struct result *p = state_result_find(&d->state, r->info.tid, r->info.seq);

	if (p == NULL)
		return;
	keep_begin(d->keep);
	state_result_drop(&d->state, p);
	keep_commit(d->keep);
	d->state.touched = 0;
}

int
request_begin(struct request *r)
{
	dispatch_t *d = r->dispatch;

	if (skink_msg_current(r->rcvid) < 0) {
		forget_progress(d, r);
		release(d, r);
		return -SK_ESRCH;
	}
	keep_begin(d->keep);
	d->file = state_file_find(&d->state, (uint32_t)r->info.scoid);
	d->saved = 0;
	return 0;
}

int
request_progress(struct request *r, uint64_t done)
{
	dispatch_t *d = r->dispatch;
	struct result *p;

	r->done = done;
	if (d->keep->header == NULL)
		return EOK;
	p = state_result_make(&d->state, &r->info, 1);
	if (p == NULL)
		return EAGAIN;
	KEEP_SET(d->keep, p->value, done);
	if (p->state != RESULT_PROGRESS)
		state_result_set(&d->state, p, RESULT_PROGRESS);
	return EOK;
}

static void
leave(dispatch_t *d)
{
	d->state.touched = 0;
	d->file = NULL;
}

void
request_suspend(struct request *r)
{
	dispatch_t *d = r->dispatch;

	keep_commit(d->keep);
	leave(d);
}

int
request_reply(struct request *r, long status, const void *data, size_t len)
{
	struct skink_iov iov = {(void *)data, len};

	return request_replyv(r, status, &iov, data == NULL ? 0 : 1);
}

int
request_replyv(struct request *r, long status, const struct skink_iov *iov, int parts)
{
	dispatch_t *d = r->dispatch;
	int error;

	error = answer_reply(d, r->rcvid, &r->info, 0, 0, status, iov, parts);
	forget_progress(d, r);
	release(d, r);
	leave(d);
	return error;
}

int
request_error(struct request *r, int error)
{
	dispatch_t *d = r->dispatch;
	long e;

	answer_undo(d);
	e = skink_msg_error(r->rcvid, error);
	forget_progress(d, r);
	release(d, r);
	leave(d);
	return e == -SK_ESRCH ? -SK_ESRCH : 0;
}

/* Its client wants out, or its open file is closed: it gets what is done already, else an error. */
void
request_cancel(dispatch_t *d, struct request *r)
{
	if (r->done > 0)
		skink_msg_reply(r->rcvid, (long)r->done, NULL, 0);
	else
		skink_msg_error(r->rcvid, SK_ETIMEDOUT);
	forget_progress(d, r);
	release(d, r);
}

void
request_closed(dispatch_t *d, uint32_t scoid)
{
	if (d->by_client.used == 0)
		return;
	for (unsigned i = 0; i < d->deferred_max; i++) {
		if (d->by_client.key[i] == 0 || (uint32_t)d->requests[i].info.scoid != scoid)
			continue;
		skink_msg_error(d->requests[i].rcvid, SK_EBADF);
		release(d, &d->requests[i]);
	}
}

long
request_read(struct request *r, void *p, size_t len, uint64_t offset)
{
	return skink_msg_read(r->rcvid, p, (long)len, offset);
}
