/* SPDX-License-Identifier: Apache-2.0 */
/* skink/procmgr_msg.h - the messages that procmgr answers. Every process has a connection to it
 * at SKINK_PROCMGR_COID. libc-glue wraps these; a program seldom sends them itself.
 *
 * A request is a fixed structure that starts with struct proc_header, where it says so followed
 * by bytes. procmgr checks length, version, then fields. The answer is either an error
 * (msg_send's negative result) or a status >= 0 with the reply structure, if the request has one.
 * Fixed width, no implicit padding, sizes asserted; fields called `zero` must be 0 (EINVAL).
 *
 * Errors that any request can get: EINVAL (too short, wrong version, a bad field), ENOSYS (no
 * such type), EFAULT (the message's trailing bytes are not readable). Others stand with each
 * request. Bytes that are replied are cut to the caller's room without an error.
 *
 * procmgr's own files (/proc/boot/..., /dev/null, /dev/zero, /dev/shmem/..., and directories that
 * exist only because prefixes lie below them) speak <sys/iomsg.h> like any server's.
 *
 * Which ability each request needs is in docs/abilities.md.
 */
#ifndef SKINK_PROCMGR_MSG_H
#define SKINK_PROCMGR_MSG_H

#include <skink/abilities.h>
#include <skink/manager.h>
#include <skink/signals.h>
#include <skink/startup.h>
#include <skink/status.h>
#include <skink/types.h>

#define SKINK_PROCMGR_COID	(SKINK_SIDE_CHANNEL | 0)
#define SKINK_PROCMGR_PID	1

#define PROC_VERSION		2
#define PROC_PATH_MAX		256	/* bytes of a path, its NUL included */

/* X(number, NAME, request's tag, reply's tag): the one list of requests. */
#define PROC_REQUESTS(X) \
	X(0x40, RESOLVE, proc_resolve, proc_resolve_reply) \
	X(0x41, PATH_ATTACH, proc_path, proc_nothing) \
	X(0x42, PATH_DETACH, proc_path, proc_nothing) \
	X(0x43, SPAWN, proc_spawn, proc_nothing) \
	X(0x44, WAIT, proc_wait, proc_wait_reply) \
	X(0x45, KILL, proc_kill, proc_nothing) \
	X(0x46, DISPOSITION, proc_disposition, proc_nothing) \
	X(0x47, GROUP, proc_group, proc_nothing) \
	X(0x48, MMAP, proc_mmap, proc_mmap_reply) \
	X(0x49, MUNMAP, proc_range, proc_nothing) \
	X(0x4a, MPROTECT, proc_range, proc_nothing) \
	X(0x4b, PHYSICAL, proc_range, proc_physical_reply) \
	X(0x4c, DMA_RESET_DONE, proc_simple, proc_nothing) \
	X(0x4d, OBJECT, proc_object, proc_nothing) \
	X(0x4e, KEEP_OPEN, proc_keep, proc_keep_reply) \
	X(0x4f, KEEP_DROP, proc_keep, proc_nothing) \
	X(0x50, DEVICE, proc_device, proc_device_reply) \
	X(0x51, DEVICE_PROPERTY, proc_device, proc_property_reply) \
	X(0x52, DEATH_NOTIFY, proc_death_notify, proc_nothing) \
	X(0x53, DEATH_READ, proc_death_read, proc_death) \
	X(0x54, SERVICE_STATE, proc_service, proc_nothing) \
	X(0x55, SERVICE_INFO, proc_service, proc_service_info) \
	X(0x56, INFO, proc_info, proc_info_reply) \
	X(0x57, SYMBOL, proc_symbol, proc_symbol_reply) \
	X(0x58, LOG_WRITE, proc_log_write, proc_nothing) \
	X(0x59, LOG_READ, proc_log_read, proc_log_reply) \
	X(0x5a, INJECT, proc_inject, proc_nothing) \
	X(0x5b, RESET, proc_reset, proc_nothing) \
	X(0x5c, LIMITS, proc_simple, proc_limits) \
	X(0x5d, SYSTEM, proc_simple, proc_system) \
	X(0x5e, DROP, proc_drop, proc_nothing) \
	X(0x5f, TRACE_RING, proc_trace_ring, proc_nothing) \
	X(0x60, TRACE_SET, proc_trace_set, proc_nothing) \
	X(0x61, GROW, proc_grow, proc_nothing) \
	X(0x62, CLOCK_SET, proc_clock, proc_nothing) \
	X(0x63, CONNECT, proc_connect, proc_nothing) \
	X(0x64, GRANT, proc_grant, proc_nothing)

enum proc_request {
#define PROC_REQUEST_ENUM(number, name, request, reply) PROC_##name = number,
	PROC_REQUESTS(PROC_REQUEST_ENUM)
#undef PROC_REQUEST_ENUM
	PROC_REQUEST_END,
	PROC_REQUEST_FIRST = PROC_RESOLVE
};

