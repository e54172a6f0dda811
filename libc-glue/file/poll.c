/* SPDX-License-Identifier: Apache-2.0 */
/* poll.c - waiting for several descriptors. Each server is asked, and arms an event when it has
 * nothing to tell; the first event is a pulse on this thread's own channel, made when the thread
 * polls for the first time. A pulse only says: ask again. So one that comes late, or for nothing,
 * does no harm. */
#include "../glue.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/iomsg.h>
#include <sys/select.h>

#define PULSE_CODE 1

/* One descriptor while it is polled. */
struct watch {
	struct skink_event event; /* registered; then `registered` */
	bool registered;
};

static long
channel_open(void)
{
	long chid, coid;

	if (glue_self.poll_coid != 0)
		return 0;
	chid = skink_channel_create(SKINK_CHF_PRIVATE | SKINK_CHF_FIXED_PRIORITY, 0);
	if (chid < 0)
		return chid;
	coid = skink_connect_attach((int)chid, SKINK_SIDE_CHANNEL, SKINK_COF_CLOEXEC);
	if (coid < 0) {
		skink_channel_destroy((int)chid);
		return coid;
	}
	glue_self.poll_chid = (int32_t)chid;
	glue_self.poll_coid = (int32_t)coid;
	return 0;
}

/* Limits the next send or receive to the deadline. */
static void
limit(const uint64_t *deadline)
{
	if (deadline != NULL)
		skink_timer_timeout(SKINK_CLOCK_MONOTONIC, SKINK_TIMER_ABSTIME,
		    1u << SKINK_STATE_SEND | 1u << SKINK_STATE_REPLY | 1u << SKINK_STATE_RECEIVE,
		    *deadline);
}

static uint32_t
conditions_of(short events)
{
	return ((events & (POLLIN | POLLRDNORM)) != 0 ? _NOTIFY_COND_INPUT : 0) |
	    ((events & POLLOUT) != 0 ? _NOTIFY_COND_OUTPUT : 0) | _NOTIFY_COND_EXTEN;
}

static short
events_of(uint32_t conditions, short wanted)
{
	short events = 0;

	if ((conditions & _NOTIFY_COND_INPUT) != 0)
		events |= wanted & (POLLIN | POLLRDNORM);
	if ((conditions & _NOTIFY_COND_OUTPUT) != 0)
		events |= wanted & POLLOUT;
	if ((conditions & _NOTIFY_COND_EXTEN) != 0)
		events |= POLLHUP;
	return events;
}

/* Asks one server; sets revents. 0, or a negative error that ends the poll. */
static long
ask(struct pollfd *p, struct watch *w, uint32_t action, const uint64_t *deadline)
{
	struct _io_notify m = {
	    .type = _IO_NOTIFY,
	    .action = action,
	    .flags = conditions_of(p->events),
	    .event = w->event,
	};
	struct _io_notify_reply reply = {0};
	long r;

	p->revents = 0;
	if (p->fd < 0)
		return 0;
	limit(deadline);
	r = skink_msg_send(p->fd, &m, sizeof(m), &reply, sizeof(reply));
	switch (r) {
	case -EBADF:
		p->revents = POLLNVAL;
		return 0;
	case -ENOSYS:
		p->revents = p->events & (POLLIN | POLLOUT | POLLRDNORM);
		return 0;
	case -ETIMEDOUT:
		return 0;
	case -EAGAIN:
	case -EFAULT:
		return r;
	default:
		if (r < 0)
			p->revents = POLLERR;
		else
			p->revents = events_of(reply.flags, p->events);
		return 0;
	}
}

static long
arm(struct pollfd *p, struct watch *w, const uint64_t *deadline)
{
	long r;

	p->revents = 0;
	if (p->fd < 0)
		return 0;
	if (!w->registered) {
		w->event = (struct skink_event){
		    .notify = SKINK_EV_PULSE,
		    .target = glue_self.poll_coid,
		    .code = PULSE_CODE,
		    .priority = -1,
		};
		r = skink_msg_register_event(p->fd, &w->event);
		if (r == -EBADF) {
			p->revents = POLLNVAL;
			return 0;
		}
		if (r < 0)
			return r;
		w->registered = true;
	}
	return ask(p, w, _NOTIFY_ACTION_POLLARM, deadline);
}

static int
count_ready(const struct pollfd *fds, nfds_t count)
{
	int ready = 0;

	for (nfds_t i = 0; i < count; i++)
		ready += fds[i].revents != 0;
	return ready;
}

/* One look at each, without waiting. */
static long
look(struct pollfd *fds, nfds_t count)
{
	struct watch none = {0};

	for (nfds_t i = 0; i < count; i++) {
		long r = ask(&fds[i], &none, _NOTIFY_ACTION_POLL, NULL);

		if (r < 0)
			return r;
	}
	return count_ready(fds, count);
}

/* Takes back what is armed. A condition that came true meanwhile is seen here. */
static void
disarm(struct pollfd *fds, struct watch *watches, nfds_t count)
{
	for (nfds_t i = 0; i < count; i++)
		if (watches[i].registered) {
			if (fds[i].revents == 0)
				ask(&fds[i], &watches[i], _NOTIFY_ACTION_DISARM, NULL);
			skink_notice_free(SKINK_POOL_EVENT, watches[i].event.target);
		}
}

