/* SPDX-License-Identifier: Apache-2.0 */
/* nucleus.pml - the nucleus's rules for messages, pulses, time, deaths and priorities, one call or
 * step of the C code an indivisible step here. Owns all state and what must be true of it after
 * every step; knows no program: world.pml has those. docs/model.md says what stands for what.
 *
 * A thread traps by a rendezvous with the process Nucleus, which does one step and then decides,
 * as nucleus_dispatch does, what comes next. In `next` stands what that is.
 *
 * A configuration includes defaults.pml behind what it has otherwise, then this, then world.pml.
 */

#define NONE	255

/* Planted bugs: -DBUG=NAME makes a model of a nucleus that has it. */
#define BUG_LOST_WAKEUP		1	/* a pulse is queued and its channel's receiver not woken */
#define BUG_LOST_PUT_BACK	2	/* a message put back into the queue wakes nobody */
#define BUG_UNRELEASED_BOOST	3	/* who answers keeps the client's priority */
#define BUG_NO_BOOST		4	/* who gets into the queue's head lends nothing */
#define BUG_NO_CHAIN		5	/* a boost stops at the first server */
#define BUG_DOUBLE_DELIVERY	6	/* what is received stays in the queue */
#define BUG_NEW_NUMBER		7	/* a message delivered again gets a new number */
#define BUG_STALE_ID		8	/* an rcvid is not compared with the number of the send */
#define BUG_SLOT_NUMBER		9	/* a slot's next thread begins to count anew */
#define BUG_STALE_UNBLOCK	10	/* the answered client's UNBLOCK pulse stays queued */
#define BUG_LOST_COUNT		11	/* a pulse that is queued already does not count */
#define BUG_TIMEOUT_STAYS	12	/* a wait that ended leaves its timeout armed */
#define BUG_NO_GRACE_END	13	/* who asked a server to unblock waits for it without end */
#define BUG_DEATHS		14	/* a death in service is not counted */
#define BUG_STRANDED		15	/* deferred messages are not requeued when a process ends */
#define BUG_ABORT		16	/* a client that goes leaves its receiver copying */
#define BUG_ADOPT_EMPTY		17	/* an adopted channel's waiters are forgotten */
#define BUG_TIMEOUT_LOST	18	/* back in the queue, a send has no timeout any more */

/* ---- state ---- */

mtype = { READY, RUNNING, SEND, REPLY, COPY, RECEIVE, SLEEP, STOPPED, DEAD };
mtype = { IDLE, T_TAKE, T_REPLY, T_AGAIN, T_DIE };		/* tasks; IDLE: none */
mtype = { OK, ESRCH, ETIMEDOUT, ESRVRFAULT, ESTALE, MESSAGE, PULSE, NOTHING, BLOCKED };
mtype = { ALIVE, ENDING, ENDED };
mtype = { OPEN, CLOSING, GONE };
mtype = { USER, TASK, BOOST, PICK, MARK, NOBODY };		/* what comes next */

/* What wants a timeout. */
#define W_SEND		1
#define W_REPLY		2
#define W_RECEIVE	4

/* What waits in a queue: threads 0..N-1, their UNBLOCK pulses N..2N-1, a timer's pulse 2N. */
#define UNBLOCK_OF(t)	(N + (t))
#define TIMER_PULSE	(2 * N)
#define NODES		(2 * N + 1)

/* Threads. */
mtype st[N] = STOPPED, task[N] = IDLE, res[N] = OK;
byte eff[N];
bool dying[N];
byte tw[N];			/* timeout_states */
bool armed[N];			/* a timeout is queued */
bool grace[N];
/* as clients */
byte seq[N];			/* the number of the send; with the slot, the rcvid */
bool waits[N];			/* the rcvid is one */
byte on[N] = NONE;		/* channel */
bool isLong[N];			/* the message, and its reply, are copied in two steps */
byte srv[N] = NONE;		/* who has received it */
byte deaths[N];
bool redelivered[N];
/* as servers */
byte inService[N] = NONE;
byte serves[N] = NONE;
byte pp[N];			/* pulse_priority */
byte to[N] = NONE;		/* whom T_REPLY answers */
byte got[N] = NONE, gotSeq[N];	/* what msg_receive told: sender and number; pulse and count */
bool gotAgain[N];
bool thenReceive[N];		/* msg_reply_receive is under way */

/* Queues. */
byte inq[NODES] = NONE;		/* channel in whose queue it is */
byte tk[NODES];			/* ticket; 0: none. Dense: order is all that matters */
byte pprio[NODES];		/* pulses' */
byte pcount[NODES];
byte pvalue[NODES];

/* Processes, by their first thread; channels. */
mtype pst[N] = ALIVE;
mtype cst[CHANNELS] = OPEN;
byte owner[CHANNELS] = NONE;
byte lastReceiver[CHANNELS] = NONE;

