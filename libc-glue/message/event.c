/* SPDX-License-Identifier: Apache-2.0 */
/* event.c - pulses and events under QNX's names. struct sigevent is struct skink_event. */
#include "../core/more.h"
#include "../glue.h"

#include <sys/neutrino.h>

#include "ecall.h"

_Static_assert(sizeof(struct sigevent) == sizeof(struct skink_event), "size");
_Static_assert(
    offsetof(struct sigevent, sigev_notify) == offsetof(struct skink_event, notify), "notify");
_Static_assert(
    offsetof(struct sigevent, sigev_coid) == offsetof(struct skink_event, target), "target");
_Static_assert(
    offsetof(struct sigevent, sigev_value) == offsetof(struct skink_event, value), "value");
_Static_assert(offsetof(struct sigevent, sigev_code) == offsetof(struct skink_event, code), "code");
_Static_assert(offsetof(struct sigevent, sigev_priority) == offsetof(struct skink_event, priority),
    "priority");
/* The nucleus knows no others. */
_Static_assert(
    SIGEV_PULSE == SKINK_EV_PULSE && SIGEV_SEM == SKINK_EV_SEM && SIGEV_NONE == SKINK_EV_NONE,
    "kinds");

/* It was refused: perhaps more pulses are to be had. */
static int __attribute__((noinline, cold))
send_again(int coid, int priority, int code, uint64_t value, long result)
{
	while (result == -EAGAIN && quota_more(SKINK_POOL_PULSE))
		result = skink_msg_send_pulse(coid, priority, code, value);
	return (int)glue_result(result);
}

static inline int
send_pulse(int coid, int priority, int code, uint64_t value)
{
	long result = ecall_pulse(coid, priority, code, value);

	return __builtin_expect(result < 0, 0) ? send_again(coid, priority, code, value, result)
					       : (int)result;
}

int
MsgSendPulse(int coid, int priority, int code, int value)
{
	return send_pulse(coid, priority, code, (uint32_t)value);
}

int
MsgSendPulsePtr(int coid, int priority, int code, void *value)
{
	return send_pulse(coid, priority, code, (uintptr_t)value);
}

int
MsgRegisterEvent(struct sigevent *event, int coid)
{
	return (int)glue_result(skink_msg_register_event(coid, (struct skink_event *)event));
}

int
MsgUnregisterEvent(const struct sigevent *event)
{
	const struct skink_event *ev = (const struct skink_event *)event;

	return (int)glue_result(ev->notify & SKINK_EV_HANDLE
		? skink_notice_free(SKINK_POOL_EVENT, ev->target)
		: -EINVAL);
}

int
MsgDeliverEvent(rcvid_t rcvid, const struct sigevent *event)
{
	const struct skink_event *ev = (const struct skink_event *)event;

	(void)rcvid;
	return (int)glue_result(ev->notify & SKINK_EV_HANDLE
		? skink_msg_deliver_event(ev->target, ev->value)
		: -EINVAL);
}
