/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch.c - one channel, and who handles what comes over it. Owns the attachments of messages
 * and pulses; io messages are resmgr.c's. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include <skink/calls.h>
#include <skink/errno.h>

#include "dispatch.h"

static int
fail(int error)
{
	errno = error;
	return -1;
}

dispatch_t *
dispatch_make(int chid)
{
	dispatch_t *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	d->chid = chid;
	d->self_coid = -1;
	d->keep = &d->plain;
	d->msg_max = RESMGR_MSG_DEFAULT;
	for (int i = 0; i < DISPATCH_PULSES; i++)
		d->pulses[i].code = -1;
	return d;
}

dispatch_t *
dispatch_create(void)
{
	long chid = skink_channel_create(SKINK_CHF_DISCONNECT | SKINK_CHF_UNBLOCK, 0);
	dispatch_t *d;

	if (chid < 0) {
		errno = (int)-chid;
		return NULL;
	}
	d = dispatch_make((int)chid);
	if (d == NULL)
		skink_channel_destroy((int)chid);
	return d;
}

int
dispatch_destroy(dispatch_t *d)
{
	if (d->self_coid >= 0)
		skink_connect_detach(d->self_coid);
	skink_channel_destroy(d->chid);
	state_release(&d->state);
	if (d->has_state && d->keep == &d->plain)
		free(d->state.head);
	if (d->requests != NULL)
		idtable_release(&d->by_client);
	free(d->requests);
	free(d->file_io);
	free(d);
	return 0;
}

dispatch_context_t *
dispatch_context_alloc(dispatch_t *d)
{
	dispatch_context_t *ctp = calloc(1, sizeof(*ctp));

	if (ctp == NULL)
		return NULL;
	ctp->msg = malloc(d->msg_max);
	if (ctp->msg == NULL) {
		free(ctp);
		return NULL;
	}
	ctp->msg_max_size = d->msg_max;
	ctp->dpp = d;
	return ctp;
}

void
dispatch_context_free(dispatch_context_t *ctp)
{
	if (ctp == NULL)
		return;
	free(ctp->msg);
	free(ctp);
}

int
dispatch_timeout(dispatch_t *d, struct timespec *timeout)
{
	d->timeout_ns = timeout == NULL
	    ? 0
	    : (uint64_t)timeout->tv_sec * 1000000000u + (uint64_t)timeout->tv_nsec;
	return 0;
}

dispatch_context_t *
dispatch_block(dispatch_context_t *ctp)
{
	dispatch_t *d = ctp->dpp;
	long rcvid;

	if (d->timeout_ns != 0)
		skink_timer_timeout(
		    SKINK_CLOCK_MONOTONIC, 0, 1u << SKINK_STATE_RECEIVE, d->timeout_ns);
	rcvid = skink_msg_receive(d->chid, ctp->msg, (long)ctp->msg_max_size, &ctp->info);
	if (rcvid < 0) {
		errno = (int)-rcvid;
		return NULL;
	}
	ctp->rcvid = rcvid;
	ctp->size = rcvid == 0 ? sizeof(struct _pulse) : ctp->info.msglen;
	ctp->status = 0;
	ctp->id = -1;
	return ctp;
}

int
dispatch_pulse(dispatch_context_t *ctp)
{
	dispatch_t *d = ctp->dpp;
	const struct _pulse *pulse = &ctp->msg->pulse;

	switch (pulse->code) {
	case SKINK_PULSE_DISCONNECT:
		resmgr_disconnect(d, (uint32_t)pulse->scoid);
		return 0;
	case SKINK_PULSE_UNBLOCK:
		resmgr_unblock(ctp, (long)pulse->value);
		return 0;
	}
	for (int i = 0; i < DISPATCH_PULSES; i++)
		if (pulse->code >= 0 && d->pulses[i].code == pulse->code &&
		    (!d->pulses[i].own || pulse->scoid == d->self_scoid))
			return d->pulses[i].func(ctp, pulse->code, 0, d->pulses[i].handle);
	return 0;
}