/* The hart. */
byte cur = NONE;
mtype next = NOBODY;
chan boosts = [N] of { byte };
bool looked[N];			/* its boost_link is in the list */
byte bp;			/* boost_priority */

/* ---- what is only there to judge by ---- */

byte answered[N];		/* the number of the send that the last OK was meant for */
byte diedWith[N];		/* servers that died with this message in service */
byte fired, seen;		/* of the timer's pulse */

/* ---- trap: calls, and what comes from outside ---- */

mtype = { K_SEND, K_RECEIVE, K_REPLY, K_REPLY_RECEIVE, K_CURRENT, K_SLEEP, K_CREATE,
	K_EXIT, K_KILL, K_EXPIRE, K_TICK, K_START, K_FAIL };
mtype = { K_ORPHAN, K_REQUEUE, K_MARK, K_LEAVE, K_STEP_FAIL, K_LAST };
chan trap = [0] of { mtype, byte, byte, byte };

/* Registers of a step; nothing in them outlives it. */
mtype a_call = NOTHING;
byte a_t, a_1, a_2;
byte e_client = NONE;		/* whose send ends, */
mtype e_result = OK;		/* and how */
byte k_channel = NONE;		/* whose receivers get what is queued */
hidden mtype r, r_kick;
hidden byte i, e_i, h_i, l_i, q_i, f_i, r_i, r_t;
hidden byte l_e, u_e, c_e, t_v, hd, hd2, m_hd, k_t, v, x, cq, p_1, p_2, top, running, ready;

/* ---- queues by priority, then arrival ---- */

#define KEY(n)	((n) < N -> eff[n] : pprio[n])
#define BEFORE(a, b)	(KEY(a) > KEY(b) || (KEY(a) == KEY(b) && tk[a] < tk[b]))
#define HOLDS(t, c)	(srv[c] == (t))
#define IS_CLIENT(c)	(st[c] == REPLY || st[c] == COPY)

inline ticket_next(n)
{
	tk[n] = 0;
	t_v = 1;
	for (h_i : 0 .. NODES - 1) {
		t_v = (tk[h_i] >= t_v -> tk[h_i] + 1 : t_v);
	}
	tk[n] = t_v;
}

inline ticket_drop(n)
{
	t_v = tk[n];
	if
	:: t_v != 0 ->
		for (h_i : 0 .. NODES - 1) {
			tk[h_i] = (tk[h_i] > t_v -> tk[h_i] - 1 : tk[h_i]);
		}
	:: else
	fi;
	tk[n] = 0
}

inline channel_head(ch, out)
{
	out = NONE;
	for (h_i : 0 .. NODES - 1) {
		if
		:: inq[h_i] == ch ->
			if
			:: out == NONE -> out = h_i
			:: else ->
				if
				:: BEFORE(h_i, out) -> out = h_i
				:: else
				fi
			fi
		:: else
		fi
	}
}

/* ---- inheritance: sched.c ---- */

inline effective_of(t, out)
{
	out = pp[t];
	for (e_i : 0 .. N - 1) {
		out = (HOLDS(t, e_i) && eff[e_i] > out -> eff[e_i] : out);
	}
	if
	:: serves[t] != NONE && st[t] != RECEIVE ->
		for (e_i : 0 .. NODES - 1) {
			out = (inq[e_i] == serves[t] && KEY(e_i) > out -> KEY(e_i) : out);
		}
	:: else
	fi;
	out = (out == 0 -> OWN(t) : out)
}

inline priority_look(t)
{
	effective_of(t, l_e);
	if
	:: looked[t] -> boosts ?? eval(t)
	:: else
	fi;
	looked[t] = true;
	boosts ! t;
	if
	:: l_e > eff[t] ->				/* what rises goes first */
		for (r_i : 2 .. len(boosts)) {
			boosts ? r_t;
			boosts ! r_t
		}
	:: else
	fi;
	l_e = (eff[t] > l_e -> eff[t] : l_e);
	bp = (l_e > bp -> l_e : bp)
}

inline priority_look_channel(ch)
{
	for (l_i : 0 .. N - 1) {
		if
		:: serves[l_i] == ch -> priority_look(l_i)
		:: else
		fi
	}
}

inline priority_update(t)
{
	effective_of(t, u_e);
	if
	:: u_e != eff[t] ->
		eff[t] = u_e;
		if
		:: BUG == BUG_NO_CHAIN
		:: else ->
			if
			:: st[t] == SEND -> priority_look_channel(on[t])
			:: IS_CLIENT(t) && srv[t] != NONE -> priority_look(srv[t])
			:: else
			fi
		fi
	:: else
	fi
}

