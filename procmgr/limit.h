/* SPDX-License-Identifier: Apache-2.0 */
/* limit.h - a process's abilities and quotas, as its own requests see them. */
#ifndef PROCMGR_LIMIT_H
#define PROCMGR_LIMIT_H

struct request;

long limit_drop_request(struct request *r);
long limit_look_request(struct request *r);

#endif