int
dispatch_handler(dispatch_context_t *ctp)
{
	dispatch_t *d = ctp->dpp;
	int type = ctp->msg->type;

	if (ctp->rcvid == 0)
		return dispatch_pulse(ctp);
	if (ctp->size < sizeof(ctp->msg->type)) {
		skink_msg_error(ctp->rcvid, SK_EINVAL);
		return 0;
	}
	if (type >= _IO_BASE && type <= _IO_MAX) {
		if (d->has_state)
			resmgr_message(ctp);
		else
			skink_msg_error(ctp->rcvid, SK_ENOSYS);
		return 0;
	}
	for (int i = 0; i < DISPATCH_MESSAGES; i++) {
		struct message_attachment *m = &d->messages[i];

		if (m->func != NULL && type >= m->low && type <= m->high)
			return m->func(ctp, type, 0, m->handle);
	}
	skink_msg_error(ctp->rcvid, SK_ENOSYS);
	return 0;
}

int
message_connect(dispatch_t *d, int flags)
{
	struct _server_info info;
	long coid;

	if (d->self_coid >= 0)
		return d->self_coid;
	coid = skink_connect_attach(d->chid, SKINK_SIDE_CHANNEL, (unsigned)flags);
	if (coid < 0)
		return fail((int)-coid);
	skink_connect_server_info((int)coid, &info);
	d->self_coid = (int)coid;
	d->self_scoid = info.scoid;
	return (int)coid;
}

int
message_attach(dispatch_t *d, message_attr_t *attr, int low, int high,
    int (*func)(message_context_t *ctp, int code, unsigned flags, void *handle), void *handle)
{
	(void)attr;
	if (low > high || func == NULL || high > UINT16_MAX || low < 0 ||
	    (low <= _IO_MAX && high >= _IO_BASE))
		return fail(EINVAL);
	for (int i = 0; i < DISPATCH_MESSAGES; i++) {
		if (d->messages[i].func != NULL)
			continue;
		d->messages[i] = (struct message_attachment){low, high, func, handle};
		return 0;
	}
	return fail(EAGAIN);
}

int
message_detach(dispatch_t *d, int low, int high, int flags)
{
	(void)flags;
	for (int i = 0; i < DISPATCH_MESSAGES; i++) {
		if (d->messages[i].func == NULL || d->messages[i].low != low ||
		    d->messages[i].high != high)
			continue;
		d->messages[i].func = NULL;
		return 0;
	}
	return fail(EINVAL);
}

static int
code_is_free(const dispatch_t *d, int code)
{
	for (int i = 0; i < DISPATCH_PULSES; i++)
		if (d->pulses[i].code == code)
			return 0;
	return 1;
}

int
pulse_attach(dispatch_t *d, int flags, int code,
    int (*func)(message_context_t *ctp, int code, unsigned flags, void *handle), void *handle)
{
	if (flags & MSG_FLAG_ALLOC_PULSE)
		for (code = 64; !code_is_free(d, code); code++) /* <= DISPATCH_PULSES */
			;
	if (code < 0 || code > 127 || func == NULL || !code_is_free(d, code))
		return fail(EINVAL);
	for (int i = 0; i < DISPATCH_PULSES; i++) {
		if (d->pulses[i].code != -1)
			continue;
		d->pulses[i] = (struct pulse_attachment){
		    code, func, handle, (flags & MSG_FLAG_ALLOC_PULSE) != 0};
		return code;
	}
	return fail(EAGAIN);
}

int
pulse_detach(dispatch_t *d, int code, int flags)
{
	(void)flags;
	for (int i = 0; i < DISPATCH_PULSES; i++) {
		if (d->pulses[i].code != code)
			continue;
		d->pulses[i].code = -1;
		return 0;
	}
	return fail(EINVAL);
}
