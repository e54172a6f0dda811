/* SPDX-License-Identifier: Apache-2.0 */
/* stress.h - the loads of `stress`: one list of those that any system meets, one of those that are
 * made to be bad for others. Each runs in a thread or process of its own until its time is up. */
#ifndef STRESS_H
#define STRESS_H

#include <stdbool.h>
#include <stdint.h>

/* X(letter, name, words): ordinary loads; any number of each, a thread each. */
#define STRESS_LOADS(X) \
	X('c', cpu, "computes") \
	X('s', calls, "system calls that end at once") \
	X('m', memory, "maps, writes and unmaps 1 MiB") \
	X('i', files, "writes, reads and removes files of /tmp")

/* X(name, words): loads against others' latency; a process each. */
#define STRESS_ADVERSARIES(X) \
	X(messages, "messages of 64 MiB") \
	X(parts, "messages of as many parts as there may be") \
	X(killing, "kills a process of many threads and connections") \
	X(unmapping, "maps and unmaps 32 MiB of a memory object") \
	X(destroying, "destroys a channel with many blocked senders") \
	X(timers, "many timers that are due together") \
	X(broadcasts, "wakes many waiters at once") \
	X(chains, "changes of priority that travel along a long chain of servers") \
	X(zeroing, "has the process manager clear 16 MiB") \
	X(console, "floods the console")

/* Each returns 0 when its time is up, or 1 after a message. */
#define STRESS_FUNCTION(name) int stress_##name(int64_t end_ns);
#define STRESS_LOAD(letter, name, words) STRESS_FUNCTION(name)
STRESS_LOADS(STRESS_LOAD)
#undef STRESS_LOAD
#define STRESS_ADVERSARY(name, words) STRESS_FUNCTION(name)
STRESS_ADVERSARIES(STRESS_ADVERSARY)
#undef STRESS_ADVERSARY

int64_t stress_now(void);
void stress_sleep(int64_t ns);
/* After a message, with errno: 1. */
int stress_fail(const char *what);

/* crowd.c: threads without a library's part in them: 512 bytes of stack, no errno. They may call
 * skink_ functions only. */
#define CROWD_MAX 1000
/* How many there may be: quotas, and `most`. */
long crowd_room(long most);
/* Starts `count` of them at the caller's priority; each gets its number. How many there are. */
long crowd_start(long count, void (*run)(long number));
/* In the victim of `killing`: threads and connections as many as there may be, until it is
 * killed. */
int crowd_be_victim(int parent_chid);

#endif
