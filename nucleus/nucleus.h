/* SPDX-License-Identifier: Apache-2.0 */
/* nucleus.h - the nucleus's objects and what its parts show each other.
 *
 * Everything here is guarded by the one nucleus lock, which compiles to nothing on one hart; what
 * is per hart hangs off struct hart. Objects come from pools, refer to each other by pointer while
 * the referred one is alive, and by id where it may die first.
 *
 *   process ──< thread ──── held: messages it must answer ──> sending threads
 *      │           └─────── serves ──> channel
 *      ├──< coid ──> connection ──> channel ──< queue: sending threads and pulses
 *      ├──< notice: timer, interrupt, event
 *      └──  aspace
 */
#ifndef NUCLEUS_NUCLEUS_H
#define NUCLEUS_NUCLEUS_H

#include <skink/manager.h>
#include <skink/nucleus_errno.h>
#include <skink/syscalls.h>
#include <skink/types.h>

#include "arch.h"
#include "arch_hart.h"
#include "bits.h"
#include "heap.h"
#include "list.h"
#include "panic.h"
#include "pool.h"
#include "riscv/aspace.h"
#include "trace.h"

struct thread;

/* What a heap_node in a channel's queue is embedded in. */
enum { IN_THREAD, IN_PULSE };

/* What a timer is; its key is the deadline in ns. Its band depends on the priority of whom it
 * concerns. */
enum timer_kind { TIMER_TIMEOUT, TIMER_OBJECT, TIMER_REPLENISH };

#define TIMER_BANDS	8
static inline uint64_t
timer_band(uint64_t priority)
{
	return priority * TIMER_BANDS / SKINK_PRIORITIES;
}

/* A pulse that is, or may get, queued at a channel. */
struct pulse {
	struct object		object;		/* of pooled ones */
	struct heap_node	node;
	struct channel		*channel;	/* where it is queued; NULL: nowhere */
	int32_t			payer;		/* a program's: pid whose quota it uses; else 0 */
	uint64_t		value;
	int32_t			scoid;
	uint32_t		count;		/* how many it stands for when it is queued */
	int8_t			code;
	uint8_t			priority;
};

/* What a process has made to be told something: a timer, its hold of an interrupt source or a
 * registered event starts with it. The event leads where it did when the notice was made; the
 * connection is looked up by id again when it is fired. */
struct notice {
	struct object	object;
	struct process	*process;
	struct list	process_link;
	uint8_t		which;		/* enum skink_pool */
	uint32_t	notify;		/* SKINK_EV_ type, and whether it is UPDATEABLE */
	struct pulse	pulse;		/* as it is to be sent; SEM: value is the address */
};

/* A buffer of a user's: one piece or many. */
struct span {
	vaddr_t			base;	/* the piece, or the array of struct skink_iov */
	union {
		struct {
			uint32_t	total;	/* bytes in all */
			uint32_t	parts;	/* 0: one piece */
		};
		uint64_t	size;	/* both */
	};
};

/* A span, and how far a copy has come in it. */
struct buffer {
	struct process	*process;
	vaddr_t		base;
	uint64_t	total;
	uint64_t	at;		/* bytes done, from the start of the buffer */
	vaddr_t		piece;		/* the current piece: next byte */
	uint64_t	left;		/* bytes left in it */
	uint32_t	parts;
	uint32_t	part;		/* next part to read */
};

/* A copy between a server's own buffer and its client's. */
struct copy {
	struct buffer	own, other;
	bool		in;		/* to own; else to other */
	uint64_t	skip;		/* bytes of other that are passed over */
	uint64_t	left;
};

/* What a thread does when it next gets the hart, instead of going on in user mode. */
enum task {
	TASK_NONE,
	TASK_TAKE,		/* takes what it can receive */
	TASK_AGAIN,		/* executes its call again */
	TASK_DIE,		/* ends, and perhaps its process with it */
};