struct proc_header {
	uint16_t	type;		/* PROC_... */
	uint16_t	version;	/* PROC_VERSION */
	uint32_t	zero;
};
_Static_assert(sizeof(struct proc_header) == 8, "struct proc_header");

struct proc_nothing {
	uint32_t	unused;		/* no reply bytes */
};

/* A request without fields. */
struct proc_simple {
	struct proc_header header;
};
_Static_assert(sizeof(struct proc_simple) == 8, "struct proc_simple");

/* ---- pathnames ---- */

/*
 * PROC_RESOLVE: finds whose the path is, and connects the caller to it. `length` bytes of path
 * follow, without NUL: absolute, no empty, "." or ".." component, no slash at its end unless it
 * is "/" alone. The caller then sends _IO_CONNECT over the new coid with what follows `rest`;
 * when that fails it detaches the coid.
 *   ENOENT  nobody's
 *   ENOTDIR  below a prefix that is a file
 *   ENAMETOOLONG  >= PROC_PATH_MAX
 *   EMFILE  no coid free
 *   EAGAIN  quota of connections used up
 */
struct proc_resolve {
	struct proc_header header;
	int32_t		index;		/* lowest coid wanted */
	uint32_t	flags;		/* SKINK_COF_ */
	uint32_t	length;
	uint32_t	zero;
};
_Static_assert(sizeof(struct proc_resolve) == 24, "struct proc_resolve");

struct proc_resolve_reply {
	int32_t		coid;
	/* offset in the path of what the server gets: == length when nothing is left */
	uint32_t	rest;
};
_Static_assert(sizeof(struct proc_resolve_reply) == 8, "struct proc_resolve_reply");

/*
 * PROC_PATH_ATTACH: from now on the caller's channel `chid` has the prefix that follows (`length`
 * bytes). A service whose earlier instance had it gets it again (same channel adopted: nothing
 * changes); its prefixes outlive it until ham gives the service up. Another process's prefixes
 * end with it.
 *   EPERM  no PATHS ability, or the manifest does not list it
 *   EEXIST  another's
 *   ESRCH  no such channel
 *   ENOSPC  table full
 * PROC_PATH_DETACH: takes it away; chid and flags are ignored. ENOENT: not the caller's.
 */
struct proc_path {
	struct proc_header header;
	int32_t		chid;
	uint32_t	flags;		/* PROC_PATH_ */
	uint32_t	length;
	/* st_mode shown in its directory's listing; 0: S_IFCHR | 0666 */
	uint32_t	mode;
};
_Static_assert(sizeof(struct proc_path) == 24, "struct proc_path");
#define PROC_PATH_TREE		1	/* it is a directory: paths below it are the server's too */

/* ---- channels by pid and chid ---- */

/*
 * PROC_CONNECT: connects the caller to channel `chid` of process `pid`; status: the coid. Anybody
 * may connect to its own channels. To others', but never to one with SKINK_CHF_PRIVATE: who has
 * CONNECT_ANY, whose service has the other in its manifest's `peers`, and whom the owner let.
 *   ESRCH   no such process, or channel of its
 *   EPERM   the caller may not
 *   EINVAL  index or flags
 *   EMFILE  no coid free, or the quota of connections used up
 *   EAGAIN  no connections left
 */
struct proc_connect {
	struct proc_header header;
	int32_t		pid;
	int32_t		chid;
	int32_t		index;		/* lowest coid wanted */
	uint32_t	flags;		/* SKINK_COF_ */
};
_Static_assert(sizeof(struct proc_connect) == 24, "struct proc_connect");

/*
 * PROC_GRANT: process `pid` (-1: any) may connect to the caller's channel `chid` from now on, as
 * long as that lives, in its owner's next instances too. At most PROC_GRANTS single ones that live.
 *   EINVAL  not a channel of the caller's
 *   ESRCH   no such process
 *   EAGAIN  too many
 */
struct proc_grant {
	struct proc_header header;
	int32_t		chid;
	int32_t		pid;
};
_Static_assert(sizeof(struct proc_grant) == 16, "struct proc_grant");
#define PROC_GRANTS		4

/* ---- processes ---- */

/*
 * PROC_SPAWN: starts a process; status: its pid. After the structure come, with no gaps:
 *   segment_count x struct proc_segment, in order of address, not overlapping
 *   fd_count x struct proc_fd, in any order, no child coid twice
 *   path_bytes bytes: instead of segments (whose count is then 0, and `entry` ignored) the path
 *     of a program in the boot image with its NUL, as PROC_RESOLVE wants it; procmgr reads the
 *     file's headers itself
 *   string_bytes bytes: argc arguments, envc environment strings, the current directory, each
 *     with its NUL
 * With PROC_SPAWN_SERVICE priority, policy, abilities, quotas, memory and stack come from the
 * manifest's entry `service`, and the fields here are ignored.
 *   EXDEV  the path is not that of a program in the image: the caller opens the file, finds what
 *     is the matter, or comes back with its segments
 *   ENOEXEC  segments outside the program's area, or entry outside an executable one
 *   E2BIG  strings or counts
 *   EBADF  a segment's or fd's coid
 *   ENOMEM  memory, or the caller's ceiling
 *   EAGAIN  a quota: objects, processes
 *   EPERM  more priority than the caller's ceiling; service without SPAWN_SERVICE; group of
 *     another session
 *   EBUSY  the service lives
 *   ENODEV  a device the service needs is not in the tree
 *   ESRCH  no such service
 */
