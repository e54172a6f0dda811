/* SPDX-License-Identifier: Apache-2.0 */
/* t-message.c - messages, pulses, events, and the time that they and sleepers wait for. */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/neutrino.h>
#include <time.h>
#include <unistd.h>

#include <skink/errno.h>

#include "t-checks.h"

#define MS 1000000l

/* ---- time ---- */

static int64_t
ns_since(const struct timespec *before)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - before->tv_sec) * 1000000000 + now.tv_nsec - before->tv_nsec;
}

static void
time_passes_while_asleep(void)
{
	struct timespec before, t = {.tv_nsec = 3 * MS};

	clock_gettime(CLOCK_MONOTONIC, &before);
	CHECK_EQ(nanosleep(&t, NULL), 0);
	CHECK(ns_since(&before) >= 3 * MS);
	t.tv_nsec = 1000000000;
	CHECK_FAILS(nanosleep(&t, NULL), EINVAL);
	CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &before, NULL), 0);
	CHECK_EQ(clock_nanosleep(77, 0, &before, NULL), EINVAL);
	CHECK_FAILS(clock_gettime(77, &before), EINVAL);
	CHECK_FAILS(clock_settime(CLOCK_MONOTONIC, &before), EINVAL);
	CHECK(time(NULL) > 0);
	CHECK_EQ(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
	CHECK_EQ(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before), 0);
}

static void
timer_sends_pulses(void)
{
	struct itimerspec set = {.it_value = {.tv_nsec = MS}, .it_interval = {.tv_nsec = MS}}, now;
	struct itimerspec later = {.it_value = {.tv_sec = 2}, .it_interval = {.tv_sec = 3}};
	struct _timer_info info;
	struct _itimer left;
	struct timespec before;
	struct sigevent event;
	struct _pulse pulse;
	int chid = ChannelCreate(0), coid = ConnectAttach(0, 0, chid, _NTO_SIDE_CHANNEL, 0);
	timer_t timer;

	CHECK(chid > 0);
	CHECK(coid > 0);
	SIGEV_PULSE_INIT(&event, coid, 20, 5, 1234);
	CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	clock_gettime(CLOCK_MONOTONIC, &before);
	CHECK_EQ(timer_settime(timer, 0, &set, NULL), 0);
	for (unsigned n = 0; n < 5; n += pulse.count) {
		CHECK_EQ(MsgReceive(chid, &pulse, sizeof(pulse), NULL), 0);
		CHECK_EQ(pulse.code, 5);
		CHECK_EQ(pulse.value, 1234);
	}
	CHECK(ns_since(&before) >= 5 * MS);
	CHECK_EQ(timer_gettime(timer, &now), 0);
	CHECK_EQ(now.it_interval.tv_nsec, MS);
	CHECK(now.it_value.tv_nsec > 0 && now.it_value.tv_nsec <= MS);
	CHECK_EQ(timer_settime(timer, 0, &later, &now), 0);
	CHECK_EQ(now.it_interval.tv_nsec, MS);
	CHECK_EQ(TimerInfo(0, timer, 0, &info), 0);
	CHECK(info.itime.nsec > 0 && info.itime.nsec <= 2000000000);
	CHECK_EQ(info.itime.interval_nsec, 3000000000);
	CHECK_EQ(TimerSettime(timer, 0, NULL, &left), 0);
	CHECK_EQ(left.interval_nsec, 3000000000);
	CHECK_FAILS(TimerSettime(timer, 2, &left, NULL), EINVAL);
	left = (struct _itimer){0, 0};
	CHECK_EQ(TimerSettime(timer, 0, &left, &left), 0);
	CHECK_EQ(left.interval_nsec, 3000000000);
	CHECK_EQ(timer_gettime(timer, &now), 0);
	CHECK_EQ(now.it_value.tv_sec | now.it_value.tv_nsec, 0);
	CHECK_EQ(now.it_interval.tv_sec | now.it_interval.tv_nsec, 0);
	CHECK_EQ(timer_delete(timer), 0);
	CHECK_FAILS(timer_delete(timer), EINVAL);
	CHECK_FAILS(timer_gettime(timer, &now), EINVAL);
	CHECK_FAILS(TimerSettime(timer, 0, &left, NULL), EINVAL);
	CHECK_FAILS(timer_create(CLOCK_MONOTONIC, NULL, &timer), ENOTSUP);
	CHECK_EQ(ConnectDetach(coid), 0);
	CHECK_EQ(ChannelDestroy(chid), 0);
}

