/* SPDX-License-Identifier: Apache-2.0 */
/* r-counter.c - a server whose every mistake shows: it counts, and a request that is done twice
 * or lost is a wrong number. It also dies and hangs on demand. */
#include <errno.h>
#include <sys/neutrino.h>

#include <skink/server.h>

#include "r-target.h"

struct state {
	uint64_t value;
};

static iofunc_attr_t attr;
static resmgr_connect_funcs_t connect_funcs;
static resmgr_io_funcs_t io_funcs;

static volatile uint32_t *volatile nowhere = (uint32_t *)0x20;

static void __attribute__((noinline)) crash(void)
{
	*nowhere = 1;
}

static void __attribute__((noinline, noreturn)) loop(void)
{
	for (volatile int i = 0;; i++)
		;
}

static int
answer(resmgr_context_t *ctp, io_devctl_t *msg, uint64_t value)
{
	msg->o = (struct _io_devctl_reply){.nbytes = sizeof(value)};
	memcpy(&msg->o + 1, &value, sizeof(value));
	return _RESMGR_PTR(ctp, msg, sizeof(msg->o) + sizeof(value));
}

static int
count(resmgr_context_t *ctp, io_devctl_t *msg, iofunc_ocb_t *ocb)
{
	struct server_context *sc = server_self();
	struct state *s = sc->state;
	uint64_t amount;

	(void)ocb;
	switch (msg->i.dcmd) {
	case COUNTER_ADD:
		memcpy(&amount, &msg->i + 1, sizeof(amount));
		KEEP_SET(sc->keep, s->value, s->value + amount);
		return answer(ctp, msg, s->value);
	case COUNTER_GET:
		return answer(ctp, msg, s->value);
	case COUNTER_CRASH:
		crash();
		return EOK;
	case COUNTER_LOOP:
		loop();
	default:
		return ENOTTY;
	}
}

static int
init(struct server_context *sc, enum server_start start)
{
	resmgr_attr_t options = {.flags = 0};

	(void)start;
	iofunc_func_init(_RESMGR_CONNECT_NFUNCS, &connect_funcs, _RESMGR_IO_NFUNCS, &io_funcs);
	io_funcs.devctl = count;
	iofunc_attr_init(&attr, _IO_S_IFCHR | 0666, NULL, NULL);
	return resmgr_attach(sc->dpp, &options, COUNTER_PATH, _FTYPE_ANY, 0, &connect_funcs,
		   &io_funcs, &attr) < 0
	    ? errno
	    : EOK;
}

int
main(int argc, char **argv)
{
	static const struct server server = {
	    .name = "r-counter", .layout = 1, .state_size = sizeof(struct state), .init = init};

	return server_run(&server, argc, argv);
}
