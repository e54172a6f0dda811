/* SPDX-License-Identifier: Apache-2.0 */
/* skink/manager_calls.h - the nucleus calls that only procmgr may make, as C functions; everybody
 * else gets EPERM. Conventions: skink/calls.h; shapes and constants: skink/manager.h. None of them
 * sleeps. */
#ifndef SKINK_MANAGER_CALLS_H
#define SKINK_MANAGER_CALLS_H

#include <skink/manager.h>

/* Makes a process (pid 0): no memory, no thread, not visible to anyone. Or says it anew of one that
 * has not begun to end. Returns the pid. */
long skink_p_process_attr(int pid, const struct skink_process_attr *attr);
/* Makes its first thread; returns the tid. EBUSY: it is not new. EPERM: priority above its
 * ceiling. */
long skink_p_process_start(int pid, const struct skink_thread_attr *attr);

/* Begins the end of a process: every thread stops at once; what it owed and owned is settled at
 * the priority of those it concerns; then SKINK_PULSE_PROCESSDEATH. `status`: skink/status.h.
 * `by`: pid told in its death. Ending twice is no error. */
long skink_p_process_kill(int pid, int status, int by);

/* Frees the pid. EBUSY: it has not ended. */
long skink_p_process_free(int pid);

/*
 * Address spaces. From va on the memory at pa is mapped; or what is there gets another prot
 * (SKINK_PA_KEEP), or goes (SKINK_PA_NONE, prot 0), and holes are passed over. va, pa, len in whole
 * pages. Each call does a bounded number of pages and returns the bytes done (> 0); the caller goes
 * on from there. -ENOMEM: mapping needs a page table: give one frame by p_table_give and call
 * again. Frames given are the nucleus's until the process has ended (SKINK_PULSE_PROCESSDEATH):
 * from then on it has no tables, and is given none (ESRCH). Nothing is mapped at va
 * 0..SKINK_PAGE. Mapping over a mapping replaces it. pid 1 may map itself outside the window.
 */
long skink_p_map(int pid, uint64_t va, uint64_t pa, uint64_t len, unsigned prot);
long skink_p_table_give(int pid, uint64_t pa);

/* Whose channel it is: its owner's pid, or 0, when it is parked; SKINK_CHANNEL_PRIVATE may be set
 * besides. ESRCH: no such channel. */
long skink_p_channel_owner(int chid);

/* A new connection of process `pid` to a channel, whosever it is; lowest free coid >= index. EBADF:
 * no such channel. */
long skink_p_connect_install(int pid, int chid, int index, unsigned flags);
/* Shares connection `from_coid` of process `from_pid` with `pid` as exactly `coid`: nothing is
 * sent. */
long skink_p_connect_inherit(int from_pid, int from_coid, int pid, int coid);

/* Fails all who wait at the parked channels of `service`, with or without a path, with `error`: one
 * step a call; call until 0. SKINK_FAIL_DESTROY: the channels then end (later sends: ESRCH). Those
 * that have an owner are left alone. */
long skink_p_channel_fail(uint32_t service, int error, unsigned flags);

/* Lets a process attach an interrupt source; pid 0: nobody from now on, but who has attached it
 * keeps it. EBUSY: another that has not been freed is let. */
long skink_p_interrupt_grant(int pid, int source);

/* Makes a thread go on at `pc`, out of whatever it waits for (fault injection). pc below
 * SKINK_PAGE: a wild jump. */
long skink_p_thread_jump(int tid, uint64_t pc);

/* Sets the realtime clock. EINVAL: before the time since the nucleus was entered, or beyond what a
 * time can be. */
long skink_p_clock_set(uint64_t ns);

/* Resets (1), powers off (0) by the firmware; does not return when it works. */
long skink_p_reset(int how, int status);

/*
 * Looks. `kind` and `id`; the answer's size is fixed for each kind. Returns the id of what was
 * found, of a connection its coid.
 * NEXT forms find the first with an index above that of `id` (0 starts; of coids, -1); ESRCH ends.
 */
long skink_p_info(int kind, uint64_t id, void *answer, size_t size);

/* trace: see skink/trace.h */
long skink_p_trace(uint32_t classes, void *ring, size_t size);

#endif
