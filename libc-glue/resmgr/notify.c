/* SPDX-License-Identifier: Apache-2.0 */
/* notify.c - the server's side of poll() and select(): events armed for a file that is not ready.
 * Which file is ready is the server's to know. */
#include <errno.h>

#include <skink/calls.h>

#include "dispatch.h"

static struct arm *
find_arm(struct state *s, uint32_t scoid, const struct skink_event *event)
{
	for (unsigned i = 0; i < s->sizes.arms; i++)
		if (s->arms[i].scoid == scoid && s->arms[i].event.target == event->target)
			return &s->arms[i];
	return NULL;
}

int
iofunc_notify(resmgr_context_t *ctp, io_notify_t *msg, iofunc_notify_t *nop, uint32_t trig,
    const int *notifycounts, int *armed)
{
	struct state *s = &ctp->dpp->state;
	uint32_t scoid = (uint32_t)ctp->info.scoid;
	uint32_t wanted = msg->i.flags | (msg->i.flags != 0 ? _NOTIFY_COND_EXTEN : 0);
	struct skink_event event = msg->i.event;
	uint32_t now = trig & wanted;
	int arm = msg->i.action == _NOTIFY_ACTION_POLLARM && now == 0 && wanted != 0;
	struct arm *a;

	(void)notifycounts;
	if (arm) {
		if (!(event.notify & SKINK_EV_HANDLE))
			return EINVAL;
		a = state_arm(s, scoid, &event);
		if (a == NULL)
			return EAGAIN;
		a->conditions = wanted;
		a->object = (uintptr_t)nop;
		nop->armed++;
	} else if (msg->i.action != _NOTIFY_ACTION_POLL) {
		a = find_arm(s, scoid, &event);
		if (a != NULL)
			state_disarm(s, a);
	}
	if (armed != NULL)
		*armed = arm;
	msg->o = (struct _io_notify_reply){now, (uint32_t)arm};
	return _RESMGR_PTR(ctp, &msg->o, sizeof(msg->o));
}

/* nop->armed may count events that went with their connections; it is set right here. */
void
iofunc_notify_trigger(dispatch_t *d, iofunc_notify_t *nop, uint32_t conditions)
{
	struct state *s = &d->state;
	uint32_t left = 0;

	if (nop->armed == 0)
		return;
	keep_begin(d->keep);
	for (unsigned i = 0; i < s->sizes.arms; i++) {
		struct arm *a = &s->arms[i];

		if (a->scoid == 0 || a->object != (uintptr_t)nop)
			continue;
		if (!(a->conditions & conditions)) {
			left++;
			continue;
		}
		skink_msg_deliver_event(a->event.target, a->event.value);
		state_disarm(s, a);
	}
	nop->armed = left;
	keep_commit(d->keep);
}

void
iofunc_notify_remove(resmgr_context_t *ctp, iofunc_notify_t *nop)
{
	struct state *s = &ctp->dpp->state;

	(void)nop;
	for (unsigned i = 0; i < s->sizes.arms; i++)
		if (s->arms[i].scoid == (uint32_t)ctp->info.scoid && s->arms[i].scoid != 0)
			state_disarm(s, &s->arms[i]);
}

int
iofunc_notify_default(resmgr_context_t *ctp, io_notify_t *msg, IOFUNC_OCB_T *ocb)
{
	(void)ocb;
	msg->o =
	    (struct _io_notify_reply){msg->i.flags & (_NOTIFY_COND_INPUT | _NOTIFY_COND_OUTPUT), 0};
	return _RESMGR_PTR(ctp, &msg->o, sizeof(msg->o));
}
