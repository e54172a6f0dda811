/* SPDX-License-Identifier: Apache-2.0 */
/* skink/types.h - the shapes that cross the border between a program and the nucleus. Fixed
 * width, no implicit padding, sizes asserted. A library may give them their QNX names
 * (<sys/neutrino.h>, <signal.h>), never another layout. */
#ifndef SKINK_TYPES_H
#define SKINK_TYPES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Ids. pid, tid, chid, timer and interrupt ids are positive 31-bit numbers that carry a pool
 * index (low SKINK_INDEX_BITS bits) and a generation: an id of a dead object is not an id of the
 * object that took its place. A generation wraps after 2^19 lives of one slot; slots are
 * reused oldest first.
 * The id of process 1 (procmgr) is 1. A coid is a small index in its process's table: it is
 * what POSIX calls a file descriptor. With SKINK_SIDE_CHANNEL set it indexes the second table,
 * which open(), dup() and inheritance do not touch.
 * An scoid is the server's name of a connection: unique system-wide, with a generation.
 */
#define SKINK_INDEX_BITS	12
#define SKINK_INDEX_MASK	((1 << SKINK_INDEX_BITS) - 1)
#define SKINK_SIDE_CHANNEL	0x40000000
#define SKINK_COIDS		1024	/* most coids in each table of a process */
#define SKINK_COIDS_PIECE	32	/* coids in a piece of a table, made at need */
#define SKINK_PRIORITIES	256	/* 0 is the idle thread's; programs use 1..254 */
#define SKINK_NAME_MAX		24	/* process and thread names, with the NUL */
#define SKINK_IOV_MAX		64	/* parts in one message */
#define SKINK_MSG_MAX		(1ull << 31)	/* bytes in one message: less than this */
#define SKINK_CHANNEL_SERVERS	16	/* threads that may serve one channel */

/* A message part. Same layout as struct iovec and iov_t. */
struct skink_iov {
	void	*base;
	size_t	len;
};

/* What a sender may be told of a message, filled by MsgReceive and MsgInfo (QNX's names). */
struct _msg_info {
	uint32_t	nd;		/* 0: this node */
	uint32_t	srcnd;		/* 0 */
	int32_t		pid;		/* sending process */
	int32_t		tid;		/* sending thread */
	int32_t		chid;		/* channel it was sent to */
	int32_t		scoid;		/* server's name of the connection */
	int32_t		coid;		/* client's name of the connection (of its first holder) */
	int16_t		priority;	/* sender's effective priority */
	uint16_t	flags;		/* SKINK_MI_ */
	uint64_t	msglen;		/* bytes copied by the receive */
	uint64_t	srcmsglen;	/* bytes the sender offered */
	uint64_t	dstmsglen;	/* bytes the sender has room for in its reply */
	/* number of this send; never repeats for its client thread */
	uint64_t	seq;
	uint32_t	deaths;		/* times a server died with this message in service */
	uint32_t	zero;
};
_Static_assert(sizeof(struct _msg_info) == 72, "struct _msg_info");
#define SKINK_MI_REDELIVERED	0x0001	/* an earlier instance of the server has received it */
#define SKINK_MI_UNBLOCK_REQ	0x0002	/* the client wants to unblock (timeout) */

/* What MsgReceive delivers in place of a message when it returns 0. */
struct _pulse {
	uint16_t	type;		/* 0: _PULSE_TYPE */
	uint16_t	subtype;	/* 0 */
	int8_t		code;		/* _PULSE_CODE_ or the program's own: 0..127 */
	uint8_t		zero[3];
	uint64_t	value;		/* union sigval's 64 bits */
	int32_t		scoid;		/* connection it came over, or -1 */
	uint32_t	count;		/* how many equal ones this one stands for, >= 1 */
};
_Static_assert(sizeof(struct _pulse) == 24, "struct _pulse");

/* System pulses: preallocated in their objects, they cannot be lost. */
#define SKINK_PULSE_UNBLOCK	(-32)	/* value: rcvid of a client that wants to unblock */
#define SKINK_PULSE_DISCONNECT	(-33)	/* the last holder detached; scoid names the connection */
#define SKINK_PULSE_COIDDEATH	(-35)	/* value: coid whose channel is gone for good */
#define SKINK_PULSE_PROCESSDEATH (-40)	/* to procmgr: value: pid that has ended */
#define SKINK_PULSE_FAULT	(-41)	/* to procmgr: value: tid that has faulted */

