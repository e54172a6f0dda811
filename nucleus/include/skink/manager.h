/* SPDX-License-Identifier: Apache-2.0 */
/* skink/manager.h - what only procmgr may call. */
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
	uint64_t	peers;		/* bit n: may connect to service n by pid and chid */
	uint32_t	quota[SKINK_QUOTA_COUNT];
	/* its durable channels: deaths that one request may cost; 0: 2 */
	uint32_t	deaths_max;
	char		name[SKINK_NAME_MAX];
};
_Static_assert(sizeof(struct skink_process_attr) == 96, "struct skink_process_attr");

/* Makes a process (pid 0): no memory, no thread, not visible to anyone. Or says it anew of one that
 * has not begun to end. Returns the pid. */
long skink_p_process_attr(int pid, const struct skink_process_attr *attr);
/* Makes its first thread; returns the tid. EBUSY: it is not new. */
long skink_p_process_start(int pid, const struct skink_thread_attr *attr);

/* Begins the end of a process: every thread stops at once; what it owed and owned is settled at
 * the priority of those it concerns; then SKINK_PULSE_PROCESSDEATH. `status`: skink/status.h.
 * `by`: pid told in its death. Ending twice is no error. */
long skink_p_process_kill(int pid, int status, int by);

/* Frees the pid. EBUSY: it has not ended. */
long skink_p_process_free(int pid);

/*
 * Address spaces. va, pa, len in whole pages. Each call does a bounded number of pages and returns
 * the bytes done (> 0); the caller goes on from there. p_map returns -ENOMEM when it needs a page
 * table: give one frame by p_table_give and call again. Frames given are the nucleus's until the
 * process has ended (SKINK_PULSE_PROCESSDEATH): from then on it has no tables, and is given none
 * (ESRCH). Nothing is mapped at va 0..SKINK_PAGE. Mapping over a mapping replaces it. pid 1 may map
 * itself outside the window.
 */
#define SKINK_PROT_READ		1
#define SKINK_PROT_WRITE	2	/* together with EXEC: EINVAL */
#define SKINK_PROT_EXEC		4
/* device memory: uncached where the page table can say so */
#define SKINK_PROT_DEVICE	8
long skink_p_map(int pid, uint64_t va, uint64_t pa, uint64_t len, unsigned prot);
long skink_p_unmap(int pid, uint64_t va, uint64_t len);
long skink_p_protect(int pid, uint64_t va, uint64_t len, unsigned prot);
long skink_p_table_give(int pid, uint64_t pa);

/* A new connection of process `pid` to the channel behind procmgr's own `coid`; lowest free coid
 * >= index. */
long skink_p_connect_install(int pid, int coid, int index, unsigned flags);
/* Shares connection `from_coid` of process `from_pid` with `pid` as exactly `coid`: nothing is
 * sent. */
long skink_p_connect_inherit(int from_pid, int from_coid, int pid, int coid);

/* Fails all who wait at the parked channels of `service`, with or without a path, with `error`: one
 * step a call; call until 0. SKINK_FAIL_DESTROY: the channels then end (later sends: ESRCH). Those
 * that have an owner are left alone. */
#define SKINK_FAIL_DESTROY	1
long skink_p_channel_fail(uint32_t service, int error, unsigned flags);

/* Lets a process attach an interrupt source; pid 0 takes it back. EBUSY: another has it. */
long skink_p_interrupt_grant(int pid, int source);

/* Makes a thread go on at `pc`, out of whatever it waits for (fault injection). pc below
 * SKINK_PAGE: a wild jump. */
long skink_p_thread_jump(int tid, uint64_t pc);

/* Resets (1), powers off (0) by the firmware; does not return when it works. */
long skink_p_reset(int how, int status);

/*
 * Looks. `kind` and `id`; the answer's size is fixed for each kind. Returns the id of what was
 * found, of a connection its coid.
 * NEXT forms find the first with an index above that of `id` (0 starts; of coids, -1); ESRCH ends.
 */
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
long skink_p_info(int kind, uint64_t id, void *answer, size_t size);

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
	uint32_t	cause;		/* FAULT: enum skink_cause */
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

/* trace: see skink/trace.h */
long skink_p_trace(int op, void *buffer, size_t size);

#endif
