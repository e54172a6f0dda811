/* SPDX-License-Identifier: Apache-2.0 */
/* world.pml - the programs that use the nucleus, and the world that kills them and lets time pass.
 * Owns what programs promise each other (each request is done once); changes nothing of the
 * nucleus's but by traps, and by taking the result of a receive out of its registers. */

/* Keep memory, by client: the number of the send whose result is in it; 0: none. */
byte kept[N];
/* To judge by: how often the send that a client waits for has been done. */
byte done[N];

/* Instances that a server process has had. */
byte instance[N];

byte kills = KILLS, clientKills = CLIENT_KILLS, ticks = TICKS;

/* A thread may die and its process live; but not between getting a message and looking at it: then
 * nobody knows of the message, and its client waits for the process's end. */
#define DIES_ALONE(t)	\
	(PROC(t) != t && (got[t] == NONE || got[t] >= N || task[t] == T_TAKE))

#define MINE(t)			(next == USER && cur == (t))

/* One call of thread t's program, when it has the hart; or its end. */
#define CALL(call, t, a, b) \
	if \
	:: atomic { MINE(t) -> trap ! call, t, a, b } \
	:: st[t] == DEAD -> goto ended \
	fi

/* ---- clients ---- */

proctype Client(byte t)
{
	byte rounds = ROUNDS, how;

start:
	CALL(K_SLEEP, t, 0, 0);
	do
	:: atomic { MINE(t) && rounds > 0 ->
		if
		:: LONG(t) -> how = 1
		:: true
		fi;
		if
		:: (TIMEOUTS(t) & 1) != 0 -> how = how + 2 * W_SEND
		:: (TIMEOUTS(t) & 2) != 0 -> how = how + 2 * W_REPLY
		:: (TIMEOUTS(t) & 4) != 0 -> how = how + 2 * (W_SEND + W_REPLY)
		:: true
		fi;
		rounds = (FOREVER -> rounds : rounds - 1);
		done[t] = 0;
		trap ! K_SEND, t, TARGET(t), how
	   };
	   if
	   :: atomic { MINE(t) ->
		how = 0;
		assert(done[t] <= 1);
		if
		:: res[t] == OK ->
			assert(answered[t] == seq[t]);
			assert(done[t] == 1 || FORWARDED(TARGET(t)))
		:: res[t] == ETIMEDOUT -> assert(TIMEOUTS(t) != 0)
		:: res[t] == ESRVRFAULT -> assert(DURABLE(TARGET(t)) && KILLS >= DEATHS_MAX)
		:: res[t] == ESRCH -> assert(GIVES_UP || (KILLS > 0 && !DURABLE(TARGET(t))))
		:: res[t] == ESTALE -> assert(GIVES_UP)
		:: else -> assert(false)
		fi;
		trap ! K_SLEEP, t, 0, 0
	      }
	   :: st[t] == DEAD -> goto ended
	   fi
	:: atomic { MINE(t) && rounds == 0 -> trap ! K_EXIT, t, 0, 0 };
	   break
	:: st[t] == DEAD -> goto ended
	od;
	st[t] == DEAD;

ended:
	/* Another one gets the slot, while there is anything left to do. */
	atomic {
		how = 0;
		if
		:: rounds > 0 -> trap ! K_START, t, 0, 0
		:: else -> goto over
		fi
	};
	goto start;
over:	skip
}

/* ---- servers ---- */

/* The pulse that t got asks it to unblock c. */
#define ASKED_FOR(t, c, q)	(got[t] == UNBLOCK_OF(c) && gotSeq[t] == (q))

/* The answer has been taken, or nobody is there to take it: the result goes. */
inline forget(c, q)
{
	if
	:: c != NONE ->
		/* another thread may have noted the next one's by now */
		kept[c] = (kept[c] == q -> 0 : kept[c]);
		c = NONE
	:: else
	fi
}

/* Does what the send q of client c asks for, and notes that it did, in one store. That it was done
 * before is known of a message delivered again, and of one that another thread left. */