struct proc_spawn {
	struct proc_header header;
	uint32_t	flags;		/* PROC_SPAWN_ */
	uint32_t	service;
	/* SETGROUP: process group to join; 0: a new one of its own */
	int32_t		group;
	int32_t		policy;		/* SKINK_SCHED_; NOCHANGE: the calling thread's */
	int32_t		priority;	/* 0: the calling thread's own */
	int32_t		priority_max;	/* 0: the caller's */
	uint64_t	abilities;	/* those of the caller's that the child keeps */
	uint64_t	memory_bytes;	/* ceiling; 0: the caller's */
	uint64_t	stack_bytes;	/* 0: SKINK_STACK_DEFAULT */
	uint64_t	entry;
	/* bit n: signal n starts with its default action; others as in the caller */
	uint64_t	sig_default;
	/* 0: a little, and more when it asks (PROC_GROW). One that is given comes from the
	 * caller's, or, when it cannot spare them, from those of its ancestors in the service; it
	 * closes the child: there is no more, and its children get theirs from it */
	uint32_t	quota[SKINK_QUOTA_COUNT];
	uint16_t	segment_count;
	uint16_t	fd_count;
	uint16_t	argc;
	uint16_t	envc;
	uint32_t	string_bytes;
	uint32_t	path_bytes;	/* 0: segments */
	uint32_t	zero;
	char		name[SKINK_NAME_MAX];	/* ends with a NUL */
};
_Static_assert(sizeof(struct proc_spawn) == 152, "struct proc_spawn");
#define PROC_SPAWN_SETGROUP	0x1
#define PROC_SPAWN_SETSID	0x2	/* leader of a new session */
#define PROC_SPAWN_SERVICE	0x4	/* start service `service` */
/* policy and priority are meant; else those of the caller */
#define PROC_SPAWN_SCHED	0x8

#define PROC_SEGMENTS_MAX	8
#define PROC_FDS_MAX		64

/* A part of the program. Its source is a descriptor that procmgr serves: a file of /proc/boot,
 * whose pages are mapped in place when the segment is read-only, or a memory object (PROC_OBJECT,
 * /dev/shmem). */
struct proc_segment {
	/* of its first byte; SKINK_PROGRAM_START .. SKINK_KEEP_START */
	uint64_t	address;
	uint64_t	memory_bytes;
	uint64_t	file_bytes;	/* <= memory_bytes; the rest is zeros */
	uint64_t	offset;		/* in the source; same place in its page as `address` */
	int32_t		coid;		/* of the caller; -1: nothing, all zeros */
	uint32_t	prot;		/* SKINK_PROT_; READ at least */
};
_Static_assert(sizeof(struct proc_segment) == 40, "struct proc_segment");

struct proc_fd {
	int32_t		parent;		/* coid of the caller */
	int32_t		child;		/* the same connection in the child: 0 .. SKINK_COIDS - 1 */
};
_Static_assert(sizeof(struct proc_fd) == 8, "struct proc_fd");

/* PROC_WAIT: blocks until a child ends. pid > 0: that one; -1: any; 0: of the caller's group; <
 * -1: of group -pid.
 *   ECHILD  no such child. With PROC_WAIT_NOHANG and none ended: the reply has pid 0. */
struct proc_wait {
	struct proc_header header;
	int32_t		pid;
	uint32_t	flags;		/* PROC_WAIT_ */
};
_Static_assert(sizeof(struct proc_wait) == 16, "struct proc_wait");
#define PROC_WAIT_NOHANG	0x1
#define PROC_WAIT_PEEK		0x2	/* it stays to be waited for (waitid's WNOWAIT) */

struct proc_wait_reply {
	int32_t		pid;
	int32_t		status;		/* skink/status.h */
	/* processor time of the process and the children it waited for */
	uint64_t	runtime_ns;
};
_Static_assert(sizeof(struct proc_wait_reply) == 16, "struct proc_wait_reply");

/* PROC_KILL: as kill(): pid > 0, 0: the caller's group, < -1: group -pid, -1: all that the caller
 * may and that are no services. Signal 0 only checks. A process that ignores it is left alone.
 *   ESRCH  nobody there
 *   EPERM  some there, but the caller may kill none
 *   ENOTSUP  SIGSTOP and its like */
struct proc_kill {
	struct proc_header header;
	int32_t		pid;
	int32_t		signal;
};
_Static_assert(sizeof(struct proc_kill) == 16, "struct proc_kill");

