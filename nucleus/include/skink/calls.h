/* SPDX-License-Identifier: Apache-2.0 */
/* skink/calls.h - the nucleus calls as C functions: the lowest interface there is. libc-glue has
 * their stubs. Programs use the QNX-named and POSIX functions above them, which set errno.
 *
 * All return 0 or a positive result, or a negated error number. The errors of each are in
 * skink/syscalls.h; what they mean where it is not plain stands here. No call sleeps unless it says
 * "blocks"; a call that blocks obeys timer_timeout. A pointer that the caller may not read (or
 * write) is EFAULT; the call has then done nothing, unless it says otherwise.
 *
 * Buffers: `len` >= 0 is a byte count at the pointer; `len` < 0 means that the pointer is to an
 * array of -len struct skink_iov (EINVAL above SKINK_IOV_MAX parts). All parts together must be
 * less than SKINK_MSG_MAX bytes (EMSGSIZE from msg_send, EINVAL elsewhere).
 */
#ifndef SKINK_CALLS_H
#define SKINK_CALLS_H

#include <skink/types.h>

/* What timer_settime tells, in two registers. */
struct skink_itimer {
	int64_t		ns;		/* until it next fires; 0: it does not; or an error */
	uint64_t	interval_ns;	/* 0: once */
};

/* Of an event that a library has registered. */
#define SKINK_EV_HANDLE		0x1000	/* registered: target is a handle */

/* ---- messages ---- */

/*
 * Sends a message over a connection and blocks until the reply: SEND until it is received, then
 * REPLY. The reply's data are in `reply` when it returns; the result is the server's status (>= 0)
 * or the error it chose by msg_error.
 *   EBADF       coid is not a connection
 *   ESRCH       the channel is gone, or its process ended and the channel is not durable, or the
 *               durable channel was given up
 *   ESRVRFAULT  its servers died too often while this message was in service; not delivered again
 *   ESTALE      the server was started cold: this request lost the state it relied on
 *   EFAULT      a bad buffer of the caller's (what is bad in the server's is the server's error)
 *   ETIMEDOUT   by timer_timeout; in REPLY a server with SKINK_CHF_UNBLOCK is asked first, and has
 *               SKINK_UNBLOCK_GRACE_NS to answer
 */
long skink_msg_send(int coid, const void *msg, long len, void *reply, long reply_len);

/*
 * Blocks until a message or a pulse comes to the channel; highest sender's priority first, then
 * oldest. Returns an rcvid (> 0) for a message, 0 for a pulse, which is in `msg` then (struct
 * _pulse, cut to the length of its first part). `info` may be NULL; it is not filled for a pulse.
 * Copies at most `len` bytes; msg_read gets the rest. The thread takes the
 * priority of what it received. By receiving, the thread says that an earlier message which it has
 * not answered is deferred, no longer in service (see msg_current).
 *   ESRCH   no such channel of this process, or it was destroyed meanwhile
 *   EAGAIN  SKINK_CHANNEL_SERVERS other threads serve this channel
 *   EFAULT  a bad buffer: nothing was received
 */
long skink_msg_receive(int chid, void *msg, long len, struct _msg_info *info);

/* Answers: copies to the client's reply buffer what fits, and unblocks it with `status`
 * (0..2^62, or -4095..-1, a negated error number; else EINVAL). Any thread of the channel's process
 * may. Never blocks for long: the copy is the caller's work. ESRCH: the client is gone, or was
 * answered (meanwhile, too). EFAULT: the caller's buffer; the client still waits. */
long skink_msg_reply(long rcvid, long status, const void *msg, long len);

/* The same with an error number (1..4095, else EINVAL) and no data: the library's, not a call. */
long skink_msg_error(long rcvid, int error);

/* Reply and receive in one call. The reply is done first; if it cannot be made (ESRCH, EFAULT,
 * EINVAL) nothing is received. rcvid 0: receive only. */
long skink_msg_reply_receive(long rcvid, long status, const void *msg, long len,
	int chid, void *receive, long receive_len, struct _msg_info *info);