static void
event_is_delivered_while_it_is_registered(void)
{
	int chid = ChannelCreate(0), coid = ConnectAttach(0, 0, chid, _NTO_SIDE_CHANNEL, 0);
	struct sigevent event, plain;
	struct _pulse pulse;

	SIGEV_PULSE_INIT(&event, coid, 20, 5, 1234);
	CHECK_EQ(MsgRegisterEvent(&event, coid), 0);
	/* The number alone is no handle. */
	plain = event;
	plain.sigev_notify = SIGEV_PULSE;
	CHECK_FAILS(MsgDeliverEvent(0, &plain), EINVAL);
	CHECK_FAILS(MsgUnregisterEvent(&plain), EINVAL);
	CHECK_EQ(MsgDeliverEvent(0, &event), 0);
	CHECK_EQ(MsgReceive(chid, &pulse, sizeof(pulse), NULL), 0);
	CHECK_EQ(pulse.code, 5);
	CHECK_EQ(pulse.value, 1234);
	CHECK_EQ(MsgUnregisterEvent(&event), 0);
	CHECK_FAILS(MsgDeliverEvent(0, &event), ESRCH);
	CHECK_FAILS(MsgUnregisterEvent(&event), EINVAL);
	CHECK_EQ(ConnectDetach(coid), 0);
	CHECK_EQ(ChannelDestroy(chid), 0);
}

/* ---- messages ---- */

struct server {
	int chid;
	pthread_t thread;
};

static void *
serve(void *arg)
{
	int chid = (int)(intptr_t)arg;
	struct _msg_info info;
	char message[64];
	rcvid_t rcvid;

	for (;;) {
		rcvid = MsgReceive(chid, message, sizeof(message), &info);
		if (rcvid < 0)
			return (void *)(intptr_t)errno;
		if (rcvid == 0)
			continue;
		switch (message[0]) {
		case 'e':
			MsgError(rcvid, ESRVRFAULT);
			break;
		case 'h':
			break;
		case 'r': {
			char rest[16] = {0};
			ssize_t n = MsgRead(rcvid, rest, sizeof(rest), 1);

			MsgWrite(rcvid, rest, (size_t)n, 0);
			MsgReply(rcvid, n, NULL, 0);
			break;
		}
		default:
			message[0]++;
			MsgReply(rcvid, (long)info.srcmsglen, message, (size_t)info.msglen);
			break;
		}
	}
}

static struct server
server_start(unsigned flags)
{
	struct server s = {.chid = ChannelCreate(flags)};

	CHECK(s.chid > 0);
	CHECK_EQ(pthread_create(&s.thread, NULL, serve, (void *)(intptr_t)s.chid), 0);
	return s;
}

static void
server_stop(struct server *s)
{
	void *value;

	CHECK_EQ(ChannelDestroy(s->chid), 0);
	CHECK_EQ(pthread_join(s->thread, &value), 0);
	CHECK_EQ(value, ESRCH);
}