inline receivers_remove(t)
{
	for (q_i : 0 .. CHANNELS - 1) {
		lastReceiver[q_i] = (lastReceiver[q_i] == t -> NONE : lastReceiver[q_i])
	}
}

inline boost_step()
{
	boosts ? k_t;
	looked[k_t] = false;
	priority_update(k_t);
	bp = (len(boosts) == 0 -> 0 : bp)
}

/* ---- waiting and waking: thread.c, timer.c ---- */

inline timeout_start(t, w)
{
	if
	:: (tw[t] & w) != 0 -> armed[t] = true
	:: (tw[t] & w) == 0 && tw[t] != 0 -> armed[t] = false
	:: else
	fi
}

inline thread_block(t, state)
{
	cur = NONE;
	st[t] = state
}

inline wait_ends(t)
{
	armed[t] = (BUG == BUG_TIMEOUT_STAYS && armed[t]);
	tw[t] = 0;
	grace[t] = false
}

inline thread_wake(t, result)
{
	wait_ends(t);
	res[t] = result;
	if
	:: st[t] == RUNNING || st[t] == READY
	:: else ->
		st[t] = STOPPED;
		priority_update(t);
		st[t] = READY
	fi
}

/* ---- queues: channel.c ---- */

inline channel_enqueue(ch, n)
{
	channel_head(ch, hd);
	inq[n] = ch;
	channel_head(ch, hd2);
	if
	:: hd != hd2 && BUG != BUG_NO_BOOST -> priority_look_channel(ch)
	:: else
	fi
}

inline channel_dequeue(ch, n)
{
	channel_head(ch, hd);
	inq[n] = NONE;
	if
	:: hd == n -> priority_look_channel(ch)
	:: else
	fi
}

inline pulse_unqueue(n)
{
	if
	:: inq[n] != NONE ->
		channel_dequeue(inq[n], n);
		ticket_drop(n);
		pcount[n] = 0;
		pprio[n] = 0;
		pvalue[n] = 0
	:: else
	fi
}

inline channel_leave(t)
{
	if
	:: serves[t] != NONE ->
		serves[t] = NONE;
		priority_look(t)
	:: else
	fi
}

/* ---- messages: message.c ---- */

inline leave_server(c)
{
	if
	:: srv[c] != NONE ->
		v = srv[c];
		inService[v] = (inService[v] == c && (BUG != BUG_ABORT || st[c] != COPY) ->
		    NONE : inService[v]);
		srv[c] = NONE;
		if
		:: BUG != BUG_UNRELEASED_BOOST -> priority_look(v)
		:: else
		fi
	:: else
	fi
}

inline let_go(c)
{
	if
	:: BUG != BUG_STALE_UNBLOCK -> pulse_unqueue(UNBLOCK_OF(c))
	:: else
	fi;
	leave_server(c)
}

inline message_forget(c)
{
	if
	:: st[c] == SEND -> channel_dequeue(on[c], c)
	:: else -> let_go(c)
	fi;
	ticket_drop(c);
	on[c] = NONE;
	waits[c] = false;
	isLong[c] = false;
	redelivered[c] = false;
	deaths[c] = 0;
	diedWith[c] = 0
}

/* message_end, channel_kick: a call that ends with one of them leaves it to a later part of its
 * step. The parts of a step are in proctype Nucleus. */
inline then_end(c, result)
{
	e_client = c;
	e_result = result
}

inline then_kick(ch)
{
	k_channel = ch
}

/* The send of c was not answered, and its server is no more. */
inline message_requeue(c)
{
	if
	:: !DURABLE(on[c]) -> r = ESRCH
	:: else ->
		r = OK;
		if
		:: srv[c] != NONE && inService[srv[c]] == c && BUG != BUG_DEATHS -> deaths[c]++
		:: else
		fi;
		r = (deaths[c] >= DEATHS_MAX -> ESRVRFAULT : OK)
	fi;
	if
	:: r != OK -> then_end(c, r)
	:: else ->
		let_go(c);
		grace[c] = false;
		redelivered[c] = true;
		seq[c] = (BUG == BUG_NEW_NUMBER -> seq[c] + 1 : seq[c]);
		st[c] = SEND;
		armed[c] = (armed[c] || ((tw[c] & W_SEND) != 0 && BUG != BUG_TIMEOUT_LOST));
		channel_enqueue(on[c], c)
	fi
}

/* Thread t takes the head of ch's queue, m_hd. */
inline take_end(t, c)
{
	st[c] = REPLY;
	timeout_start(c, W_REPLY);
	tw[t] = 0;
	r_kick = MESSAGE
}

