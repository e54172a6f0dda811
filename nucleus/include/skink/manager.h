/* SPDX-License-Identifier: Apache-2.0 */
/* skink/manager.h - the shapes that cross the border between procmgr and the nucleus, and their
 * constants; skink/manager_calls.h has the calls. */
#ifndef SKINK_MANAGER_H
#define SKINK_MANAGER_H

#include <skink/syscalls.h>
#include <skink/types.h>

#define SKINK_PAGE		4096ull
#define SKINK_USER_END		0x4000000000ull	/* user addresses: SKINK_PAGE .. here */

struct skink_range {
	uint64_t	start;		/* physical address */
	uint64_t	size;		/* bytes */
};

/* What procmgr says of a process. */
struct skink_process_attr {
	int32_t		ppid;
	int32_t		sid;		/* -1: its own pid */
	uint32_t	service;	/* 1..63, 0: none */
	int32_t		priority_max;
	uint64_t	abilities;
	uint32_t	quota[SKINK_QUOTA_COUNT];
	/* its durable channels: deaths that one request may cost */
	uint32_t	deaths_max;
	char		name[SKINK_NAME_MAX];
};
_Static_assert(sizeof(struct skink_process_attr) == 88, "struct skink_process_attr");

/* p_map, in place of an address: what else is done with the pages. */
#define SKINK_PA_KEEP		(1ull << 62)	/* they get another prot */
#define SKINK_PA_NONE		(1ull << 63)	/* they go; prot 0 */

/* What it lets a process do with a page. */
#define SKINK_PROT_READ		1
#define SKINK_PROT_WRITE	2	/* together with EXEC: EINVAL */
#define SKINK_PROT_EXEC		4

#define SKINK_CHANNEL_PRIVATE	(1l << 32)	/* p_channel_owner: SKINK_CHF_PRIVATE is set */
#define SKINK_FAIL_DESTROY	1	/* p_channel_fail: the channels end */

/* What is looked at, and what p_info answers. */
enum skink_info_kind {
	SKINK_INFO_PROCESS,		/* id: pid */
	SKINK_INFO_PROCESS_NEXT,
	SKINK_INFO_THREAD,		/* id: tid */
	SKINK_INFO_THREAD_NEXT,		/* all processes' */
	SKINK_INFO_CONNECTION,		/* id: pid << 32 | coid: struct _server_info */
	SKINK_INFO_CONNECTION_NEXT,	/* next coid of that process */
	SKINK_INFO_NUCLEUS		/* id: 0 */
};
#define SKINK_INFO_IS_NEXT(kind)	((kind) % 2 != 0)

struct skink_process_info {
	int32_t		pid;
	uint32_t	state;		/* 0 new, 1 alive, 2 ending, 3 ended */
	int32_t		status;		/* when ending */
	int32_t		killed_by;
	struct skink_process_attr attr;
	uint64_t	runtime_ns;	/* of all its threads, ended ones too */
	/* when one of its threads last was at msg_receive, or it started; 0: one is there now */
	uint64_t	served_ns;
	uint64_t	pending;	/* messages and pulses that wait at its channels */
	uint32_t	used[SKINK_QUOTA_COUNT], zero;
};

struct skink_thread_info {
	int32_t		tid, pid;
	uint32_t	ordinal;	/* 1, 2, 3... within its process */
	uint32_t	state;		/* enum skink_state */
	int32_t		policy;
	int32_t		priority;
	int32_t		effective;
	/* whom it waits for: SEND, REPLY, COPY, MUTEX; 0: none known */
	int32_t		blocked_pid;
	int32_t		blocked_tid;	/* REPLY, MUTEX, JOIN */
	int32_t		blocked_id;	/* chid, coid, interrupt source */
	uint64_t	blocked_address;	/* of the sync object */
	uint64_t	runtime_ns;
	uint64_t	since_ns;	/* when it entered the state */
	uint32_t	cause;		/* FAULT: the machine's exception code */
	uint32_t	zero;
	uint64_t	address;	/* FAULT: the bad address */
	uint64_t	pc;
	uint64_t	regs[31];	/* x1..x31 */
	char		name[SKINK_NAME_MAX];
};

#define SKINK_STEP_INTERRUPT	(SKINK_SYSCALL_COUNT)
#define SKINK_STEP_FAULT	(SKINK_SYSCALL_COUNT + 1)
#define SKINK_STEP_KINDS	((SKINK_SYSCALL_COUNT + 4) & ~1)	/* an even number */

struct skink_nucleus_info {
	uint64_t	uptime_ns;
	uint64_t	idle_ns;
	uint64_t	interrupt_ns;
	uint64_t	switches, messages, pulses, interrupts, syscalls;
	/* The longest time without a look at interrupts, from trap entry or the last look to
	 * the next or to return, in instructions; by call, SKINK_STEP_INTERRUPT,
	 * SKINK_STEP_FAULT. Not of the fast path: its length is that of its code. */
	uint32_t	max_step[SKINK_STEP_KINDS];
	uint64_t	pool_bytes;
	uint32_t	total[16], used[16], peak[16];	/* by enum skink_pool */
};

#endif
