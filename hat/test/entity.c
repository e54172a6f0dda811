/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entity.c - tests of ham's hands with a fake procmgr and a fake clock: services die at random,
 * and so does ham, before or after any of its requests. What must hold: nobody is started
 * twice, no death is lost, limits hold across ham's deaths, giving up is told. Never boots
 * anything.
 */
#include <sanitizer/asan_interface.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <test.h>

#include <skink/calls.h>
#include <skink/errno.h>

#include "ham.h"

#define MS       1000000ull
#define SECOND   (1000 * MS)
#define SERVICES 6
#define RING     512
#define OWN_PID  77

/* ---- the fake procmgr ---- */

static struct {
	uint32_t state; /* enum proc_service_state */
	int pid;
	int32_t status;
	uint64_t started_ns, up_ns;
	uint64_t starts_ns[1024];
	uint32_t starts;
	uint32_t announced;
	uint32_t ended; /* lines of the log that say so */
} services[SERVICES];

static struct proc_death ring[RING];
static uint64_t deaths;
static uint64_t ring_size;
static uint64_t clock_ns;
static int next_pid;
static uint8_t keep[1 << 18] __attribute__((aligned(4096)));
static bool keep_exists;

static uint64_t random_state;
static jmp_buf ham_dies;
static bool ham_may_die;
static uint32_t ham_deaths;

static uint32_t
draw(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 32) % below;
}

static char *ham_frame; /* where ham's life began on the stack */

/* Each request of ham's is a place where it can be killed, before and after it took effect. */
static void
maybe_die(void)
{
	char *here;

	if (!ham_may_die || draw(30) != 0)
		return;
	ham_deaths++;
	/* The frames that end here; without /proc the sanitizer does not know where the
	 * stack is. */
	here = __builtin_frame_address(0);
	ASAN_UNPOISON_MEMORY_REGION(here, (size_t)(ham_frame - here));
	longjmp(ham_dies, 1);
}

static void
service_dies(int n, int32_t status)
{
	ring[deaths % ring_size] = (struct proc_death){.number = deaths + 1,
	    .time_ns = clock_ns,
	    .pid = services[n].pid,
	    .service = (uint32_t)n + 1,
	    .status = status,
	    .settled = 1};
	deaths++;
	services[n].state = PROC_SERVICE_DOWN;
	services[n].status = status;
	services[n].pid = 0;
}

static int
service_of_pid(int pid)
{
	for (int n = 0; n < SERVICES; n++) {
		if (pid != 0 && services[n].pid == pid)
			return n;
	}
	return -1;
}

uint64_t
now_ns(void)
{
	return clock_ns;
}

long
proc_service_info(uint32_t service, struct proc_service_info *info)
{
	maybe_die();
	CHECK(service >= 1 && service <= SERVICES);
	*info = (struct proc_service_info){.service = service,
	    .state = services[service - 1].state,
	    .pid = services[service - 1].pid,
	    .status = services[service - 1].status,
	    .started_ns = services[service - 1].started_ns,
	    .up_ns = services[service - 1].up_ns};
	return 0;
}

long
proc_service_state(uint32_t service, enum proc_service_state state)
{
	maybe_die();
	if (services[service - 1].state == PROC_SERVICE_RUNNING)
		return -SK_EBUSY;
	services[service - 1].state = state;
	maybe_die();
	return 0;
}

long
proc_process_info(int pid, struct skink_process_info *info)
{
	maybe_die();
	memset(info, 0, sizeof(*info));
	return service_of_pid(pid) < 0 ? -SK_ESRCH : pid;
}

void
proc_threads(int pid, struct proc_threads *threads)
{
	(void)pid;
	*threads = (struct proc_threads){.awaited = false};
}

long
proc_kill(int pid)
{
	int n = service_of_pid(pid);

	maybe_die();
	CHECK(pid > 1);
	if (n < 0)
		return -SK_ESRCH;
	service_dies(n, 9);
	maybe_die();
	return 0;
}

