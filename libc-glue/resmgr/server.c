/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - the life of a server that comes back: adopts the channel, opens its keep memory,
 * throws away what belongs to clients that are gone, and serves. What it serves is struct
 * server's. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skink/calls.h>
#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "dispatch.h"

#define KEEP_NAME "server"
#define ARMS      32

static struct server_context context;
static const struct server *self;

struct server_context *
server_self(void)
{
	return &context;
}

void
server_log(const char *format, ...)
{
	struct {
		struct proc_log_write head;
		char text[PROC_LOG_LINE];
	} m = {.head = {.header = {.type = PROC_LOG_WRITE, .version = PROC_VERSION}}};
	int len = snprintf(m.text, sizeof(m.text), "%s: ", self != NULL ? self->name : "server");
	va_list args;

	va_start(args, format);
	len += vsnprintf(m.text + len, sizeof(m.text) - (size_t)len, format, args);
	va_end(args);
	if (len >= (int)sizeof(m.text))
		len = sizeof(m.text) - 1;
	m.head.length = (uint32_t)len;
	skink_msg_send(SKINK_PROCMGR_COID, &m, (long)sizeof(m.head) + len, NULL, 0);
}

static unsigned
or_default(unsigned value, unsigned otherwise)
{
	return value != 0 ? value : otherwise;
}

static struct state_sizes
sizes_of(const struct server *s)
{
	struct state_sizes z = {
	    .open_max = or_default(s->open_max, 32),
	    .ocb_size = or_default((unsigned)s->ocb_size, sizeof(iofunc_ocb_t)),
	    .results = or_default(s->deferred_max, 32) + 8,
	    .result_size = or_default((unsigned)s->result_size, 32),
	    .arms = ARMS,
	    .own_size = s->state_size,
	};

	z.client_max = or_default(s->client_max, z.open_max);
	return z;
}

/* Another size of anything is another layout. */
static uint32_t
layout_of(const struct server *s, const struct state_sizes *z)
{
	uint32_t parts[] = {s->layout, z->open_max, z->ocb_size, z->results, z->result_size,
	    z->arms, (uint32_t)z->own_size, sizeof(struct open_file), sizeof(struct result),
	    sizeof(struct arm)};

	return keep_crc(0, parts, sizeof(parts));
}

static size_t
log_size_of(const struct server *s)
{
	/* The library's own part: an open file, a result, a few arms, the OCB's copy. */
	return (s->log_size != 0 ? s->log_size : 1024) + 1024;
}

/* The block of state: kept, if this is a service with keep memory. `found`: enum keep_found. */
static void *
open_state(dispatch_t *d, const struct server *s, const struct state_sizes *z, int *found)
{
	static struct keep keep;
	uint32_t layout = layout_of(s, z);
	size_t size = state_size(z);
	int r;

	*found = KEEP_FRESH;
	if (skink_process_self(SKINK_SELF_SERVICE) <= 0)
		return calloc(1, size);
	r = keep_open(&keep, KEEP_NAME, size, log_size_of(s), layout, s->keep_flags);
	if (r == KEEP_OTHER || r == KEEP_DAMAGED) {
		server_log("keep: what=%s, all open files are lost",
		    r == KEEP_OTHER ? "other layout" : "damaged");
		r = keep_reset(&keep, KEEP_NAME, size, log_size_of(s), layout, s->keep_flags);
	}
	if (r < 0) {
		if (r != -SK_EPERM)
			server_log("keep: error=%d size=%lu", -r, (unsigned long)size);
		return calloc(1, size);
	}
	d->keep = &keep;
	*found = r;
	return keep.data;
}

static int
make_channel(int *adopted)
{
	unsigned flags = SKINK_CHF_DISCONNECT | SKINK_CHF_UNBLOCK;
	long chid;

	*adopted = 0;
	if (skink_process_self(SKINK_SELF_SERVICE) > 0)
		flags |= SKINK_CHF_DURABLE;
	chid = skink_channel_create(flags, 0);
	if (chid < 0)
		return (int)chid;
	*adopted = (chid & SKINK_CHANNEL_ADOPTED) != 0;
	return (int)(chid & ~SKINK_CHANNEL_ADOPTED);
}

/* Who holds a connection to us is known to the nucleus: open files of others are closed after
 * init. */
