/* SPDX-License-Identifier: Apache-2.0 */
/* park.h - requests that wait for somebody else than procmgr. */
#ifndef PROCMGR_PARK_H
#define PROCMGR_PARK_H

void park_init(void);
/* The client waits for what others do: until then it lends procmgr nothing. It is answered like any
 * other. `priority`: of the client. */
void park(long rcvid, int priority);

#endif