/* PROC_DISPOSITION: status: the earlier action. SIGKILL, SIGSTOP: EINVAL unless QUERY. */
struct proc_disposition {
	struct proc_header header;
	int32_t		signal;
	uint32_t	action;		/* PROC_SIG_ */
};
_Static_assert(sizeof(struct proc_disposition) == 16, "struct proc_disposition");
#define PROC_SIG_DEFAULT	0
#define PROC_SIG_IGNORE		1
#define PROC_SIG_QUERY		2

/* PROC_GROUP: status: the group or session. pid 0: the caller.
 *   ESRCH  no such process (SET: nor a child)
 *   EPERM  another session, a leader
 */
struct proc_group {
	struct proc_header header;
	uint32_t	what;		/* PROC_GROUP_ */
	int32_t		pid;
	int32_t		group;		/* SET: 0: the pid itself */
	uint32_t	zero;
};
_Static_assert(sizeof(struct proc_group) == 24, "struct proc_group");
#define PROC_GROUP_GET		0	/* getpgid */
#define PROC_GROUP_SET		1	/* setpgid */
#define PROC_GROUP_SESSION	2	/* getsid */
#define PROC_GROUP_NEW_SESSION	3	/* setsid */

/* ---- memory ---- */

/*
 * PROC_MMAP: maps pages, all of them committed and zeroed now. Lengths are rounded up to pages.
 *   ANON: memory of its own; with SHARED it can be inherited later, today the same
 *   coid >= 0: a memory object (SHARED: the same pages; PRIVATE: a copy), or a file of
 *     /proc/boot (never to be written when SHARED)
 *   PHYSICAL: device registers at `offset`, which the manifest gave to the caller's service;
 *     needs IO
 *   DMA: contiguous RAM, see PROC_PHYSICAL; needs DMA. When its owner dies, it lies in
 *     quarantine until the service's next instance has said PROC_DMA_RESET_DONE.
 *   EINVAL  length 0, write together with exec, FIXED not on a page, below SKINK_PROGRAM_START
 *     or in keep memory's area
 *   ENOMEM  no memory, no contiguous memory, the caller's ceiling, its table of regions
 *   EBADF, ENODEV  coid is none, or not procmgr's to map
 *   ENXIO  offset beyond the object's end
 *   EPERM  no ability; not a device of the caller's
 *   EACCES  the descriptor is not open for that
 */
struct proc_mmap {
	struct proc_header header;
	uint64_t	address;	/* FIXED: where; else ignored */
	uint64_t	length;
	/* in the object, or physical address: a multiple of the page size */
	uint64_t	offset;
	/* SKINK_PROT_READ, WRITE, EXEC; 0: no access (memory is reserved all the same) */
	uint32_t	prot;
	uint32_t	flags;		/* PROC_MAP_ */
	int32_t		coid;		/* -1: none */
	uint32_t	zero;
};
_Static_assert(sizeof(struct proc_mmap) == 48, "struct proc_mmap");
#define PROC_MAP_SHARED		0x01
#define PROC_MAP_PRIVATE	0x02
#define PROC_MAP_FIXED		0x10	/* what was mapped there is unmapped first */
#define PROC_MAP_ANON		0x20
#define PROC_MAP_PHYSICAL	0x40
#define PROC_MAP_DMA		0x80
/* a stack: SKINK_STACK_GUARD below it stay unmapped, and are not part of the length */
#define PROC_MAP_GUARD		0x100

struct proc_mmap_reply {
	uint64_t	address;
};
_Static_assert(sizeof(struct proc_mmap_reply) == 8, "struct proc_mmap_reply");

/* PROC_MUNMAP, PROC_MPROTECT (ENOMEM: not mapped throughout, or the table of regions; EACCES:
 * more than the object or device allows), PROC_PHYSICAL (of DMA memory; EPERM: no DMA ability;
 * ENXIO: not DMA memory). */
struct proc_range {
	struct proc_header header;
	uint64_t	address;	/* on a page, but for PHYSICAL */
	uint64_t	length;
	uint32_t	prot;		/* MPROTECT */
	uint32_t	zero;
};
_Static_assert(sizeof(struct proc_range) == 32, "struct proc_range");

struct proc_physical_reply {
	uint64_t	physical;
	uint64_t	contiguous_bytes;	/* from there on, <= length */
};
_Static_assert(sizeof(struct proc_physical_reply) == 16, "struct proc_physical_reply");

/* PROC_DMA_RESET_DONE: the caller, a service, has reset its devices: DMA memory of its earlier
 * instances is free. */

/* PROC_OBJECT: a new memory object without a name, zeroed; status: a coid of the caller for it.
 * It ends with its last coid and mapping. EMFILE EAGAIN ENOMEM. */
