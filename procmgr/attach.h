/* SPDX-License-Identifier: Apache-2.0 */
/* attach.h - servers at their prefixes. */
#ifndef PROCMGR_ATTACH_H
#define PROCMGR_ATTACH_H

#include <stdbool.h>

#include <skink/procmgr_msg.h>

struct process;
struct request;
struct service;

/* procmgr's own prefixes. */
void attach_init(void);
long attach_request(struct request *r);
long detach_request(struct request *r);
long resolve_request(struct request *r);
/* A process has ended: its prefixes go, unless it is a service. */
void attach_process_ended(struct process *p);
/* The service's prefixes go, and its channels with them if `destroy`; who waits there gets
 * `error`. */
void attach_service_fail(struct service *s, int error, bool destroy);
/* PROC_INFO_PATH_NEXT: the prefix behind number `id`; its number, or -ESRCH. */
long attach_next(uint64_t id, struct proc_path_info *info);

#endif
