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
/* PULSE_FAULT: records what will be gone, and ends the process. */
void death_fault(int tid);
/* The process has ended; its memory is still there. Its record is made, or completed if it
 * faulted. */
void death_record(struct process *p);
/* What the log and the record say of it beyond that, when there is time. */
void death_describe(void);
/* All who asked are told that there is something to read. False: nobody has asked. */
bool death_tell(void);
/* The process has ended and wants no news any more. */
void death_forget(const struct process *p);

long death_notify_request(struct request *r);
long death_read_request(struct request *r);

#endif