struct proc_object {
	struct proc_header header;
	uint64_t	bytes;
	int32_t		index;		/* lowest coid wanted */
	uint32_t	flags;		/* SKINK_COF_ */
};
_Static_assert(sizeof(struct proc_object) == 24, "struct proc_object");

/*
 * PROC_KEEP_OPEN: the caller service's keep memory of that name, at the same address in all its
 * lives. New: zeroed, existed = 0. Else as the last instance left it; the size must be the same
 * (EINVAL otherwise: drop it first).
 *   EPERM  no KEEP ability, not a service
 *   ENOMEM  the manifest's keep_bytes, or memory
 *   ENOSPC  too many
 * PROC_KEEP_DROP: it is no more (unmapped too). ENOENT.
 */
struct proc_keep {
	struct proc_header header;
	uint64_t	bytes;
	char		name[SKINK_NAME_MAX];
};
_Static_assert(sizeof(struct proc_keep) == 40, "struct proc_keep");

struct proc_keep_reply {
	uint64_t	address;
	uint64_t	bytes;		/* whole pages */
	uint32_t	existed;
	uint32_t	instance;	/* how often this service has been started: 1, 2, ... */
};
_Static_assert(sizeof(struct proc_keep_reply) == 24, "struct proc_keep_reply");

/* ---- devices ---- */

/* PROC_DEVICE: the caller service's device `index` (its place in the manifest). ENOENT: beyond
 * the last; ENODEV: an optional one that this board lacks; EPERM: not a service.
 * PROC_DEVICE_PROPERTY: a property of its node, as in the tree (big-endian). ENOENT: it has
 * none. */
struct proc_device {
	struct proc_header header;
	uint32_t	index;
	uint32_t	zero;
	char		property[32];
};
_Static_assert(sizeof(struct proc_device) == 48, "struct proc_device");

#define PROC_DEVICE_RANGES	4
#define PROC_DEVICE_INTERRUPTS	8

struct proc_device_reply {
	char		path[64];	/* in the device tree */
	char		compatible[64];	/* the first one */
	/* registers, for PROC_MAP_PHYSICAL (round to pages) */
	struct skink_range ranges[PROC_DEVICE_RANGES];
	uint32_t	range_count;
	uint32_t	interrupt_count;
	uint32_t	interrupts[PROC_DEVICE_INTERRUPTS];	/* for interrupt_attach */
};
_Static_assert(sizeof(struct proc_device_reply) == 232, "struct proc_device_reply");

struct proc_property_reply {
	uint32_t	length;		/* of the whole property */
	uint8_t		bytes[252];
};
_Static_assert(sizeof(struct proc_property_reply) == 256, "struct proc_property_reply");

/* ---- deaths and services ---- */

/*
 * PROC_DEATH_NOTIFY: the registered event (MsgRegisterEvent on SKINK_PROCMGR_COID) is delivered
 * once for each death; notify SKINK_EV_NONE: no more. One a process. As soon as the death is
 * certain: nothing of the process runs any more, nothing can save it, its record can be read. Its
 * memory and objects may still have to be taken back, and its channels may be its own. With
 * PROC_DEATH_SETTLED: when all of that is free again (of a small service: will be, before procmgr
 * looks at another message).
 *   EINVAL  not a handle, unknown flags
 *   ENOSPC
 *   EPERM   no INFO
 */
struct proc_death_notify {
	struct proc_header header;
	struct skink_event event;
	uint32_t	flags;		/* PROC_DEATH_ */
	uint32_t	zero;
};
_Static_assert(sizeof(struct proc_death_notify) == 40, "struct proc_death_notify");
#define PROC_DEATH_SETTLED	0x1

/* PROC_DEATH_READ: the oldest death known with a number above `after` (0: from the start).
 * Status: 1: there are more, 0: it is the last. ENOENT: none. EPERM: no INFO. Deaths are those
 * of services, and those by a fault or a signal; the ring holds the last ones (how many, the
 * manifest says): who may have been away for long asks PROC_SERVICE_INFO as well. */
struct proc_death_read {
	struct proc_header header;
	uint64_t	after;
};
_Static_assert(sizeof(struct proc_death_read) == 16, "struct proc_death_read");

#define PROC_BACKTRACE		12

struct proc_death {
	uint64_t	number;		/* 1, 2, 3 ... */
	uint64_t	time_ns;	/* MONOTONIC */
	uint64_t	runtime_ns;
	int32_t		pid;
	int32_t		ppid;
	uint32_t	service;
	/* skink/status.h. Until it is settled: what it was ended for, unless it was just ending of
	 * its own accord */
	int32_t		status;
	int32_t		killed_by;	/* pid that killed it; 0: nobody */
	/* enum skink_cause; NONE: no fault, and what follows is 0 but for the names */
	uint16_t	cause;
	/* 1: all that it had is free again. Until then there is no backtrace and no runtime_ns */
	uint16_t	settled;
	int32_t		tid;
	uint32_t	backtrace_count;
	uint64_t	pc;
	uint64_t	address;
	uint64_t	regs[31];	/* x1..x31 */
	/* return addresses, innermost first; the pc is not among them */
	uint64_t	backtrace[PROC_BACKTRACE];
	char		name[SKINK_NAME_MAX];
	/* whose symbols these are, for PROC_SYMBOL */
	char		program[SKINK_NAME_MAX];
	char		symbol[48];	/* of pc: "name+0x1c"; empty: unknown */
};
_Static_assert(sizeof(struct proc_death) == 512, "struct proc_death");