inline message_receive(t, ch)
{
	channel_head(ch, m_hd);
	if
	:: m_hd == NONE -> r_kick = NOTHING
	:: m_hd != NONE && m_hd >= N ->
		pp[t] = pprio[m_hd];
		got[t] = m_hd;
		gotSeq[t] = pvalue[m_hd];
		seen = (m_hd == TIMER_PULSE -> seen + pcount[m_hd] : seen);
		pulse_unqueue(m_hd);
		tw[t] = 0;
		r_kick = PULSE
	:: else ->
		got[t] = m_hd;
		gotSeq[t] = seq[m_hd];
		gotAgain[t] = redelivered[m_hd];
		assert(diedWith[m_hd] < DEATHS_MAX);
		if
		:: BUG != BUG_DOUBLE_DELIVERY || redelivered[m_hd] -> channel_dequeue(ch, m_hd)
		:: else
		fi;
		st[m_hd] = COPY;
		srv[m_hd] = t;
		inService[t] = m_hd;
		if
		:: !isLong[m_hd] -> take_end(t, m_hd)
		:: else ->
			task[t] = T_TAKE;
			r_kick = BLOCKED
		fi
	fi
}

/* Receivers get what is queued; the last who came first. One thing is queued when this is
 * called and somebody waits, so the loop of the C code ends after one. */
inline channel_kick(ch)
{
	channel_head(ch, hd);
	k_t = NONE;
	for (q_i : 0 .. N - 1) {
		k_t = (st[q_i] == RECEIVE && serves[q_i] == ch &&
		    (k_t == NONE || q_i == lastReceiver[ch]) -> q_i : k_t);
	}
	if
	:: hd != NONE && k_t != NONE && owner[ch] != NONE && pst[owner[ch]] == ALIVE ->
		receivers_remove(k_t);
		st[k_t] = STOPPED;
		message_receive(k_t, ch);
		armed[k_t] = false;
		if
		:: r_kick != BLOCKED ->
			tw[k_t] = 0;
			res[k_t] = r_kick
		:: else
		fi;
		priority_update(k_t);
		st[k_t] = READY
	:: else
	fi
}

/* With a timeout for the states of `want`. */
inline receive(t, ch, want)
{
	tw[t] = want;
	if
	:: cst[ch] != OPEN || owner[ch] != PROC(t) -> res[t] = ESRCH
	:: else ->
		if
		:: serves[t] != ch ->
			channel_leave(t);
			serves[t] = ch
		:: else
		fi;
		inService[t] = NONE;
		pp[t] = 0;
		message_receive(t, ch);
		if
		:: r_kick == NOTHING ->
			thread_block(t, RECEIVE);
			timeout_start(t, W_RECEIVE);
			lastReceiver[ch] = t
		:: r_kick != NOTHING && r_kick != BLOCKED -> res[t] = r_kick
		:: else
		fi;
		priority_update(t)
	fi
}

#define RCVID_IS_GOOD(t, c, q) \
	(st[c] == REPLY && waits[c] && on[c] != NONE && owner[on[c]] == PROC(t) && \
	    (seq[c] == (q) || BUG == BUG_STALE_ID))

inline reply(t, c, q)
{
	if
	:: !RCVID_IS_GOOD(t, c, q) -> res[t] = ESRCH
	:: else ->
		if
		:: isLong[c] ->
			to[t] = c;
			task[t] = T_REPLY;
			gotSeq[t] = q;
			res[t] = BLOCKED
		:: else ->
			answered[c] = q;
			then_end(c, OK);
			res[t] = OK
		fi
	fi
}

/* It was not received after all. */
inline put_back(c)
{
	let_go(c);
	st[c] = SEND;
	channel_enqueue(on[c], c);
	if
	:: BUG != BUG_LOST_PUT_BACK -> then_kick(on[c])
	:: else
	fi
}

/* Of a thread whose task is T_TAKE. */
inline take_quit(t)
{
	cq = inService[t];
	inService[t] = NONE;
	task[t] = IDLE;
	if
	:: cq != NONE && pst[PROC(t)] == ALIVE -> put_back(cq)
	:: cq == NONE -> then_kick(serves[t])
	:: else
	fi
}

/* The second step of a long message, or of a long reply: the client may be gone. */
inline take_on(t)
{
	task[t] = IDLE;
	take_end(t, inService[t]);
	res[t] = r_kick
}

inline reply_on(t)
{
	cq = to[t];
	to[t] = NONE;
	task[t] = IDLE;
	if
	:: RCVID_IS_GOOD(t, cq, gotSeq[t]) ->
		answered[cq] = gotSeq[t];
		then_end(cq, OK);
		res[t] = OK;
		task[t] = (thenReceive[t] -> T_AGAIN : IDLE)
	:: else -> res[t] = ESRCH
	fi;
	thenReceive[t] = false
}

