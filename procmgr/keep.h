/* SPDX-License-Identifier: Apache-2.0 */
/* keep.h - keep memory: named objects that belong to a service and outlive its processes. */
#ifndef PROCMGR_KEEP_H
#define PROCMGR_KEEP_H

#include <stdbool.h>
#include <stdint.h>

#include <skink/procmgr_msg.h>

#include "list.h"

struct object;
struct request;
struct service;

struct keep {
	struct link	link;		/* in the service's list */
	struct service	*service;
	struct object	*object;	/* referenced */
	uint64_t	address;	/* where each instance has it */
	uint64_t	bytes;
	bool		opening;	/* a job maps it */
	char		name[SKINK_NAME_MAX];
};

#define KEEPS_MAX	32u	/* of one service */

long keep_open_request(struct request *r);
long keep_drop_request(struct request *r);
/* The job that map_keep() began is at its end. */
void keep_opened(struct keep *keep, long rcvid, bool existed);
/* The same, as a handler's result. */
long keep_answer(struct request *r, struct keep *keep, bool existed);
void keep_failed(struct keep *keep);
/* All of a service's keep memory goes (it has no process). */
void keep_drop_all(struct service *s);
/* PROC_INFO_KEEP_NEXT: the one behind number `id`; its number, or -ESRCH. */
long keep_next(uint64_t id, struct proc_keep_info *info);

#endif