/*
 * An event: what a server, timer or interrupt does to tell a process something. The layout of
 * struct sigevent. MsgRegisterEvent() turns one into a handle (SKINK_EV_HANDLE): `target` is its
 * number then.
 */
struct skink_event {
	uint32_t	notify;		/* SKINK_EV_ */
	int32_t		target;		/* PULSE: coid; HANDLE: handle */
	uint64_t	value;		/* PULSE: value; SEM: address of a struct skink_sync */
	int16_t		code;		/* PULSE: 0..127 */
	int16_t		priority;	/* PULSE: 1..254, or -1: that of the receiving process */
	uint32_t	zero;
};
_Static_assert(sizeof(struct skink_event) == 24, "struct skink_event");
#define SKINK_EV_NONE		0	/* nothing happens */
#define SKINK_EV_PULSE		4
#define SKINK_EV_SEM		8	/* posts a semaphore */
#define SKINK_EV_TYPE_MASK	0x00ff
#define SKINK_EV_UPDATEABLE	0x2000	/* the deliverer may choose the value */

/*
 * A mutex, condition variable or semaphore as the nucleus sees it. Eight bytes, eight-aligned, in
 * memory that may be shared between processes. Programs work on `word` with atomics and call
 * the nucleus only when they must wait or wake. `handle` is the nucleus's: start it as 0; a wrong
 * value costs only those who share the object.
 * Mutex: word = 0 free, else owner's tid, with SKINK_MUTEX_WAITERS when others wait (who waits
 *   sets it, and whoever frees the mutex must then ask the nucleus), or SKINK_MUTEX_DEAD when it
 *   is not recoverable.
 * Others: word is whatever the library counts in it.
 */
struct skink_sync {
	uint32_t	word;
	uint32_t	handle;
};
_Static_assert(sizeof(struct skink_sync) == 8, "struct skink_sync");
#define SKINK_MUTEX_WAITERS	0x80000000u
#define SKINK_MUTEX_DEAD	0x7fffffffu

/* Thread states, and the bits of TimerTimeout. X(NAME, letter text for pidin) */
#define SKINK_STATES(X) \
	X(RUNNING)	/* has the hart */ \
	X(READY)	/* waits for the hart */ \
	X(SEND)		/* message not received yet */ \
	X(RECEIVE)	/* waits for a message or pulse */ \
	X(REPLY)	/* message received, waits for the reply */ \
	X(COPY)		/* its message is being copied by the other party */ \
	X(MUTEX)	/* waits for a mutex */ \
	X(CONDVAR)	/* waits in SyncWait: condition variable */ \
	X(SEM)		/* waits in SyncWait: semaphore */ \
	X(NANOSLEEP)	/* sleeps */ \
	X(INTR)		/* waits for its interrupt */ \
	X(JOIN)		/* waits in SyncWait: for a thread's end */ \
	X(FAULT)	/* has faulted; procmgr decides */ \
	X(STOPPED)	/* created, not started */
enum skink_state {
#define SKINK_STATE_ENUM(name) SKINK_STATE_##name,
	SKINK_STATES(SKINK_STATE_ENUM)
#undef SKINK_STATE_ENUM
	SKINK_STATE_COUNT
};

/* Scheduling. */
#define SKINK_SCHED_NOCHANGE	0
#define SKINK_SCHED_FIFO	1
#define SKINK_SCHED_RR		2
#define SKINK_SCHED_SPORADIC	4

/* SPORADIC: at its priority for budget_ns at most in each period_ns, else at the low one. */
#define SKINK_SS_REPL_MAX	8
#define SKINK_SS_BUDGET_MIN_NS	10000ull
struct skink_sporadic {
	int32_t		low_priority;	/* 1..priority */
	int32_t		max_repl;	/* 1..SKINK_SS_REPL_MAX replenishments pending */
	uint64_t	period_ns;
	uint64_t	budget_ns;	/* SKINK_SS_BUDGET_MIN_NS..period_ns */
};

struct skink_sched {
	int32_t		policy;
	int32_t		priority;	/* own priority; 1..254 */
	int32_t		effective;	/* out: with inheritance */
	int32_t		zero;
	struct skink_sporadic sporadic;	/* of SPORADIC alone: else ignored, not written */
};
_Static_assert(sizeof(struct skink_sched) == 40, "struct skink_sched");

