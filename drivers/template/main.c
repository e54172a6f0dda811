/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template - a driver to start from: a made-up device that turns what is written into capitals, one
 * request at a time, and says when it is done. Copy the folder, replace struct machine by your
 * device's registers, and keep the shape:
 *
 *	init		finds and resets the device, attaches the path; FRESH or RESTART
 *	write		starts a request, or queues it
 *	on_done		the device's interrupt: ends it
 *	read		what the last requests have made
 *
 * The made-up device is a timer that takes a millisecond, so this program runs anywhere:
 *	on the target: `template /dev/template &`, then `echo hello > /dev/template; cat
 *	/dev/template`
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skink/driver.h>

#define TEXT    256 /* bytes of the last request's result */
#define WORK_NS 1000000ull

/* What must outlive this process. */
struct template
{
	uint32_t len;
	uint32_t requests; /* done since the cold start */
	char text[TEXT];
};

/* What need not: it is made anew from the device and the requests that come again. */
struct machine {
	struct server_context *sc;
	struct template *state;
	struct driver_timer done; /* a real driver: struct driver_device, struct driver_interrupt */
	int is_busy;
	struct request_queue waiting;
	iofunc_attr_t attr;
	resmgr_connect_funcs_t connect;
	resmgr_io_funcs_t io;
};
static struct machine machine;

/* A real driver stops its device here, so that it neither interrupts nor writes to memory. */
static void
reset(struct machine *m)
{
	driver_timer_set(&m->done, 0);
	m->is_busy = 0;
}

static void
start(struct machine *m)
{
	m->is_busy = 1;
	driver_timer_set(&m->done, WORK_NS);
}

/* One transaction: the result, the counter and the answer become true together, or not at all. */
static void
finish(struct machine *m, struct request *r)
{
	struct template *t = m->state;
	char text[TEXT];
	long len;

	if (request_begin(r) != 0)
		return; /* its client is gone */
	len = request_read(r, text, r->nbytes < TEXT ? r->nbytes : TEXT, r->header);
	if (len < 0) {
		request_error(r, EFAULT);
		return;
	}
	for (long i = 0; i < len; i++)
		text[i] = (char)toupper((unsigned char)text[i]);
	keep_copy(m->sc->keep, t->text, text, (size_t)len);
	KEEP_SET(m->sc->keep, t->len, (uint32_t)len);
	KEEP_SET(m->sc->keep, t->requests, t->requests + 1);
	m->attr.nbytes = t->len;
	request_reply(r, len, NULL, 0);
}

static void
on_done(struct driver_timer *timer)
{
	struct machine *m = timer->handle;

	if (!m->is_busy)
		return;
	m->is_busy = 0;
	if (m->waiting.first != NULL)
		finish(m, m->waiting.first);
	if (m->waiting.first != NULL)
		start(m);
}

static int
template_write(resmgr_context_t *ctp, io_write_t *msg, RESMGR_OCB_T *ocb)
{
	int error = iofunc_write_verify(ctp, msg, ocb, NULL);

	if (error != EOK)
		return error;
	error = request_defer(ctp, &machine.waiting);
	if (error == _RESMGR_NOREPLY && !machine.is_busy)
		start(&machine);
	return error;
}

static int
template_read(resmgr_context_t *ctp, io_read_t *msg, RESMGR_OCB_T *ocb)
{
	const struct template *t = machine.state;
	int error = iofunc_read_verify(ctp, msg, ocb, NULL);
	const char *from = t->text + ocb->offset;
	size_t n;

	if (error != EOK)
		return error;
	if (ocb->offset >= t->len)
		return _RESMGR_STATUS(ctp, 0);
	n = t->len - ocb->offset;
	if (n > msg->i.nbytes)
		n = msg->i.nbytes;
	ocb->offset += n;
	ctp->status = (long)n;
	return _RESMGR_PTR(ctp, from, n);
}

static int
init(struct server_context *sc, enum server_start how)
{
	struct machine *m = &machine;
	int error;

	if (sc->argc != 2)
		return EINVAL;
	m->sc = sc;
	m->state = sc->state;
	if (how == SERVER_RESTART && m->state->len > TEXT)
		return ESTALE; /* not what we wrote: start cold */
	error = driver_timer(sc, &m->done);
	if (error != 0)
		return error;
	reset(m);
	iofunc_func_init(_RESMGR_CONNECT_NFUNCS, &m->connect, _RESMGR_IO_NFUNCS, &m->io);
	m->io.read = template_read;
	m->io.write = template_write;
	iofunc_attr_init(&m->attr, _IO_S_IFCHR | 0666, NULL, NULL);
	m->attr.nbytes = m->state->len;
	return resmgr_attach(
		   sc->dpp, NULL, sc->argv[1], _FTYPE_ANY, 0, &m->connect, &m->io, &m->attr) < 0
	    ? errno
	    : 0;
}

static const struct server server = {
    .name = "template",
    .layout = 1,
    .state_size = sizeof(struct template),
    .log_size = 512,
    .init = init,
};

int
main(int argc, char **argv)
{
	machine.done = (struct driver_timer){.func = on_done, .handle = &machine};
	return server_run(&server, argc, argv);
}