inline commit(c, q, mayBeDone)
{
	if
	:: kept[c] != q ->
		kept[c] = q;
		done[c] = (q == seq[c] -> done[c] + 1 : done[c]);
		assert(done[c] <= 1)
	:: else -> assert(q != seq[c] || mayBeDone)
	fi
}

proctype Server(byte t)
{
	byte c = NONE, q, later = NONE, laterQ, mine;

	goto serve;
start:
	if
	:: PROC(t) == t -> CALL(K_CREATE, t, SERVES(t), 0)
	:: PROC(t) != t && c != NONE -> CALL(K_CURRENT, t, c, q);
		later = c;
		laterQ = q;
		c = NONE;
		goto resumed
	:: PROC(t) != t && c == NONE
	fi;
serve:
	CALL(K_RECEIVE, t, SERVES(t), 0);

end_look:
	if
	:: atomic { MINE(t) && res[t] == MESSAGE ->
		forget(c, q);
		c = got[t];
		q = gotSeq[t];
		got[t] = NONE;
		if
		:: FORWARD(t) != NONE ->
			done[t] = 0;
			trap ! K_SEND, t, FORWARD(t), 0;
			goto forwarded
		:: FORWARD(t) == NONE ->
			commit(c, q, gotAgain[t]);
			goto act
		:: DEFERS && later == NONE ->
			later = c;
			laterQ = q;
			c = NONE;
			trap ! K_RECEIVE, t, SERVES(t), W_RECEIVE;
			goto end_look
		fi
	   }
	:: atomic { MINE(t) && res[t] == PULSE && ASKED_FOR(t, later, laterQ) ->
		forget(c, q);
		trap ! K_CURRENT, t, later, laterQ;
		goto resumed
	   }
	:: atomic { MINE(t) && res[t] == PULSE && !ASKED_FOR(t, later, laterQ) ->
		forget(c, q);
		trap ! K_RECEIVE, t, SERVES(t), (later != NONE -> W_RECEIVE : 0);
		goto end_look
	   }
	:: atomic { MINE(t) && res[t] == ETIMEDOUT ->
		assert(later != NONE);
		forget(c, q);
		trap ! K_CURRENT, t, later, laterQ;
		goto resumed
	   }
	:: atomic { MINE(t) && res[t] == ESRCH ->	/* nobody took the answer */
		assert(c != NONE);
		forget(c, q);
		goto next_one
	   }
	:: st[t] == DEAD -> goto ended
	fi;

resumed:
	if
	:: atomic { MINE(t) ->
		c = (res[t] == OK -> later : NONE);
		q = laterQ;
		later = NONE;
		laterQ = 0;
		if
		:: c != NONE && FORWARD(t) == NONE -> commit(c, q, true)
		:: else
		fi;
		if
		:: c == NONE -> goto next_one
		:: c != NONE && FORWARD(t) != NONE ->
			done[t] = 0;
			trap ! K_SEND, t, FORWARD(t), 0;
			goto forwarded
		:: else -> goto act
		fi
	   }
	:: st[t] == DEAD -> goto ended
	fi;

forwarded:
	if
	:: MINE(t) -> assert(res[t] == OK || KILLS > 0)
	:: st[t] == DEAD -> goto ended
	fi;

act:
	if
	:: atomic { MINE(t) ->
		if
		:: later == NONE && (ANSWERS(t) & 1) != 0 ->
			trap ! K_REPLY_RECEIVE, t, c, q;
			goto end_look
		:: later != NONE || (ANSWERS(t) & 2) != 0 ->
			trap ! K_REPLY, t, c, q;
			goto replied
		fi
	   }
	:: st[t] == DEAD -> goto ended
	fi;

replied:
	if
	:: atomic { MINE(t) -> forget(c, q) }
	:: st[t] == DEAD -> goto ended
	fi;
next_one:
	CALL(K_RECEIVE, t, SERVES(t), (later != NONE -> W_RECEIVE : 0));
	goto end_look;

	/* What follows is the manager's, who has learned of the death; or, if a thread died and its
	 * process did not, the process's: another thread takes over the message. */
ended:
	if
	:: atomic { PROC(t) != t && pst[PROC(t)] == ALIVE && owner[SERVES(t)] == PROC(t) ->
		if
		:: mine != instance[PROC(t)] ->
			c = NONE;
			later = NONE
		:: else ->
			c = (c == NONE -> later : c);
			q = (c == later -> laterQ : q);
			later = NONE
		fi;
		q = (c == NONE -> 0 : q);
		laterQ = 0;
		mine = instance[PROC(t)];
		trap ! K_START, t, 0, 0
	   };
	   goto start
	:: PROC(t) == t && pst[t] == ENDED && cst[SERVES(t)] == OPEN
	:: PROC(t) == t && pst[t] == ENDED && cst[SERVES(t)] == GONE -> goto over
	:: GIVES_UP && PROC(t) == t && pst[t] == ENDED && cst[SERVES(t)] == OPEN ->
		do
		:: trap ! K_FAIL, t, SERVES(t), 0;
		   if
		   :: res[t] == OK -> break
		   :: else
		   fi
		od;
		atomic {	/* a cold start: keep memory is given up */
			for (q : 0 .. N - 1) {
				kept[q] = 0
			}
		}
	:: GIVES_UP && PROC(t) == t && pst[t] == ENDED && cst[SERVES(t)] == OPEN -> goto given_up
	fi;
	atomic {
		c = NONE;
		q = 0;
		later = NONE;
		laterQ = 0;
		instance[t]++;
		trap ! K_START, t, 0, 0
	};
	goto start;

given_up:
	do
	:: cst[SERVES(t)] != GONE -> trap ! K_FAIL, t, SERVES(t), 1
	:: cst[SERVES(t)] == GONE -> break
	od;
over:	skip
}

