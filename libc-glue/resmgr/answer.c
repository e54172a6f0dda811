/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer.c - how a message's transaction ends. Owns the order that makes an operation happen
 * exactly once, whatever instruction the server dies at:
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

static size_t
total(const struct skink_iov *iov, int parts)
{
	size_t len = 0;

	for (int i = 0; i < parts; i++)
		len += iov[i].len;
	return len;
}

static void
gather(void *to, const struct skink_iov *iov, int parts)
{
	for (int i = 0; i < parts; i++) {
		memcpy(to, iov[i].base, iov[i].len);
		to = (char *)to + iov[i].len;
	}
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
answer_reply(dispatch_t *d, long rcvid, const struct _msg_info *info, int reread, uint64_t position,
    long status, const struct skink_iov *iov, int parts)
{
	size_t len = total(iov, parts);
	struct result *r = NULL;
	void *room;
	long error;

	if (d->keep->header != NULL && !is_unchanged(d)) {
		r = state_result_make(&d->state, info, 0);
		if (r == NULL) {
			answer_undo(d);
			skink_msg_error(rcvid, SK_EAGAIN);
			return 0;
		}
		r->status = status;
		r->value = position;
		room = reread ? NULL : state_result_room(&d->state, r, len);
		if (room == NULL && !reread) {
			/* More than struct server's result_size: the server's own mistake. */
			server_log("a result of %lu bytes does not fit", (unsigned long)len);
			answer_undo(d);
			skink_msg_error(rcvid, SK_EMSGSIZE);
			return 0;
		}
		r->len = room != NULL ? (uint32_t)len : 0;
		if (room != NULL)
			gather(room, iov, parts);
		state_result_set(&d->state, r, room != NULL ? RESULT_REPLY : RESULT_REREAD);
		/* COMMIT, unless the client turns out to be gone */
		keep_prepare(d->keep);
	}
	error =
	    parts == 0 ? skink_msg_reply(rcvid, status, NULL, 0) : reply(rcvid, status, iov, parts);
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

/* A message that an earlier instance has answered, perhaps in vain. 1: answered again. 0: to be
 * handled, with the open file's position as it was. */
int
answer_again(dispatch_t *d, resmgr_context_t *ctp, struct result *r)
{
	if (r->state != RESULT_REPLY)
		return 0;
	keep_begin(d->keep);
	if (r->len == 0)
		skink_msg_reply(ctp->rcvid, r->status, NULL, 0);
	else
		skink_msg_reply(ctp->rcvid, r->status, state_result_data(&d->state, r), r->len);
	state_result_drop(&d->state, r);
	keep_commit(d->keep);
	return 1;
}
