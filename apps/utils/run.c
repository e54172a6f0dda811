/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - runs the command that is another's operand, and waits for it; for env and time. */
#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>

#include "cmd.h"

extern char **environ;

int
run_command(char **command, bool *started)
{
	int wait_status;
	pid_t pid, got;
	int error = posix_spawnp(&pid, command[0], NULL, NULL, command, environ);

	if (started != NULL)
		*started = error == 0;
	if (error != 0) {
		errno = error;
		cmd_error("%s", command[0]);
		return error == ENOENT ? 127 : 126;
	}
	do {
		got = waitpid(pid, &wait_status, 0);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		cmd_error("%s", command[0]);
		return 126;
	}
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}
