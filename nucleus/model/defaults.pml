/* SPDX-License-Identifier: Apache-2.0 */
/* defaults.pml - what a configuration need not say. Threads are 0..N-1; what is said by thread or
 * channel is an expression over t or ch. Priorities are 1 and up. */

#ifndef BUG		/* a planted bug's name, see nucleus.pml */
#define BUG	0
#endif
#ifndef MORE		/* a longer run */
#define MORE	0
#endif

/* ---- objects ---- */

#ifndef N		/* threads */
#define N	3
#endif
#ifndef CHANNELS
#define CHANNELS	1
#endif
#ifndef OWN		/* own priority */
#define OWN(t)	((t) == 0 -> 3 : 1)
#endif
#ifndef PRIORITY_TOP
#define PRIORITY_TOP	4
#endif
#ifndef PROC		/* process, named by its first thread */
#define PROC(t)	(t)
#endif
#ifndef HOME		/* a channel's first owner */
#define HOME(ch)	2
#endif
#ifndef DURABLE
#define DURABLE(ch)	true
#endif
#ifndef UNBLOCK		/* the server is asked before a REPLY times out */
#define UNBLOCK(ch)	false
#endif
#ifndef DEATHS_MAX
#define DEATHS_MAX	2
#endif
#ifndef SEQ_MAX		/* numbers of sends begin again behind it */
#define SEQ_MAX	255
#endif

/* ---- programs ---- */

#ifndef CLIENT_PROGRAM	/* what a thread runs; neither client nor server: a hog */
#define CLIENT_PROGRAM(t)	((t) < 2)
#endif
#ifndef SERVER_PROGRAM
#define SERVER_PROGRAM(t)	((t) == 2)
#endif
#ifndef ROUNDS		/* sends of a client, naps of a hog */
#define ROUNDS	(2 + MORE)
#endif
#ifndef FOREVER		/* ROUNDS without end */
#define FOREVER	false
#endif
#ifndef TARGET		/* the channel a client sends to */
#define TARGET(t)	0
#endif
#ifndef LONG		/* messages and replies may take two steps to copy */
#define LONG(t)	false
#endif
#ifndef TIMEOUTS	/* that a client may want: 1 in SEND, 2 in REPLY, 4 in both; a sum */
#define TIMEOUTS(t)	0
#endif
#ifndef SERVES		/* a server's channel */
#define SERVES(t)	0
#endif
#ifndef FORWARD		/* the channel a server asks itself, for its clients; NONE: none */
#define FORWARD(t)	NONE
#endif
#ifndef FORWARDED	/* what is sent there is done elsewhere */
#define FORWARDED(ch)	false
#endif
#ifndef ANSWERS		/* a server does by: 1 msg_reply_receive, 2 msg_reply; 3 either */
#define ANSWERS(t)	3
#endif
#ifndef DEFERS		/* servers may put a message off */
#define DEFERS	false
#endif

/* ---- the world ---- */

#ifndef KILLS		/* deaths of server threads and processes; a next instance follows */
#define KILLS	0
#endif
#ifndef CLIENT_KILLS	/* deaths of clients; another follows in the same slot */
#define CLIENT_KILLS	0
#endif
#ifndef GIVES_UP	/* after a death the service may be given up, or started cold */
#define GIVES_UP	false
#endif
#ifndef TICKS		/* firings of a timer whose pulse goes to channel 0 */
#define TICKS	0
#endif
