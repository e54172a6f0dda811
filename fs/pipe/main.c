/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pipe - pipes. <sys/iomsg.h> tells how pipe() makes one.
 *
 *	pipe [PATH]		default /dev/pipe
 *
 * Bytes in pipes, open ends, and how far a long write has got lie in keep memory: each byte written
 * is read exactly once, whatever happens to this process. Who waits is asked for again by the
 * nucleus.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct pipe_ocb;
#define RESMGR_OCB_T struct pipe_ocb
#define IOFUNC_OCB_T struct pipe_ocb
#include <skink/calls.h>
#include <skink/server.h>

#include "pipe.h"

struct pipe_ocb {
	iofunc_ocb_t base;
	uint32_t pipe;
	uint32_t end; /* enum pipe_end */
};

/* What is not kept of a pipe. */
struct waiters {
	struct request_queue readers, writers;
	iofunc_notify_t read_notify, write_notify;
};

static struct pipes ps;
static struct server_context *sc;
static struct waiters waiters[PIPE_MAX];
static uint64_t changed; /* bit n: something happened to pipe n since the last idle */
_Static_assert(PIPE_MAX == 64, "a bit for each pipe");
static iofunc_attr_t attr;
static resmgr_connect_funcs_t connect_funcs;
static resmgr_io_funcs_t io_funcs;

/* ---- rings ---- */

static char *
grow(struct pipes *p, unsigned chunk)
{
	(void)p;
	return keep_piece_take(sc->keep, "rings", chunk, PIPE_CHUNK * PIPE_SIZE);
}

static void
give_back(void)
{
	unsigned last = ps.s->chunks - 1;
	char *memory;

	if (pipe_empty_chunks(&ps) == 0)
		return;
	memory = ps.chunk[last];
	keep_begin(sc->keep);
	pipe_drop_chunk(&ps);
	keep_commit(sc->keep);
	keep_piece_give(sc->keep, "rings", last, memory);
}

static void
touch(unsigned i)
{
	changed |= 1ull << i;
}

/* ---- opening ---- */

static int
bind(resmgr_context_t *ctp, io_open_t *msg, RESMGR_HANDLE_T *handle, int index, enum pipe_end end)
{
	struct pipe_ocb *ocb = resmgr_ocb_room(ctp, sizeof(*ocb));
	int error;

	if (ocb == NULL)
		return ENOMEM;
	ocb->pipe = (uint32_t)index;
	ocb->end = end;
	error = iofunc_ocb_attach(ctp, msg, ocb, handle, &io_funcs);
	ocb->base.ioflag = (ocb->base.ioflag & ~(uint32_t)_IO_FLAG_MASK) |
	    (end == PIPE_READ ? _IO_FLAG_RD : _IO_FLAG_WR);
	return error;
}

static int
p_open(resmgr_context_t *ctp, io_open_t *msg, RESMGR_HANDLE_T *handle, void *extra)
{
	static struct _io_connect_reply reply;
	const char *path = msg->connect.path;
	uint32_t mode = msg->connect.ioflag & _IO_FLAG_MASK;
	enum pipe_end end = path[0] == '\0' ? PIPE_READ : PIPE_WRITE;
	char *last;
	int i, error;

	(void)extra;
	if (mode != (end == PIPE_READ ? _IO_FLAG_RD : _IO_FLAG_WR))
		return EINVAL;
	if (end == PIPE_READ) {
		i = pipe_make(&ps, ctp->info.pid);
	} else {
		uint64_t id = strtoull(path, &last, 16);

		i = *last != '\0' ? -ENOENT : pipe_open_write(&ps, id, ctp->info.pid);
	}
	if (i < 0)
		return -i;
	error = bind(ctp, msg, handle, i, end);
	if (error != EOK)
		return error;
	touch((unsigned)i);
	reply = (struct _io_connect_reply){IO_VERSION, _IO_S_IFIFO | 0600, ps.s->pipes[i].id};
	return _RESMGR_PTR(ctp, &reply, sizeof(reply));
}

static int
p_close(resmgr_context_t *ctp, void *reserved, struct pipe_ocb *ocb)
{
	(void)ctp;
	(void)reserved;
	pipe_close(&ps, ocb->pipe, ocb->end);
	touch(ocb->pipe);
	return EOK;
}

/* ---- reading ---- */

static size_t
read_len(const struct pipe_ocb *ocb, uint32_t nbytes)
{
	size_t count = pipe_count(&ps, ocb->pipe);

	return nbytes < count ? nbytes : count;
}