/* PROC_SERVICE_STATE (needs SPAWN_SERVICE): what ham has decided about a service that is down.
 * COLD: its keep memory is dropped, who waits at its channels gets ESTALE; GIVEN_UP: its prefixes
 * and channels end too, who waits gets ESRCH. COMING_BACK: after GIVEN_UP, it may be started
 * again. EBUSY: it lives. ESRCH: no such service. */
struct proc_service {
	struct proc_header header;
	uint32_t	service;
	uint32_t	state;		/* enum proc_service_state; 0 in SERVICE_INFO */
};
_Static_assert(sizeof(struct proc_service) == 16, "struct proc_service");

enum proc_service_state {
	PROC_SERVICE_NEVER,		/* not started yet */
	PROC_SERVICE_RUNNING,
	PROC_SERVICE_DOWN,		/* ended; ham has not said anything yet */
	PROC_SERVICE_COMING_BACK,
	PROC_SERVICE_COLD,
	PROC_SERVICE_GIVEN_UP,
	PROC_SERVICE_NO_DEVICE		/* a device that it needs is not in this board's tree */
};

/* PROC_SERVICE_INFO: about service `service`. ESRCH. */
struct proc_service_info {
	uint32_t	service;
	uint32_t	state;		/* enum proc_service_state */
	int32_t		pid;		/* RUNNING */
	int32_t		status;		/* of its last death */
	uint32_t	instance;	/* how often it was started */
	uint32_t	paths;		/* prefixes that this instance has attached */
	uint64_t	started_ns;	/* MONOTONIC */
	uint64_t	up_ns;		/* when this instance attached its first path; 0: not yet */
	uint64_t	memory_bytes;	/* of it and its children */
	uint64_t	keep_bytes;
	uint64_t	quarantine_bytes;
	char		name[SKINK_NAME_MAX];
};
_Static_assert(sizeof(struct proc_service_info) == 88, "struct proc_service_info");

/* ---- looking ---- */

/*
 * PROC_INFO: kind < PROC_INFO_FIRST: the nucleus's answer (enum skink_info_kind; MEMORY
 * excepted), as it stands. Without INFO: NEXT forms skip what is not of the caller's session; the
 * others give EPERM. The status is the id of what was found: hand it to the next NEXT. ESRCH:
 * nothing (more).
 */
struct proc_info {
	struct proc_header header;
	uint32_t	kind;
	uint32_t	zero;
	uint64_t	id;
};
_Static_assert(sizeof(struct proc_info) == 24, "struct proc_info");

enum proc_info_kind {
	PROC_INFO_FIRST = 64,
	PROC_INFO_PROCESS = PROC_INFO_FIRST,	/* id: pid: struct proc_process_info */
	/* id: pid << 40 | page number (address >> 12): the first region that ends above it; 0 as
	 * page starts. status 0; struct proc_map_info */
	PROC_INFO_MAP_NEXT,
	PROC_INFO_MEMORY,			/* struct proc_memory_info */
	/* id: 0, then the status of the last: struct proc_path_info */
	PROC_INFO_PATH_NEXT,
	PROC_INFO_KEEP_NEXT			/* likewise: struct proc_keep_info */
};

struct proc_process_info {
	int32_t		pid;
	int32_t		ppid;
	int32_t		group;
	int32_t		sid;
	uint32_t	service;
	/* service whose memory and quotas it uses: it, or its ancestor */
	uint32_t	owner;
	uint32_t	ended;		/* 1: waits for its parent's wait() */
	uint32_t	zero;
	/* its own: private, and objects it made; page tables included */
	uint64_t	memory_bytes;
	uint64_t	memory_max;
	uint64_t	shared_bytes;	/* mapped from objects and from the image */
	char		name[SKINK_NAME_MAX];
	/* file in /proc/boot that its text is; else empty */
	char		program[SKINK_NAME_MAX];
};
_Static_assert(sizeof(struct proc_process_info) == 104, "struct proc_process_info");

struct proc_map_info {
	uint64_t	address;
	uint64_t	bytes;
	uint32_t	prot;
	uint32_t	kind;		/* enum proc_map_kind */
};
_Static_assert(sizeof(struct proc_map_info) == 24, "struct proc_map_info");
enum proc_map_kind {
	PROC_KIND_ANON,
	PROC_KIND_OBJECT,	/* a memory object */
	PROC_KIND_IMAGE,	/* a file of /proc/boot, in place */
	PROC_KIND_DEVICE,
	PROC_KIND_DMA,
	PROC_KIND_KEEP,
	PROC_KIND_STACK		/* the first thread's */
};