/* Of a thread under SCHED_SPORADIC. */
struct sporadic {
	struct skink_sporadic	set;		/* period_ns 0: it is not sporadic */
	uint64_t		left;		/* ticks */
	uint64_t		active;		/* when it last became ready; ticks */
	uint8_t			first, count;	/* of pending */
	bool			open;		/* the last of them grows: the activation goes on */
	bool			out;		/* runs at the low priority until one is due */
	struct heap_node	node;		/* the first of them */
	struct replenishment {
		uint64_t	ns;		/* when */
		uint64_t	ticks;		/* how much */
	}			pending[SKINK_SS_REPL_MAX];
};

struct thread {
	struct object		object;
	struct process		*process;
	struct list		process_link;
	char			name[SKINK_NAME_MAX];
	uint32_t		ordinal;

	/* scheduling */
	uint8_t			state;		/* enum skink_state */
	uint8_t			task;		/* enum task */
	/* 0 as a whole: nothing that the fast path must heed */
	union {
		struct {
			/* the next blocking call's; 0: none */
			uint32_t	timeout_states;
			uint8_t		uses_fpu;
			uint8_t		slices;	/* SCHED_RR */
			uint8_t		budget;	/* sporadic, or has a payer */
		};
		uint64_t		special;
	};
	uint8_t			priority;	/* own: the one that was set */
	uint8_t			effective;
	bool			dying;		/* marked: will run TASK_DIE */
	struct list		ready_link;
	struct list		boost_link;	/* of those whose priority must be looked at */
	uint64_t		slice;		/* RR: what is left, ticks */
	uint64_t		runtime;	/* ticks */
	uint64_t		since;		/* in this state; ticks */
	struct thread		*payer;		/* of what it uses; a sporadic one, or NULL */

	/* waiting */
	struct heap_node	wait;		/* SEND: channel queue. MUTEX to SEM, JOIN: sync */
	uint64_t		ticket;		/* order of arrival, kept when requeued */
	struct list		receive_link;	/* RECEIVE: channel's receivers */
	struct sync		*sync;		/* MUTEX, CONDVAR, SEM, JOIN */
	vaddr_t			sync_address;
	struct interrupt	*interrupt;	/* INTR */
	struct heap_node	timeout;
	uint64_t		timeout_ns;	/* deadline armed for the next blocking call */
	bool			grace;		/* REPLY timed out, the server has been asked */
	uint64_t		progress;	/* of a call that goes in steps; 0 at its first */

	/* as a client */
	/* of the last send: its number, which goes on over the lives of the slot's threads, and
	 * the slot's index */
	int64_t			rcvid;
	struct connection	*connection;	/* counted in its sends */
	struct channel		*channel;	/* SEND, REPLY, COPY; serving threads: receive on */
	struct span		out, in;	/* message and reply buffer */
	uint64_t		received;	/* bytes of the message that the server got */
	struct thread		*server;	/* who has received it; NULL: nobody who lives */
	struct heap_node	held;		/* in server's holds */
	struct list		client_link;	/* channel's clients */
	uint32_t		deaths;
	uint32_t		redelivered;

	/* as a server */
	struct heap		holds;		/* clients, by priority */
	struct thread		*in_service;	/* the client being worked for */
	struct channel		*serves;
	struct list		serves_link;
	uint8_t			pulse_priority;	/* of the pulse being handled; 0: none */
	struct span		receive;	/* RECEIVE: where to */
	vaddr_t			receive_info;
	uint64_t		served;		/* last came to receive; ticks */
	struct heap		owns;		/* syncs with waiters whose mutex it owns */

	struct copy		copy;		/* between its buffer and a client's */

	/* faults */
	struct pulse		pulse;		/* REPLY: of the UNBLOCK; FAULT: of that */
	uint32_t		cause;
	vaddr_t			fault_address;

	struct sporadic		sporadic;

	/* from here on a new thread's are not cleared: they are set when it starts, and when it
	 * first uses floating point */
	struct regs		regs;
	struct fpu		fpu;
};

