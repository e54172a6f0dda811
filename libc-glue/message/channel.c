/* SPDX-License-Identifier: Apache-2.0 */
/* channel.c - channels and connections under QNX's names. */
#include "../glue.h"

#include <sys/neutrino.h>

/* The calls that QNX lets look into other processes look into this one only. */
static bool
is_self(pid_t pid)
{
	return pid == 0 || pid == glue_startup->pid;
}

int
ChannelCreate(unsigned flags)
{
	if ((flags & SKINK_CHF_DURABLE) != 0)
		return (int)glue_result(-EINVAL);
	return (int)glue_result(skink_channel_create(flags, 0));
}

int
ChannelCreateDurable(unsigned flags, unsigned key, int *adopted)
{
	long r = skink_channel_create(flags | SKINK_CHF_DURABLE, key);

	if (r < 0)
		return (int)glue_result(r);
	if (adopted != NULL)
		*adopted = (r & SKINK_CHANNEL_ADOPTED) != 0;
	return (int)(r & ~SKINK_CHANNEL_ADOPTED);
}

int
ChannelDestroy(int chid)
{
	return (int)glue_result(skink_channel_destroy(chid));
}

int
ConnectAttach(int nd, pid_t pid, int chid, unsigned index, int flags)
{
	long coid;

	if (nd != ND_LOCAL_NODE)
		return (int)glue_result(-ENOTSUP);
	coid = is_self(pid) ? skink_connect_attach(chid, (int)index, (unsigned)flags)
			    : skink_connect_to(pid, chid, (int)index, (unsigned)flags);
	if (coid >= 0)
		glue_fd_made(coid);
	return (int)glue_result(coid);
}

int
ConnectDetach(int coid)
{
	return (int)glue_result(skink_connect_detach(coid));
}

int
ConnectFlags(pid_t pid, int coid, unsigned mask, unsigned bits)
{
	long old = skink_connect_server_info(coid, NULL), r = 0;

	if (!is_self(pid) || (mask | bits) & ~SKINK_COF_CLOEXEC)
		return (int)glue_result(-EINVAL);
	if (old >= 0 && mask != 0) /* the one flag there is */
		r = skink_connect_dup(coid, coid, SKINK_DUP_EXACT | (bits & mask));
	return (int)glue_result(r < 0 ? r : old);
}

int
ConnectServerInfo(pid_t pid, int coid, struct _server_info *info)
{
	if (!is_self(pid))
		return (int)glue_result(-EINVAL);
	return glue_result(skink_connect_server_info(coid, info)) < 0 ? -1 : coid;
}

int
ConnectClientInfo(int scoid, struct _client_info *info, int groups)
{
	(void)groups;
	return (int)glue_result(skink_connect_client_info(scoid, info));
}
