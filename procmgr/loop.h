/* SPDX-License-Identifier: Apache-2.0 */
/* loop.h - procmgr's channel and what comes to it. */
#ifndef PROCMGR_LOOP_H
#define PROCMGR_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#define LOOP_PRIORITY	10	/* of work that nobody waits for */

struct skink_boot;

enum pulse_code {
	PULSE_WORK = 1,		/* job.c: a step is due */
	PULSE_TIMER = 2,	/* service.c: a delayed start is due */
	PULSE_LATE = 3,		/* wait.c: there is time for what is late */
	PULSE_PARK = 4,		/* to park.c's thread; value: a rcvid */
	PULSE_WATCH = 4,	/* service.c: does ham live? */
};

/* Makes the channel; FAULT and PROCESSDEATH pulses come from now on. */
void loop_init(const struct skink_boot *boot);
void loop_run(void) __attribute__((noreturn));
/* procmgr's own connection to its channel. */
int loop_coid(void);
int loop_chid(void);
/* Sends itself a pulse. False: no room for one. */
bool loop_pulse(int priority, int code, uint64_t value);
uint64_t loop_now_ns(void);

#endif