static int
p_read(resmgr_context_t *ctp, io_read_t *msg, struct pipe_ocb *ocb)
{
	int nonblock, parts, error = iofunc_read_verify(ctp, msg, &ocb->base, &nonblock);
	struct waiters *w = &waiters[ocb->pipe];
	size_t len;

	if (error != EOK)
		return error;
	if (msg->i.xtype != _IO_XTYPE_NONE)
		return ESPIPE;
	if (msg->i.nbytes == 0 || pipe_is_ended(&ps, ocb->pipe))
		return _RESMGR_STATUS(ctp, 0);
	len = read_len(ocb, msg->i.nbytes);
	if (len > 0 && w->readers.first == NULL) {
		parts = pipe_data(&ps, ocb->pipe, len, ctp->iov);
		pipe_took(&ps, ocb->pipe, len);
		touch(ocb->pipe);
		ctp->status = (long)len;
		return _RESMGR_NPARTS(parts);
	}
	touch(ocb->pipe);
	return nonblock ? EAGAIN : request_defer(ctp, &w->readers);
}

/* 1: a waiting reader was served, or is gone. */
static int
go_on_reading(unsigned i)
{
	struct request *r = waiters[i].readers.first;
	struct skink_iov iov[2];
	size_t len;
	int parts = 0;

	if (r == NULL || (pipe_count(&ps, i) == 0 && !pipe_is_ended(&ps, i)))
		return 0;
	if (request_begin(r) != 0)
		return 1;
	len = pipe_count(&ps, i);
	if (len > r->nbytes)
		len = r->nbytes;
	if (len > 0) {
		parts = pipe_data(&ps, i, len, iov);
		pipe_took(&ps, i, len);
	}
	request_replyv(r, (long)len, iov, parts);
	return 1;
}

/* ---- writing ---- */

/* How many bytes of a write's rest go in now; a short write goes in one piece. */
static size_t
write_len(unsigned i, size_t whole, size_t done)
{
	size_t room = pipe_room(&ps, i), rest = whole - done;

	if (whole <= PIPE_ATOMIC)
		return rest <= room ? rest : 0;
	return rest < room ? rest : room;
}

static int
p_write(resmgr_context_t *ctp, io_write_t *msg, struct pipe_ocb *ocb)
{
	int nonblock, parts, error = iofunc_write_verify(ctp, msg, &ocb->base, &nonblock);
	struct waiters *w = &waiters[ocb->pipe];
	struct skink_iov iov[2];
	size_t len, done = 0;

	if (error != EOK)
		return error;
	if (msg->i.xtype != _IO_XTYPE_NONE)
		return ESPIPE;
	if (msg->i.nbytes == 0)
		return _RESMGR_STATUS(ctp, 0);
	if (ps.s->pipes[ocb->pipe].readers == 0)
		return EPIPE;
	len = write_len(ocb->pipe, msg->i.nbytes, 0);
	if (w->writers.first == NULL && len > 0 && (len == msg->i.nbytes || nonblock) &&
	    !(ctp->info.flags & SKINK_MI_REDELIVERED)) {
		parts = pipe_space(&ps, ocb->pipe, len, iov);
		for (int i = 0; i < parts; i++) {
			if (resmgr_write_data(ctp, msg, iov[i].base, iov[i].len, done) !=
			    (long)iov[i].len)
				return EFAULT;
			done += iov[i].len;
		}
		pipe_gave(&ps, ocb->pipe, len);
		touch(ocb->pipe);
		return _RESMGR_STATUS(ctp, (long)len);
	}
	if (nonblock && !(ctp->info.flags & SKINK_MI_REDELIVERED))
		return EAGAIN;
	touch(ocb->pipe);
	return request_defer(ctp, &w->writers);
}

static void
end_write(struct request *r)
{
	if (r->done > 0)
		request_reply(r, (long)r->done, NULL, 0);
	else
		request_error(r, EPIPE);
}

static int
go_on_writing(unsigned i)
{
	struct request *r = waiters[i].writers.first;
	struct skink_iov iov[2];
	size_t len;
	int parts;

	if (r == NULL)
		return 0;
	len = write_len(i, r->nbytes, r->done);
	if (len == 0 && ps.s->pipes[i].readers > 0 && r->done < r->nbytes)
		return 0;
	if (request_begin(r) != 0)
		return 1;
	if (ps.s->pipes[i].readers == 0) {
		end_write(r);
		return 1;
	}
	if (len > 0) {
		parts = pipe_space(&ps, i, len, iov);
		if (skink_msg_read(r->rcvid, iov, -parts, r->header + r->done) != (long)len) {
			request_error(r, EFAULT);
			return 1;
		}
		pipe_gave(&ps, i, len);
	}
	if (r->done + len >= r->nbytes)
		request_reply(r, (long)r->nbytes, NULL, 0);
	else if (request_progress(r, r->done + len) == EOK)
		request_suspend(r);
	else
		request_error(r, EAGAIN);
	return 1;
}

/* ---- the rest ---- */