/* Waits until one is ready or the deadline is over. */
static long
wait_for(struct pollfd *fds, struct watch *watches, nfds_t count, const uint64_t *deadline)
{
	struct watch none = {0};

	for (;;) {
		struct _pulse pulse;
		int ready;
		long r;

		/* Once one is ready the others are only asked. */
		ready = 0;
		for (nfds_t i = 0; i < count; i++) {
			r = ready > 0 ? ask(&fds[i], &none, _NOTIFY_ACTION_POLL, deadline)
				      : arm(&fds[i], &watches[i], deadline);
			if (r < 0)
				return r;
			ready += fds[i].revents != 0;
		}
		if (ready > 0)
			return ready;
		limit(deadline);
		r = skink_msg_receive(glue_self.poll_chid, &pulse, sizeof(pulse), NULL);
		if (r == -ETIMEDOUT)
			return 0;
		if (r < 0)
			return r;
	}
}

/* timeout NULL: for ever; ns from now. */
static long
poll_ns(struct pollfd *fds, nfds_t count, const uint64_t *timeout)
{
	struct watch *watches;
	uint64_t deadline = 0;
	long r;

	if (count > SKINK_COIDS)
		return -EINVAL;
	if (timeout != NULL && *timeout == 0)
		return look(fds, count);
	r = channel_open();
	if (r < 0)
		return r;
	watches = calloc(count == 0 ? 1 : count, sizeof(*watches));
	if (watches == NULL)
		return -ENOMEM;
	for (nfds_t i = 0; i < count; i++)
		fds[i].revents = 0;
	if (timeout != NULL) {
		skink_clock_time(SKINK_CLOCK_MONOTONIC, &deadline);
		deadline =
		    *timeout < SKINK_NS_MAX - 1 - deadline ? deadline + *timeout : SKINK_NS_MAX - 1;
	}
	r = wait_for(fds, watches, count, timeout != NULL ? &deadline : NULL);
	disarm(fds, watches, count);
	free(watches);
	return r < 0 ? r : count_ready(fds, count);
}

int
poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	uint64_t ns = (uint64_t)timeout_ms * 1000000;

	return (int)glue_result(poll_ns(fds, count, timeout_ms < 0 ? NULL : &ns));
}

static bool
is_in(const fd_set *set, int fd)
{
	return set != NULL && FD_ISSET(fd, set);
}

/* Lists the descriptors of the sets; how many. */
static nfds_t
list_sets(int count, const fd_set *read, const fd_set *write, struct pollfd *fds)
{
	nfds_t n = 0;

	for (int fd = 0; fd < count; fd++) {
		short events =
		    (short)((is_in(read, fd) ? POLLIN : 0) | (is_in(write, fd) ? POLLOUT : 0));

		if (events != 0)
			fds[n++] = (struct pollfd){.fd = fd, .events = events};
	}
	return n;
}

static long
fill_sets(const struct pollfd *fds, nfds_t n, fd_set *read, fd_set *write)
{
	long bits = 0;

	if (read != NULL)
		FD_ZERO(read);
	if (write != NULL)
		FD_ZERO(write);
	for (nfds_t i = 0; i < n; i++) {
		if ((fds[i].revents & POLLNVAL) != 0)
			return -EBADF;
		if ((fds[i].events & POLLIN) != 0 &&
		    (fds[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
			FD_SET(fds[i].fd, read);
			bits++;
		}
		if ((fds[i].events & POLLOUT) != 0 && (fds[i].revents & (POLLOUT | POLLERR)) != 0) {
			FD_SET(fds[i].fd, write);
			bits++;
		}
	}
	return bits;
}

static long
select_ns(int count, fd_set *read, fd_set *write, fd_set *except, const uint64_t *timeout)
{
	struct pollfd *fds;
	nfds_t n;
	long r;

	if (count < 0 || count > FD_SETSIZE)
		return -EINVAL;
	fds = malloc((size_t)(count + 1) * sizeof(*fds));
	if (fds == NULL)
		return -ENOMEM;
	n = list_sets(count, read, write, fds);
	r = poll_ns(fds, n, timeout);
	if (r >= 0)
		r = fill_sets(fds, n, read, write);
	if (r >= 0 && except != NULL)
		FD_ZERO(except);
	free(fds);
	return r;
}

int
select(int count, fd_set *restrict read, fd_set *restrict write, fd_set *restrict except,
    struct timeval *restrict timeout)
{
	uint64_t ns = 0;

	if (timeout != NULL) {
		if (timeout->tv_sec < 0 || timeout->tv_usec < 0 || timeout->tv_usec >= 1000000)
			return (int)glue_result(-EINVAL);
		ns = (uint64_t)timeout->tv_sec * 1000000000u + (uint64_t)timeout->tv_usec * 1000u;
	}
	return (int)glue_result(
	    select_ns(count, read, write, except, timeout == NULL ? NULL : &ns));
}

int
pselect(int count, fd_set *restrict read, fd_set *restrict write, fd_set *restrict except,
    const struct timespec *restrict timeout, const sigset_t *restrict mask)
{
	uint64_t ns = 0;
	long r = timeout == NULL ? 0 : glue_timespec_ns(timeout, &ns);

	if (mask != NULL && *mask != 0)
		r = -ENOTSUP;
	if (r == 0)
		r = select_ns(count, read, write, except, timeout == NULL ? NULL : &ns);
	return (int)glue_result(r);
}
