/* SPDX-License-Identifier: Apache-2.0 */
/* procmgr.c - requests to the process manager: fills in the header and sends. */
#include "../glue.h"

long
glue_ask_tail(int type, void *request, size_t size, const void *tail, size_t tail_size, void *reply,
    size_t reply_size)
{
	struct skink_iov parts[2] = {{request, size}, {(void *)tail, tail_size}};
	struct skink_iov answer = {reply, reply_size};

	*(struct proc_header *)request = (struct proc_header){
	    .type = (uint16_t)type,
	    .version = PROC_VERSION,
	};
	return skink_msg_send(SKINK_PROCMGR_COID, parts, -2, &answer, -1);
}

long
glue_ask(int type, void *request, size_t size, void *reply, size_t reply_size)
{
	*(struct proc_header *)request = (struct proc_header){
	    .type = (uint16_t)type,
	    .version = PROC_VERSION,
	};
	return skink_msg_send(SKINK_PROCMGR_COID, request, (long)size, reply, (long)reply_size);
}
