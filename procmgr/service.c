/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - what becomes of services: what ham decides about them, and the start and restart of
 * the one that nobody else watches, ham itself. Policy for all others is ham's. */
#include <string.h>

#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "attach.h"
#include "death.h"
#include "device.h"
#include "keep.h"
#include "log.h"
#include "loop.h"
#include "nucleus.h"
#include "pages.h"
#include "process.h"
#include "request.h"
#include "service.h"
#include "spawn.h"

/* Of the one service that procmgr watches: one with SKINK_SERVICE_BOOT. */
static struct {
	struct service *service;
	int timer; /* of a delayed start */
	int watch; /* timer: it must have sent something since the last time */
	uint64_t runtime_ns; /* then */
	uint32_t restarts; /* within the window */
	uint64_t window_ns; /* when it began */
	uint64_t delay_ns; /* before the next */
} boot;

/* ---- ham ---- */

static void
start_later(void)
{
	const struct skink_service *e = boot.service->entry;
	uint64_t now = loop_now_ns();

	if (now - boot.window_ns > e->window_ns) {
		boot.window_ns = now;
		boot.restarts = 0;
		boot.delay_ns = e->delay_ns;
	}
	boot.restarts++;
	if (e->limit != 0 && boot.restarts > e->limit) {
		log_line(
		    "service %s: given up after %d restarts", boot.service->name, (int)e->limit);
		boot.service->state = PROC_SERVICE_GIVEN_UP;
		if (e->flags & SKINK_SERVICE_CRITICAL)
			skink_p_reset(1, 1);
		return;
	}
	if (e->cold_after != 0 && boot.restarts >= e->cold_after)
		keep_drop_all(boot.service);
	log_line("service %s: starts again in %d ms", boot.service->name,
	    (int)(boot.delay_ns / 1000000));
	skink_timer_settime(boot.timer, 0, boot.delay_ns != 0 ? boot.delay_ns : 1, 0);
	boot.delay_ns = boot.delay_ns * e->backoff_percent / 100;
	if (e->delay_max_ns != 0 && boot.delay_ns > e->delay_max_ns)
		boot.delay_ns = e->delay_max_ns;
}

void
service_timer(void)
{
	long error = boot.service->process != NULL ? 0 : spawn_service(boot.service);

	if (error < 0)
		service_spawned(boot.service, error);
}

/* Not heard of: it is hung if it loops, having had an eighth of the time, or sleeps elsewhere; not
 * if it could run but is not let, nor if its request waits here. */
static bool
is_hung(const struct process *p)
{
	struct skink_process_info info;
	struct skink_thread_info t;
	bool waits, hung = true;
	long id = 0;

	if (skink_p_info(SKINK_INFO_PROCESS, p->pid, &info, sizeof(info)) < 0)
		return false;
	if (info.runtime_ns - boot.runtime_ns > boot.service->entry->heartbeat_ns / 8)
		return true;
	while ((id = skink_p_info(SKINK_INFO_THREAD_NEXT, id, &t, sizeof(t))) >
	    0) { /* <= all threads */
		waits = t.state == SKINK_STATE_SEND || t.state == SKINK_STATE_REPLY;
		if (t.pid == p->pid &&
		    (t.state == SKINK_STATE_READY || (waits && t.blocked_pid == SKINK_PROCMGR_PID)))
			hung = false;
	}
	return hung;
}

void
service_watch(void)
{
	struct process *p = boot.service->process;
	struct skink_process_info info;

	if (p == NULL || p->state != PROCESS_ALIVE)
		return;
	if (!p->heard && is_hung(p)) {
		log_line("service %s[%d] is hung: killed", boot.service->name, p->pid);
		death_kill(p, SKINK_STATUS_SIGNAL(SKINK_SIGKILL, 0), SKINK_PROCMGR_PID);
	}
	p->heard = false;
	if (skink_p_info(SKINK_INFO_PROCESS, p->pid, &info, sizeof(info)) >= 0)
		boot.runtime_ns = info.runtime_ns;
}

/* The pulses come above whatever the service can raise itself to, and not above more than that. */
static void
watch_begin(void)
{
	uint64_t heartbeat = boot.service->entry->heartbeat_ns;
	struct skink_event event = {.notify = SKINK_EV_PULSE,
	    .target = loop_coid(),
	    .code = PULSE_WATCH,
	    .priority = boot.service->entry->priority_max + 1};

	if (heartbeat == 0)
		return;
	if (boot.service->entry->priority_max == SKINK_PRIORITIES - 2)
		event.priority--;
	boot.watch = skink_timer_create(SKINK_CLOCK_MONOTONIC, &event);
	if (boot.watch < 0 || skink_timer_settime(boot.watch, 0, heartbeat, heartbeat).ns < 0)
		procmgr_stop("no timer");
}

void
service_spawned(struct service *s, long error)
{
	if (error == 0) {
		log_line("service %s: started, pid %d", s->name, s->process->pid);
		return;
	}
	log_line("service %s: cannot be started, error %d", s->name, (int)-error);
	/* A child that was begun tells by its death. */
	if (s->process == NULL)
		start_later();
}