/* The bytes of `special`. */
#define SPECIAL_FPU	(1ull << 32)
#define SPECIAL_SLICES	(1ull << 40)
_Static_assert(offsetof(struct thread, uses_fpu) == offsetof(struct thread, special) + 4 &&
	offsetof(struct thread, slices) == offsetof(struct thread, special) + 5,
    "special");

enum process_state { PROCESS_NEW, PROCESS_ALIVE, PROCESS_ENDING, PROCESS_ENDED };

/* A place in a coid table, and a piece of the table. */
struct coid {
	struct connection	*connection;
	uint32_t		flags;
};

#define COIDS_PER_CHUNK	SKINK_COIDS_PIECE
struct coids {
	struct object		object;
	struct coid		coid[COIDS_PER_CHUNK];
	uint32_t		used;		/* bit map */
};

/* The side channel's coids follow the others. */
#define COID_CHUNKS	(2 * SKINK_COIDS / COIDS_PER_CHUNK)

struct process {
	struct object		object;
	struct aspace		aspace;
	uint8_t			state;		/* enum process_state */
	int32_t			status;
	int32_t			killed_by;
	struct skink_process_attr attr;
	uint32_t		used[SKINK_QUOTA_COUNT];
	struct list		threads;	/* those not marked to die come first */
	uint32_t		next_ordinal;
	uint64_t		runtime;	/* of ended threads; ticks */
	struct list		channels;	/* those being destroyed come first */
	struct list		notices;
	struct coids		*coids[COID_CHUNKS];
	uint64_t		coids_present;	/* bit map of these */
	struct channel		*coiddeath;	/* where COIDDEATH pulses go */
	struct pulse		death;
};

#define CHANNEL_CLOSING	0x400u			/* being destroyed: nobody sends any more */
#define CHANNEL_QUEUED	0x200u			/* the queue is not empty: the short ways ask */
struct channel {
	struct object		object;
	struct process		*owner;		/* NULL: parked */
	struct list		owner_link;	/* process's channels */
	struct list		durable_link;	/* service's durable channels */
	uint32_t		flags;		/* SKINK_CHF_, CHANNEL_ */
	uint8_t			service, key;
	struct heap		queue;		/* senders and pulses */
	uint32_t		queued;
	uint32_t		program_pulses;
	struct list		receivers;	/* threads in RECEIVE, last come first */
	struct list		servers;	/* threads that serve it */
	uint32_t		server_count;
	struct list		clients;	/* REPLY- and COPY-blocked senders, holder or not */
	struct list		connections;
};

struct connection {
	struct object		object;
	struct channel		*channel;	/* NULL: gone */
	struct list		channel_link;
	int32_t			pid, coid;	/* of the holder who used it last */
	bool			shared;		/* has had several holders: each use tells whose */
	bool			lingers;	/* closed, the server has not been told; pid pays */
	uint32_t		holders;	/* coids */
	uint32_t		sends;		/* messages under way */
	struct pulse		pulse;		/* COIDDEATH, or DISCONNECT when it lingers */
};

struct timer {
	struct notice		notice;
	struct heap_node	node;
	uint8_t			clock;
	uint64_t		interval_ns;
};

struct interrupt {
	struct notice		notice;
	uint32_t		source;
	uint32_t		pending;	/* fired, not waited for yet */
	bool			claimed;	/* completion is held back */
	int32_t			tid;		/* interrupt thread, dead or alive; 0: event */
	struct thread		*waiting;	/* that thread, in INTR */
};

struct sync {
	struct object		object;
	const void		*key;		/* the user's object in the direct map */
	int32_t			payer;		/* pid whose quota it uses */
	struct heap		waiters;
	struct thread		*owner;		/* of a mutex, or whose end; NULL: another thing */
	struct heap_node	owned;		/* in owner's owns */
	bool			boosts;		/* the waiters lend it their priority */
};

struct event {
	struct notice		notice;
	int32_t			over;		/* scoid: who may deliver */
};