inline pulse_queue(n, ch, prio, value)
{
	if
	:: inq[n] != NONE && BUG == BUG_LOST_COUNT
	:: else -> pcount[n]++
	fi;
	pvalue[n] = value;
	if
	:: inq[n] != NONE ->
		if
		:: prio > pprio[n] ->
			pprio[n] = prio;
			ticket_next(n);
			priority_look_channel(ch)
		:: else
		fi
	:: else ->
		pprio[n] = prio;
		ticket_next(n);
		channel_enqueue(ch, n);
		if
		:: BUG != BUG_LOST_WAKEUP -> then_kick(ch)
		:: else
		fi
	fi
}

/* ---- time ---- */

inline timed_out(t)
{
	armed[t] = false;
	if
	:: st[t] == SEND || IS_CLIENT(t) ->
		if
		:: st[t] != REPLY || grace[t] || owner[on[t]] == NONE || !UNBLOCK(on[t]) ->
			then_end(t, ETIMEDOUT)
		:: else ->
			grace[t] = true;
			armed[t] = (BUG != BUG_NO_GRACE_END);
			pulse_queue(UNBLOCK_OF(t), on[t], eff[t], seq[t])
		fi
	:: st[t] == SLEEP || st[t] == RECEIVE ->
		receivers_remove(t);
		thread_wake(t, (st[t] == SLEEP -> OK : ETIMEDOUT))
	:: else -> assert(false)	/* a timeout of nobody who waits */
	fi
}

/* ---- the end: thread.c, process.c, channel.c ---- */

/* What is left of it when it has quit what it was about to receive. */
inline thread_mark(t, by)
{
	dying[t] = true;
	if
	:: inService[t] != NONE && pst[PROC(t)] != ALIVE -> diedWith[inService[t]]++
	:: else
	fi;
	thenReceive[t] = false;
	to[t] = NONE;
	task[t] = T_DIE;
	pp[t] = (by > pp[t] -> by : pp[t]);
	if
	:: st[t] == SEND || IS_CLIENT(t) -> message_forget(t)
	:: st[t] == RECEIVE -> receivers_remove(t)
	:: else
	fi;
	if
	:: st[t] == RUNNING || st[t] == READY
	:: else ->
		wait_ends(t);
		st[t] = STOPPED
	fi;
	priority_update(t);
	st[t] = (st[t] == STOPPED -> READY : st[t])
}

/* What thread t does next on its way out; a_1: with whom. */
inline thread_step_die(t)
{
	a_t = t;
	f_i = NONE;	/* whom it owes an answer */
	k_t = NONE;	/* who is not marked yet */
	ready = 0;	/* living threads of the process */
	for (q_i : 0 .. N - 1) {
		if
		:: HOLDS(t, q_i) && f_i == NONE -> f_i = q_i
		:: HOLDS(t, q_i) && f_i != NONE -> f_i = (BEFORE(q_i, f_i) -> q_i : f_i)
		:: else
		fi;
		if
		:: PROC(q_i) == PROC(t) && st[q_i] != DEAD ->
			ready++;
			k_t = (!dying[q_i] -> q_i : k_t)
		:: else
		fi
	}
	if
	:: f_i != NONE ->
		a_1 = f_i;
		a_call = (pst[PROC(t)] == ALIVE -> K_ORPHAN : K_REQUEUE)
	:: else ->
		pst[PROC(t)] = (ready == 1 -> ENDING : pst[PROC(t)]);
		if
		:: pst[PROC(t)] == ENDING && k_t != NONE ->
			a_call = K_MARK;
			a_1 = k_t
		:: pst[PROC(t)] == ENDING && k_t == NONE -> process_step_end(t)
		:: else -> a_call = K_LAST
		fi
	fi
}

/* All threads are marked. */
inline process_step_end(t)
{
	x = serves[t];
	for (q_i : 0 .. CHANNELS - 1) {
		x = (x == NONE && owner[q_i] == PROC(t) -> q_i : x)
	}
	if
	:: x != NONE ->
		serves[t] = x;		/* whoever waits there lends its priority */
		channel_step_end(t, x)
	:: else -> a_call = K_LAST
	fi
}

inline channel_step_end(t, ch)
{
	cst[ch] = (DURABLE(ch) -> cst[ch] : CLOSING);
	f_i = NONE;
	k_t = NONE;
	for (q_i : 0 .. N - 1) {
		f_i = (f_i == NONE && IS_CLIENT(q_i) && on[q_i] == ch && BUG != BUG_STRANDED ->
		    q_i : f_i);
		k_t = (k_t == NONE && serves[q_i] == ch && q_i != t -> q_i : k_t);
	}
	channel_head(ch, m_hd);
	if
	:: f_i != NONE ->
		a_call = K_REQUEUE;
		a_1 = f_i
	:: f_i == NONE && k_t != NONE ->
		a_call = K_LEAVE;
		a_1 = k_t
	:: f_i == NONE && k_t == NONE && !DURABLE(ch) && m_hd != NONE ->
		a_call = K_STEP_FAIL;
		a_1 = m_hd
	:: else ->
		a_call = K_LEAVE;
		a_1 = t;
		owner[ch] = NONE;
		cst[ch] = (DURABLE(ch) -> OPEN : GONE)
	fi
}