static void
message_is_answered(void)
{
	struct server s = server_start(0);
	int coid = ConnectAttach(0, 0, s.chid, _NTO_SIDE_CHANNEL, 0);
	struct _server_info info;
	struct _client_info self;
	char reply[16] = {0};
	iov_t parts[2], back[2];

	CHECK(coid > 0);
	CHECK_EQ(MsgSend(coid, "a1", 2, reply, sizeof(reply)), 2);
	CHECK(memcmp(reply, "b1", 2) == 0);
	SETIOV(&parts[0], "a", 1);
	SETIOV(&parts[1], "xyz", 3);
	SETIOV(&back[0], reply, 2);
	SETIOV(&back[1], reply + 8, 8);
	CHECK_EQ(MsgSendv(coid, parts, 2, back, 2), 4);
	CHECK(memcmp(reply, "bx", 2) == 0);
	CHECK(memcmp(reply + 8, "yz", 2) == 0);
	CHECK_EQ(MsgSendvs(coid, parts, 2, reply, sizeof(reply)), 4);
	CHECK_EQ(MsgSendsv(coid, "q", 1, back, 2), 1);
	CHECK_EQ(MsgSend(coid, "rABCDEF", 7, reply, sizeof(reply)), 6);
	CHECK(memcmp(reply, "ABCDEF", 6) == 0);
	CHECK_FAILS(MsgSend(coid, "e", 1, NULL, 0), ESRVRFAULT);
	CHECK(strstr(strerror(ESRVRFAULT), "died too often") != NULL);
	CHECK_FAILS(MsgSend(coid, (void *)8, 100, NULL, 0), EFAULT);
	CHECK_FAILS(MsgSend(55, "a", 1, NULL, 0), EBADF);
	CHECK_EQ(ConnectServerInfo(0, coid, &info), coid);
	CHECK_EQ(info.pid, getpid());
	CHECK_EQ(info.chid, s.chid);
	CHECK_EQ(ConnectFlags(0, coid, _NTO_COF_CLOEXEC, _NTO_COF_CLOEXEC), 0);
	CHECK_EQ(ConnectFlags(0, coid, 0, _NTO_COF_CLOEXEC), _NTO_COF_CLOEXEC);
	CHECK_EQ(ConnectFlags(0, coid, _NTO_COF_CLOEXEC, 0), _NTO_COF_CLOEXEC);
	CHECK_EQ(ConnectFlags(0, coid, 0, 0), 0);
	CHECK_FAILS(ConnectFlags(0, coid, 2, 0), EINVAL);
	CHECK_FAILS(ConnectFlags(0, 55, 0, 0), EBADF);
	CHECK_EQ(ConnectClientInfo(-1, &self, 0), 0);
	CHECK_EQ(self.pid, getpid());
	server_stop(&s);
	CHECK_FAILS(MsgSend(coid, "a", 1, NULL, 0), ESRCH);
	CHECK_EQ(ConnectDetach(coid), 0);
	CHECK_FAILS(ConnectDetach(coid), EBADF);
}

static void
message_times_out(void)
{
	struct server s = server_start(0);
	int coid = ConnectAttach(0, 0, s.chid, _NTO_SIDE_CHANNEL, 0), own = ChannelCreate(0);
	uint64_t ns = 3 * MS;
	struct timespec before;
	struct _pulse pulse;

	clock_gettime(CLOCK_MONOTONIC, &before);
	CHECK_EQ(
	    TimerTimeout(CLOCK_MONOTONIC, _NTO_TIMEOUT_SEND | _NTO_TIMEOUT_REPLY, NULL, &ns, NULL),
	    0);
	CHECK_FAILS(MsgSend(coid, "h", 1, NULL, 0), ETIMEDOUT);
	CHECK(ns_since(&before) >= 3 * MS);
	CHECK_EQ(TimerTimeout(CLOCK_MONOTONIC, _NTO_TIMEOUT_RECEIVE, NULL, NULL, NULL), 0);
	CHECK_FAILS(MsgReceive(own, &pulse, sizeof(pulse), NULL), ETIMEDOUT);
	CHECK_EQ(ChannelDestroy(own), 0);
	server_stop(&s);
	CHECK_EQ(ConnectDetach(coid), 0);
}

static void
pulse_arrives(void)
{
	int chid = ChannelCreate(0), coid = ConnectAttach(0, 0, chid, _NTO_SIDE_CHANNEL, 0);
	struct _pulse pulse;

	CHECK_EQ(MsgSendPulse(coid, -1, 9, -2), 0);
	CHECK_EQ(MsgSendPulsePtr(coid, -1, 10, &pulse), 0);
	CHECK_EQ(MsgReceive(chid, &pulse, sizeof(pulse), NULL), 0);
	CHECK_EQ(pulse.code, 9);
	CHECK_EQ((int)pulse.value, -2);
	CHECK_EQ(MsgReceive(chid, &pulse, sizeof(pulse), NULL), 0);
	CHECK_EQ(pulse.value, (uintptr_t)&pulse);
	CHECK_FAILS(MsgSendPulse(coid, -1, 128, 0), EINVAL);
	CHECK_FAILS(MsgSendPulse(coid, 254, 1, 0), EPERM);
	CHECK_EQ(ConnectDetach(coid), 0);
	CHECK_EQ(ChannelDestroy(chid), 0);
}

int
main(int argc, char **argv)
{
	static const struct t_case cases[] = {
	    CASE(time_passes_while_asleep),
	    CASE(timer_sends_pulses),
	    CASE(event_is_delivered_while_it_is_registered),
	    CASE(message_is_answered),
	    CASE(message_times_out),
	    CASE(pulse_arrives),
	};

	return t_run(cases, (int)(sizeof(cases) / sizeof(cases[0])), argc, argv);
}