/* Copy from the sender's message at `offset`, or into its reply buffer at `offset`. Return the
 * bytes copied: fewer where the sender's buffer ends or is bad. ESRCH: stale rcvid; it may become
 * so on the way. */
long skink_msg_read(long rcvid, void *msg, long len, uint64_t offset);
long skink_msg_write(long rcvid, const void *msg, long len, uint64_t offset);

/* What msg_receive told of this message; priority and flags as of now. */
long skink_msg_info(long rcvid, struct _msg_info *info);

/* Says that the calling thread now works on a message which some thread of this process
 * deferred: it inherits from it, and the message is in service again (a death counts against
 * it). */
long skink_msg_current(long rcvid);

/* Queues a pulse on the connection's channel. priority 1..254, or -1: the caller's effective one;
 * above the process's ceiling: EPERM. code 0..127. EAGAIN: the quota of undelivered pulses is
 * used up. Equal pulses are not merged. */
long skink_msg_send_pulse(int coid, int priority, int code, uint64_t value);

/* Registers an event that the server behind `coid` may deliver from now on (as often as it
 * likes, also in its next instances). Turns *ev into a handle to hand to the server: the library
 * does, with the number that the nucleus returns. */
long skink_msg_register_event(int coid, struct skink_event *ev);

/* Delivers a registered event by its handle's number; with the handle's value, if it may choose
 * that. ESRCH: its registration, or its target, is gone; EPERM: not registered for a channel of
 * the caller's; EFAULT: the semaphore is. */
long skink_msg_deliver_event(int handle, uint64_t value);

/* Ends what leads to an event: a registered event (by its handle's number), a timer, or an
 * interrupt's attachment. */
long skink_notice_free(enum skink_pool which, int id);

/* ---- channels and connections ---- */

/* Returns a chid. With SKINK_CHF_DURABLE (EPERM unless the process is a service), `key` (0..255)
 * names the channel within its service: if an earlier instance left it parked, it is adopted
 * with its queue and its connections, and the result has SKINK_CHANNEL_ADOPTED set; EBUSY:
 * already taken. */
long skink_channel_create(unsigned flags, unsigned key);

/* All who wait get ESRCH (a durable channel too: this is on purpose). */
long skink_channel_destroy(int chid);

/* Connects to a channel of the calling process. The lowest free coid >= index (with
 * SKINK_SIDE_CHANNEL: from the second table). To other processes' channels procmgr connects:
 * skink_connect_to, skink/access.h. */
long skink_connect_attach(int chid, int index, unsigned flags);
long skink_connect_detach(int coid);

/* A second coid for the same connection; the lowest free >= index. With SKINK_DUP_EXACT exactly
 * index, in place of what was there (POSIX dup2): of the coid itself, just its flags change. */
long skink_connect_dup(int coid, int index, unsigned flags);

/* Returns the coid's flags. info NULL: no more than that. */
long skink_connect_server_info(int coid, struct _server_info *info);

/* For a connection to a channel of the caller's; or SKINK_SCOID_SELF: of the calling process,
 * holders is 0. EINVAL: no such, or all its holders are gone. */
long skink_connect_client_info(int scoid, struct _client_info *info);

/* ---- threads ---- */

/* Returns the tid. EPERM: priority above the ceiling. */
long skink_thread_create(const struct skink_thread_attr *attr);

/* Ends a thread of the same process at once; 0: the caller. The last one ends the process, status
 * 0. Nothing is left of it that would have to be joined: to wait for its end see sync_wait. */
long skink_thread_kill(int tid);
void skink_thread_exit(void) __attribute__((noreturn));		/* the library's */
long skink_thread_self(void);					/* tid */
long skink_thread_name(int tid, const char name[SKINK_NAME_MAX]);	/* 0: the caller */

/* One number of the calling process: the library's, not a call. */
enum skink_self {
	SKINK_SELF_PID,
	SKINK_SELF_PPID,
	SKINK_SELF_SERVICE,
	SKINK_SELF_SESSION,
	SKINK_SELF_ABILITIES,
	SKINK_SELF_PRIORITY_MAX
};
long skink_process_self(enum skink_self what);