inline channel_step_fail(n, result)
{
	if
	:: n < N -> then_end(n, result)
	:: else ->
		seen = (n == TIMER_PULSE -> seen + pcount[n] : seen);
		pulse_unqueue(n)
	fi
}

inline thread_ends(t)
{
	channel_leave(t);
	pulse_unqueue(UNBLOCK_OF(t));
	if
	:: looked[t] ->
		boosts ?? eval(t);
		looked[t] = false
	:: else
	fi;
	bp = (len(boosts) == 0 -> 0 : bp);
	cur = NONE;
	st[t] = DEAD;
	ready = 0;
	for (q_i : 0 .. N - 1) {
		ready = (PROC(q_i) == PROC(t) && st[q_i] != DEAD -> ready + 1 : ready)
	}
	pst[PROC(t)] = (ready == 0 -> ENDED : pst[PROC(t)]);
	task[t] = IDLE;
	pp[t] = 0;
	eff[t] = 0;
	armed[t] = false;
	dying[t] = false;
	inService[t] = NONE;
	got[t] = NONE;
	gotSeq[t] = 0;
	gotAgain[t] = false;
	res[t] = OK
}

inline thread_start(t)
{
	pst[PROC(t)] = ALIVE;
	seq[t] = (BUG == BUG_SLOT_NUMBER -> 0 : seq[t]);
	eff[t] = OWN(t);
	st[t] = READY
}

/* ---- calls ---- */

/* how: 1, a long message; 2 * W_...: a timeout in these states */
inline sys_msg_send(t, ch, how)
{
	if
	:: cst[ch] != OPEN -> res[t] = ESRCH
	:: else ->
		isLong[t] = ((how & 1) != 0);
		tw[t] = how / 2;
		seq[t] = (seq[t] == SEQ_MAX -> 1 : seq[t] + 1);
		waits[t] = true;
		ticket_next(t);
		on[t] = ch;
		thread_block(t, SEND);
		timeout_start(t, W_SEND);
		channel_enqueue(ch, t);
		then_kick(ch)
	fi
}

inline sys_msg_current(t, c, q)
{
	if
	:: !RCVID_IS_GOOD(t, c, q) -> res[t] = ESRCH
	:: else ->
		if
		:: srv[c] != t ->
			leave_server(c);
			srv[c] = t
		:: else
		fi;
		inService[t] = c;
		priority_update(t);
		res[t] = OK
	fi
}

inline sys_channel_create(t, ch)
{
	assert(cst[ch] == OPEN && owner[ch] == NONE);
	owner[ch] = PROC(t);
	if
	:: BUG == BUG_ADOPT_EMPTY ->
		for (q_i : 0 .. NODES - 1) {
			inq[q_i] = (inq[q_i] == ch -> NONE : inq[q_i])
		}
	:: else
	fi;
	res[t] = OK
}

/* One waiter of a parked channel's, in the name of t, who is dead; none left: its end. */
inline sys_channel_fail(t, ch, destroys)
{
	cst[ch] = (destroys != 0 -> CLOSING : cst[ch]);
	channel_head(ch, m_hd);
	res[t] = (m_hd != NONE -> BLOCKED : OK);
	if
	:: m_hd != NONE -> channel_step_fail(m_hd, (destroys != 0 -> ESRCH : ESTALE))
	:: else -> cst[ch] = (destroys != 0 -> GONE : cst[ch])
	fi
}

/* ---- what is always true ---- */

/* The priority that the words of docs/nucleus.md give t, not the code. */
inline priority_due(t, out)
{
	out = 0;
	for (i : 0 .. N - 1) {
		if
		:: (IS_CLIENT(i) && srv[i] == t) ||
		    (st[i] == SEND && serves[t] == on[i] && st[t] != RECEIVE) ->
			out = (eff[i] > out -> eff[i] : out)
		:: else
		fi
	}
	for (i : N .. NODES - 1) {
		out = (inq[i] != NONE && inq[i] == serves[t] && st[t] != RECEIVE &&
		    pprio[i] > out -> pprio[i] : out)
	}
	out = (pp[t] > out -> pp[t] : out);
	out = (out == 0 -> OWN(t) : out)
}