/* No address space's epoch, not even one's that has never been in force, which is 0. Negative: for
 * riscv/entry.S. */
#define FAST_OFF	UINT64_MAX

/* Per hart. */
struct hart {
	/* riscv/entry.S knows these three */
	uint64_t		scratch;
	uint64_t		stack;		/* its top */
	struct thread		*current;
	uint64_t		asid_epoch;	/* riscv/: ASIDs given before are void */
	uint64_t		fast_epoch;	/* the same; FAST_OFF: all is traced */
	uint64_t		switched;	/* when current got the hart; ticks */
	uint64_t		tickets;
	uint64_t		pulses, interrupts;
	uint64_t		fast_sends, fast_replies, fast_switches; /* not counted below */
	/* who should run, or when the alarm should be, may have changed */
	bool			look;
	bool			timer_check;
	uint8_t			band;		/* timers of this band and above are looked at */
	uint8_t			level;		/* interrupt threshold */
	uint8_t			boost_priority;
	struct thread		*fpu_owner;
	uint64_t		armed_ns;
	uint64_t		ready_map[4];	/* in each the highest priority is bit 0 */
	struct list		boosts;		/* threads whose priority must be looked at */
	struct heap		timers[TIMER_BANDS];
	/* the earliest deadline of a band or one above it */
	uint64_t		next_ns[TIMER_BANDS];
	uint64_t		idle;		/* ticks */
	/* at a multiple of its entries' size: one of them is found with fewer instructions */
	struct list		ready[SKINK_PRIORITIES];
	uint64_t		interrupt;	/* ticks */
	uint64_t		switches, messages, syscalls;
	uint32_t		sporadics;	/* threads */
	uint64_t		step_start, step_call;
	uint32_t		max_step[SKINK_STEP_KINDS];
};
_Static_assert(offsetof(struct hart, ready) % sizeof(struct list) == 0, "ready");

/* The band's first timer may have changed. */
INLINE void
band_look(struct hart *h, unsigned band)
{
	uint64_t above = band + 1 < TIMER_BANDS ? h->next_ns[band + 1] : UINT64_MAX;

	for (int i = (int)band; i >= 0; i--) { /* <= TIMER_BANDS */
		const struct heap_node *first = h->timers[i].root;

		if (first != NULL && first->key < above)
			above = first->key;
		h->next_ns[i] = above;
	}
	h->look = true;
}

extern struct hart hart0;

/* Keys of queues by priority, then arrival. */
static inline uint64_t
ticket_next(void)
{
	return ++hart_self()->tickets;
}

static inline uint64_t
priority_key(unsigned priority, uint64_t ticket)
{
	return (uint64_t)(SKINK_PRIORITIES - 1 - priority) << 56 | ticket;
}

static inline unsigned
priority_of(const struct heap_node *n)	/* whose key is one of these */
{
	return SKINK_PRIORITIES - 1 - (unsigned)(n->key >> 56);
}

static inline uint64_t
thread_key(const struct thread *t)	/* where it waits */
{
	return priority_key(t->effective, t->ticket);
}

/* Results that are not results. */
#define CALL_BLOCKED	(-100000l)	/* it comes later */
/* one step done: call again, after those of higher priority */
#define CALL_AGAIN	(-100001l)

/* ---- process.c ---- */
extern struct process *procmgr;
/* A look goes through so many threads or channels of a process: of more it does not tell all. */
#define LOOK_PARTS	24
struct process *process_create(void);	/* NULL: no slot */
struct process *process_find(int64_t pid);	/* NULL: also one that has begun to end */
/* At p's expense; NULL: no quota, or no slot. object_free: p may have gone (NULL). */
void *object_new(struct process *p, enum skink_pool which);
void object_free(struct process *p, enum skink_pool which, void *o);
bool quota_left(const struct process *p, enum skink_pool which);
void quota_give(struct process *p, enum skink_pool which);
uint64_t process_runtime(const struct process *p);	/* up to the last switch */
void process_begin_end(struct process *p, int32_t status, int32_t by);
void process_ended(struct process *p, unsigned priority);	/* tells procmgr */
bool process_step_mark(struct process *p);	/* one more thread will die; false: all will */
bool process_step_end(struct process *p);	/* one step; false: all done */

