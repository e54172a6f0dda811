/* SPDX-License-Identifier: Apache-2.0 */
/* skink/access.h - what a process may not do by itself, nor the nucleus for it, which knows no
 * policy: procmgr does it, if the process may (docs/abilities.md). Like the calls of skink/calls.h
 * these return 0 or a positive result, or a negated error number: those of the requests that they
 * send (skink/procmgr_msg.h). They block until procmgr answers, which ends a timeout that is
 * armed. */
#ifndef SKINK_ACCESS_H
#define SKINK_ACCESS_H

#include <stdint.h>

#include <skink/abilities.h>

/* Connects to a channel of process `pid` (PROC_CONNECT): the lowest free coid >= index (with
 * SKINK_SIDE_CHANNEL: from the second table). */
long skink_connect_to(int pid, int chid, int index, unsigned flags);

/* Lets process `pid` (-1: any) connect to the caller's channel by pid and chid (PROC_GRANT). */
long skink_channel_grant(int chid, int pid);

/* Sets the realtime clock (PROC_CLOCK_SET). */
long skink_clock_set(uint64_t ns);

#endif
