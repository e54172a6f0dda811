/* SPDX-License-Identifier: Apache-2.0 */
/* procmgr.c - requests to the process manager: fills in the header and sends. */
#include <string.h>

#include <skink/calls.h>
#include <skink/procmgr.h>

#define WHOLE_MAX 512 /* bytes that are put into one piece: it is sent on a shorter way */

static void
fill_header(void *request, enum proc_request type)
{
	*(struct proc_header *)request = (struct proc_header){
	    .type = (uint16_t)type,
	    .version = PROC_VERSION,
	};
}

long
procmgr_ask_tail(enum proc_request type, void *request, size_t size, const void *tail,
    size_t tail_size, void *reply, size_t reply_size)
{
	struct skink_iov parts[2] = {{request, size}, {(void *)tail, tail_size}};
	char whole[WHOLE_MAX];

	fill_header(request, type);
	if (size + tail_size <= sizeof(whole)) {
		memcpy(whole, request, size);
		memcpy(whole + size, tail, tail_size);
		return skink_msg_send(
		    SKINK_PROCMGR_COID, whole, (long)(size + tail_size), reply, (long)reply_size);
	}
	return skink_msg_send(SKINK_PROCMGR_COID, parts, -2, reply, (long)reply_size);
}

long
procmgr_ask(enum proc_request type, void *request, size_t size, void *reply, size_t reply_size)
{
	fill_header(request, type);
	return skink_msg_send(SKINK_PROCMGR_COID, request, (long)size, reply, (long)reply_size);
}