long
proc_death_read(uint64_t after, struct proc_death *death)
{
	uint64_t oldest = deaths > ring_size ? deaths - ring_size : 0;

	maybe_die();
	if (after >= deaths)
		return -SK_ENOENT;
	*death = ring[(after > oldest ? after : oldest) % ring_size];
	return 0;
}

long
proc_keep_open(const char *name, uint64_t bytes, struct proc_keep_reply *reply)
{
	(void)name;
	CHECK(bytes <= sizeof(keep));
	*reply = (struct proc_keep_reply){
	    .address = (uint64_t)keep, .bytes = bytes, .existed = keep_exists};
	keep_exists = true;
	return 0;
}

long
proc_reset(int status)
{
	(void)status;
	return 0;
}

void
proc_log(const char *format, ...)
{
	bool announces = strncmp(format, "gave up", 7) == 0;

	maybe_die();
	if (announces || strncmp(format, "%s ended", 8) == 0) {
		va_list args;
		int n;

		va_start(args, format);
		n = atoi(va_arg(args, const char *) + 1);
		va_end(args);
		services[n].announced += announces;
		services[n].ended += !announces;
	}
}

long
skink_thread_sleep(int clock, unsigned flags, uint64_t ns)
{
	(void)clock;
	(void)flags;
	(void)ns;
	return 0;
}

long
start_service(const struct skink_manifest *manifest, uint32_t service, const char *session)
{
	int n = (int)service - 1;

	(void)manifest;
	(void)session;
	maybe_die();
	if (services[n].state == PROC_SERVICE_RUNNING)
		return -SK_EBUSY;
	if (draw(40) == 0)
		return draw(10) == 0 ? -SK_ENODEV : -SK_ENOMEM;
	services[n].state = PROC_SERVICE_RUNNING;
	services[n].pid = ++next_pid;
	services[n].started_ns = clock_ns;
	services[n].up_ns = 0;
	CHECK(services[n].starts < 1024);
	services[n].starts_ns[services[n].starts++] = clock_ns;
	maybe_die();
	return services[n].pid;
}

/* ---- the manifest ---- */

static struct {
	struct skink_manifest m;
	struct skink_service s[SERVICES];
	char names[SERVICES][4];
} image;

static void
write_manifest(void)
{
	memset(&image, 0, sizeof(image));
	image.m.magic = SKINK_MANIFEST_MAGIC;
	image.m.version = SKINK_MANIFEST_VERSION;
	image.m.size_bytes = sizeof(image);
	image.m.services.offset = (uint32_t)((char *)image.s - (char *)&image);
	image.m.services.count = SERVICES;
	for (int i = 0; i < SERVICES; i++) {
		struct skink_service *s = &image.s[i];

		snprintf(image.names[i], sizeof(image.names[i]), "s%d", i);
		s->name = (uint32_t)(image.names[i] - (char *)&image);
		s->paths.count = draw(2);
		s->restart = draw(3);
		s->delay_ns = draw(20) * MS;
		s->delay_max_ns = 200 * MS;
		s->window_ns = (1 + draw(20)) * SECOND;
		s->backoff_percent = 100 + draw(200);
		s->limit = draw(10);
		s->cold_after = draw(6);
		s->start_limit_ns = draw(2) * SECOND;
		s->after = draw(1 << SERVICES) & ((2u << i) - 2);
		s->heartbeat_ns = draw(2) * SECOND;
	}
}

/* ---- ham's lives ---- */

static bool ham_lives;

/* What ham.c's loop does between two waits. */
static void
ham_turn(void)
{
	ham_frame = __builtin_frame_address(0);
	if (setjmp(ham_dies) != 0) {
		ham_lives = false;
		return;
	}
	if (!ham_lives)
		entities_open(&image.m, OWN_PID);
	ham_lives = true;
	do {
		entities_read_deaths();
		entities_run_timers(clock_ns);
		watch_look(clock_ns);
	} while (entities_settle());
}