/* ---- thread.c ---- */
/* A tid, or -SK_EINVAL, -SK_EPERM, -SK_EAGAIN. What attr leaves open is the creator's. */
long thread_make(struct process *p, const struct thread *creator, struct skink_thread_attr *attr);
long thread_block(struct thread *t, enum skink_state state);	/* CALL_BLOCKED */
void thread_wake(struct thread *t, long result);	/* ends its call with a result */
void timeout_end(struct thread *t, enum skink_state state);	/* no more wait in that state */
void thread_ready(struct thread *t, bool first);	/* before or behind those of its priority */
bool thread_unblock(struct thread *t);		/* takes it out of what it waits for, no result */
void thread_mark(struct thread *t);		/* it will die */
void thread_step_die(struct thread *t);		/* one step */
struct thread *thread_find(const struct process *p, int64_t tid);	/* that is not dying */

/* ---- sched.c ---- */
#define SLICE_NS	4000000ull
void account(struct hart *h, struct thread *t);	/* NULL: nobody has had the hart */
void sched_init(struct hart *h);
int ready_top(const struct hart *h);		/* -1: nobody */
void ready_insert(struct thread *t, bool first);
void ready_remove(struct thread *t);
void thread_unqueue(struct thread *t);		/* out of the ready queue, or off the hart */
/* Into the ready queue of its priority, and out of it: no more than that. */
INLINE void
ready_push(struct hart *h, struct thread *t, uint64_t priority, bool first)
{
	struct list *queue = &h->ready[priority];

	if (first)
		list_push_front(queue, &t->ready_link);
	else
		list_push_back(queue, &t->ready_link);
	h->ready_map[priority / 64] |= 1ull << (~priority & 63);
	t->state = SKINK_STATE_READY;
}
INLINE void
ready_pull(struct hart *h, struct thread *t, uint64_t priority)
{
	bool last = t->ready_link.next == t->ready_link.prev;

	list_remove(&t->ready_link);
	if (last)
		h->ready_map[priority / 64] ^= 1ull << (~priority & 63);
}
void priority_look(struct thread *t);		/* later, in a step of its own */
void priority_look_channel(struct channel *ch);
void priority_update(struct thread *t);		/* now, this thread only */
int policy_of(const struct thread *t);	/* SKINK_SCHED_ */
/* What it leaves open is as the model has it. EINVAL, EPERM: more than p may have. */
long sched_check(struct skink_sched *s, const struct thread *model, const struct process *p);
void sched_apply(struct thread *t, const struct skink_sched *s);	/* but priority_update */
void step_begin(unsigned call);
void step_end(void);

/* ---- sporadic.c: all but the first few are for threads whose `budget` is set ---- */
static inline bool
is_sporadic(const struct thread *t)
{
	return t->sporadic.set.period_ns != 0;
}
static inline unsigned
priority_now(const struct thread *t)	/* its own, as its budget allows */
{
	return t->sporadic.out ? (unsigned)t->sporadic.set.low_priority : t->priority;
}
bool sporadic_is_good(const struct skink_sched *s);
void sporadic_start(struct thread *t, const struct skink_sporadic *set);
void sporadic_stop(struct thread *t);		/* if it is sporadic */
void sporadic_priority(struct thread *t, unsigned priority);
/* If `lender` lends t its priority; NULL: nobody does. */
struct thread *payer_of(const struct thread *t, const struct thread *lender);
bool payer_update(struct thread *t, struct thread *payer);	/* true: it is another */
void sporadic_charge(const struct thread *t, uint64_t used);
uint64_t sporadic_left(const struct thread *t);	/* of its payer's budget; ticks, or UINT64_MAX */
void sporadic_block(struct thread *t, enum skink_state state);
void sporadic_ready(struct thread *t);		/* after a wait */
void sporadic_replenish(struct thread *t);

