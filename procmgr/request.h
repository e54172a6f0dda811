/* SPDX-License-Identifier: Apache-2.0 */
/* request.h - a message being answered. */
#ifndef PROCMGR_REQUEST_H
#define PROCMGR_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include <skink/types.h>

struct process;
union request_scratch;

/* Room for the largest fixed request with its bytes; SPAWN's are read piece by piece. */
#define REQUEST_BYTES	1088

struct request {
	long		rcvid;
	struct _msg_info info;
	struct process	*process;	/* the client; alive when this was made */
	const uint8_t	*bytes;		/* procmgr's copy of the message */
	uint32_t	length;		/* bytes in the copy, <= REQUEST_BYTES */
	uint32_t	reply_length;
	const void	*reply;		/* what to answer; nothing at the start */
	union request_scratch *scratch;	/* room for the answer */
	/* the answer could not be given: takes back what was done; NULL: nothing */
	void		(*lost)(struct request *);
};

/* Room for an answer. */
#define REQUEST_ANSWER	1024
union request_scratch {
	uint8_t		bytes[REQUEST_ANSWER];
	uint64_t	align;
};

/* What a handler returns when the answer comes later. Else a status >= 0, or a negated error
 * number. */
#define REQUEST_LATER	(-10000l)

/* The copy holds at least `fixed` bytes and `more` behind them. */
static inline bool
request_holds(const struct request *r, uint32_t fixed, uint64_t more)
{
	return r->length >= fixed && more <= r->length - fixed;
}

/* `size` zeroed bytes (<= REQUEST_ANSWER) that become the answer. */
void *request_reply(struct request *r, uint32_t size);

#endif
