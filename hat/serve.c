/* SPDX-License-Identifier: Apache-2.0 */
/* serve.c - answers /dev/ham. Owns the checks of what comes in; keeps nothing about its clients, so
 * a connection outlives any number of deaths of ham. */
#include "ham.h"

#include <string.h>
#include <sys/iomsg.h>

#include <skink/calls.h>
#include <skink/errno.h>

static void
reply(long rcvid, const void *data, size_t size)
{
	skink_msg_reply(rcvid, 0, data, (long)size);
}

static void
describe(struct _io_stat_reply *stat)
{
	*stat = (struct _io_stat_reply){
	    .ino = 1, .mode = _IO_S_IFCHR | 0666, .nlink = 1, .blksize = 4096};
}

static int
serve_connect(long rcvid, const struct _io_connect *m, size_t length)
{
	struct _io_connect_reply opened = {.version = IO_VERSION, .mode = _IO_S_IFCHR | 0666};
	struct _io_stat_reply stat;

	if (length < sizeof(*m))
		return SK_EINVAL;
	if (m->path_len != m->prefix_len)
		return SK_ENOTDIR;
	if (m->subtype == _IO_CONNECT_OPEN) {
		if (m->ioflag & _IO_FLAG_DIRECTORY)
			return SK_ENOTDIR;
		reply(rcvid, &opened, sizeof(opened));
		return 0;
	}
	if (m->subtype != _IO_CONNECT_STAT)
		return SK_ENOSYS;
	describe(&stat);
	reply(rcvid, &stat, sizeof(stat));
	return 0;
}

/* ham's own entry tells of itself: procmgr starts it, and an operator's word is not for it. */
static int
command(const struct _msg_info *info, struct entity *e, enum policy_event event)
{
	struct _client_info client;

	if (e == NULL)
		return SK_ESRCH;
	if (skink_connect_client_info(info->scoid, &client) < 0 ||
	    !(client.abilities & SKINK_AB_KILL) || (e->entry->flags & SKINK_SERVICE_BOOT))
		return SK_EPERM;
	entity_feed(e, event, 0);
	return 0;
}

static void
tell_status(long rcvid)
{
	struct ham_status_info status = {
	    .version = HAM_VERSION,
	    .entities = entity_count(),
	    .instance = ham_kept()->instance,
	    .hung = ham_kept()->hung,
	    .now_ns = now_ns(),
	};

	for (uint32_t n = 1; n <= entity_count(); n++)
		status.settled += entity_is_settled(entity_at(n));
	reply(rcvid, &status, sizeof(status));
}

static int
tell_entity(long rcvid, const struct entity *e)
{
	struct ham_entity_info info;

	if (e == NULL)
		return SK_ESRCH;
	entity_describe(e, now_ns(), &info);
	reply(rcvid, &info, sizeof(info));
	return 0;
}

static int
serve_request(long rcvid, const struct ham_request *m, size_t length, const struct _msg_info *info)
{
	if (length != sizeof(*m) || m->zero != 0 || m->name[sizeof(m->name) - 1] != '\0')
		return SK_EINVAL;
	if (m->version != HAM_VERSION)
		return SK_ENOSYS;
	switch (m->kind) {
	case HAM_ENTITY_NEXT:
		return tell_entity(
		    rcvid, m->number == UINT32_MAX ? NULL : entity_at(m->number + 1));
	case HAM_ENTITY_GET:
		return tell_entity(rcvid, entity_named(m->name));
	case HAM_STATUS:
		tell_status(rcvid);
		return 0;
	case HAM_START:
	case HAM_STOP:
	case HAM_RESTART: {
		enum policy_event event = m->kind == HAM_START ? POLICY_START
		    : m->kind == HAM_STOP                      ? POLICY_STOP
							       : POLICY_RESTART;
		int error = command(info, entity_named(m->name), event);

		if (error == 0)
			reply(rcvid, NULL, 0);
		return error;
	}
	default:
		return SK_ENOSYS;
	}
}

static int
serve(long rcvid, const union serve_buffer *buffer, const struct _msg_info *info)
{
	size_t length = info->msglen;
	struct _io_stat_reply stat;
	uint16_t type;

	if (length < sizeof(type))
		return SK_EINVAL;
	memcpy(&type, buffer->bytes, sizeof(type));
	switch (type) {
	case _IO_CONNECT:
		return serve_connect(rcvid, (const struct _io_connect *)buffer, length);
	case _IO_STAT:
		describe(&stat);
		reply(rcvid, &stat, sizeof(stat));
		return 0;
	case _IO_DEVCTL:
		return SK_ENOTTY;
	case HAM_TYPE:
		return serve_request(rcvid, &buffer->request, length, info);
	default:
		return SK_ENOSYS;
	}
}

void
serve_message(long rcvid, const union serve_buffer *buffer, const struct _msg_info *info)
{
	int error = serve(rcvid, buffer, info);

	if (error != 0)
		skink_msg_error(rcvid, error);
}
