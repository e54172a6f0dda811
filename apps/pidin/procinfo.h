/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procinfo.h - what procmgr tells about processes, for the programs that show and touch them. Every
 * function returns >= 0, or a negated error number; ids of NEXT forms start at 0 and end with
 * -ESRCH.
 */
#ifndef APPS_PROCINFO_H
#define APPS_PROCINFO_H

#include <stddef.h>
#include <stdint.h>

#include <skink/procmgr_msg.h>

/* PROC_INFO of any kind; the result is the id for the next NEXT. */
long procinfo(uint32_t kind, uint64_t id, void *answer, size_t size);

long procinfo_death(uint64_t after, struct proc_death *death);
long procinfo_system(struct proc_system *system);
long procinfo_kill(int pid, int sig);
long procinfo_inject(int pid, uint32_t how);

/* The name of a process; "-" when there is none. The text lasts until the call after the next. */
const char *procinfo_name(int pid);

/* The pids of those whose name or pid is `what`, procmgr's own included; at most `max`. Returns
 * how many. */
int procinfo_find(const char *what, int *pids, int max);

/* The number of a signal given as "9", "KILL", "kill" or "SIGKILL"; -1: no such. */
int procinfo_signal(const char *text);

/* "exit=3", "signal=9", "fault=STORE": one word. */
const char *procinfo_status(int32_t status, char *text, size_t size);

/* "RUNNING"; 'f' or 'r'. */
const char *procinfo_state(uint32_t state);
char procinfo_policy(int policy);

#endif
