/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.c - finds out which services have come up and which are hung, by asking procmgr. Owns the
 * rhythm of asking; never sends to a service, and leaves what follows to policy.c.
 */
#include "ham.h"

/* A service is looked after soon when it was started, then less and less often. One that comes back
 * keeps its clients waiting, but not those that are started after it: the first look comes when it
 * should have answered already. */
#define START_LOOK_MIN_NS 50000ull
#define BACK_LOOK_MIN_NS  300000ull
#define START_LOOK_MAX_NS 10000000ull

static uint64_t start_look_ns = START_LOOK_MIN_NS;
static uint64_t next_start_look_ns;
static uint64_t next_heartbeat_ns;

static bool
is_starting(const struct entity *e)
{
	uint32_t state = e->kept.policy.state;

	return (state == HAM_STARTING || state == HAM_COLD_STARTING) && e->kept.pid != 0;
}

static bool
is_watched(const struct entity *e)
{
	return e->entry->heartbeat_ns != 0 && e->kept.pid != 0 &&
	    (is_starting(e) || e->kept.policy.state == HAM_RUNNING);
}

static bool
has_come_up(const struct entity *e)
{
	struct proc_service_info info;

	if (e->entry->paths.count == 0)
		return true;
	return proc_service_info(e->service, &info) >= 0 && info.pid == e->kept.pid &&
	    info.up_ns != 0;
}

/* Processor time of each service at the last look. */
static struct {
	int pid;
	uint64_t runtime_ns;
	uint64_t looked_ns;
} last[SKINK_SERVICES_MAX + 1];

/* Since the last look it has used more than an eighth of the processor: nobody starves it. */
static bool
has_run(const struct entity *e, const struct skink_process_info *info, uint64_t now)
{
	uint64_t ran_ns = info->runtime_ns - last[e->service].runtime_ns;
	uint64_t passed_ns = now - last[e->service].looked_ns;
	bool ran = last[e->service].pid == info->pid && ran_ns > passed_ns / 8;

	last[e->service].pid = info->pid;
	last[e->service].runtime_ns = info->runtime_ns;
	last[e->service].looked_ns = now;
	return ran;
}

/*
 * None of its threads has come to fetch work for the heartbeat's time. Then it is hung when it
 * loops: it runs, and with or without work keeps those below it from sending any; or when it
 * sleeps elsewhere while work waits, in its queue or in its hand. A server that could run
 * but is not let is not to blame, nor one that waits for procmgr.
 */
static bool
is_silent(const struct entity *e, uint64_t now)
{
	struct skink_process_info info;
	struct proc_threads threads;
	bool ran;

	if (proc_process_info(e->kept.pid, &info) < 0)
		return false; /* it has just died */
	ran = has_run(e, &info, now);
	if (info.served_ns == 0 || now < info.served_ns + e->entry->heartbeat_ns)
		return false;
	if (ran)
		return true;
	proc_threads(e->kept.pid, &threads);
	return !threads.ready && !threads.at_procmgr && (info.pending != 0 || threads.awaited);
}

void
watch_start(bool again)
{
	uint64_t look_ns = again ? now_ns() + BACK_LOOK_MIN_NS : 0;

	start_look_ns = START_LOOK_MIN_NS;
	if (look_ns < next_start_look_ns)
		next_start_look_ns = look_ns;
}

static bool
look_at_starts(uint64_t now)
{
	bool starting = false;

	for (uint32_t n = 1; n <= entity_count(); n++) {
		struct entity *e = entity_at(n);

		if (!is_starting(e))
			continue;
		if (has_come_up(e))
			entity_feed(e, POLICY_UP, 0);
		else
			starting = true;
	}
	next_start_look_ns = now + start_look_ns;
	if (start_look_ns < START_LOOK_MAX_NS)
		start_look_ns += start_look_ns / 4;
	return starting;
}

/* Returns the shortest heartbeat of a living service; 0: none has one. */
static uint64_t
look_for_hung(uint64_t now)
{
	uint64_t shortest_ns = 0;

	for (uint32_t n = 1; n <= entity_count(); n++) {
		struct entity *e = entity_at(n);

		if (!is_watched(e))
			continue;
		if (shortest_ns == 0 || e->entry->heartbeat_ns < shortest_ns)
			shortest_ns = e->entry->heartbeat_ns;
		/* procmgr watches ham: its looking is its sign of life. */
		if (now < next_heartbeat_ns || (e->entry->flags & SKINK_SERVICE_BOOT) ||
		    !is_silent(e, now))
			continue;
		ham_count_hung();
		entity_feed(e, POLICY_HUNG, 0);
	}
	return shortest_ns;
}

uint64_t
watch_look(uint64_t now)
{
	uint64_t next_ns, heartbeat_ns;

	if (now >= next_start_look_ns && !look_at_starts(now))
		next_start_look_ns = UINT64_MAX;
	next_ns = next_start_look_ns;
	heartbeat_ns = look_for_hung(now);
	if (heartbeat_ns == 0)
		return next_ns;
	if (now >= next_heartbeat_ns || next_heartbeat_ns > now + heartbeat_ns / 2)
		next_heartbeat_ns = now + heartbeat_ns / 2;
	return next_heartbeat_ns < next_ns ? next_heartbeat_ns : next_ns;
}
