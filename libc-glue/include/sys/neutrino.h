/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys/neutrino.h - the message API with QNX 8's names. Thin over skink/calls.h, which describes
 * each call in full; here stands what differs from QNX. docs/qnx-api.md lists every documented
 * QNX call: same, differs, absent.
 *
 * Unless it says otherwise a function returns -1 and sets errno when it fails. None is a
 * cancellation point. "Blocks" means: obeys TimerTimeout.
 *
 * An rcvid is a long; a receive that returns 0 has brought a pulse. The value of a struct _pulse
 * is a plain uint64_t (QNX: union sigval).
 */
#ifndef SYS_NEUTRINO_H
#define SYS_NEUTRINO_H

#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include <skink/access.h>
#include <skink/calls.h>
#include <skink/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef long rcvid_t;
typedef struct skink_iov iov_t;

#define SETIOV(iov, address, length) \
	((iov)->base = (void *)(address), (iov)->len = (size_t)(length))
#define SETIOV_CONST(iov, address, length) SETIOV(iov, address, length)
#define GETIOVBASE(iov)                    ((iov)->base)
#define GETIOVLEN(iov)                     ((iov)->len)

#define ND_LOCAL_NODE                      0
#define _NTO_SIDE_CHANNEL                  SKINK_SIDE_CHANNEL
#define EOK                                0

#define _NTO_CHF_FIXED_PRIORITY            SKINK_CHF_FIXED_PRIORITY
#define _NTO_CHF_UNBLOCK                   SKINK_CHF_UNBLOCK
#define _NTO_CHF_DISCONNECT                SKINK_CHF_DISCONNECT
#define _NTO_CHF_COID_DISCONNECT           SKINK_CHF_COIDDEATH
#define _NTO_CHF_PRIVATE                   SKINK_CHF_PRIVATE
#define _NTO_COF_CLOEXEC                   SKINK_COF_CLOEXEC

#define _NTO_MI_UNBLOCK_REQ                SKINK_MI_UNBLOCK_REQ

#define _PULSE_TYPE                        0
#define _PULSE_SUBTYPE                     0
#define _PULSE_CODE_UNBLOCK                SKINK_PULSE_UNBLOCK
#define _PULSE_CODE_DISCONNECT             SKINK_PULSE_DISCONNECT
#define _PULSE_CODE_COIDDEATH              SKINK_PULSE_COIDDEATH
#define _PULSE_CODE_MINAVAIL               0
#define _PULSE_CODE_MAXAVAIL               127

/* ---- channels and connections ---- */

/* A channel of this process: chid. EINVAL (unknown flags), EAGAIN (quota). */
int ChannelCreate(unsigned flags);

/*
 * Skink's own: a channel that outlives this process, for services. `key` (0..255) names it within
 * the service; *adopted (may be NULL) tells 1 when an earlier instance's channel, its connections
 * and its waiting clients were taken over. EPERM: not a service. EBUSY: already taken.
 */
int ChannelCreateDurable(unsigned flags, unsigned key, int *adopted);

/* All who wait there get ESRCH. EINVAL. */
int ChannelDestroy(int chid);

/* Connects to a channel of process pid (0: this one): the lowest free coid >= index, or with
 * _NTO_SIDE_CHANNEL in index one that is no descriptor. nd is 0. Coids of QNX's default index 0
 * are descriptors: a server should ask for _NTO_SIDE_CHANNEL. ESRCH, EPERM, EMFILE, EAGAIN,
 * EINVAL. */
int ConnectAttach(int nd, pid_t pid, int chid, unsigned index, int flags);
int ConnectDetach(int coid); /* EBADF */

/* pid must be 0 (or this process): EINVAL. Returns the earlier flags. */
int ConnectFlags(pid_t pid, int coid, unsigned mask, unsigned bits);

/* Fills *info; returns coid. QNX looks for the next coid; this one is EBADF when it is none. */
int ConnectServerInfo(pid_t pid, int coid, struct _server_info *info);

/* Who holds the connection scoid of a channel of this process. EINVAL: nobody any more. groups is
 * ignored: there are abilities, not user ids. */
int ConnectClientInfo(int scoid, struct _client_info *info, int groups);

/* ---- messages ---- */

/* Sends and blocks until the reply (SEND, then REPLY). Returns the server's status. v: an array
 * of parts, s: one buffer, first of the message, then of the reply. The nc forms are the same:
 * there is no cancellation. MsgSend's two buffers may overlap: then, for replies of 2 KiB and
 * more, a copy is sent (ENOMEM); the other forms leave that to the caller. EBADF, EFAULT,
 * EMSGSIZE, EINVAL, ESRCH (no such channel any more),
 * ESTALE, ESRVRFAULT, ETIMEDOUT; or what the server chose by MsgError. */
