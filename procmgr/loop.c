/* SPDX-License-Identifier: Apache-2.0 */
/* loop.c - procmgr's one channel and one thread. Receives, hands each request to its noun,
 * answers. Sends nothing but pulses to itself, and blocks nowhere but in its one receive. */
#include <string.h>
#include <sys/iomsg.h>

#include <skink/procmgr_msg.h>

#include "attach.h"
#include "clock.h"
#include "connect.h"
#include "death.h"
#include "device.h"
#include "file.h"
#include "info.h"
#include "inject.h"
#include "job.h"
#include "keep.h"
#include "limit.h"
#include "log.h"
#include "loop.h"
#include "map.h"
#include "nucleus.h"
#include "process.h"
#include "protect.h"
#include "request.h"
#include "service.h"
#include "signal.h"
#include "spawn.h"
#include "trace.h"
#include "unmap.h"
#include "wait.h"

static int chid, coid, own_scoid;
/* On one page: the nucleus's short way wants that. */
static union {
	uint8_t bytes[REQUEST_BYTES];
	struct _pulse pulse;
	uint64_t align;
} message __attribute__((aligned(2048)));
static struct _msg_info info __attribute__((aligned(128)));
static union request_scratch scratch;
static uint64_t start_ticks, ns_mult; /* of the clock: nanoseconds a tick, times 2^32 */

#define SECOND_NS 1000000000ull

#define AT(name)  (PROC_##name - PROC_REQUEST_FIRST)

/* Who answers each request. A handler finds its fixed structure whole. */
static long (*const handlers[PROC_REQUEST_END - PROC_REQUEST_FIRST])(struct request *) = {
    [AT(RESOLVE)] = resolve_request,
    [AT(PATH_ATTACH)] = attach_request,
    [AT(PATH_DETACH)] = detach_request,
    [AT(SPAWN)] = spawn_request,
    [AT(WAIT)] = wait_request,
    [AT(KILL)] = signal_kill_request,
    [AT(DISPOSITION)] = signal_disposition_request,
    [AT(GROUP)] = signal_group_request,
    [AT(MMAP)] = map_request,
    [AT(MUNMAP)] = unmap_request,
    [AT(MPROTECT)] = protect_request,
    [AT(PHYSICAL)] = map_physical_request,
    [AT(DMA_RESET_DONE)] = device_reset_request,
    [AT(OBJECT)] = object_file_request,
    [AT(KEEP_OPEN)] = keep_open_request,
    [AT(KEEP_DROP)] = keep_drop_request,
    [AT(DEVICE)] = device_request,
    [AT(DEVICE_PROPERTY)] = device_property_request,
    [AT(DEATH_NOTIFY)] = death_notify_request,
    [AT(DEATH_READ)] = death_read_request,
    [AT(SERVICE_STATE)] = service_state_request,
    [AT(SERVICE_INFO)] = service_info_request,
    [AT(INFO)] = info_request,
    [AT(SYMBOL)] = info_symbol_request,
    [AT(LOG_WRITE)] = log_write_request,
    [AT(LOG_READ)] = log_read_request,
    [AT(INJECT)] = inject_request,
    [AT(RESET)] = inject_reset_request,
    [AT(LIMITS)] = limit_look_request,
    [AT(SYSTEM)] = info_system_request,
    [AT(DROP)] = limit_drop_request,
    [AT(TRACE_RING)] = trace_ring_request,
    [AT(TRACE_SET)] = trace_set_request,
    [AT(GROW)] = limit_grow_request,
    [AT(CLOCK_SET)] = clock_set_request,
    [AT(CONNECT)] = connect_request,
    [AT(GRANT)] = connect_grant_request,
};

static const uint16_t sizes[PROC_REQUEST_END - PROC_REQUEST_FIRST] = {
#define SIZE(number, name, request, reply) [AT(name)] = sizeof(struct request),
    PROC_REQUESTS(SIZE)
#undef SIZE
};

void *
request_reply(struct request *r, uint32_t size)
{
	r->reply = r->scratch;
	r->reply_length = size;
	return memset(r->scratch, 0, size);
}

int
loop_coid(void)
{
	return coid;
}

int
loop_chid(void)
{
	return chid;
}

bool
loop_pulse(int priority, int code, uint64_t value)
{
	return skink_msg_send_pulse(coid, priority, code, value) >= 0;
}

