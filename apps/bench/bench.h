/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench.h - the parts of `bench`: the list of figures, the counter they are taken by, what a
 * figure's samples become, and the second process that most of them need. docs/measurement.md says
 * from which instant to which each figure goes.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../latency/counter.h"

/*
 * X(name, function, argument, samples without -n, what lies between): each function takes samples
 * by sample_add and returns 0, or the status to end with after a message.
 */
#define BENCH_FIGURES(X) \
	X(null_syscall, measure_call, 0, 10000, READS) \
	X(call_sched_get, measure_general_call, 0, 10000, READS) \
	X(ipc_rt_0, measure_trip, IPC(0, 0, 0), 10000, READS) \
	X(ipc_rt_32, measure_trip, IPC(32, 32, 0), 10000, READS) \
	X(ipc_rt_64, measure_trip, IPC(64, 64, 0), 10000, READS) \
	X(ipc_rt_512, measure_trip, IPC(512, 512, 0), 10000, READS) \
	X(ipc_rt_960, measure_trip, IPC(960, 960, 0), 10000, READS) \
	X(ipc_rt_32_msgreceive, measure_trip, IPC(32, 32, IPC_SEPARATE), 10000, READS) \
	X(ipc_rt_32_fpu, measure_trip, IPC(32, 32, IPC_FPU), 10000, READS) \
	X(ipc_4k, measure_trip, IPC(4096, 8, 0), 10000, READS) \
	X(ipc_64k, measure_trip, IPC(65536, 8, 0), 10000, READS) \
	X(pulse_to_higher, measure_pulse, 0, 10000, READS) \
	X(switch_process, measure_switch, 0, 10000, HALF) \
	X(irq_to_thread_idle, measure_interrupt, 0, 10000, WAIT) \
	X(irq_to_thread_busy, measure_interrupt, 1, 10000, WAIT) \
	X(timer_to_thread_idle, measure_timer, 0, 10000, WAIT) \
	X(spawn_wait, measure_spawn, 0, 200, READS) \
	X(fault_to_notice, measure_fault, 0, 30, READS) \
	X(fault_to_answer, measure_fault, 1, 30, READS)

/* The kind of a round trip in one number, so that it fits on the second process's command line. */
#define IPC(send_bytes, reply_bytes, flags) \
	((long)(flags) << 32 | ((send_bytes) / 8) << 16 | (reply_bytes) / 8)
#define IPC_SEND_BYTES(kind)  ((size_t)((kind) >> 16 & 0xffff) * 8)
#define IPC_REPLY_BYTES(kind) ((size_t)((kind)&0xffff) * 8)
#define IPC_FLAGS(kind)       ((int)((kind) >> 32))
#define IPC_SEPARATE                        1 /* MsgReply, then MsgReceive */
#define IPC_FPU                             2 /* both sides have changed floating point registers */
#define IPC_BYTES_MAX                       65536

/* Both sides of a figure run at this priority; one that shall be preempted, or preempt, one off. */
#define BENCH_PRIORITY 40

enum between {
	READS, /* two reads of the counter, of which one is taken off */
	HALF, /* the same, and twice the figure */
	WAIT /* an instant that nobody had to read, and one read, which is left in */
};

struct figure {
	const char *name;
	int (*measure)(long argument, long samples);
	long argument;
	long samples;
	enum between between;
};

/* sample.c */
int sample_start(long count); /* room for count of them; -1: a message was printed */
void sample_add(uint64_t n);
/* Prints the figure's line, and with `histogram` its distinct values. Each sample is taken less
 * `overhead`, divided by `parts`. */
void sample_print(const char *name, uint64_t overhead, uint64_t parts, int histogram);
/* What two reads of the counter with nothing between them differ by. */
uint64_t sample_overhead(void);

/* noise.c: random numbers that both sides of a channel can draw alike, and their sum. */
void noise_fill(uint64_t *words, size_t bytes, uint64_t *state);
uint64_t noise_sum(const uint64_t *words, size_t bytes);

/* peer.c: the second process. It runs this program with `name` and an argument. */
struct peer {
	pid_t pid;
	int chid; /* the first process's, which the second is connected to */
	int coid; /* to the channel that it told of; -1: none */
};
struct peer_role {
	const char *name;
	/* coid: to the first process's channel. Does not return while it is needed. */
	int (*run)(int coid, long argument);
};
int peer_start(struct peer *peer, const char *role, long argument, int priority);
/* Takes the message by which the second process tells of its channel, and connects to it. */
int peer_connect(struct peer *peer);
void peer_end(struct peer *peer);
/* In the second process: makes a channel and tells of it; its chid. */
int peer_channel(int coid);
int peer_main(int argc, char **argv);
int bench_priority(int priority);

/* trip.c, pulse.c, call.c */
int measure_call(long unused, long samples);
int measure_general_call(long unused, long samples);
int measure_trip(long kind, long samples);
int measure_pulse(long unused, long samples);
int measure_switch(long unused, long samples);
int serve_trips(int coid, long kind);
int send_pulses(int coid, long samples);
int yield_forever(int coid, long unused);

/* process.c */
int measure_spawn(long unused, long samples);
int measure_fault(long answer, long samples);

/* adversary.c: an interrupt while a load of `stress` runs; which one is its place in the list. */
#define ADVERSARY_ALL   0xff /* all of them at once */
#define ADVERSARY_EQUAL 0x100 /* the interrupt's thread is no more urgent than the load */
int measure_adversary(long which, long samples);

/* wait.c */
int wait_for_alarms(long samples, int priority); /* 0: the most urgent of all */
int measure_interrupt(long busy, long samples);
int measure_timer(long unused, long samples);
int compute_forever(int coid, long unused);

#endif
