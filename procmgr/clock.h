/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h - who sets the realtime clock. */
#ifndef PROCMGR_CLOCK_H
#define PROCMGR_CLOCK_H

struct request;

long clock_set_request(struct request *r);

#endif