/* ---- buffer.c ---- */
/* Where t may write a small thing at once; NULL: not aligned, not in one page, or not allowed. */
INLINE void *
user_place(const struct thread *t, vaddr_t to, size_t size)
{
	if (to % sizeof(uint64_t) != 0 || to % SKINK_PAGE > SKINK_PAGE - size)
		return NULL;
	return aspace_lookup(&t->process->aspace, to, SKINK_PROT_WRITE);
}
long user_read(struct process *p, vaddr_t from, void *to, size_t len);
long user_write(struct process *p, vaddr_t to, const void *from, size_t len);
long span_init(struct span *s, struct process *p, vaddr_t base, long len);
INLINE struct buffer
buffer_of(const struct span *s, struct process *p)	/* at its start */
{
	return (struct buffer){.process = p, .base = s->base, .total = s->total, .piece = s->base,
	    .left = s->parts == 0 ? s->total : 0, .parts = s->parts};
}
/* Budgets, in instructions: of a copy that is a step of its own, and of one that is part of a call:
 * that one gets no further than one page. */
#define CHUNK_COST	290
#define COPY_ALONE	760
#define COPY_IN_CALL	(CHUNK_COST + 100)
enum copy_result { COPY_DONE, COPY_MORE, COPY_BAD_OWN, COPY_BAD_OTHER };
/* As many bytes as `budget` is enough for; done when `end` is left of it for what follows. */
enum copy_result copy_step(struct copy *c, long budget, long end);

/* ---- channel.c ---- */
struct channel *channel_any(int64_t chid);	/* NULL: none, or being destroyed */
struct channel *channel_find(const struct process *p, int64_t chid);	/* of p's */
void channel_enqueue(struct channel *ch, struct heap_node *n, uint64_t key);
void channel_dequeue(struct channel *ch, struct heap_node *n);
bool channel_step_end(struct channel *ch, int error);	/* one step; false: parked (0) or gone */
void channel_kick(struct channel *ch);		/* gives its receivers what is queued */
struct thread *channel_receiver(const struct channel *ch);	/* NULL: nobody waits */
void receiver_go(struct thread *t, enum task task);
void channel_serve(struct channel *ch, struct thread *t);
void channel_leave(struct thread *t);

/* ---- connection.c ---- */
struct coid *place_find(struct process *p, int64_t coid);	/* NULL: nothing there */
struct connection *coid_find(struct process *p, int64_t coid);
long coid_new(struct process *p, struct connection *c, long index, uint32_t flags);
int64_t coid_after(const struct process *p, int64_t coid);	/* the next in use; -1: none */
struct _server_info connection_look(const struct coid *place, int32_t coid);
bool coids_step_end(struct process *p);		/* drops one; false: none left */
void connection_release(struct connection *c);	/* after a count went down */
long connection_make(struct process *p, struct channel *ch, int64_t index, uint32_t flags);
void connection_channel_gone(struct connection *c);

/* ---- message.c ---- */
static inline uint64_t
thread_seq(const struct thread *client)
{
	return (uint64_t)client->rcvid >> SKINK_INDEX_BITS;
}

struct thread *rcvid_find(const struct process *p, int64_t rcvid);	/* whom p has to answer */
void message_requeue(struct thread *client);	/* unanswered, its server died */
/* ends the client's send, whatever its state */
void message_end(struct thread *client, long result);
void message_forget(struct thread *client);	/* out of queues and heaps, no result */
long receive_pulse(struct thread *t, struct pulse *p);
void take_step(struct thread *t);		/* TASK_TAKE */
void take_quit(struct thread *t);		/* if it is at that */
bool message_ask(struct thread *client);
void message_info(const struct thread *client, struct _msg_info *info);

/* ---- fast.c, fast_reply.c ---- */
void fast_msg_send(
	uint64_t coid, vaddr_t msg, uint64_t len, vaddr_t reply, uint64_t reply_len);