void
service_boot(void)
{
	struct skink_event event = {.notify = SKINK_EV_PULSE,
	    .target = loop_coid(),
	    .code = PULSE_TIMER,
	    .priority = LOOP_PRIORITY};
	long error;

	for (uint32_t i = 1; i <= service_count(); i++)
		if (service_find(i)->entry->flags & SKINK_SERVICE_BOOT)
			boot.service = service_find(i);
	if (boot.service == NULL)
		procmgr_stop("no boot service");
	boot.delay_ns = boot.service->entry->delay_ns;
	boot.timer = skink_timer_create(SKINK_CLOCK_MONOTONIC, &event);
	if (boot.timer < 0)
		procmgr_stop("no timer");
	watch_begin();
	error = spawn_service(boot.service);
	if (error == -SK_ENOENT)
		procmgr_stop("no ham in the image");
	if (error < 0)
		procmgr_stop("ham is no program");
}

/* ---- all of them ---- */

bool
service_can_start(struct service *s)
{
	if (device_ready(s))
		return true;
	s->state = PROC_SERVICE_NO_DEVICE;
	return false;
}

void
service_starts(struct service *s, int pid)
{
	device_revoke(s);
	if (process_has(s->process, SKINK_AB_INTERRUPT))
		device_grant(s, pid);
	s->state = PROC_SERVICE_RUNNING;
	s->instance++;
	s->paths = 0;
	s->started_ns = loop_now_ns();
	s->up_ns = 0;
	s->process->heard = true;
	if (s == boot.service)
		boot.runtime_ns = 0;
}

void
service_ended(struct service *s, int status)
{
	device_revoke(s);
	s->status = status;
	s->state = PROC_SERVICE_DOWN;
	if (s == boot.service)
		start_later();
}

/* One string more behind *at; false: no room. */
static bool
add_string(uint8_t *area, uint32_t room, uint32_t *at, const char *text)
{
	uint32_t n;

	if (text == NULL)
		return false;
	n = strlen(text) + 1;
	if (n > room - *at)
		return false;
	memcpy(area + *at, text, n);
	*at += n;
	return true;
}

long
service_strings(const struct service *s, struct proc_spawn *head, uint8_t *area, uint32_t size)
{
	const struct skink_manifest *m = service_manifest();
	const struct skink_array lists[2] = {s->entry->args, s->entry->env};
	uint32_t at = 0;

	if (lists[0].count + lists[1].count > SKINK_ARG_COUNT_MAX)
		return -SK_E2BIG;
	for (unsigned i = 0; i < 2; i++) {
		const uint32_t *strings = (const void *)((const char *)m + lists[i].offset);

		for (uint32_t k = 0; k < lists[i].count; k++)
			if (!add_string(
				area, SKINK_ARGS_MAX, &at, skink_manifest_string(m, strings[k])))
				return -SK_E2BIG;
	}
	if (!add_string(area, SKINK_ARGS_MAX, &at, "/"))
		return -SK_E2BIG;
	head->argc = lists[0].count;
	head->envc = lists[1].count;
	head->string_bytes = at;
	memmove(area + size - at, area, at);
	return 0;
}

long
service_state_request(struct request *r)
{
	const struct proc_service *m = (const void *)r->bytes;
	struct service *s = service_find(m->service);

	if (!process_has(r->process, SKINK_AB_SPAWN_SERVICE))
		return -SK_EPERM;
	if (s == NULL)
		return -SK_ESRCH;
	if (s->process != NULL)
		return -SK_EBUSY;
	switch (m->state) {
	case PROC_SERVICE_COMING_BACK:
		break;
	case PROC_SERVICE_COLD:
		keep_drop_all(s);
		attach_service_fail(s, SK_ESTALE, false);
		break;
	case PROC_SERVICE_GIVEN_UP:
		log_line("service %s: given up", s->name);
		keep_drop_all(s);
		attach_service_fail(s, SK_ESRCH, true);
		break;
	default:
		return -SK_EINVAL;
	}
	s->state = m->state;
	return 0;
}

long
service_info_request(struct request *r)
{
	const struct proc_service *m = (const void *)r->bytes;
	struct service *s = service_find(m->service);
	struct proc_service_info *info;

	if (s == NULL)
		return -SK_ESRCH;
	info = request_reply(r, sizeof(*info));
	*info = (struct proc_service_info){
	    .service = s->number,
	    .state = s->state,
	    .pid = s->state == PROC_SERVICE_RUNNING && s->process != NULL ? s->process->pid : 0,
	    .status = s->status,
	    .instance = s->instance,
	    .paths = s->paths,
	    .started_ns = s->started_ns,
	    .up_ns = s->up_ns,
	    .memory_bytes = s->account.used << PAGE_SHIFT,
	    .keep_bytes = s->keep_pages << PAGE_SHIFT,
	    .quarantine_bytes = s->quarantine_pages << PAGE_SHIFT,
	};
	strncpy(info->name, s->name, sizeof(info->name) - 1);
	return 0;
}
