/* SPDX-License-Identifier: Apache-2.0 */
/* serve.c - what a terminal's clients ask for. Owns the queues of those who wait; the bytes are
 * tty.c's. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <skink/calls.h>

#include "devc.h"

#define CHUNK         512 /* of a write, in one transaction */
#define TENTH_NS      100000000ull
#define DRAIN_POLL_NS 1000000ull
#define WRITE_READY   (TTY_OUT / 8) /* room from which on a terminal counts as writable */

static struct devc *devc;
static uint8_t buffer[CHUNK];

/* ---- read ---- */

/* A reader that is not of the foreground group waits until it is, also one of another session: a
 * detached one, or one whose shell has ended. Others stop it by SIGTTIN or fail its read (POSIX,
 * general terminal interface); here a read just lasts. Who has gone waits for nothing. */
static int
is_in_background(const struct tty *t, pid_t pid)
{
	pid_t group = t->session != 0 ? getpgid(pid) : -1;

	return group >= 0 && group != t->group;
}

/* Those in the background may wait for ever, and must leave places to others. */
static int
may_wait(const struct devc *d)
{
	int waiting = 0;

	for (const struct request *r = d->readers.first; r != NULL; r = r->next)
		waiting += r->value != 0; /* <= deferred_max */
	return waiting < BACKGROUND_MAX;
}

/* The foreground has changed. */
static void
look_at_readers(struct devc *d)
{
	struct request *r;

	for (r = d->readers.first; r != NULL; r = r->next) { /* <= deferred_max */
		r->value = is_in_background(d->tty, r->info.pid);
		r->deadline_ns = driver_now_ns();
	}
}

static struct request *
first_reader(const struct devc *d)
{
	struct request *r = d->readers.first;

	while (r != NULL && r->value != 0) /* <= deferred_max */
		r = r->next;
	return r;
}

/* 1: `r` (NULL: a read that has just come, of len bytes) ends now. Else the timer is set if time
 * alone may end it. */
static int
read_is_due(struct devc *d, const struct request *r, size_t len)
{
	const struct termios *tio = &d->tty->termios;
	uint64_t time_ns = tio->c_cc[VTIME] * TENTH_NS, due, now;

	if (tty_is_readable(d->tty, len))
		return 1;
	if ((tio->c_lflag & ICANON) || time_ns == 0 || r == NULL)
		return 0;
	if (tio->c_cc[VMIN] > 0 && tty_readable(d->tty) == 0)
		return 0;
	due = tio->c_cc[VMIN] > 0 && d->last_rx_ns > r->deadline_ns ? d->last_rx_ns + time_ns
								    : r->deadline_ns + time_ns;
	now = driver_now_ns();
	if (now < due)
		driver_timer_set(&d->timer, due - now);
	return now >= due;
}

static int
devc_read(resmgr_context_t *ctp, io_read_t *msg, RESMGR_OCB_T *ocb)
{
	struct devc *d = devc;
	size_t len = msg->i.nbytes < READ_MAX ? msg->i.nbytes : READ_MAX;
	int nonblock, background, error = iofunc_read_verify(ctp, msg, ocb, &nonblock);

	if (error != EOK)
		return error;
	if (len == 0)
		return _RESMGR_STATUS(ctp, 0);
	background = is_in_background(d->tty, ctp->info.pid);
	if (!background && first_reader(d) == NULL && read_is_due(d, NULL, len)) {
		ctp->status = (long)tty_read(d->sc->keep, d->tty, buffer, len);
		return _RESMGR_PTR(ctp, buffer, (size_t)ctp->status);
	}
	if (nonblock || (background && !may_wait(d)))
		return EAGAIN;
	error = request_defer(ctp, &d->readers);
	if (error == _RESMGR_NOREPLY) {
		d->readers.last->value = background;
		d->readers.last->deadline_ns = driver_now_ns();
	}
	return error;
}

static void
go_on_reading(struct devc *d)
{
	struct request *r;

	while ((r = first_reader(d)) != NULL) { /* <= deferred_max */
		size_t len = r->nbytes < READ_MAX ? r->nbytes : READ_MAX;

		if (!read_is_due(d, r, len))
			return;
		if (request_begin(r) != 0)
			continue;
		len = tty_read(d->sc->keep, d->tty, buffer, len);
		request_reply(r, (long)len, buffer, len);
	}
}

/* ---- write ---- */

static int
devc_write(resmgr_context_t *ctp, io_write_t *msg, RESMGR_OCB_T *ocb)
{
	struct devc *d = devc;
	size_t room = tty_room(d->tty), len = msg->i.nbytes;
	int nonblock, error = iofunc_write_verify(ctp, msg, ocb, &nonblock);
	long got;

	if (error != EOK)
		return error;
	if (len == 0)
		return _RESMGR_STATUS(ctp, 0);
	if (d->writers.first == NULL && !(ctp->info.flags & SKINK_MI_REDELIVERED)) {
		if (nonblock && len > room)
			len = room;
		if (nonblock && len > CHUNK)
			len = CHUNK;
		if (len > 0 && len <= room && len <= CHUNK) {
			got = resmgr_write_data(ctp, msg, buffer, len, 0);
			if (got < 0)
				return errno;
			return _RESMGR_STATUS(
			    ctp, (long)tty_write(d->sc->keep, d->tty, buffer, (size_t)got));
		}
	}
	if (nonblock)
		return EAGAIN;
	return request_defer(ctp, &d->writers);
}

