/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer.c - how a message's transaction ends. Owns the order that makes an operation happen exactly
 * once, whatever instruction the server dies at:
 *
 *	1. act: the state changes, each old value in the undo log
 *	2. note the result beside it, in the same transaction
 *	3. prepare: one store; from here on the operation has happened, and the result says so
 *	4. reply
 *	5. drop the result, empty the log: one store each
 *
 * Death before 3: undone, the message comes again, as if never seen. From 3 to 4: the message comes
 * again and finds its result. After 4: it does not come again; a result that is left is of no use
 * and is thrown away in time. The client is gone at 4: all is undone, the operation never happened.
 */
#include <string.h>

#include <skink/calls.h>
#include <skink/errno.h>

#include "dispatch.h"

void
answer_undo(dispatch_t *d)
{
	int used = keep_used(d->keep) != 0 || d->state.touched;

	keep_abort(d->keep);
	if (!used)
		return;
	state_derive(&d->state);
	if (d->server != NULL && d->server->undone != NULL)
		d->server->undone(d->context);
}

static long
gather(void *to, size_t room, const struct skink_iov *iov, int parts)
{
	size_t done = 0;

	for (int i = 0; i < parts; i++) {
		if (iov[i].len > room - done)
			return -1;
		memcpy((char *)to + done, iov[i].base, iov[i].len);
		done += iov[i].len;
	}
	return (long)done;
}

/* Whether the log holds nothing but the open file's copy, and that did not change. */
static int
is_unchanged(const dispatch_t *d)
{
	return keep_used(d->keep) <= d->saved && !d->state.touched &&
	    (d->file_ocb == NULL || memcmp(d->file_ocb, d->ocb_before, d->ocb_len) == 0);
}

static long
reply(long rcvid, long status, const struct skink_iov *iov, int parts)
{
	if (parts == 1)
		return skink_msg_reply(rcvid, status, iov[0].base, (long)iov[0].len);
	return skink_msg_reply(rcvid, status, iov, -parts);
}

int
answer_reply(dispatch_t *d, long rcvid, const struct _msg_info *info, int reread,
    uint64_t position, long status, const struct skink_iov *iov, int parts)
{
	struct result *r = NULL;
	long error, len;

	if (d->keep->header != NULL && !is_unchanged(d)) {
		r = state_result_make(&d->state, info, 0);
		if (r == NULL) {
			answer_undo(d);
			skink_msg_error(rcvid, SK_EAGAIN);
			return 0;
		}
		len = gather(r->data, d->state.sizes.result_size, iov, parts);
		r->status = status;
		if (len < 0 && !reread) {
			/* The server promised less (struct server: result_size): its own mistake. */
			server_log("a result of type 0x%x does not fit", reread);
			answer_undo(d);
			skink_msg_error(rcvid, SK_EMSGSIZE);
			return 0;
		}
		r->len = len < 0 ? 0 : (uint32_t)len;
		if (len < 0)
			r->value = position;
		state_result_set(&d->state, r, len < 0 ? RESULT_REREAD : RESULT_REPLY);
		/* COMMIT, unless the client turns out to be gone */
		keep_prepare(d->keep);
	}
	error = parts == 0 ? skink_msg_reply(rcvid, status, NULL, 0) :
	    reply(rcvid, status, iov, parts);
	if (error == -SK_ESRCH) {
		answer_undo(d);
		return -SK_ESRCH;
	}
	if (error < 0)
		skink_msg_error(rcvid, (int)-error);
	if (r != NULL)
		state_result_drop(&d->state, r);
	keep_commit(d->keep);
	d->state.touched = 0;
	return 0;
}

/* A message that an earlier instance has answered, perhaps in vain. 1: answered again. 0: to be handled, with the open
 * file's position as it was. */
int
answer_again(dispatch_t *d, resmgr_context_t *ctp, struct result *r)
{
	if (r->state != RESULT_REPLY)
		return 0;
	keep_begin(d->keep);
	if (r->len == 0)
		skink_msg_reply(ctp->rcvid, r->status, NULL, 0);
	else
		skink_msg_reply(ctp->rcvid, r->status, r->data, r->len);
	state_result_drop(&d->state, r);
	keep_commit(d->keep);
	return 1;
}
