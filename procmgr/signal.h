/* SPDX-License-Identifier: Apache-2.0 */
/* signal.h - signals, groups, sessions. */
#ifndef PROCMGR_SIGNAL_H
#define PROCMGR_SIGNAL_H

struct request;

long signal_kill_request(struct request *r);
long signal_disposition_request(struct request *r);
long signal_group_request(struct request *r);

#endif
