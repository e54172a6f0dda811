/* SPDX-License-Identifier: Apache-2.0 */
/* alarm_client.c - asks the alarm service. The path leads to its channel; nothing is opened. */
#include "alarm.h"

#include <errno.h>
#include <string.h>
#include <sys/neutrino.h>

#include <skink/procmgr_msg.h>

static int
find_service(void)
{
	struct proc_resolve m = {.header = {.type = PROC_RESOLVE, .version = PROC_VERSION},
	    .index = SKINK_SIDE_CHANNEL,
	    .length = strlen(ALARM_PATH)};
	struct proc_resolve_reply reply;
	iov_t parts[2];

	SETIOV(&parts[0], &m, sizeof(m));
	SETIOV(&parts[1], ALARM_PATH, m.length);
	if (MsgSendvs(SKINK_PROCMGR_COID, parts, 2, &reply, sizeof(reply)) < 0)
		return -1;
	/* A prefix above it that takes all paths is not the service. */
	if (reply.rest != m.length) {
		ConnectDetach(reply.coid);
		errno = ENOENT;
		return -1;
	}
	return reply.coid;
}

long
alarm_measure(const struct alarm_request *request, uint32_t *samples)
{
	int coid = find_service();
	long n;

	if (coid < 0)
		return -1;
	n = MsgSend(coid, request, sizeof(*request), samples, request->count * sizeof(*samples));
	ConnectDetach(coid);
	return n;
}