/* A thread to be. Registers at its start: a0 = arg, sp, tp; pc = entry; ra = 0. */
struct skink_thread_attr {
	uint64_t	entry;
	uint64_t	arg;
	uint64_t	sp;
	uint64_t	tp;
	struct skink_sched sched;	/* NOCHANGE: the creator's policy; priority 0: its own */
	char		name[SKINK_NAME_MAX];
};
_Static_assert(sizeof(struct skink_thread_attr) == 96, "struct skink_thread_attr");

/* Channel flags (QNX's _NTO_CHF_) */
#define SKINK_CHF_UNBLOCK	0x0008	/* UNBLOCK pulse when a client wants out of REPLY */
#define SKINK_CHF_DISCONNECT	0x0002	/* DISCONNECT pulse when a connection's last holder goes */
#define SKINK_CHF_COIDDEATH	0x0010	/* this process's COIDDEATH pulses come to this channel */
#define SKINK_CHF_PRIVATE	0x0100	/* others may not connect by pid and chid */
#define SKINK_CHF_FIXED_PRIORITY 0x0001	/* receivers do not inherit */
#define SKINK_CHF_DURABLE	0x1000	/* outlives its process; needs a service, and a key */
#define SKINK_CHF_ALL		0x111b

/* Connection flags */
#define SKINK_COF_CLOEXEC	0x0001	/* not inherited by spawn */

/* ConnectServerInfo, ConnectClientInfo. */
struct _server_info {
	uint32_t	nd;
	int32_t		pid;		/* 0: parked, its next instance is awaited; -1: gone */
	int32_t		chid;
	int32_t		scoid;
	int32_t		coid;
	uint32_t	flags;		/* SKINK_COF_ */
	uint32_t	holders;	/* coids that share the connection */
};
_Static_assert(sizeof(struct _server_info) == 28, "struct _server_info");

struct _client_info {
	uint32_t	nd;
	int32_t		pid;		/* first holder of the connection */
	int32_t		ppid;
	int32_t		sid;		/* session */
	uint64_t	abilities;	/* procmgr's word: skink/abilities.h */
	uint32_t	service;	/* its service number, 0: none */
	int32_t		priority_max;
	uint32_t	holders;	/* coids that share the connection */
	uint32_t	zero;
};
_Static_assert(sizeof(struct _client_info) == 40, "struct _client_info");

/* The kinds of nucleus objects: there is a pool of each, and of all but processes a process has a
 * quota. */
#define SKINK_QUOTAS(X) \
	X(THREAD, thread) \
	X(CHANNEL, channel) \
	X(CONNECTION, connection) \
	X(TIMER, timer) \
	X(INTERRUPT, interrupt) \
	X(SYNC, sync)		/* contended mutexes and the like */ \
	X(PULSE, pulse)		/* undelivered pulses sent by its threads */ \
	X(EVENT, event)		/* registered events */ \
	X(COIDS, coids)		/* pieces of its two tables of coids, SKINK_COIDS_PIECE each */
#define SKINK_POOLS(X) SKINK_QUOTAS(X) X(PROCESS, process)
enum skink_pool {
#define SKINK_POOL_ENUM(name, lower) SKINK_POOL_##name,
	SKINK_POOLS(SKINK_POOL_ENUM)
#undef SKINK_POOL_ENUM
	SKINK_POOL_COUNT
};
#define SKINK_QUOTA_COUNT	SKINK_POOL_PROCESS

/* Clocks and timers. Times are nanoseconds. */
#define SKINK_CLOCK_REALTIME	0
#define SKINK_CLOCK_MONOTONIC	2	/* since the nucleus was entered; never set */
#define SKINK_CLOCK_PROCESS	4	/* processor time of the calling process */
#define SKINK_CLOCK_THREAD	5	/* processor time of the calling thread */
#define SKINK_TIMER_ABSTIME	1
#define SKINK_TIMER_LOOK	2	/* timer_settime: tells, and changes nothing */
#define SKINK_NS_MAX		(1ull << 62)	/* a time must be less */

/* Options and results of calls; skink/calls.h says where. */
#define SKINK_UNBLOCK_GRACE_NS	100000000ull	/* a server's time to answer an UNBLOCK pulse */
#define SKINK_SCOID_SELF	(-1)		/* connect_client_info: the caller */
#define SKINK_CHANNEL_ADOPTED	(1l << 32)	/* channel_create: it was parked */
#define SKINK_DUP_EXACT		0x80000000u	/* connect_dup: that index, as dup2 */
#define SKINK_WAIT_TRY		1		/* sync_wait: does not block */
#define SKINK_INTR_UNMASK	1		/* interrupt_wait: unmask first */

#endif