/* ---- others ---- */

/* Would run for ever; what matters is whom it keeps waiting. */
proctype Hog(byte t)
{
	byte naps = ROUNDS;

	do
	:: naps > 0 ->
		CALL(K_SLEEP, t, 0, 0);
		naps--
	:: else -> break
	od;
	CALL(K_EXIT, t, 0, 0);
ended:	skip
}

/* What comes over thread t from outside: time, and a kill by somebody low or high. */
proctype Fate(byte t)
{
	byte by;

end_fate:
	do
	:: atomic { armed[t] -> trap ! K_EXPIRE, t, 0, 0 }
	:: atomic {
		((kills > 0 && SERVER_PROGRAM(t)) || (clientKills > 0 && CLIENT_PROGRAM(t))) &&
		    st[t] != DEAD && !dying[t] && pst[PROC(t)] == ALIVE ->
		if
		:: SERVER_PROGRAM(t) -> kills--
		:: else -> clientKills--
		fi;
		if
		:: by = 1
		:: by = PRIORITY_TOP
		fi;
		if
		:: trap ! K_KILL, t, by, 1
		:: DIES_ALONE(t) -> trap ! K_KILL, t, by, 0
		fi;
		by = 0
	   }
	od
}

/* The timer; and the end of bad luck, at any time, so that nothing that hangs is hidden by the
 * next death or pulse. */
proctype World()
{
	byte prio;

end_world:
	do
	:: atomic { ticks > 0 && cst[0] == OPEN ->
		ticks--;
		if
		:: prio = 1
		:: prio = PRIORITY_TOP
		fi;
		trap ! K_TICK, 0, 0, prio;
		prio = 0
	   }
	:: ticks > 0 -> ticks = 0
	:: kills > 0 -> kills = 0
	:: clientKills > 0 -> clientKills = 0
	od
}

init {
	byte t;

	atomic {
		d_step {
			for (t : 0 .. CHANNELS - 1) {
				owner[t] = HOME(t)
			}
			for (t : 0 .. N - 1) {
				eff[t] = OWN(t);
				st[t] = READY
			}
			dispatch()
		};
		run Nucleus();
		run World();
		for (t : 0 .. N - 1) {
			run Fate(t);
			if
			:: CLIENT_PROGRAM(t) -> run Client(t)
			:: SERVER_PROGRAM(t) -> run Server(t)
			:: else -> run Hog(t)
			fi
		}
		t = 0
	}
}
