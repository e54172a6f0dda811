/* SPDX-License-Identifier: Apache-2.0 */
/* rename.c - rename(): both names must be one server's. */
#include "../glue.h"

#include <stdio.h>
#include <sys/iomsg.h>

static bool
same_channel(int a, int b)
{
	struct _server_info x, y;

	return skink_connect_server_info(a, &x) >= 0 && skink_connect_server_info(b, &y) >= 0 &&
	    x.chid == y.chid;
}

static long
rename_on(const struct glue_route *from, const struct glue_route *to)
{
	struct _io_connect head = {
	    .type = _IO_CONNECT,
	    .subtype = _IO_CONNECT_RENAME,
	    .version = IO_VERSION,
	    .path_len = (uint16_t)from->length,
	    .prefix_len = (uint16_t)from->prefix,
	    .extra_len = (uint16_t)to->length,
	    .extra_prefix_len = (uint16_t)to->prefix,
	};
	struct skink_iov parts[3] = {
	    {&head, sizeof(head)},
	    {(void *)from->path, from->length + 1},
	    {(void *)to->path, to->length + 1},
	};

	if (!same_channel(from->coid, to->coid))
		return -EXDEV;
	return skink_msg_send(from->coid, parts, -3, NULL, 0);
}

int
rename(const char *old, const char *new)
{
	struct glue_route from, to;
	long r = glue_resolve(old, SKINK_SIDE_CHANNEL, SKINK_COF_CLOEXEC, &from);

	if (r < 0)
		return (int)glue_result(r);
	r = glue_resolve(new, SKINK_SIDE_CHANNEL, SKINK_COF_CLOEXEC, &to);
	if (r >= 0) {
		r = rename_on(&from, &to);
		skink_connect_detach(to.coid);
	}
	skink_connect_detach(from.coid);
	return (int)glue_result(r);
}
