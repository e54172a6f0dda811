/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c - who the process is: ids, groups, sessions. There are no users: all ids of users
 * are 0. */
#include "../glue.h"

#include <unistd.h>

pid_t
getpid(void)
{
	return glue_startup->pid;
}

pid_t
getppid(void)
{
	return (pid_t)skink_process_self(SKINK_SELF_PPID);
}

static long
group(unsigned what, pid_t pid, pid_t new_group)
{
	struct proc_group request = {.what = what, .pid = pid, .group = new_group};

	return procmgr_ask(PROC_GROUP, &request, sizeof(request), NULL, 0);
}

pid_t
getpgid(pid_t pid)
{
	return (pid_t)glue_result(group(PROC_GROUP_GET, pid, 0));
}

pid_t
getpgrp(void)
{
	return getpgid(0);
}

int
setpgid(pid_t pid, pid_t new_group)
{
	return glue_result(group(PROC_GROUP_SET, pid, new_group)) < 0 ? -1 : 0;
}

int
setpgrp(void)
{
	return setpgid(0, 0);
}

pid_t
getsid(pid_t pid)
{
	return (pid_t)glue_result(group(PROC_GROUP_SESSION, pid, 0));
}

pid_t
setsid(void)
{
	return (pid_t)glue_result(group(PROC_GROUP_NEW_SESSION, 0, 0));
}

uid_t
getuid(void)
{
	return 0;
}

uid_t
geteuid(void)
{
	return 0;
}

gid_t
getgid(void)
{
	return 0;
}

gid_t
getegid(void)
{
	return 0;
}
