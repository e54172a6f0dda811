/* SPDX-License-Identifier: Apache-2.0 */
/* wait.h - a process's end: its memory, then those who wait for it. */
#ifndef PROCMGR_WAIT_H
#define PROCMGR_WAIT_H

struct process;
struct request;

void wait_init(void);
long wait_request(struct request *r);
/* PULSE_PROCESSDEATH. */
void wait_process_ended(int pid);
/* Whatever comes to procmgr, this is done before it: so nobody sees that a parent was told before
 * all was free. */
void wait_settle_late(void);

#endif
