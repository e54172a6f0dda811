/* SPDX-License-Identifier: Apache-2.0 */
/* fake.h - a machine to run the portable nucleus on, natively, and the hands of its users. fake.c
 * implements nucleus/arch.h over host memory; scene.c makes processes and threads and has them
 * call.
 *
 * Threads run no code. A test is the user of all of them: it makes any of them the current one and
 * has it call. Between two calls every thread that is in user mode does nothing.
 *
 * Two ways to go on after a call:
 *   call()        settles: whatever the nucleus has left to do is done before it returns, as if
 *                 all programs paused meanwhile. It tells what a test of meaning wants to know.
 *   call_now()    one entry, then whoever is best is current, as on the machine. For tests of
 *                 order.
 */
#ifndef NUCLEUS_TEST_FAKE_H
#define NUCLEUS_TEST_FAKE_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skink/status.h>

#include "../nucleus.h"

/* ---- checks: each test runs in a process of its own, which a failed one ends ---- */

struct test {
	const char *name;
	void (*run)(void);
};
#define TEST(function)	{ #function, function }

_Noreturn void fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
_Noreturn void fail_unequal(
    const char *file, int line, const char *what, intmax_t a, intmax_t b);
static inline void
check_equal(const char *file, int line, const char *what, intmax_t a, intmax_t b)
{
	if (a != b)
		fail_unequal(file, line, what, a, b);
}
#define FAIL(...)	fail(__FILE__, __LINE__, __VA_ARGS__)
#define CHECK(x)	((x) ? (void)0 : fail(__FILE__, __LINE__, "%s", #x))
#define CHECK_EQ(a, b) \
	check_equal(__FILE__, __LINE__, #a " == " #b, (intmax_t)(a), (intmax_t)(b))

/* Called on a failure, before the end. */
extern void (*fail_hook)(void);

/* ---- the machine ---- */

#define RAM_BASE	0x80000000ull
#define RAM_FRAMES	2048u
void ram_init(void);
paddr_t frame_new(void);
void frame_free(paddr_t frame);
unsigned frames_used(void);
void *frame_data(paddr_t frame);
/* The page that a user has at va; 0: none that it may touch. */
paddr_t page_physical(const struct aspace *as, vaddr_t va);

extern uint64_t fake_now;		/* ns; tests move it by time_pass */
extern uint64_t fake_alarm;
void fake_irq_raise(unsigned source);	/* level: stays until lowered */
void fake_irq_lower(unsigned source);
bool fake_irq_is_claimed(unsigned source);
bool fake_irq_is_enabled(unsigned source);
/* The dispatch loop looks for interrupts once a step: at the look of this number, the source is
 * raised. And so much time passes at each. */
extern unsigned fake_looks, fake_raise_at, fake_raise_source;
extern uint64_t fake_look_ns;

/* ---- scene.c: processes, threads, calls ---- */

#define USER_BASE	0x10000ull	/* each process has PRIVATE pages of its own here */
#define PRIVATE		12u
#define SHARED_BASE	0x100000ull	/* and these, which all share */
#define SHARED		2u
#define HOLE		0x200000ull	/* nothing is mapped here */
#define READ_ONLY	0x300000ull	/* one page, only to be read */

struct options {
	unsigned service;
	int priority;			/* of its first thread and its ceiling's default */
	int priority_max;
	int sid;
	uint64_t abilities;
	unsigned quota;			/* of everything; 0: plenty */
	unsigned deaths_max;
	int policy;
};

extern struct thread *manager;		/* procmgr's only thread */
extern int manager_chid;
extern struct thread *idle, *intruder;
#define INTRUDER_SOURCE	100u

void scene_begin(void);
void scene_end(void);			/* ends all processes; fails unless everything comes back */
void scene_kill_all(void);
struct process *process_make(const struct options *o);	/* NEW */
struct thread *process_new(const struct options *o);	/* ALIVE: its first thread */
struct thread *process_at(int priority);
struct thread *service_at(unsigned service, int priority);
struct thread *thread_new(struct thread *creator, int priority);
void process_end(struct process *p);	/* kill, reclaim, free */
void process_reclaim(struct process *p);	/* of an ended one */

/* User memory, of a thread's process. */
void *user(struct thread *t, uint64_t address);
uint64_t place(struct thread *t, const void *data, size_t len);	/* the next scratch place */
void page_map(struct process *p, uint64_t va, paddr_t pa, unsigned prot);
void page_unmap(struct process *p, uint64_t va);

#define BLOCKED		(-200000l)	/* has no result yet */
#define GONE		(-200001l)	/* its thread is no more */
#define MAX_ARGS	8
long call_args(bool settle, struct thread *t, unsigned number, const uint64_t *args);
#define ARGS(...)	((const uint64_t[MAX_ARGS]){__VA_ARGS__})
#define call(t, name, ...)	call_args(true, t, SKINK_SYS_##name, ARGS(__VA_ARGS__))
#define call_now(t, name, ...)	call_args(false, t, SKINK_SYS_##name, ARGS(__VA_ARGS__))
long result_of(struct thread *t);	/* of its last call, or BLOCKED */
void settle(void);			/* until nobody has anything to do */
void enter(void);			/* an entry with nothing new: an interrupt */
/* Like call_now, but before step n the intruder, a thread of the highest priority, gets the hart:
 * true, others can then be made to call while the first is under way. False: the call took fewer
 * steps. intruder_leave() makes it wait again. */
bool call_broken_args(unsigned n, struct thread *t, unsigned number, const uint64_t *args);
#define call_broken(n, t, name, ...)	call_broken_args(n, t, SKINK_SYS_##name, ARGS(__VA_ARGS__))
void intruder_leave(void);
/* How often each short way was gone: by the call's number; then the interrupts'. */
enum { FAST_DEVICE = SKINK_SYSCALL_COUNT, FAST_SLEEPER, FAST_WAYS };
extern unsigned long fast_taken[FAST_WAYS];
void time_pass(uint64_t ns);		/* in small leaps from alarm to alarm; settles */
void time_pass_now(uint64_t ns);	/* one leap, one entry */
void irq(unsigned source);		/* raises, enters, settles */
/* The nucleus only passes the code on. */
#define LOAD_FAULT  13
#define STORE_FAULT 15
void fault(struct thread *t, unsigned cause, uint64_t address);
void make_current(struct thread *t);
struct thread *current(void);

/* Shorter ways for what tests do all the time; each fails the test unless the call succeeds. */
int channel_new(struct thread *t, unsigned flags);
int connect_to(struct thread *client, struct thread *server, int chid);	/* nobody is told */

/* ---- seen.c: which call returned what ---- */
void seen(unsigned number, long result);
unsigned seen_missing(bool print);	/* pairs of skink/syscalls.h that have not been seen */
/* Errors that skink/syscalls.h lists and skink/nucleus_errno.h has not, or the other way round. */
unsigned seen_strangers(void);
const char *call_name(unsigned number);
const char *error_name(long error);

/* ---- invariants.c; when: scene.c ---- */
void invariants(void);
/* No look at them until resumed, which is one: for a lot of calls that change little. */
void invariants_pause(void);
void invariants_resume(void);

#endif
