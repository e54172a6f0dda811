/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c - the realtime clock is set for those who may; it is the nucleus's, and read there. */
#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "clock.h"
#include "nucleus.h"
#include "process.h"
#include "request.h"

long
clock_set_request(struct request *r)
{
	const struct proc_clock *m = (const void *)r->bytes;

	if (!process_has(r->process, SKINK_AB_CLOCK_SET))
		return -SK_EPERM;
	return skink_p_clock_set(m->ns);
}