inline invariants()
{
	for (q_i : 0 .. N - 1) {
		/* queues and states agree: nothing is delivered twice, nothing is nowhere */
		assert((st[q_i] == SEND) == (inq[q_i] != NONE));
		assert(st[q_i] != SEND || (inq[q_i] == on[q_i] && srv[q_i] == NONE));
		assert(srv[q_i] == NONE || IS_CLIENT(q_i));
		assert(waits[q_i] == (st[q_i] == SEND || IS_CLIENT(q_i)));
		/* who is parked or gone holds nobody */
		assert(!IS_CLIENT(q_i) || owner[on[q_i]] != NONE);
		/* what is being received is in service of who is at it */
		assert(st[q_i] != COPY || pst[PROC(srv[q_i])] != ALIVE ||
		    (task[srv[q_i]] == T_TAKE && inService[srv[q_i]] == q_i));
		assert(task[q_i] != T_TAKE || inService[q_i] == NONE || st[inService[q_i]] == COPY);
		/* an UNBLOCK pulse is about a message that waits for its answer */
		assert(inq[UNBLOCK_OF(q_i)] == NONE || (IS_CLIENT(q_i) && grace[q_i] &&
		    pvalue[UNBLOCK_OF(q_i)] == seq[q_i] && inq[UNBLOCK_OF(q_i)] == on[q_i]));
		/* no timeout without a wait; nobody's wait outlasts the grace */
		assert(!armed[q_i] || st[q_i] == SEND || IS_CLIENT(q_i) || st[q_i] == RECEIVE ||
		    st[q_i] == SLEEP);
		assert(!grace[q_i] || armed[q_i]);
		/* who wants a timeout here has one */
		assert(st[q_i] != SEND || (tw[q_i] & W_SEND) == 0 || armed[q_i]);
		assert(st[q_i] != REPLY || (tw[q_i] & W_REPLY) == 0 || armed[q_i]);
		/* no lost wake-up */
		if
		:: st[q_i] == RECEIVE ->
			channel_head(serves[q_i], hd);
			assert(hd == NONE || pst[PROC(q_i)] != ALIVE)
		:: else
		fi;
		/* every boost has a reason, or a look at it is on its way, urgent enough */
		if
		:: st[q_i] != DEAD ->
			priority_due(q_i, c_e);
			assert(eff[q_i] == c_e || (looked[q_i] && bp >= c_e &&
			    bp >= eff[q_i]))
		:: else
		fi
	}
	/* no pulse is lost or counted twice */
	assert(fired == seen + pcount[TIMER_PULSE])
}

/* Thread `cur` is about to run its program. Nobody with a priority of its own above cur's waits
 * for a thread that could run: from each such waiter along the chain to its end. */
inline no_inversion()
{
	for (q_i : 0 .. N - 1) {
		if
		:: waits[q_i] && OWN(q_i) > eff[cur] ->
			x = q_i;
			for (l_i : 0 .. N - 1) {
				if
				:: x != NONE ->
					v = NONE;
					if
					:: IS_CLIENT(x) -> v = srv[x]
					:: st[x] == SEND ->
						for (i : 0 .. N - 1) {
							v = (serves[i] == on[x] -> i : v)
						}
					:: else
					fi;
					assert(v == NONE || st[v] != READY);
					x = (v != NONE && waits[v] -> v : NONE)
				:: else
				fi
			}
		:: else
		fi
	}
}

/* ---- dispatch ---- */

inline dispatch()
{
	top = 0;
	ready = 0;
	for (q_i : 0 .. N - 1) {
		if
		:: st[q_i] == READY && eff[q_i] > top ->
			top = eff[q_i];
			ready = 1;
			x = q_i
		:: st[q_i] == READY && eff[q_i] == top -> ready++
		:: else
		fi
	}
	running = (cur == NONE -> 0 : eff[cur]);
	if
	:: len(boosts) != 0 && bp >= top && bp >= running -> next = BOOST
	:: else ->
		if
		:: top > running ->
			if
			:: cur != NONE -> st[cur] = READY
			:: else
			fi;
			cur = NONE;
			if
			:: ready == 1 ->
				cur = x;
				st[cur] = RUNNING
			:: else -> next = PICK
			fi
		:: else
		fi;
		if
		:: cur != NONE && !dying[cur] && pst[PROC(cur)] != ALIVE -> next = MARK
		:: cur != NONE && (dying[cur] || pst[PROC(cur)] == ALIVE) && task[cur] != IDLE ->
			next = TASK
		:: cur != NONE && pst[PROC(cur)] == ALIVE && task[cur] == IDLE ->
			next = USER;
			no_inversion()
		:: cur == NONE && top == 0 -> next = NOBODY
		:: else
		fi
	fi
}

