/* SPDX-License-Identifier: Apache-2.0 */
/* r-target.h - what the restart tests' programs share: the clock, services by name, the counter's
 * commands, and the balance of pools and memory. */
#ifndef R_TARGET_H
#define R_TARGET_H

#include <devctl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/iomsg.h>

#include <skink/calls.h>
#include <skink/procmgr.h>

#define COUNTER_PATH  "/dev/counter"
#define COUNTER_ADD   __DIOTF(_DCMD_MISC, 1, uint64_t) /* in: how much; out: the new value */
#define COUNTER_GET   __DIOF(_DCMD_MISC, 2, uint64_t)
#define COUNTER_CRASH __DION(_DCMD_MISC, 3) /* kills the server, each time */
#define COUNTER_LOOP  __DION(_DCMD_MISC, 4) /* loops for ever */

#define MS            1000000ull

static inline uint64_t
clock_now(void)
{
	uint64_t ns = 0;

	skink_clock_time(SKINK_CLOCK_MONOTONIC, &ns);
	return ns;
}

static inline void
sleep_until(uint64_t ns)
{
	skink_thread_sleep(SKINK_CLOCK_MONOTONIC, SKINK_TIMER_ABSTIME, ns);
}

static inline long
target_info(uint32_t kind, uint64_t id, void *answer, size_t size)
{
	struct proc_info m = {.kind = kind, .id = id};

	return procmgr_ask(PROC_INFO, &m, sizeof(m), answer, size);
}

static inline long
target_inject(int pid, uint32_t how)
{
	struct proc_inject m = {.pid = pid, .how = how};

	return procmgr_ask(PROC_INJECT, &m, sizeof(m), NULL, 0);
}

static inline long
service_info(uint32_t service, struct proc_service_info *info)
{
	struct proc_service m = {.service = service};

	return procmgr_ask(PROC_SERVICE_INFO, &m, sizeof(m), info, sizeof(*info));
}

/* The number of a service; ends the program when there is none. */
static inline uint32_t
service_named(const char *name)
{
	struct proc_service_info info;

	for (uint32_t n = 1; service_info(n, &info) >= 0; n++) {
		if (strcmp(info.name, name) == 0)
			return n;
	}
	fprintf(stderr, "there is no service %s\n", name);
	exit(2);
}

/* Waits until the service has a process other than `last` that is up. 0: it did not come in 20
 * s. */
static inline int
service_await(uint32_t service, int last)
{
	uint64_t give_up_ns = clock_now() + 20000 * MS;
	struct proc_service_info info;

	while (clock_now() < give_up_ns) {
		if (service_info(service, &info) >= 0 && info.state == PROC_SERVICE_RUNNING &&
		    info.pid != last && info.up_ns != 0)
			return info.pid;
		skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, MS / 5);
	}
	return 0;
}

/* What must be the same before and after. */
struct balance {
	uint32_t used[SKINK_POOL_COUNT];
	uint64_t free_bytes;
};

static inline struct balance
balance_take(void)
{
	struct skink_nucleus_info nucleus;
	struct proc_memory_info memory;
	struct balance b = {.free_bytes = 0};

	if (target_info(SKINK_INFO_NUCLEUS, 0, &nucleus, sizeof(nucleus)) < 0 ||
	    target_info(PROC_INFO_MEMORY, 0, &memory, sizeof(memory)) < 0) {
		fprintf(stderr, "the balance cannot be read\n");
		exit(2);
	}
	memcpy(b.used, nucleus.used, sizeof(b.used));
	b.free_bytes = memory.free_bytes;
	return b;
}

/* Prints what differs; true when nothing does. */
static inline bool
balance_is(const struct balance *before)
{
	static const char *const pools[] = {
#define BALANCE_POOL(name, lower) #lower,
	    SKINK_POOLS(BALANCE_POOL)
#undef BALANCE_POOL
	};
	struct balance after = balance_take();
	bool same = after.free_bytes == before->free_bytes;

	if (!same)
		printf("free memory: %llu before, %llu after\n",
		    (unsigned long long)before->free_bytes, (unsigned long long)after.free_bytes);
	for (int i = 0; i < SKINK_POOL_COUNT; i++) {
		if (after.used[i] == before->used[i])
			continue;
		printf("pool %s: %u before, %u after\n", pools[i], before->used[i], after.used[i]);
		same = false;
	}
	return same;
}

/* The same, but waits a while for what is still being settled. */
static inline bool
balance_settles(const struct balance *before)
{
	for (int i = 0; i < 100; i++) {
		struct balance after = balance_take();

		if (memcmp(&after, before, sizeof(after)) == 0)
			return true;
		skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, MS);
	}
	return balance_is(before);
}

struct dice {
	uint64_t state;
};

static inline uint64_t
dice_roll(struct dice *d, uint64_t below)
{
	d->state ^= d->state << 13;
	d->state ^= d->state >> 7;
	d->state ^= d->state << 17;
	return (d->state >> 11) % below;
}

static inline struct dice
dice_from(uint64_t seed)
{
	return (struct dice){.state = seed * 0x9e3779b97f4a7c15ull | 1};
}

#endif
