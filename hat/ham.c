/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ham.c - the availability manager: starts the manifest's services and brings back those that
 * die or hang. Owns the loop; entity.c owns the entities, policy.c decides. docs/ham.md
 * describes it. It never sends to anyone but procmgr, and never blocks but where it receives.
 */
#include "ham.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skink/calls.h>
#include <skink/errno.h>
#include <skink/procmgr.h>

#define CHANNEL_KEY 0
#define DEATH_CODE  1
#define SECOND_NS   1000000000ull

static uint64_t start_ticks, ns_mult; /* of the clock: nanoseconds a tick, times 2^32 */

/* As the nucleus counts them, without asking it: a restart looks at the clock ten times. */
uint64_t
now_ns(void)
{
	uint64_t ticks;

	__asm__ volatile("rdtime %0" : "=r"(ticks));
	return (unsigned __int128)(ticks - start_ticks) * ns_mult >> 32;
}

static void __attribute__((noreturn)) fail(const char *what, long error)
{
	proc_log("%s error=%ld", what, error);
	skink_process_exit(SKINK_STATUS_EXIT(1));
}

static const struct skink_manifest *
map_manifest(void)
{
	const struct skink_manifest *m;
	struct stat st;
	int fd = open("/proc/boot/manifest.bin", O_RDONLY);

	if (fd < 0 || fstat(fd, &st) < 0)
		fail("no manifest", fd);
	m = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (m == MAP_FAILED)
		fail("the manifest cannot be mapped", 0);
	close(fd);
	if ((uint64_t)st.st_size < sizeof(*m) || m->magic != SKINK_MANIFEST_MAGIC ||
	    m->version != SKINK_MANIFEST_VERSION || m->size_bytes > (uint64_t)st.st_size)
		fail("the manifest is none", m->magic);
	return m;
}

static void
learn_clock(void)
{
	struct proc_simple request;
	struct proc_system facts;
	long error = procmgr_ask(PROC_SYSTEM, &request, sizeof(request), &facts, sizeof(facts));

	if (error < 0)
		fail("no clock", -error);
	start_ticks = facts.entry_ticks;
	ns_mult = (SECOND_NS << 32) / facts.timebase_hz;
}

static int
open_channel(void)
{
	/* At its own priority whoever asks, or a hung server could starve it. */
	long chid = skink_channel_create(SKINK_CHF_DURABLE | SKINK_CHF_FIXED_PRIORITY, CHANNEL_KEY);
	long error;

	if (chid < 0)
		fail("no channel", -chid);
	chid &= ~SKINK_CHANNEL_ADOPTED;
	error = proc_path_attach((int)chid, HAM_PATH);
	if (error < 0)
		proc_log("%s is not mine error=%ld", HAM_PATH, -error);
	return (int)chid;
}

static void
ask_for_deaths(int chid)
{
	long coid = skink_connect_attach(chid, SKINK_SIDE_CHANNEL, SKINK_COF_CLOEXEC);
	struct skink_event event = {
	    .notify = SKINK_EV_PULSE, .target = (int32_t)coid, .code = DEATH_CODE, .priority = -1};
	long error;

	if (coid < 0)
		fail("no connection to myself", -coid);
	error = skink_msg_register_event(SKINK_PROCMGR_COID, &event);
	if (error == 0)
		error = proc_death_notify(&event);
	if (error < 0)
		fail("procmgr tells no deaths", -error);
}

/* Everything that is due is done; returns when something is again. */
static uint64_t
do_what_is_due(void)
{
	uint64_t timer_ns, look_ns;

	/* Those that come meanwhile are told anew. */
	entities_read_deaths();
	do {
		timer_ns = entities_run_timers(now_ns());
		look_ns = watch_look(now_ns());
	} while (entities_settle());
	return timer_ns < look_ns ? timer_ns : look_ns;
}

static void
run(int chid)
{
	static union serve_buffer buffer;
	struct _msg_info info;

	for (;;) {
		uint64_t due_ns = do_what_is_due();
		long rcvid;

		if (due_ns < SKINK_NS_MAX)
			skink_timer_timeout(SKINK_CLOCK_MONOTONIC, SKINK_TIMER_ABSTIME,
			    1u << SKINK_STATE_RECEIVE, due_ns);
		rcvid = skink_msg_receive(chid, &buffer, sizeof(buffer), &info);
		if (rcvid > 0)
			serve_message(rcvid, &buffer, &info);
		else if (rcvid < 0 && rcvid != -SK_ETIMEDOUT)
			fail("receive", -rcvid);
	}
}

int
main(void)
{
	const struct skink_manifest *manifest = map_manifest();
	int chid;

	learn_clock();
	chid = open_channel();
	ask_for_deaths(chid);
	entities_open(manifest, (int)skink_process_self(SKINK_SELF_PID));
	if (ham_kept()->instance > 1)
		proc_log(
		    "instance %u goes on with %u entities", ham_kept()->instance, entity_count());
	run(chid);
}
