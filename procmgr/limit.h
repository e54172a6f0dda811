/* SPDX-License-Identifier: Apache-2.0 */
/* limit.h - a process's abilities and quotas, as its own requests see them. */
#ifndef PROCMGR_LIMIT_H
#define PROCMGR_LIMIT_H

struct process;
struct request;

/* As skink_p_connect_install(), but p's quotas grow when they must and can. */
long limit_connect(struct process *p, int chid, int index, unsigned flags);

long limit_drop_request(struct request *r);
long limit_grow_request(struct request *r);
long limit_look_request(struct request *r);

#endif