struct proc_memory_info {
	uint64_t	ram_bytes;		/* of the machine, by the device tree */
	uint64_t	free_bytes;
	/* longest free contiguous run, as the allocator would give it */
	uint64_t	largest_bytes;
	/* firmware, and what else was not free when the nucleus started */
	uint64_t	firmware_bytes;
	uint64_t	image_bytes;		/* the boot image */
	/* the nucleus: text, data, pools, its page tables */
	uint64_t	nucleus_bytes;
	uint64_t	tree_bytes;		/* the device tree */
	uint64_t	procmgr_bytes;		/* procmgr's own data, stack, tables */
	uint64_t	table_bytes;		/* page tables of processes */
	/* pages of processes: data, stacks, anonymous memory */
	uint64_t	private_bytes;
	uint64_t	object_bytes;		/* shared memory objects */
	uint64_t	keep_bytes;
	uint64_t	dma_bytes;		/* mapped by drivers */
	uint64_t	quarantine_bytes;	/* DMA memory of dead drivers */
};
_Static_assert(sizeof(struct proc_memory_info) == 112, "struct proc_memory_info");

struct proc_path_info {
	int32_t		pid;		/* of its server; 0: down, coming back */
	uint32_t	service;
	uint32_t	flags;		/* PROC_PATH_ */
	uint32_t	mode;
	char		path[PROC_PATH_MAX];
};
_Static_assert(sizeof(struct proc_path_info) == 272, "struct proc_path_info");

struct proc_keep_info {
	uint32_t	service;
	uint32_t	zero;
	uint64_t	address;
	uint64_t	bytes;
	char		name[SKINK_NAME_MAX];
};
_Static_assert(sizeof(struct proc_keep_info) == 48, "struct proc_keep_info");

/* Room for any of the answers of PROC_INFO. */
union proc_info_reply_any {
	struct skink_process_info process;
	struct skink_thread_info thread;
	struct _server_info connection;
	struct skink_nucleus_info nucleus;
	struct proc_process_info proc_process;
	struct proc_map_info map;
	struct proc_memory_info memory;
	struct proc_path_info path;
	struct proc_keep_info keep;
};
struct proc_info_reply {
	union proc_info_reply_any any;
};

/* PROC_SYMBOL: the symbol at or below `address` of a program in the image. Reply: "name+0x1c".
 * ENOENT: no such program, no symbols, or outside its text. */
struct proc_symbol {
	struct proc_header header;
	uint64_t	address;
	char		program[SKINK_NAME_MAX];
};
_Static_assert(sizeof(struct proc_symbol) == 40, "struct proc_symbol");

struct proc_symbol_reply {
	char		text[48];
};
_Static_assert(sizeof(struct proc_symbol_reply) == 48, "struct proc_symbol_reply");

/* ---- the system log ---- */

/*
 * PROC_LOG_WRITE: `length` bytes of text follow: one line (a newline at its end is dropped;
 * control bytes become '?'). procmgr puts time, name and pid before it. EMSGSIZE: longer than
 * PROC_LOG_LINE. EAGAIN: this process has written too much within a second; how many were lost is
 * noted in the log.
 */
#define PROC_LOG_LINE		200
struct proc_log_write {
	struct proc_header header;
	uint32_t	length;
	uint32_t	zero;
};
_Static_assert(sizeof(struct proc_log_write) == 16, "struct proc_log_write");

/* PROC_LOG_READ (needs LOG): whole lines from `position` on (0: the oldest there are), each
 * ending in a newline; blocks while there are none, unless NOWAIT (EAGAIN). The text follows the
 * reply structure, as much as the caller has room for. EMSGSIZE: room for less than one line.
 * ENOSPC: too many wait. */
struct proc_log_read {
	struct proc_header header;
	uint64_t	position;
	uint32_t	flags;		/* PROC_LOG_ */
	uint32_t	zero;
};
_Static_assert(sizeof(struct proc_log_read) == 24, "struct proc_log_read");
#define PROC_LOG_NOWAIT		0x1

struct proc_log_reply {
	uint64_t	position;	/* for the next read */
	/* overwritten between the asked position and the first line here */
	uint64_t	lost_bytes;
	uint32_t	length;		/* bytes of text that follow */
	uint32_t	zero;
};
_Static_assert(sizeof(struct proc_log_reply) == 24, "struct proc_log_reply");

/* ---- faults, reset, facts ---- */

/* PROC_INJECT (needs INJECT). EPERM also for procmgr itself. ESRCH: no such process, or it has no
 * thread left. */
