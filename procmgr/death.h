/* SPDX-License-Identifier: Apache-2.0 */
/* death.h - deaths: what is known of each, and who wants to know. */
#ifndef PROCMGR_DEATH_H
#define PROCMGR_DEATH_H

#include <stdbool.h>
#include <stdint.h>

struct process;
struct request;

/* A ring of so many. False: no memory. */
bool death_init(uint32_t entries);
/* PULSE_FAULT: ends the process, and records what will be gone. */
void death_fault(int tid);
/* Ends it, as process_kill does. */
void death_kill(struct process *p, int status, int by);
/* Nothing of it runs any more, and it is news: there is a record of it, and those who want to know
 * at once are told. Once only. */
void death_certain(struct process *p, int status, int by);
/* What it had is being given back, its memory is still there: its record is completed. */
void death_settled(struct process *p);
/* What the log and the record say of services beyond that, when there is time. */
void death_describe(void);
/* All who asked are told that all is free. False: nobody has asked. */
bool death_tell_settled(void);
/* The process has ended and wants no news any more. */
void death_forget(const struct process *p);

long death_notify_request(struct request *r);
long death_read_request(struct request *r);

#endif