static void
let_happen(bool mayhem)
{
	for (int n = 0; n < SERVICES; n++) {
		if (services[n].state != PROC_SERVICE_RUNNING)
			continue;
		if (services[n].up_ns == 0 && draw(3) == 0)
			services[n].up_ns = clock_ns;
		if (mayhem && draw(20) == 0)
			service_dies(n, draw(4) == 0 ? 0 : 11);
	}
	clock_ns += draw(20) * MS;
}

static void
check_limits(void)
{
	for (int n = 0; n < SERVICES; n++) {
		const struct skink_service *s = &image.s[n];

		/* The first start is no restart; and one that was noted can be late by a death
		 * of ham. */
		for (uint32_t i = 0; s->limit != 0 && i < services[n].starts; i++) {
			uint32_t in_window = 0;

			for (uint32_t j = i; j < services[n].starts &&
			     services[n].starts_ns[j] < services[n].starts_ns[i] + s->window_ns;
			     j++)
				in_window++;
			CHECK(in_window <= s->limit + 2);
		}
	}
}

static void
check_end(void)
{
	for (int n = 0; n < SERVICES; n++) {
		struct ham_entity_info info;

		entity_describe(entity_at((uint32_t)n + 1), clock_ns, &info);
		CHECK(policy_state_is_settled(info.state));
		CHECK_EQ(info.pid, services[n].pid);
		/* Each has its line; one may have come twice. */
		CHECK(services[n].ended + services[n].announced >= info.deaths);
		CHECK_EQ(info.state == HAM_RUNNING, services[n].state == PROC_SERVICE_RUNNING);
		if (info.state == HAM_RUNNING)
			continue;
		CHECK_EQ(services[n].state, PROC_SERVICE_GIVEN_UP);
		CHECK((info.state == HAM_GIVEN_UP) == (services[n].announced != 0));
	}
}

static void
live(uint64_t seed)
{
	random_state = seed * 0x9e3779b97f4a7c15ull | 1;
	memset(services, 0, sizeof(services));
	memset(keep, 0, sizeof(keep));
	keep_exists = false;
	ham_lives = false;
	deaths = 0;
	clock_ns = SECOND;
	next_pid = 1000;
	ring_size = draw(2) == 0 ? 4 : RING;
	write_manifest();
	ham_may_die = true;
	for (int i = 0; i < 300; i++) {
		/* Now and then it is away for long: the ring of deaths turns over. */
		if (draw(12) != 0)
			ham_turn();
		let_happen(true);
	}
	ham_may_die = false;
	for (int i = 0; i < 3000; i++) {
		ham_turn();
		let_happen(false);
	}
	/* A death that nobody could read is not counted. */
	if (ring_size == RING)
		check_limits();
	check_end();
}

static void
test_ham_loses_nothing_when_it_dies_anywhere(void)
{
	const char *given = getenv("SEED");
	uint64_t first = given == NULL ? 1 : strtoull(given, NULL, 0);
	uint64_t count = given == NULL ? 300 : 1;
	uint32_t before = ham_deaths;

	for (uint64_t seed = first; seed < first + count; seed++) {
		printf("SEED=%" PRIu64 "\n", seed);
		live(seed);
	}
	CHECK(ham_deaths > before + count);
}

static void
test_ham_takes_over_when_its_memory_is_damaged(void)
{
	random_state = 5;
	live(5);
	memset(keep, 0xa5, sizeof(keep));
	ham_lives = false;
	for (int i = 0; i < 1000; i++) {
		ham_turn();
		let_happen(false);
	}
	for (int n = 0; n < SERVICES; n++)
		CHECK_EQ(entity_at((uint32_t)n + 1)->kept.pid, services[n].pid);
}

TEST_MAIN(TEST(test_ham_loses_nothing_when_it_dies_anywhere),
    TEST(test_ham_takes_over_when_its_memory_is_damaged))