long MsgSend(int coid, const void *message, size_t size, void *reply, size_t reply_size);
long MsgSendv(int coid, const iov_t *message, size_t parts, const iov_t *reply, size_t reply_parts);
long MsgSendsv(int coid, const void *message, size_t size, const iov_t *reply, size_t reply_parts);
long MsgSendvs(int coid, const iov_t *message, size_t parts, void *reply, size_t reply_size);
#define MsgSendnc   MsgSend
#define MsgSendvnc  MsgSendv
#define MsgSendsvnc MsgSendsv
#define MsgSendvsnc MsgSendvs

/* Blocks (RECEIVE) until a message or a pulse comes. ESRCH, EFAULT, EAGAIN, ETIMEDOUT. */
rcvid_t MsgReceive(int chid, void *message, size_t size, struct _msg_info *info);
rcvid_t MsgReceivev(int chid, const iov_t *parts, size_t count, struct _msg_info *info);

/* Blocks until a pulse comes; messages stay queued. Not supported: ENOTSUP (use a channel of its
 * own). */
int MsgReceivePulse(int chid, void *pulse, size_t size, struct _msg_info *info);
int MsgReceivePulsev(int chid, const iov_t *parts, size_t count, struct _msg_info *info);

/* Unblocks the sender. ESRCH: it is gone. EINVAL: negative status. */
int MsgReply(rcvid_t rcvid, long status, const void *message, size_t size);
int MsgReplyv(rcvid_t rcvid, long status, const iov_t *parts, size_t count);
int MsgError(rcvid_t rcvid, int error); /* EOK is MsgReply with status 0 and no data */

/* Skink's own: MsgReply and MsgReceive in one call. A reply that fails (ESRCH, EFAULT, EINVAL)
 * receives nothing. rcvid 0: only receives. */
rcvid_t MsgReplyReceive(rcvid_t rcvid, long status, const void *message, size_t size, int chid,
    void *receive, size_t receive_size, struct _msg_info *info);
rcvid_t MsgReplyReceivev(rcvid_t rcvid, long status, const iov_t *parts, size_t count, int chid,
    const iov_t *receive, size_t receive_count, struct _msg_info *info);

/* Bytes copied between this process and a sender's message (Read) or reply buffer (Write), from
 * `offset` there. */
ssize_t MsgRead(rcvid_t rcvid, void *buffer, size_t size, size_t offset);
ssize_t MsgReadv(rcvid_t rcvid, const iov_t *parts, size_t count, size_t offset);
ssize_t MsgWrite(rcvid_t rcvid, const void *buffer, size_t size, size_t offset);
ssize_t MsgWritev(rcvid_t rcvid, const iov_t *parts, size_t count, size_t offset);

int MsgInfo(rcvid_t rcvid, struct _msg_info *info);

/* This thread now works on a message that was put aside: it takes its priority, and a death
 * counts against it. */
int MsgCurrent(rcvid_t rcvid);

/* ---- pulses and events ---- */

/* priority 1..254, or -1 for the caller's. code 0..127 (QNX also allows system codes to root).
 * The value is 32 bits wide with MsgSendPulse, a pointer with MsgSendPulsePtr. Never blocks.
 * EAGAIN: too many undelivered. */
int MsgSendPulse(int coid, int priority, int code, int value);
int MsgSendPulsePtr(int coid, int priority, int code, void *value);

/* Only what was registered can be delivered: register the event for the server behind coid, then
 * hand *event to it. */
int MsgRegisterEvent(struct sigevent *event, int coid);
int MsgUnregisterEvent(const struct sigevent *event);

/* rcvid is ignored: the handle names the client. ESRCH: it is gone. EINVAL: not a registered
 * event. EPERM. */
int MsgDeliverEvent(rcvid_t rcvid, const struct sigevent *event);

/* ---- time ---- */

struct _itimer {
	uint64_t nsec; /* first expiry; 0 disarms */
	uint64_t interval_nsec;
};

struct _timer_info {
	struct _itimer itime; /* time left, interval */
};

/* Clocks: CLOCK_REALTIME, CLOCK_MONOTONIC; for ClockTime also the CPU-time clocks. */
int ClockTime(clockid_t clock, const uint64_t *set, uint64_t *old);
int TimerCreate(clockid_t clock, const struct sigevent *event); /* PULSE or SEM; timer id */
int TimerDestroy(timer_t timer);
int TimerSettime(timer_t timer, int flags, const struct _itimer *set, struct _itimer *old);
int TimerInfo(pid_t pid, timer_t timer, int flags, struct _timer_info *info); /* pid 0 */

