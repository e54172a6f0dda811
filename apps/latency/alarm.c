/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alarm.c - a service that has the Goldfish clock ring and tells how late its own thread ran. The
 * clock counts nanoseconds, and in virtual time the alarm fires at the very one that was asked
 * for. Nothing is kept: a request that its death interrupts is done anew.
 */
#include "alarm.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/neutrino.h>

#include <skink/driver.h>
#include <skink/procmgr_msg.h>

enum {
	TIME_LOW = 0x00,
	TIME_HIGH = 0x04,
	ALARM_LOW = 0x08,
	ALARM_HIGH = 0x0c,
	IRQ_ENABLED = 0x10,
	CLEAR_INTERRUPT = 0x1c
};

static struct driver_device clock_device;
static uint32_t samples[ALARM_MAX];
static int own_priority;

/* Reading the low half is the instant, and latches the high one. */
static inline uint64_t
device_now(void)
{
	uint64_t low = reg_read32(&clock_device, TIME_LOW);

	return (uint64_t)reg_read32(&clock_device, TIME_HIGH) << 32 | low;
}

static void
set_alarm(uint64_t ns)
{
	reg_write32(&clock_device, ALARM_HIGH, (uint32_t)(ns >> 32));
	reg_write32(&clock_device, ALARM_LOW, (uint32_t)ns);
}

static int
set_priority(int priority)
{
	struct sched_param param = {.sched_priority = priority};

	return SchedSet(0, 0, SCHED_FIFO, &param);
}

static int
is_good(const struct alarm_request *r, long len)
{
	return len == (long)sizeof(*r) && r->version == ALARM_VERSION && r->count >= 1 &&
	    r->count <= ALARM_MAX && r->gap_ns >= 1000 && r->priority >= 0 &&
	    r->priority <= own_priority;
}

static int
take_samples(const struct alarm_request *r)
{
	uint32_t more = 0;

	for (uint32_t i = 0; i < r->count; i++) {
		uint64_t due = device_now() + r->gap_ns + more, now;

		set_alarm(due);
		if (InterruptWait(_NTO_INTR_WAIT_FLAGS_UNMASK, NULL) < 0)
			return errno;
		now = device_now();
		reg_write32(&clock_device, CLEAR_INTERRUPT, 1);
		samples[i] = (uint32_t)(now - due);
		more = r->sweep_ns == 0 ? 0 : (more + r->step_ns) % r->sweep_ns;
	}
	return 0;
}

static void
serve(rcvid_t rcvid, const struct alarm_request *r, long len)
{
	int error = is_good(r, len) ? 0 : EINVAL;

	if (error == 0 && set_priority(r->priority != 0 ? r->priority : own_priority) < 0)
		error = errno;
	if (error == 0)
		error = take_samples(r);
	if (error != 0)
		MsgError(rcvid, error);
	else
		MsgReply(rcvid, r->count, samples, r->count * sizeof(samples[0]));
}

static int
attach_path(int chid)
{
	struct proc_path m = {.header = {.type = PROC_PATH_ATTACH, .version = PROC_VERSION},
	    .chid = chid,
	    .length = strlen(ALARM_PATH)};
	iov_t parts[2];

	SETIOV(&parts[0], &m, sizeof(m));
	SETIOV(&parts[1], ALARM_PATH, m.length);
	return (int)MsgSendvs(SKINK_PROCMGR_COID, parts, 2, NULL, 0);
}

static int
fail(const char *what, int error)
{
	fprintf(stderr, "alarm: %s: %s\n", what, strerror(error));
	return 1;
}

int
main(void)
{
	struct sched_param param;
	int error, chid;

	error = driver_device(0, &clock_device);
	if (error != 0)
		return fail("no device", error);
	reg_write32(&clock_device, IRQ_ENABLED, 1);
	if (InterruptAttachThread((int)clock_device.interrupts[0], 0) < 0)
		return fail("interrupt", errno);
	sched_getparam(0, &param);
	own_priority = param.sched_priority;
	chid = ChannelCreateDurable(_NTO_CHF_FIXED_PRIORITY, 0, NULL);
	if (chid < 0 || attach_path(chid) < 0)
		return fail(ALARM_PATH, errno);
	for (;;) {
		struct alarm_request request;
		struct _msg_info info;
		rcvid_t rcvid = MsgReceive(chid, &request, sizeof(request), &info);

		if (rcvid > 0)
			serve(rcvid, &request, (long)info.srcmsglen);
	}
}