proctype Nucleus()
{
	byte chosen, last;

end_nucleus:
	do
	:: atomic {
		if
		:: trap ? a_call, a_t, a_1, a_2
		:: next == BOOST -> d_step { boost_step() }
		:: next == MARK ->
			a_call = K_MARK;
			a_t = cur;
			a_1 = cur
		:: next == TASK && task[cur] == T_DIE -> d_step { thread_step_die(cur) }
		:: next == TASK && (task[cur] == T_AGAIN ||
		    (task[cur] == T_TAKE && inService[cur] == NONE)) ->
			got[cur] = (task[cur] == T_TAKE -> NONE : got[cur]);
			task[cur] = IDLE;
			a_call = K_RECEIVE;
			a_t = cur;
			a_1 = SERVES(cur);
			a_2 = tw[cur]
		:: next == TASK && task[cur] == T_TAKE && inService[cur] != NONE ->
			d_step { take_on(cur) }
		:: next == TASK && task[cur] == T_REPLY -> d_step { reply_on(cur) }
		:: next == PICK ->
			d_step {
				for (i : 0 .. N - 1) {
					last = (st[i] == READY && (st[last] != READY ||
					    eff[i] >= eff[last]) -> i : last)
				}
			};
			do	/* among equals any: their order is left open */
			:: chosen < last -> chosen++
			:: st[chosen] == READY && eff[chosen] == eff[last] -> break
			od;
			cur = chosen;
			st[cur] = RUNNING
		fi;
		if
		:: a_call == K_SEND -> d_step { sys_msg_send(a_t, a_1, a_2) }
		:: a_call == K_REPLY || a_call == K_REPLY_RECEIVE -> d_step { reply(a_t, a_1, a_2) }
		:: a_call == K_CURRENT -> d_step { sys_msg_current(a_t, a_1, a_2) }
		:: a_call == K_SLEEP -> d_step { thread_block(a_t, SLEEP); armed[a_t] = true }
		:: a_call == K_CREATE -> d_step { sys_channel_create(a_t, a_1) }
		:: a_call == K_EXIT ->
			pst[PROC(a_t)] = ENDING;
			a_call = K_MARK;
			a_1 = a_t
		:: a_call == K_KILL ->
			pst[PROC(a_t)] = (a_2 != 0 -> ENDING : pst[PROC(a_t)])
		:: a_call == K_REQUEUE -> d_step { message_requeue(a_1) }
		:: a_call == K_STEP_FAIL -> d_step { channel_step_fail(a_1, ESRCH) }
		:: a_call == K_EXPIRE -> d_step { timed_out(a_t) }
		:: a_call == K_TICK -> d_step { fired++; pulse_queue(TIMER_PULSE, a_1, a_2, 0) }
		:: a_call == K_START -> d_step { thread_start(a_t) }
		:: a_call == K_FAIL -> d_step { sys_channel_fail(a_t, a_1, a_2) }
		:: else
		fi;
		/* take_quit, of who is marked */
		if
		:: a_call == K_KILL && task[a_t] == T_TAKE -> d_step { take_quit(a_t) }
		:: a_call == K_MARK && task[a_1] == T_TAKE -> d_step { take_quit(a_1) }
		:: else
		fi;
		/* message_end, channel_kick */
		if
		:: e_client != NONE ->
			d_step { message_forget(e_client); thread_wake(e_client, e_result) }
		:: else
		fi;
		if
		:: k_channel != NONE -> d_step { channel_kick(k_channel) }
		:: else
		fi;
		/* what else a step of a death does, and then priority_update */
		if
		:: a_call == K_KILL || a_call == K_MARK ->
			d_step {
				p_1 = (a_call == K_KILL -> a_t : a_1);
				p_2 = (a_call == K_KILL -> a_1 : eff[a_t]);
				thread_mark(p_1, p_2)
			}
		:: a_call == K_ORPHAN || a_call == K_REQUEUE || a_call == K_LEAVE ||
		    a_call == K_STEP_FAIL ->
			d_step {
				if
				:: a_call == K_ORPHAN -> srv[a_1] = NONE
				:: a_call == K_LEAVE -> channel_leave(a_1)
				:: else
				fi;
				priority_update(a_t)
			}
		:: a_call == K_LAST -> d_step { thread_ends(a_t) }
		:: else
		fi;
		/* msg_receive, and what ends with it */
		if
		:: a_call == K_RECEIVE || (a_call == K_REPLY_RECEIVE && res[a_t] == OK) ->
			d_step {
				p_1 = (a_call == K_RECEIVE -> a_1 : SERVES(a_t));
				p_2 = (a_call == K_RECEIVE -> a_2 : 0);
				receive(a_t, p_1, p_2)
			}
		:: a_call == K_REPLY_RECEIVE && res[a_t] != OK ->
			thenReceive[a_t] = (res[a_t] == BLOCKED)
		:: else
		fi;
		d_step {
			a_call = NOTHING;
			a_t = 0;
			a_1 = 0;
			a_2 = 0;
			e_client = NONE;
			e_result = OK;
			k_channel = NONE;
			chosen = 0;
			last = 0;
			dispatch();
			invariants()
		}
	}
	od
}