static uint32_t
conditions(unsigned i, enum pipe_end end)
{
	const struct pipe *p = &ps.s->pipes[i];

	if (end == PIPE_READ)
		return (pipe_count(&ps, i) > 0 || pipe_is_ended(&ps, i) ? _NOTIFY_COND_INPUT : 0) |
		    (p->written && p->writers == 0 ? _NOTIFY_COND_EXTEN : 0);
	if (p->readers == 0)
		return _NOTIFY_COND_OUTPUT | _NOTIFY_COND_EXTEN;
	return pipe_room(&ps, i) >= PIPE_ATOMIC ? _NOTIFY_COND_OUTPUT : 0;
}

static int
p_notify(resmgr_context_t *ctp, io_notify_t *msg, struct pipe_ocb *ocb)
{
	struct waiters *w = &waiters[ocb->pipe];

	return iofunc_notify(ctp, msg, ocb->end == PIPE_READ ? &w->read_notify : &w->write_notify,
	    conditions(ocb->pipe, ocb->end), NULL, NULL);
}

static int
p_stat(resmgr_context_t *ctp, io_stat_t *msg, struct pipe_ocb *ocb)
{
	uint64_t id = ps.s->pipes[ocb->pipe].id;

	iofunc_stat(ctp, &attr, &msg->o);
	msg->o.mode = _IO_S_IFIFO | 0600;
	msg->o.ino = id;
	msg->o.size = pipe_count(&ps, ocb->pipe);
	msg->o.blksize = PIPE_ATOMIC;
	return _RESMGR_PTR(ctp, &msg->o, sizeof(msg->o));
}

static int
p_lseek(resmgr_context_t *ctp, io_lseek_t *msg, struct pipe_ocb *ocb)
{
	(void)ctp;
	(void)msg;
	(void)ocb;
	return ESPIPE;
}

static int
p_pathconf(resmgr_context_t *ctp, io_pathconf_t *msg, struct pipe_ocb *ocb)
{
	return msg->i.name == _IO_PC_PIPE_BUF ? _RESMGR_STATUS(ctp, (long)PIPE_ATOMIC)
					      : iofunc_pathconf_default(ctp, msg, ocb);
}

static int
p_devctl(resmgr_context_t *ctp, io_devctl_t *msg, struct pipe_ocb *ocb)
{
	return iofunc_devctl(ctp, msg, &ocb->base, NULL);
}

static void
idle(struct server_context *context)
{
	(void)context;
	while (changed != 0) { /* <= PIPE_MAX */
		unsigned i = (unsigned)__builtin_ctzll(changed);
		struct waiters *w = &waiters[i];

		changed &= changed - 1;
		/* Each round ends a request or fills the ring: bounded by those who wait. */
		while (go_on_reading(i) | go_on_writing(i))
			;
		iofunc_notify_trigger(sc->dpp, &w->read_notify, conditions(i, PIPE_READ));
		iofunc_notify_trigger(sc->dpp, &w->write_notify, conditions(i, PIPE_WRITE));
	}
	if (ps.s->chunks > 0)
		give_back();
}

static int
init(struct server_context *context, enum server_start start)
{
	const char *path = context->argc > 1 ? context->argv[1] : IO_PIPE_PATH;

	sc = context;
	ps.keep = sc->keep;
	ps.s = sc->state;
	ps.grow = grow;
	if (start == SERVER_RESTART && pipe_attach(&ps) < 0)
		return ESTALE;
	iofunc_func_init(_RESMGR_CONNECT_NFUNCS, &connect_funcs, _RESMGR_IO_NFUNCS, &io_funcs);
	connect_funcs.open = p_open;
	io_funcs.read = p_read;
	io_funcs.write = p_write;
	io_funcs.close_ocb = p_close;
	io_funcs.notify = p_notify;
	io_funcs.stat = p_stat;
	io_funcs.lseek = p_lseek;
	io_funcs.pathconf = p_pathconf;
	io_funcs.devctl = p_devctl;
	iofunc_attr_init(&attr, _IO_S_IFIFO | 0666, NULL, NULL);
	return resmgr_attach(sc->dpp, NULL, path, _FTYPE_PIPE, _RESMGR_FLAG_DIR, &connect_funcs,
		   &io_funcs, &attr) < 0
	    ? errno
	    : 0;
}

static int
ocb_restore(struct server_context *context, void *room, RESMGR_HANDLE_T *handle)
{
	struct pipe_ocb *ocb = room;

	(void)context;
	if (ocb->pipe >= PIPE_MAX || ps.s->pipes[ocb->pipe].id == 0)
		return ESTALE;
	ocb->base.attr = handle;
	return 0;
}

static const struct server server = {
    .name = "pipe",
    .layout = 1,
    .state_size = sizeof(struct pipe_state),
    .open_max = 2 * PIPE_MAX,
    .ocb_size = sizeof(struct pipe_ocb),
    .deferred_max = 64,
    .result_size = PIPE_SIZE,
    .init = init,
    .ocb_restore = ocb_restore,
    .idle = idle,
};

int
main(int argc, char **argv)
{
	return server_run(&server, argc, argv);
}
