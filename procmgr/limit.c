/* SPDX-License-Identifier: Apache-2.0 */
/* limit.c - what a process may do and use: tells it, takes what it gives up, and gives more of a
 * quota where there is more. Never gives an ability. */
#include <string.h>

#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "device.h"
#include "limit.h"
#include "nucleus.h"
#include "pages.h"
#include "process.h"
#include "request.h"

long
limit_drop_request(struct request *r)
{
	const struct proc_drop *m = (const void *)r->bytes;

	r->process->attr.abilities &= ~m->abilities;
	if (process_is_service(r->process) && !process_has(r->process, SKINK_AB_INTERRUPT))
		device_revoke(process_owner(r->process));
	process_limit(r->process);
	return 0;
}

long
limit_connect(struct process *p, int chid, int index, unsigned flags)
{
	long result;

	do /* each time with more, of which there is an end */
		result = skink_p_connect_install(p->pid, chid, index, flags);
	while (result == -SK_EMFILE && process_quota_grow(p, SKINK_POOL_CONNECTION));
	return result;
}

long
limit_grow_request(struct request *r)
{
	const struct proc_grow *m = (const void *)r->bytes;

	if (m->quota >= SKINK_QUOTA_COUNT || m->zero != 0)
		return -SK_EINVAL;
	return process_quota_grow(r->process, m->quota) ? 0 : -SK_EAGAIN;
}

long
limit_look_request(struct request *r)
{
	const struct process *p = r->process;
	const struct service *s = process_owner(p);
	struct proc_limits *reply = request_reply(r, sizeof(*reply));
	struct skink_process_info info;
	long error = skink_p_info(SKINK_INFO_PROCESS, p->pid, &info, sizeof(info));

	if (error < 0)
		return error;
	*reply = (struct proc_limits){
	    .memory_max = p->account.max << PAGE_SHIFT,
	    .memory_used = p->account.used << PAGE_SHIFT,
	    .owner_max = s->account.max << PAGE_SHIFT,
	    .owner_used = s->account.used << PAGE_SHIFT,
	    .processes_max = s->entry->processes,
	    .processes = s->processes - (s->process != NULL),
	};
	memcpy(reply->quota, info.attr.quota, sizeof(reply->quota));
	memcpy(reply->used, info.used, sizeof(reply->used));
	process_quota_spare(p, reply->spare);
	return 0;
}