/* Ends the process; status as wait() shows it, see skink/status.h. Needs nobody's help. */
void skink_process_exit(int status) __attribute__((noreturn));

long skink_sched_get(int tid, struct skink_sched *sched);	/* 0: the caller */
long skink_sched_set(int tid, const struct skink_sched *sched);
long skink_sched_yield(void);

/* ---- synchronisation: see struct skink_sync ---- */

/*
 * Blocks while *word is `expected`, until woken: returns 0. In `state`: SKINK_STATE_CONDVAR, _SEM,
 * or _MUTEX, for which `expected` must be a tid with SKINK_MUTEX_WAITERS: that thread, the owner,
 * inherits the priority of those who wait. A mutex is handed over: the word is the waiter's tid
 * when its wait ends with 0 or EOWNERDEAD; but after 0 it may also be SKINK_MUTEX_DEAD. Whoever
 * waits for the end of a thread (_JOIN, `expected` is its tid) always gets EOWNERDEAD, and lends
 * nothing.
 *   EAGAIN      the word is another
 *   EOWNERDEAD  the owner has died; where the word does not name the caller, nobody else has been
 *               given the mutex: it is for the caller to take by changing the word
 *   EBUSY       SKINK_WAIT_TRY: the owner lives
 *   EDEADLK     the owner is the caller, or waits for it
 *   ENOMEM      the quota of syncs is used up
 */
long skink_sync_wait(
	struct skink_sync *sync, uint32_t expected, unsigned state, unsigned flags);

/*
 * Wakes up to `count` waiters, highest priority first; returns how many. At a mutex with waiters,
 * the first becomes the owner and the others stay (EPERM: the word names another than the caller),
 * or all are woken, for 0, where the word is SKINK_MUTEX_DEAD.
 */
long skink_sync_wake(struct skink_sync *sync, uint32_t count);

/* ---- time ---- */

/* *now: what the clock shows. Setting one is procmgr's: skink_clock_set, skink/access.h. */
long skink_clock_time(int clock, uint64_t *now);

/* Blocks in NANOSLEEP until `ns` (SKINK_TIMER_ABSTIME) or for `ns`. Returns 0. REALTIME or
 * MONOTONIC. */
long skink_thread_sleep(int clock, unsigned flags, uint64_t ns);

/* Arms a timeout for the next call of this thread that blocks, in the states of `states` (1 <<
 * SKINK_STATE_...). ns == 0 relative: does not block at all. Disarmed when that call (or any other
 * blocking one, but for a mutex that it is not for) ends. Clock MONOTONIC or REALTIME. */
long skink_timer_timeout(int clock, unsigned flags, uint32_t states, uint64_t ns);

/* A timer fires an event (PULSE or SEM). Returns its id. */
long skink_timer_create(int clock, const struct skink_event *ev);

/* The timer fires first at `ns` (SKINK_TIMER_ABSTIME) or in `ns`, 0 disarms it; then each
 * interval_ns, 0: once. Returns what it was set to until now; with SKINK_TIMER_LOOK that is all. */
struct skink_itimer skink_timer_settime(int timer, unsigned flags, uint64_t ns,
	uint64_t interval_ns);

/* ---- interrupts ---- */

/* Attaches a source that procmgr granted. With event NULL the calling thread becomes its interrupt
 * thread (interrupt_wait); else the event (PULSE or SEM) is delivered. When it has fired, it does
 * so again only after interrupt_mask(id, 0), or interrupt_wait with SKINK_INTR_UNMASK. Returns an
 * id. */
long skink_interrupt_attach(int source, const struct skink_event *event, unsigned flags);
long skink_interrupt_wait(int id, unsigned flags);	/* blocks in INTR */
long skink_interrupt_mask(int id, int masked);		/* 1: masked, 0: not */

/* ---- diagnosis ---- */

/* A user's entry in the trace: class 0..255 and two values. */
long skink_trace_event(int class, uint64_t a, uint64_t b);

#endif
