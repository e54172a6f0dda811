/* SPDX-License-Identifier: Apache-2.0 */
/* spawn_attr.c - what a child is to be like. */
#include "../glue.h"

#include <spawn.h>

#define KNOWN_FLAGS \
	(POSIX_SPAWN_RESETIDS | POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSCHEDPARAM | \
	    POSIX_SPAWN_SETSCHEDULER | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | \
	    POSIX_SPAWN_SETSID)

int
posix_spawnattr_init(posix_spawnattr_t *attr)
{
	*attr = (posix_spawnattr_t){.policy = SCHED_RR};
	return 0;
}

int
posix_spawnattr_destroy(posix_spawnattr_t *attr)
{
	(void)attr;
	return 0;
}

int
posix_spawnattr_setflags(posix_spawnattr_t *attr, short flags)
{
	if ((flags & ~KNOWN_FLAGS) != 0)
		return EINVAL;
	attr->flags = flags;
	return 0;
}

int
posix_spawnattr_getflags(const posix_spawnattr_t *restrict attr, short *restrict flags)
{
	*flags = attr->flags;
	return 0;
}

int
posix_spawnattr_setpgroup(posix_spawnattr_t *attr, pid_t group)
{
	attr->group = group;
	return 0;
}

int
posix_spawnattr_getpgroup(const posix_spawnattr_t *restrict attr, pid_t *restrict group)
{
	*group = attr->group;
	return 0;
}

int
posix_spawnattr_setschedpolicy(posix_spawnattr_t *attr, int policy)
{
	if (policy != SCHED_FIFO && policy != SCHED_RR && policy != SCHED_OTHER)
		return policy == SCHED_SPORADIC ? ENOTSUP : EINVAL;
	attr->policy = policy;
	return 0;
}

int
posix_spawnattr_getschedpolicy(const posix_spawnattr_t *restrict attr, int *restrict policy)
{
	*policy = attr->policy;
	return 0;
}

int
posix_spawnattr_setschedparam(
    posix_spawnattr_t *restrict attr, const struct sched_param *restrict param)
{
	attr->param = *param;
	return 0;
}

int
posix_spawnattr_getschedparam(
    const posix_spawnattr_t *restrict attr, struct sched_param *restrict param)
{
	*param = attr->param;
	return 0;
}

int
posix_spawnattr_setsigdefault(posix_spawnattr_t *restrict attr, const sigset_t *restrict set)
{
	attr->sigdefault = *set;
	return 0;
}

int
posix_spawnattr_getsigdefault(const posix_spawnattr_t *restrict attr, sigset_t *restrict set)
{
	*set = attr->sigdefault;
	return 0;
}

int
posix_spawnattr_setsigmask(posix_spawnattr_t *restrict attr, const sigset_t *restrict set)
{
	attr->sigmask = *set;
	return 0;
}

int
posix_spawnattr_getsigmask(const posix_spawnattr_t *restrict attr, sigset_t *restrict set)
{
	*set = attr->sigmask;
	return 0;
}