/* Moves a writer's next bytes; each chunk is done for good, and so noted. 0: it must wait. */
static int
write_chunk(struct devc *d, struct request *r)
{
	size_t room = tty_room(d->tty), len = r->nbytes - r->done;
	long got;

	if (len > CHUNK)
		len = CHUNK;
	if (room < len && room < CHUNK / 2)
		return 0;
	if (len > room)
		len = room;
	if (request_begin(r) != 0)
		return 1;
	if (len > 0) {
		got = request_read(r, buffer, len, r->header + r->done);
		if (got <= 0) {
			request_error(r, EFAULT);
			return 1;
		}
		len = tty_write(d->sc->keep, d->tty, buffer, (size_t)got);
	}
	if (r->done + len >= r->nbytes)
		request_reply(r, (long)(r->done + len), NULL, 0);
	else if (request_progress(r, r->done + len) == EOK)
		request_suspend(r);
	else
		request_error(r, EAGAIN);
	return 1;
}

/* Fills the ring at most once: the transmitter's interrupt brings us back. */
static void
go_on_writing(struct devc *d)
{
	while (d->writers.first != NULL && write_chunk(d, d->writers.first))
		;
}

/* ---- devctl ---- */

static int
answer(resmgr_context_t *ctp, io_devctl_t *msg, const void *data, size_t len)
{
	if (len > 0)
		memcpy(&msg->i + 1, data, len);
	msg->o = (struct _io_devctl_reply){.nbytes = (uint32_t)len};
	return _RESMGR_PTR(ctp, msg, sizeof(msg->o) + len);
}

static int
answer_int(resmgr_context_t *ctp, io_devctl_t *msg, int32_t value)
{
	return answer(ctp, msg, &value, sizeof(value));
}

static void
set_attributes(struct devc *d, uint32_t dcmd, const struct termios *to)
{
	if (dcmd == DCMD_CHR_TCSETATTRF)
		tty_flush_input(d->sc->keep, d->tty);
	tty_set_termios(d->sc->keep, d->tty, to);
}

/* A session may take the terminal when nobody has it, when it has it, or when it is a service's:
 * the shell of a restarted console. */
static int
may_own(resmgr_context_t *ctp, const struct tty *t, struct _client_info *info)
{
	if (iofunc_client_info(ctp, 0, info) != EOK)
		return 0;
	return t->session == 0 || t->session == info->sid || info->service != 0;
}

static int
set_group(resmgr_context_t *ctp, io_devctl_t *msg, int32_t group)
{
	struct tty *t = devc->tty;
	struct keep *k = devc->sc->keep;
	struct _client_info info;

	if (group <= 0)
		return EINVAL;
	if (!may_own(ctp, t, &info))
		return EPERM;
	KEEP_SET(k, t->session, info.sid);
	KEEP_SET(k, t->group, group);
	look_at_readers(devc);
	return answer(ctp, msg, NULL, 0);
}

static int
set_session(resmgr_context_t *ctp, io_devctl_t *msg)
{
	struct tty *t = devc->tty;
	struct keep *k = devc->sc->keep;
	struct _client_info info;

	if (!may_own(ctp, t, &info))
		return EPERM;
	if (t->session != info.sid) {
		KEEP_SET(k, t->session, info.sid);
		KEEP_SET(k, t->group, info.sid);
		look_at_readers(devc);
	}
	return answer(ctp, msg, NULL, 0);
}

static int
flush(resmgr_context_t *ctp, io_devctl_t *msg, int32_t which)
{
	struct devc *d = devc;

	if (which != TCIFLUSH && which != TCOFLUSH && which != TCIOFLUSH)
		return EINVAL;
	if (which != TCOFLUSH)
		tty_flush_input(d->sc->keep, d->tty);
	if (which != TCIFLUSH)
		tty_flush_output(d->sc->keep, d->tty);
	return answer(ctp, msg, NULL, 0);
}

static int
hold(resmgr_context_t *ctp, io_devctl_t *msg, int32_t how)
{
	struct keep *k = devc->sc->keep;

	if (how != TCOOFF && how != TCOON)
		return EINVAL;
	KEEP_SET(k, devc->tty->stopped, how == TCOOFF);
	return answer(ctp, msg, NULL, 0);
}

