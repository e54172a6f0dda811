/* SPDX-License-Identifier: Apache-2.0 */
/* message.c - messages under QNX's names (sys/neutrino.h). Each is one nucleus call. */
#include "../glue.h"

#include <stdlib.h>
#include <string.h>
#include <sys/neutrino.h>

#include "ecall.h"

/* The nucleus takes minus the number of parts for an array of them. */
static inline long
parts_len(size_t parts)
{
	return parts == 0 ? 0 : parts > SKINK_IOV_MAX ? -(long)SKINK_IOV_MAX - 1 : -(long)parts;
}

/* A size that is none would look like a number of parts. */
static inline long
bytes_len(size_t size)
{
	return size < SKINK_MSG_MAX ? (long)size : (long)SKINK_MSG_MAX;
}

static inline bool
is_parts(size_t size)
{
	return (ssize_t)size < 0;
}

/* A result that is an error, away from the straight line. */
static long __attribute__((noinline, cold)) failed(long error)
{
	return glue_result(error);
}

static inline long
finished(long result)
{
	return __builtin_expect(result < 0, 0) ? failed(result) : result;
}

/* Replies of so many bytes come in one step: either all of the request is there to be delivered
 * again, or nobody will. A power of two. */
#define REPLY_WHOLE 2048

static bool
overlap(const void *a, size_t a_size, const void *b, size_t b_size)
{
	return (uintptr_t)a < (uintptr_t)b + b_size && (uintptr_t)b < (uintptr_t)a + a_size;
}

/* The same for large ones. A server that dies while it answers must find the request again, which a
 * reply buffer in the same place has overwritten by then: it is sent from elsewhere. */
static long __attribute__((noinline))
send_large(int coid, const void *message, size_t size, void *reply, size_t reply_size)
{
	void *copy = NULL;
	long result;

	size = (size_t)bytes_len(size);
	reply_size = (size_t)bytes_len(reply_size);
	if (reply_size > REPLY_WHOLE && size < SKINK_MSG_MAX && reply_size < SKINK_MSG_MAX &&
	    overlap(message, size, reply, reply_size)) {
		copy = malloc(size);
		if (copy == NULL)
			return failed(-ENOMEM);
		message = memcpy(copy, message, size);
	}
	result = finished(ecall_send(coid, message, size, reply, reply_size));
	free(copy);
	return result;
}

long
MsgSend(int coid, const void *message, size_t size, void *reply, size_t reply_size)
{
	if (__builtin_expect((size | reply_size) >= REPLY_WHOLE, 0))
		return send_large(coid, message, size, reply, reply_size);
	return finished(ecall_send(coid, message, size, reply, reply_size));
}

long
MsgSendv(int coid, const iov_t *message, size_t parts, const iov_t *reply, size_t reply_parts)
{
	return glue_result(
	    skink_msg_send(coid, message, parts_len(parts), (void *)reply, parts_len(reply_parts)));
}

long
MsgSendsv(int coid, const void *message, size_t size, const iov_t *reply, size_t reply_parts)
{
	return glue_result(
	    skink_msg_send(coid, message, bytes_len(size), (void *)reply, parts_len(reply_parts)));
}

long
MsgSendvs(int coid, const iov_t *message, size_t parts, void *reply, size_t reply_size)
{
	return glue_result(
	    skink_msg_send(coid, message, parts_len(parts), reply, bytes_len(reply_size)));
}

rcvid_t
MsgReceive(int chid, void *message, size_t size, struct _msg_info *info)
{
	if (__builtin_expect(is_parts(size), 0))
		size = (size_t)bytes_len(size);
	return finished(ecall_4(SKINK_SYS_msg_receive, chid, message, (long)size, info));
}

rcvid_t
MsgReceivev(int chid, const iov_t *parts, size_t count, struct _msg_info *info)
{
	return glue_result(skink_msg_receive(chid, (void *)parts, parts_len(count), info));
}

int
MsgReceivePulse(int chid, void *pulse, size_t size, struct _msg_info *info)
{
	(void)chid, (void)pulse, (void)size, (void)info;
	return (int)glue_result(-ENOTSUP);
}

int
MsgReceivePulsev(int chid, const iov_t *parts, size_t count, struct _msg_info *info)
{
	(void)chid, (void)parts, (void)count, (void)info;
	return (int)glue_result(-ENOTSUP);
}

int
MsgReply(rcvid_t rcvid, long status, const void *message, size_t size)
{
	if (__builtin_expect(is_parts(size), 0))
		size = (size_t)bytes_len(size);
	return (int)finished(ecall_4(
	    SKINK_SYS_msg_reply, rcvid, (const void *)status, (long)message, (const void *)size));
}

int
MsgReplyv(rcvid_t rcvid, long status, const iov_t *parts, size_t count)
{
	return (int)glue_result(skink_msg_reply(rcvid, status, parts, parts_len(count)));
}

int
MsgError(rcvid_t rcvid, int error)
{
	if (error == EOK)
		return MsgReply(rcvid, 0, NULL, 0);
	return (int)glue_result(skink_msg_error(rcvid, error));
}

rcvid_t
MsgReplyReceive(rcvid_t rcvid, long status, const void *message, size_t size, int chid,
    void *receive, size_t receive_size, struct _msg_info *info)
{
	if (__builtin_expect(is_parts(size | receive_size), 0)) {
		size = (size_t)bytes_len(size);
		receive_size = (size_t)bytes_len(receive_size);
	}
	return finished(
	    ecall_reply_receive(rcvid, status, message, size, chid, receive, receive_size, info));
}

rcvid_t
MsgReplyReceivev(rcvid_t rcvid, long status, const iov_t *parts, size_t count, int chid,
    const iov_t *receive, size_t receive_count, struct _msg_info *info)
{
	return glue_result(skink_msg_reply_receive(rcvid, status, parts, parts_len(count), chid,
	    (void *)receive, parts_len(receive_count), info));
}

ssize_t
MsgRead(rcvid_t rcvid, void *buffer, size_t size, size_t offset)
{
	return glue_result(skink_msg_read(rcvid, buffer, bytes_len(size), offset));
}

ssize_t
MsgReadv(rcvid_t rcvid, const iov_t *parts, size_t count, size_t offset)
{
	return glue_result(skink_msg_read(rcvid, (void *)parts, parts_len(count), offset));
}

ssize_t
MsgWrite(rcvid_t rcvid, const void *buffer, size_t size, size_t offset)
{
	return glue_result(skink_msg_write(rcvid, buffer, bytes_len(size), offset));
}

ssize_t
MsgWritev(rcvid_t rcvid, const iov_t *parts, size_t count, size_t offset)
{
	return glue_result(skink_msg_write(rcvid, parts, parts_len(count), offset));
}

int
MsgInfo(rcvid_t rcvid, struct _msg_info *info)
{
	return (int)glue_result(skink_msg_info(rcvid, info));
}

int
MsgCurrent(rcvid_t rcvid)
{
	return (int)glue_result(skink_msg_current(rcvid));
}