/* As the nucleus counts them, without asking it. */
uint64_t
loop_now_ns(void)
{
	uint64_t ticks;

	__asm__ volatile("rdtime %0" : "=r"(ticks));
	return (unsigned __int128)(ticks - start_ticks) * ns_mult >> 32;
}

static void
pulse_handle(const struct _pulse *pulse)
{
	switch (pulse->code) {
	case SKINK_PULSE_FAULT:
		death_fault(pulse->value);
		break;
	case SKINK_PULSE_PROCESSDEATH:
		wait_process_ended(pulse->value);
		break;
	case SKINK_PULSE_DISCONNECT:
		file_disconnected(pulse->scoid);
		break;
	case PULSE_LATE:
		death_describe();
		break;
	case PULSE_WORK:
		/* Anybody can send a pulse of that code: only procmgr's own are meant. */
		if (pulse->scoid == own_scoid)
			job_run();
		break;
	case PULSE_TIMER:
		if (pulse->scoid == own_scoid)
			service_timer();
		break;
	case PULSE_WATCH:
		if (pulse->scoid == own_scoid)
			service_watch();
		break;
	}
}

/* What comes of it does not depend on how much is free, nor on who has ended. */
static bool
is_blind(const struct _pulse *pulse)
{
	return pulse->code == SKINK_PULSE_FAULT || pulse->code == SKINK_PULSE_DISCONNECT;
}

/* A program made for another version of the requests: the log says so, once a process. */
static long
refuse_version(struct process *p, unsigned version)
{
	if (!p->told_version)
		log_line("%s[%d] is refused: it was made for version %d of the requests, this is "
			 "version %d",
		    p->attr.name, p->pid, version, PROC_VERSION);
	p->told_version = true;
	return -SK_EINVAL;
}

static long
dispatch(struct request *r)
{
	const struct proc_header *head = (const void *)r->bytes;
	unsigned number;

	if (r->length < 2)
		return -SK_EINVAL;
	if (head->type >= _IO_BASE && head->type <= _IO_MAX)
		return file_message(r);
	number = head->type - PROC_REQUEST_FIRST;
	if (head->type < PROC_REQUEST_FIRST || head->type >= PROC_REQUEST_END)
		return -SK_ENOSYS;
	if (r->length >= sizeof(*head) && head->version != PROC_VERSION)
		return refuse_version(r->process, head->version);
	if (r->length < sizes[number] || head->zero != 0)
		return -SK_EINVAL;
	return handlers[number](r);
}

static long
receive(void)
{
	return skink_msg_receive(chid, &message, sizeof(message), &info);
}

/* Handles a message and receives the next: to answer and to receive is one call. */
static long
message_handle(long rcvid)
{
	struct request r = {
	    .rcvid = rcvid,
	    .info = info,
	    .process = process_find(info.pid),
	    .bytes = message.bytes,
	    .length = info.msglen,
	    .scratch = &scratch,
	};
	long result;

	if (r.process == NULL || r.process->state != PROCESS_ALIVE) {
		result = -SK_ESRCH;
	} else {
		r.process->heard = true;
		result = dispatch(&r);
	}
	if (result >= 0) {
		long next = skink_msg_reply_receive(
		    rcvid, result, r.reply, r.reply_length, chid, &message, sizeof(message), &info);

		if (next >= 0)
			return next;
		/* The client has gone, and nothing was received. */
		if (r.lost != NULL)
			r.lost(&r);
	} else if (result != REQUEST_LATER) {
		skink_msg_reply(rcvid, result, NULL, 0);
	}
	return receive();
}

void
loop_init(const struct skink_boot *boot)
{
	struct _server_info own;
	long result = skink_channel_create(SKINK_CHF_DISCONNECT, 0);

	if (result < 0)
		procmgr_stop("no channel");
	start_ticks = boot->entry_ticks;
	ns_mult = (SECOND_NS << 32) / boot->timebase_hz;
	chid = result;
	result = skink_connect_attach(chid, 0, 0);
	if (result < 0)
		procmgr_stop("no connection to itself");
	coid = result;
	if (skink_connect_server_info(coid, &own) < 0)
		procmgr_stop("no word of its own connection");
	own_scoid = own.scoid;
}

void
loop_run(void)
{
	long rcvid = receive();

	while (rcvid >= 0) { /* for ever */
		if (rcvid > 0 || !is_blind(&message.pulse))
			wait_settle_late();
		if (rcvid > 0) {
			rcvid = message_handle(rcvid);
		} else {
			pulse_handle(&message.pulse);
			rcvid = receive();
		}
	}
	procmgr_stop("receive");
}
