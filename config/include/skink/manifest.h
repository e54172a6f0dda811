/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skink/manifest.h - the compiled system manifest: what config/manifest.py writes into the image as
 * `manifest.bin`, and the nucleus, procmgr and ham read in place. docs/manifest.md describes the
 * TOML that it comes from. The compiler has checked everything that can be checked on the host; a
 * reader checks only magic, version and size (the image has its own sums).
 *
 * All numbers are little-endian and naturally aligned. A string or an array is given by its offset
 * in bytes from the start of the manifest; strings end with NUL. An absent string is offset 0, an
 * absent array has count 0. Times are nanoseconds.
 *
 * A service's number is its place in the array, plus 1: that is the `service` of struct
 * skink_process_attr, and bit `number` stands for it in a set of services (uint64_t).
 */
#ifndef SKINK_MANIFEST_H
#define SKINK_MANIFEST_H

#include <skink/types.h>

#define SKINK_MANIFEST_MAGIC	0x464d4b53	/* "SKMF" */
#define SKINK_MANIFEST_VERSION	2
#define SKINK_SERVICES_MAX	63
#define SKINK_MANIFEST_POOLS	16
#define SKINK_RESTARTS_MAX	32	/* that are remembered: most that a limit can be */

struct skink_array {
	uint32_t	offset;
	uint32_t	count;
};

struct skink_manifest {
	uint32_t	magic;
	uint32_t	version;
	uint32_t	size_bytes;		/* of the whole manifest */
	uint32_t	name;		/* string: the system's name */
	struct skink_array services;		/* struct skink_service */
	uint32_t	pools[SKINK_MANIFEST_POOLS];	/* objects in each, by enum skink_pool */
	uint32_t	procmgr_quota[SKINK_QUOTA_COUNT];	/* what procmgr keeps for itself */
	uint32_t	deaths;		/* entries of procmgr's ring of deaths */
	uint64_t	rr_slice_ns;		/* a round robin thread's turn */
	uint32_t	trace_entries;		/* of the trace ring; a power of two */
	uint32_t	log_bytes;		/* of the console and log ring; a power of two */
};
_Static_assert(sizeof(struct skink_manifest) == 24 + 64 + 4 * SKINK_QUOTA_COUNT + 20,
	"struct skink_manifest");

/* When a service that ended is started again. */
enum skink_restart {
	SKINK_RESTART_NEVER,
	SKINK_RESTART_ON_FAILURE,	/* unless it exited with status 0 */
	SKINK_RESTART_ALWAYS,
};

#define SKINK_SERVICE_CRITICAL	0x1	/* when it is given up, the board is reset */
#define SKINK_SERVICE_SESSION	0x2	/* the console's shell; runs .command where there is one */
#define SKINK_SERVICE_BOOT	0x4	/* started by procmgr (ham itself), not by ham */
#define SKINK_SERVICE_MANUAL	0x8	/* not started at boot; for tests and `on` */

struct skink_service {
	uint32_t	name;	/* string */
	uint32_t	program;	/* string: a path, or a plain name in /proc/boot */
	struct skink_array args;	/* uint32_t: strings, args[0] (the name) included */
	struct skink_array env;	/* uint32_t: strings "NAME=value" */
	struct skink_array devices;	/* struct skink_device */
	struct skink_array paths;	/* uint32_t: path prefixes that it may attach */
	uint32_t	stdio[3];	/* strings: paths of 0, 1, 2; absent: closed */
	uint32_t	flags;	/* SKINK_SERVICE_ */
	int32_t		priority;	/* 1..254, of its first thread */
	int32_t		priority_max;	/* >= priority: what it may raise itself to */
	int32_t		policy;	/* SKINK_SCHED_FIFO, SKINK_SCHED_RR */
	uint32_t	deaths_max;	/* deaths in service of one request, before it is refused */
	uint64_t	abilities;	/* skink/abilities.h; what other lines imply included */
	uint64_t	peers;	/* services it may connect to by pid and chid */
	uint64_t	after;	/* services that must be up before it starts */
	uint64_t	memory_bytes;	/* ceiling: all it maps for itself, keep memory included */
	uint64_t	stack_bytes;	/* of its first thread */
	uint64_t	keep_bytes;	/* ceiling of its keep memory; 0: it may have none */
	uint32_t	quota[SKINK_QUOTA_COUNT];
	uint32_t	processes;	/* how many processes it may have started at a time */

	/* Restart policy. Delay before the first restart, times backoff_percent / 100 for each
	 * further one within the window, up to delay_max_ns. `limit` restarts within the window:
	 * given up. From the cold_after-th restart within the window on: started cold, its keep
	 * memory given up (0: never). */
	uint32_t	restart;	/* enum skink_restart */
	uint32_t	cold_after;	/* <= SKINK_RESTARTS_MAX */
	uint64_t	delay_ns;
	uint64_t	delay_max_ns;
	uint64_t	window_ns;
	uint32_t	backoff_percent;	/* >= 100 */
	uint32_t	limit;	/* <= SKINK_RESTARTS_MAX; 0: no limit */
	/* Longest silence at its channels with work waiting; 0: not watched. */
	uint64_t	heartbeat_ns;
	/* Time to come up (attach its first path) before it counts as hung; 0: no limit. */
	uint64_t	start_limit_ns;
};
_Static_assert(sizeof(struct skink_service) == 180 + 4 * SKINK_QUOTA_COUNT, "struct skink_service");

#define SKINK_DEVICE_OPTIONAL	0x1	/* a board without it runs the system without the service */
#define SKINK_DEVICE_INTERRUPTS	0x2	/* its interrupts too, not only its registers */

/* A device that a service alone may use. */
struct skink_device {
	uint32_t	path;	/* string: device-tree path */
	uint32_t	flags;	/* SKINK_DEVICE_ */
};

static inline const struct skink_service *
skink_manifest_services(const struct skink_manifest *m)
{
	return (const struct skink_service *)((const char *)m + m->services.offset);
}

static inline const char *
skink_manifest_string(const struct skink_manifest *m, uint32_t offset)
{
	return offset == 0 ? NULL : (const char *)m + offset;
}

#endif