struct proc_inject {
	struct proc_header header;
	int32_t		pid;
	/* 0: its thread that is at work on a message; else its first */
	int32_t		tid;
	uint32_t	how;		/* PROC_INJECT_ */
	uint32_t	zero;
};
_Static_assert(sizeof(struct proc_inject) == 24, "struct proc_inject");
#define PROC_INJECT_KILL	0	/* SIGKILL */
#define PROC_INJECT_STORE	1	/* a wild store */
#define PROC_INJECT_JUMP	2	/* a wild jump */
#define PROC_INJECT_HANG	3	/* an endless loop */

/* PROC_RESET (needs REBOOT): by the firmware; when that fails: EIO. */
struct proc_reset {
	struct proc_header header;
	int32_t		how;		/* 0: power off, 1: reboot */
	int32_t		status;		/* for the emulator, where there is one */
};
_Static_assert(sizeof(struct proc_reset) == 16, "struct proc_reset");

/* PROC_LIMITS: the caller's own. */
struct proc_limits {
	uint64_t	memory_max;	/* ceiling of this process */
	uint64_t	memory_used;
	uint64_t	owner_max;	/* ceiling of all that descend from its service */
	uint64_t	owner_used;
	uint32_t	quota[SKINK_QUOTA_COUNT];
	uint32_t	used[SKINK_QUOTA_COUNT];
	uint32_t	spare[SKINK_QUOTA_COUNT];	/* what those that lend to it still have */
	uint32_t	processes_max;	/* of its service */
	uint32_t	processes;
	uint32_t	zero;
};
_Static_assert(sizeof(struct proc_limits) == 152, "struct proc_limits");

/* PROC_DROP: the caller gives up abilities for good, those that it has not got too; its children
 * so far keep theirs. */
struct proc_drop {
	struct proc_header header;
	uint64_t	abilities;	/* SKINK_AB_ */
};
_Static_assert(sizeof(struct proc_drop) == 16, "struct proc_drop");

/*
 * PROC_TRACE_RING (needs TRACE): memory for the trace's entries (skink/trace.h), to be mapped for
 * reading; status: a coid of the caller for it. While the trace is on: the ring that it goes to,
 * and `bytes` is ignored. Else a new one, zeroed and contiguous, which is lost with its last coid
 * and mapping.
 *   EINVAL  not a power of two of at least a page, or more than SKINK_TRACE_RING_MAX
 *   ENOMEM  no memory, no contiguous memory, the caller's ceiling
 *   EMFILE, EAGAIN
 */
struct proc_trace_ring {
	struct proc_header header;
	uint64_t	bytes;		/* 0: as many entries as the manifest says */
	int32_t		index;		/* lowest coid wanted */
	uint32_t	flags;		/* SKINK_COF_ */
};
_Static_assert(sizeof(struct proc_trace_ring) == 24, "struct proc_trace_ring");

/*
 * PROC_TRACE_SET (needs TRACE): which classes go to the ring behind `coid`; it stays when the
 * caller ends. 0: none, the trace is off, and the ring its readers' alone.
 *   EINVAL  a class that there is not; not a ring
 *   EBADF ENODEV EACCES  of the coid
 *   EBUSY  the trace is on, to another ring
 */
struct proc_trace_set {
	struct proc_header header;
	uint32_t	classes;	/* bit n: class n, enum skink_trace_class */
	int32_t		coid;		/* ignored when classes is 0 */
};
_Static_assert(sizeof(struct proc_trace_set) == 16, "struct proc_trace_set");

/* PROC_GROW: the caller has used up its quota `quota`, and wants some more. EAGAIN: there is no
 * more for it. For CONNECTIONS it is COIDS that grows where that is the one used up. */
struct proc_grow {
	struct proc_header header;
	uint32_t	quota;		/* enum skink_pool */
	uint32_t	zero;
};
_Static_assert(sizeof(struct proc_grow) == 16, "struct proc_grow");

/* PROC_CLOCK_SET (needs CLOCK_SET): the realtime clock shows `ns` from now on. EINVAL: less than
 * the system has been up, or SKINK_NS_MAX and more. */
struct proc_clock {
	struct proc_header header;
	uint64_t	ns;
};
_Static_assert(sizeof(struct proc_clock) == 16, "struct proc_clock");

/* PROC_SYSTEM: facts for uname() and the like. */
struct proc_system {
	char		sysname[16];	/* "Skink" */
	char		release[16];	/* version */
	char		version[48];	/* build */
	char		machine[16];	/* "riscv64" */
	char		nodename[32];	/* the manifest's name */
	char		board[48];	/* the device tree's model */
	uint64_t	timebase_hz;
	uint64_t	entry_ticks;	/* time CSR at firmware's jump to start-up */
	uint64_t	entry_instret;	/* instret CSR there */
	uint64_t	nucleus_instret; /* as start-up enters the nucleus */
	uint64_t	procmgr_instret; /* at the first instruction in user mode */
	uint64_t	ram_bytes;
	uint32_t	page_bytes;
	uint32_t	harts;
	uint32_t	services;
	uint32_t	abi_version;
};
_Static_assert(sizeof(struct proc_system) == 240, "struct proc_system");

#endif