static int
devc_devctl(resmgr_context_t *ctp, io_devctl_t *msg, RESMGR_OCB_T *ocb)
{
	struct devc *d = devc;
	struct tty *t = d->tty;
	const void *data = &msg->i + 1;
	const int32_t *value = data;

	switch (msg->i.dcmd) {
	case DCMD_CHR_TCGETATTR:
		return answer(ctp, msg, &t->termios, sizeof(t->termios));
	case DCMD_CHR_TCSETATTRD:
	case DCMD_CHR_TCSETATTRF:
	case DCMD_CHR_TCDRAIN:
		if (d->drainers.first != NULL || !devc_is_drained(d))
			return request_defer(ctp, &d->drainers);
		if (msg->i.dcmd != DCMD_CHR_TCDRAIN)
			set_attributes(d, msg->i.dcmd, data);
		return answer(ctp, msg, NULL, 0);
	case DCMD_CHR_TCSETATTR:
		set_attributes(d, msg->i.dcmd, data);
		return answer(ctp, msg, NULL, 0);
	case DCMD_CHR_TCFLUSH:
		return flush(ctp, msg, *value);
	case DCMD_CHR_TCFLOW:
		return hold(ctp, msg, *value);
	case DCMD_CHR_TCSENDBREAK:
		return answer(ctp, msg, NULL, 0);
	case DCMD_CHR_TCGETPGRP:
		return answer_int(ctp, msg, t->group);
	case DCMD_CHR_TCSETPGRP:
		return set_group(ctp, msg, *value);
	case DCMD_CHR_TCGETSID:
		return answer_int(ctp, msg, t->session);
	case DCMD_CHR_TCSETSID:
		return set_session(ctp, msg);
	case DCMD_CHR_GETSIZE:
		return answer(ctp, msg, &t->winsize, sizeof(t->winsize));
	case DCMD_CHR_SETSIZE:
		keep_copy(d->sc->keep, &t->winsize, data, sizeof(t->winsize));
		return answer(ctp, msg, NULL, 0);
	case DCMD_CHR_ISCHARS:
		return answer_int(ctp, msg, (int32_t)tty_readable(t));
	case DCMD_CHR_OSCHARS:
		return answer_int(ctp, msg, (int32_t)(t->out_head - t->out_tail));
	case DCMD_CHR_COUNTS:
		return answer(ctp, msg, &t->counts, sizeof(t->counts));
	default:
		return iofunc_devctl_default(ctp, msg, ocb);
	}
}

static void
go_on_draining(struct devc *d)
{
	struct _io_devctl_reply reply = {0};
	struct request *r;

	while ((r = d->drainers.first) != NULL) { /* <= deferred_max */
		struct termios to;

		if (!devc_is_drained(d)) {
			if (tty_peek(d->tty) < 0 && !d->tty->stopped)
				driver_timer_set(&d->timer, DRAIN_POLL_NS);
			return;
		}
		if (request_begin(r) != 0)
			continue;
		if (r->dcmd != DCMD_CHR_TCDRAIN) {
			if (request_read(r, &to, sizeof(to), sizeof(struct _io_devctl)) !=
			    (long)sizeof(to)) {
				request_error(r, EFAULT);
				continue;
			}
			set_attributes(d, r->dcmd, &to);
		}
		request_reply(r, 0, &reply, sizeof(reply));
	}
}

/* ---- the rest ---- */

static uint32_t
conditions(const struct devc *d)
{
	return (tty_is_readable(d->tty, 1) ? _NOTIFY_COND_INPUT : 0) |
	    (tty_room(d->tty) >= WRITE_READY ? _NOTIFY_COND_OUTPUT : 0);
}

static int
devc_notify(resmgr_context_t *ctp, io_notify_t *msg, RESMGR_OCB_T *ocb)
{
	(void)ocb;
	return iofunc_notify(ctp, msg, &devc->notify, conditions(devc), NULL, NULL);
}

static int
devc_lseek(resmgr_context_t *ctp, io_lseek_t *msg, RESMGR_OCB_T *ocb)
{
	(void)ctp;
	(void)msg;
	(void)ocb;
	return ESPIPE;
}

void
devc_go_on(struct devc *d)
{
	devc_input(d);
	go_on_reading(d);
	go_on_writing(d);
	devc_transmit(d);
	go_on_draining(d);
	if (d->notify.armed > 0)
		iofunc_notify_trigger(d->sc->dpp, &d->notify, conditions(d));
}

int
devc_serve(struct devc *d, int argc, char **argv)
{
	int attached = 0;

	devc = d;
	iofunc_func_init(_RESMGR_CONNECT_NFUNCS, &d->connect, _RESMGR_IO_NFUNCS, &d->io);
	d->io.read = devc_read;
	d->io.write = devc_write;
	d->io.devctl = devc_devctl;
	d->io.notify = devc_notify;
	d->io.lseek = devc_lseek;
	iofunc_attr_init(&d->attr, _IO_S_IFCHR | 0666, NULL, NULL);
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "/dev/", 5) != 0)
			continue; /* the device's name in the tree */
		if (resmgr_attach(d->sc->dpp, NULL, argv[i], _FTYPE_TTY, 0, &d->connect, &d->io,
			&d->attr) < 0) {
			server_log("cannot attach: path=%s error=%d", argv[i], errno);
			return errno;
		}
		attached++;
	}
	return attached == 0 ? EINVAL : 0;
}
