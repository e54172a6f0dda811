/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rtc-goldfish - the Goldfish real-time clock.
 *
 *	rtc [DEVICE] PATH
 *
 * Sets the system's realtime clock from the device at each start, serves the time as text at PATH,
 * and rings its alarm. Keeps nothing: the device has the time and the armed alarm.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <skink/access.h>
#include <skink/driver.h>
#include <skink/rtc.h>

enum {
	TIME_LOW = 0x00,
	TIME_HIGH = 0x04,
	ALARM_LOW = 0x08,
	ALARM_HIGH = 0x0c,
	IRQ_ENABLED = 0x10,
	CLEAR_ALARM = 0x14,
	ALARM_STATUS = 0x18,
	CLEAR_INTERRUPT = 0x1c
};

struct rtc {
	struct server_context *sc;
	struct driver_device device;
	struct driver_interrupt alarm;
	int has_alarm;
	struct request_queue waiters;
	iofunc_attr_t attr;
	resmgr_connect_funcs_t connect;
	resmgr_io_funcs_t io;
};
static struct rtc rtc;

/* Reading the low half latches the high one. */
static uint64_t
device_time(void)
{
	uint64_t low = reg_read32(&rtc.device, TIME_LOW);

	return (uint64_t)reg_read32(&rtc.device, TIME_HIGH) << 32 | low;
}

static void
device_set_time(uint64_t ns)
{
	reg_write32(&rtc.device, TIME_HIGH, (uint32_t)(ns >> 32));
	reg_write32(&rtc.device, TIME_LOW, (uint32_t)ns);
}

static void
device_set_alarm(uint64_t ns)
{
	if (ns == 0) {
		reg_write32(&rtc.device, CLEAR_ALARM, 1);
		return;
	}
	reg_write32(&rtc.device, IRQ_ENABLED, 1);
	reg_write32(&rtc.device, ALARM_HIGH, (uint32_t)(ns >> 32));
	reg_write32(&rtc.device, ALARM_LOW, (uint32_t)ns);
}

/* Days since 1970 as a date of the Gregorian calendar. */
static void
date_of(uint64_t days, int *year, int *month, int *day)
{
	uint64_t shifted = days + 719468; /* since 0000-03-01 */
	uint64_t era = shifted / 146097, of_era = shifted % 146097;
	uint64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	uint64_t m = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(y + era * 400 + (*month <= 2));
}

static int
rtc_read(resmgr_context_t *ctp, io_read_t *msg, RESMGR_OCB_T *ocb)
{
	static char text[64];
	int year, month, day, len, error = iofunc_read_verify(ctp, msg, ocb, NULL);
	const char *from;
	uint64_t s;
	size_t n;

	if (error != EOK)
		return error;
	s = device_time() / 1000000000u;
	date_of(s / 86400, &year, &month, &day);
	len = snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d:%02d\n", year, month, day,
	    (int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60));
	if (ocb->offset >= (uint64_t)len)
		return _RESMGR_STATUS(ctp, 0);
	n = (size_t)len - ocb->offset;
	if (n > msg->i.nbytes)
		n = msg->i.nbytes;
	from = text + ocb->offset;
	ocb->offset += n;
	ctp->status = (long)n;
	return _RESMGR_PTR(ctp, from, n);
}

static int
answer_time(resmgr_context_t *ctp, io_devctl_t *msg, uint64_t ns)
{
	memcpy(&msg->i + 1, &ns, sizeof(ns));
	msg->o = (struct _io_devctl_reply){.nbytes = sizeof(ns)};
	return _RESMGR_PTR(ctp, msg, sizeof(msg->o) + sizeof(ns));
}

static int
rtc_devctl(resmgr_context_t *ctp, io_devctl_t *msg, RESMGR_OCB_T *ocb)
{
	struct _client_info info;
	uint64_t ns;

	memcpy(&ns, &msg->i + 1, sizeof(ns));
	switch (msg->i.dcmd) {
	case DCMD_RTC_GET:
		return answer_time(ctp, msg, device_time());
	case DCMD_RTC_SET:
		if (iofunc_client_info(ctp, 0, &info) != EOK ||
		    !(info.abilities & SKINK_AB_CLOCK_SET))
			return EPERM;
		device_set_time(ns);
		return skink_clock_set(ns) < 0 ? EINVAL : EOK;
	case DCMD_RTC_ALARM:
		if (!rtc.has_alarm)
			return ENODEV;
		device_set_alarm(ns);
		return EOK;
	case DCMD_RTC_WAIT:
		return rtc.has_alarm ? request_defer(ctp, &rtc.waiters) : ENODEV;
	default:
		return iofunc_devctl_default(ctp, msg, ocb);
	}
}

static void
on_alarm(struct driver_interrupt *interrupt)
{
	struct {
		struct _io_devctl_reply head;
		uint64_t ns;
	} reply = {{.nbytes = sizeof(uint64_t)}, device_time()};
	struct request *r;

	reg_write32(&rtc.device, CLEAR_INTERRUPT, 1);
	while ((r = rtc.waiters.first) != NULL) /* <= deferred_max */
		if (request_begin(r) == 0)
			request_reply(r, 0, &reply, sizeof(reply));
	driver_unmask(interrupt);
}

static int
init(struct server_context *sc, enum server_start start)
{
	int error = driver_device(0, &rtc.device);

	(void)start;
	if (error != 0) {
		server_log("no device: error=%d", error);
		return error;
	}
	if (sc->argc < 2)
		return EINVAL;
	rtc.sc = sc;
	if (skink_clock_set(device_time()) < 0)
		server_log("may not set the clock");
	rtc.has_alarm = driver_interrupt(sc, &rtc.device, 0, -1, &rtc.alarm) == 0;
	iofunc_func_init(_RESMGR_CONNECT_NFUNCS, &rtc.connect, _RESMGR_IO_NFUNCS, &rtc.io);
	rtc.io.read = rtc_read;
	rtc.io.devctl = rtc_devctl;
	iofunc_attr_init(&rtc.attr, _IO_S_IFCHR | 0666, NULL, NULL);
	if (resmgr_attach(sc->dpp, NULL, sc->argv[sc->argc - 1], _FTYPE_ANY, 0, &rtc.connect,
		&rtc.io, &rtc.attr) < 0)
		return errno;
	return 0;
}

static const struct server server = {
    .name = "rtc",
    .layout = 1,
    .open_max = 16,
    .deferred_max = 8,
    .init = init,
};

int
main(int argc, char **argv)
{
	rtc.alarm.func = on_alarm;
	return server_run(&server, argc, argv);
}
