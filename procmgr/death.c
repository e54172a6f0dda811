/* SPDX-License-Identifier: Apache-2.0 */
/* death.c - deaths. Owns the ring of the last ones and the events of those who want news. A death
 * is told when it is certain, to those who want to know at once, and when all that the process had
 * is free again. A fault's registers are taken while the thread still stands where it fell; what
 * needs only its memory waits until those who wait for the process have been told. */
#include <string.h>

#include <skink/errno.h>

#include "backtrace.h"
#include "cause.h"
#include "death.h"
#include "log.h"
#include "loop.h"
#include "nucleus.h"
#include "pages.h"
#include "process.h"
#include "request.h"
#include "ring.h"
#include "symbols.h"

#define LISTENERS 8

static struct ring ring;
static uint64_t described; /* number of the last of which all is told */
static struct {
	int32_t pid; /* 0: free */
	uint32_t flags;
	struct skink_event event;
} listeners[LISTENERS];

static const struct {
	uint8_t signal;
	const char *text;
} causes[] = {
#define CAUSE(name, number, signal, text) [number] = {signal, text},
    SKINK_CAUSES(CAUSE)
#undef CAUSE
};

bool
death_init(uint32_t entries)
{
	uint32_t frame;

	ring.size = entries < 8 ? 8 : entries;
	frame = pages_contiguous(PAGE_UP(ring.size * sizeof(*ring.entries)));
	if (frame == 0)
		return false;
	ring.entries = frame_memory(frame);
	return true;
}

static struct proc_death *
add(struct process *p, uint64_t time_ns, int status, int by)
{
	struct proc_death *d = ring_add(&ring);

	d->time_ns = time_ns;
	d->pid = p->pid;
	d->ppid = p->attr.ppid;
	d->service = p->attr.service;
	d->status = status;
	d->killed_by = by;
	memcpy(d->name, p->attr.name, sizeof(d->name));
	memcpy(d->program, p->program, sizeof(d->program));
	p->death = d->number;
	return d;
}

/* All who asked for news of that kind. False: nobody. */
static bool
tell(uint32_t flags)
{
	bool any = false;

	/* Who came last first: ham, which was there before all others, has most to do then. */
	for (unsigned i = LISTENERS; i-- > 0;) {
		if (listeners[i].pid == 0 || listeners[i].flags != flags)
			continue;
		skink_msg_deliver_event(listeners[i].event.target, listeners[i].event.value);
		any = true;
	}
	return any;
}

void
death_fault(int tid)
{
	struct skink_thread_info t;
	struct proc_death *d;
	struct process *p;
	unsigned cause;
	int status;

	if (skink_p_info(SKINK_INFO_THREAD, tid, &t, sizeof(t)) < 0 || t.state != SKINK_STATE_FAULT)
		return;
	p = process_find(t.pid);
	if (p == NULL || p->state != PROCESS_ALIVE || p->death != 0)
		return;
	cause = cause_of(t.cause);
	status = SKINK_STATUS_SIGNAL(causes[cause].signal, cause);
	process_kill(p, status, 0);
	/* Whoever asks at once what has happened is answered behind this. */
	(void)tell(0);
	d = add(p, t.since_ns, status, 0);
	d->cause = cause;
	d->tid = tid;
	d->pc = t.pc;
	d->address = t.address;
	memcpy(d->regs, t.regs, sizeof(d->regs));
}

void
death_kill(struct process *p, int status, int by)
{
	process_kill(p, status, by);
	if (p->state == PROCESS_ALIVE)
		death_certain(p, status, by);
}

void
death_certain(struct process *p, int status, int by)
{
	if (p->death != 0)
		return;
	add(p, loop_now_ns(), status, by);
	(void)tell(0);
}

static void
describe(struct proc_death *d)
{
	if (d->cause != SKINK_CAUSE_NONE) {
		symbols_find(d->program, d->pc, d->symbol, sizeof(d->symbol));
		log_line("%s[%d] fault: %s at %x pc %x in %s", d->name, d->pid,
		    causes[d->cause].text, d->address, d->pc, d->symbol[0] != 0 ? d->symbol : "?");
	}
	if (d->service == 0)
		return;
	if ((d->status & 0x7f) == 0)
		log_line(
		    "service %s[%d] ended, exit status %d", d->name, d->pid, d->status >> 8 & 0xff);
	else
		log_line("service %s[%d] ended by signal %d", d->name, d->pid, d->status & 0x7f);
}

/* Of services whose clients wait for their next instances. */
void
death_describe(void)
{
	for (; described < ring.last; described++) { /* <= deaths since the last call */
		struct proc_death *d = ring_find(&ring, described + 1);

		if (d != NULL && !d->settled)
			break;
		if (d != NULL && d->service != 0)
			describe(d);
	}
}

void
death_settled(struct process *p)
{
	struct proc_death *d = ring_find(&ring, p->death);

	if (d == NULL)
		return;
	if (d->cause != SKINK_CAUSE_NONE)
		d->backtrace_count = backtrace(p, d->regs, d->backtrace, PROC_BACKTRACE);
	d->status = p->status;
	d->killed_by = p->killed_by;
	d->runtime_ns = p->runtime_ns;
	d->settled = true;
	if (d->service == 0)
		describe(d);
}

bool
death_tell_settled(void)
{
	return tell(PROC_DEATH_SETTLED);
}

void
death_forget(const struct process *p)
{
	for (unsigned i = 0; i < LISTENERS; i++)
		if (listeners[i].pid == p->pid)
			listeners[i].pid = 0;
}

long
death_notify_request(struct request *r)
{
	const struct proc_death_notify *m = (const void *)r->bytes;
	int place = -1;

	if (!process_has(r->process, SKINK_AB_INFO))
		return -SK_EPERM;
	if (m->event.notify == SKINK_EV_NONE) {
		death_forget(r->process);
		return 0;
	}
	if ((m->event.notify & SKINK_EV_HANDLE) == 0 || (m->flags & ~PROC_DEATH_SETTLED) != 0 ||
	    m->zero != 0)
		return -SK_EINVAL;
	for (unsigned i = 0; i < LISTENERS; i++)
		if (listeners[i].pid == r->process->pid || (place < 0 && listeners[i].pid == 0))
			place = i;
	if (place < 0)
		return -SK_ENOSPC;
	listeners[place].pid = r->process->pid;
	listeners[place].flags = m->flags;
	listeners[place].event = m->event;
	return 0;
}

long
death_read_request(struct request *r)
{
	const struct proc_death_read *m = (const void *)r->bytes;
	struct proc_death *d = ring_after(&ring, m->after);

	if (!process_has(r->process, SKINK_AB_INFO))
		return -SK_EPERM;
	/* ham has more urgent things to do. */
	if (!(process_owner(r->process)->entry->flags & SKINK_SERVICE_BOOT))
		death_describe();
	if (d == NULL)
		return -SK_ENOENT;
	r->reply = d;
	r->reply_length = sizeof(*d);
	return ring.last > d->number;
}