static void
restore_files(dispatch_t *d, const struct server *s)
{
	struct _client_info info;

	for (unsigned i = 0; i < d->state.by_scoid.fresh; i++) { /* <= open_max */
		struct open_file *f = state_file(&d->state, i);
		struct path_attachment *p;
		iofunc_ocb_t *ocb;
		int lost;

		if (f->scoid == 0)
			continue;
		p = f->path < RESMGR_PATHS ? &d->paths[f->path] : NULL;
		lost = !f->bound || (void *)f->ocb != (void *)f->room || p == NULL ||
		    p->connect == NULL;
		if (!lost && s->ocb_restore != NULL) {
			lost = s->ocb_restore(&context, f->room, p->handle) != 0;
		} else if (!lost) {
			ocb = f->ocb;
			ocb->attr = p->handle;
		}
		if (lost) {
			keep_begin(d->keep);
			state_file_close(&d->state, f);
			KEEP_SET(d->keep, d->state.head->stale, 1);
			keep_commit(d->keep);
			continue;
		}
		ocb = f->ocb;
		if (s->ocb_restore == NULL) {
			ocb->attr->count++;
			ocb->attr->rcount += (ocb->ioflag & _IO_FLAG_RD) != 0;
			ocb->attr->wcount += (ocb->ioflag & _IO_FLAG_WR) != 0;
		}
		if (skink_connect_client_info((int)f->scoid, &info) == -SK_EINVAL)
			resmgr_disconnect(d, f->scoid);
	}
}

/* Whoever armed an event asks again when it comes: it may come for nothing. */
static void
deliver_arms(dispatch_t *d)
{
	for (unsigned i = 0; i < d->state.sizes.arms; i++) {
		struct arm *a = &d->state.arms[i];

		if (a->scoid == 0)
			continue;
		skink_msg_deliver_event(a->event.target, a->event.value);
		keep_begin(d->keep);
		state_disarm(&d->state, a);
		keep_commit(d->keep);
	}
	d->state.touched = 0;
}

static int
initialise(dispatch_t *d, const struct server *s, int found, int adopted)
{
	enum server_start start = found == KEEP_KEPT ? SERVER_RESTART : SERVER_FRESH;
	int error;

	if (start == SERVER_RESTART) {
		keep_begin(d->keep);
		KEEP_SET(d->keep, d->state.head->instance, d->state.head->instance + 1);
		error = state_check(&d->state) == 0 ? s->init(&context, start) : ESTALE;
		if (error == 0) {
			keep_commit(d->keep);
			restore_files(d, s);
			deliver_arms(d);
			return 0;
		}
		keep_abort(d->keep);
		if (error != ESTALE)
			return error;
		server_log("keep: what=inconsistent, all open files are lost");
		memset(d->paths, 0, sizeof(d->paths));
		keep_format(d->keep, d->keep->header, d->keep->mapped, d->keep->header->log_size,
		    d->keep->header->layout, d->keep->header->flags);
		state_derive(&d->state);
	}
	keep_begin(d->keep);
	KEEP_SET(d->keep, d->state.head->stale, (uint32_t)adopted);
	error = s->init(&context, SERVER_FRESH);
	if (error != 0)
		return error;
	keep_commit(d->keep);
	keep_ready(d->keep);
	return 0;
}

int
server_run(const struct server *s, int argc, char **argv)
{
	struct state_sizes z = sizes_of(s);
	int adopted, chid, found, error;
	dispatch_context_t *ctp;
	dispatch_t *d;
	void *memory;

	self = s;
	chid = make_channel(&adopted);
	d = chid < 0 ? NULL : dispatch_make(chid);
	if (d == NULL) {
		server_log("no channel: error=%d", chid < 0 ? -chid : errno);
		return 1;
	}
	d->server = s;
	d->context = &context;
	if (s->msg_max_size != 0)
		d->msg_max = s->msg_max_size;
	memory = open_state(d, s, &z, &found);
	if (memory == NULL ||
	    resmgr_state_make(d, memory, &z, or_default(s->deferred_max, 32)) != 0) {
		server_log("no memory");
		return 1;
	}
	context = (struct server_context){.dpp = d,
	    .keep = d->keep,
	    .state = d->state.own,
	    .self_coid = message_connect(d, 0),
	    .argc = argc,
	    .argv = argv};
	error = initialise(d, s, found, adopted);
	if (error != 0) {
		server_log("cannot start: error=%d", error);
		return 1;
	}
	ctp = dispatch_context_alloc(d);
	if (ctp == NULL)
		return 1;
	for (;;) {
		if (s->idle != NULL)
			s->idle(&context);
		if (dispatch_block(ctp) == NULL)
			break;
		dispatch_handler(ctp);
	}
	server_log("channel lost: error=%d", errno);
	return 1;
}