void fast_msg_reply_receive(uint64_t rcvid, uint64_t status, vaddr_t msg, uint64_t len,
	uint64_t chid, vaddr_t to, uint64_t to_len, vaddr_t info);
void fast_msg_reply(uint64_t rcvid, uint64_t status, vaddr_t msg, uint64_t len);
void fast_msg_receive(uint64_t chid, vaddr_t to, uint64_t to_len, vaddr_t info);
void fast_msg_send_pulse(uint64_t coid, uint64_t priority, uint64_t code, uint64_t value);
void fast_sched_yield(void);
/* Goes on with whoever is best then; never comes back. */
void fast_interrupt(void);

/* ---- pulse.c ---- */
void pulse_queue(struct pulse *p, struct channel *ch, unsigned priority, int code,
	uint64_t value, int32_t scoid);
void pulse_unqueue(struct pulse *p);
void pulse_received(struct pulse *p);		/* out of the queue; or dropped, unseen */
/* Does it lend its priority to who handles it? */
static inline bool
pulse_lends(const struct pulse *p, const struct thread *t)
{
	return !(p->channel->flags & SKINK_CHF_FIXED_PRIORITY) && !is_sporadic(t);
}
void pulse_to_procmgr(struct pulse *p, unsigned priority, int code, uint64_t value);
/* A timer, interrupt or event of t's process, by its event at that address; NULL: *error. */
void *notice_new(struct thread *t, enum skink_pool which, vaddr_t event, long *error);
void notice_free(struct notice *n);
void *notice_find(const struct process *p, enum skink_pool which, uint64_t id);	/* of p's own */
long notice_fire(struct notice *n);

/* ---- sync.c ---- */
void sync_forget(struct thread *t);		/* out of what it waits for */
bool sync_step_end(struct thread *t);		/* hands over a mutex of a dying one; false: none */
struct skink_sync *user_sync(struct process *p, vaddr_t address);	/* NULL: EFAULT */
long sync_post(struct process *p, vaddr_t address);
void sync_rekey(struct thread *t);

/* ---- timer.c ---- */
void timer_arm(struct heap_node *n, uint64_t deadline_ns, unsigned priority);
void timer_disarm(struct heap_node *n);
bool timer_step(struct hart *h);		/* fires one that is due; false: none */
void timer_program(struct hart *h);
void timeout_start(struct thread *t, enum skink_state state);

/* ---- interrupt.c ---- */
struct source {
	int32_t			granted;	/* pid, dead or alive; 0: nobody */
	struct interrupt	*interrupt;
};
extern struct source sources[IRQ_SOURCES];
void interrupt_take(unsigned source);	/* it has been claimed */
void interrupt_level(struct hart *h, unsigned priority);
/* Of the controller: which sources may interrupt a thread of that priority. The bands are the
 * timers', but for the two highest, which share a level. */
static inline uint64_t
interrupt_level_of(uint64_t priority)
{
	uint64_t band = timer_band(priority);

	return band < IRQ_LEVELS - 1 ? band : IRQ_LEVELS - 1;
}
void interrupt_off(struct interrupt *i);		/* its source is nobody's */

/* ---- syscall.c ---- */
void call_execute(struct thread *t);		/* also for TASK_AGAIN */
#define SUBJECT_NONE
#define SUBJECT_MESSAGE	struct thread *client,
#define SUBJECT_COID	struct coid *place,
#define SUBJECT_THREAD	struct thread *who,
#define SUBJECT_SYNC	struct skink_sync *user,
#define SUBJECT_PROCESS	struct process *p,
#define SUBJECT_LIVING	SUBJECT_PROCESS
#define SYSCALL_DECLARE(number, name, subject, who, errors) \
	long sys_##name(struct thread *t, SUBJECT_##subject const uint64_t *a);
SKINK_SYSCALLS(SYSCALL_DECLARE)
#undef SYSCALL_DECLARE

#endif