#define _NTO_TIMEOUT_SEND      (1 << SKINK_STATE_SEND)
#define _NTO_TIMEOUT_RECEIVE   (1 << SKINK_STATE_RECEIVE)
#define _NTO_TIMEOUT_REPLY     (1 << SKINK_STATE_REPLY)
#define _NTO_TIMEOUT_MUTEX     (1 << SKINK_STATE_MUTEX)
#define _NTO_TIMEOUT_CONDVAR   (1 << SKINK_STATE_CONDVAR)
#define _NTO_TIMEOUT_SEM       (1 << SKINK_STATE_SEM)
#define _NTO_TIMEOUT_NANOSLEEP (1 << SKINK_STATE_NANOSLEEP)
#define _NTO_TIMEOUT_INTR      (1 << SKINK_STATE_INTR)
#define _NTO_TIMEOUT_JOIN      (1 << SKINK_STATE_JOIN)

/* Arms a timeout for this thread's next call that blocks. `flags`: the states above, and
 * TIMER_ABSTIME. `event`: NULL or SIGEV_UNBLOCK, else ENOTSUP. `time` NULL: 0, does not block at
 * all. *old is set to 0. */
int TimerTimeout(
    clockid_t clock, int flags, const struct sigevent *event, const uint64_t *time, uint64_t *old);

/* ---- interrupts: needs the INTERRUPT ability; the sources are those procmgr granted ---- */

#define _NTO_INTR_WAIT_FLAGS_UNMASK SKINK_INTR_UNMASK
#define _NTO_INTR_FLAGS_NO_UNMASK   0x40 /* starts masked: not supported, EINVAL */

/* This thread becomes the source's interrupt thread; it has one at a time. Returns the id. */
int InterruptAttachThread(int source, unsigned flags);
int InterruptAttachEvent(int source, const struct sigevent *event, unsigned flags);
int InterruptDetach(int id);

/* Blocks (INTR) for the source this thread attached last. `timeout` in ns from now; NULL: none.
 * The source stays masked until InterruptUnmask, or the next wait with
 * _NTO_INTR_WAIT_FLAGS_UNMASK. EINVAL, ETIMEDOUT. */
int InterruptWait(int flags, const uint64_t *timeout);
int InterruptMask(int source, int id); /* source is ignored; 0 */
int InterruptUnmask(int source, int id);

/* ---- threads and scheduling ---- */

struct _thread_attr {
	int flags; /* PTHREAD_CREATE_DETACHED... */
	size_t stacksize; /* 0: the usual */
	void *stackaddr; /* NULL: from the system */
	int policy; /* SCHED_NOCHANGE: the creator's */
	int priority; /* 0: the creator's own */
};

/* As pthread_create, whose threads these are; pid 0. Returns the tid. */
int ThreadCreate(pid_t pid, void *(*function)(void *), void *arg, const struct _thread_attr *attr);
int ThreadDestroy(int tid, int priority, void *status); /* tid 0: the caller; priority: -1 */
int ThreadDetach(int tid);
int ThreadJoin(int tid, void **status);

#define SCHED_NOCHANGE SKINK_SCHED_NOCHANGE
/* pid 0. Get returns the policy. */
int SchedGet(pid_t pid, int tid, struct sched_param *param);
int SchedSet(pid_t pid, int tid, int policy, const struct sched_param *param);
int SchedYield(void);

/* ---- synchronisation: what <pthread.h> is made of ---- */

#ifndef SKINK_SYNC_DECLARED
#define SKINK_SYNC_DECLARED
typedef struct skink_object sync_t;
#endif

int SyncTypeCreate(unsigned type, sync_t *sync, const void *attr); /* attr ignored */
#define _NTO_SYNC_MUTEX_FREE 0
#define _NTO_SYNC_SEM        1 /* count 0 */
#define _NTO_SYNC_COND       2
int SyncDestroy(sync_t *sync);
int SyncMutexLock(sync_t *sync); /* EOWNERDEAD: held, its owner died; EDEADLK */
int SyncMutexUnlock(sync_t *sync); /* EPERM */
int SyncMutexRevive(sync_t *sync); /* pthread_mutex_consistent */
int SyncCondvarWait(sync_t *sync, sync_t *mutex);
int SyncCondvarSignal(sync_t *sync, int all);
int SyncSemWait(sync_t *sync, int try); /* try: EAGAIN instead of blocking */
int SyncSemPost(sync_t *sync);

/* ---- diagnosis ---- */

/* An entry in the trace: number 0..255, 56 bits of `a`, and `b` (QNX: a variable list of
 * arguments). <sys/trace.h> has the rest. EINVAL: another number. */
int TraceEvent(int class, uint64_t a, uint64_t b);

#ifdef __cplusplus
}
#endif

#endif
