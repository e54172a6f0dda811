/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subst.c - command substitution: a subshell whose output is read through a
 * pipe. Owns the pipe; sets the status that an assignment ends with.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "shell.h"

static void
read_output(int fd, struct strbuf *out)
{
	char chunk[512];
	ssize_t n;

	for (;;) {
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		for (ssize_t i = 0; i < n; i++) {
			if (chunk[i] != '\0')
				strbuf_putc(out, chunk[i]);
		}
	}
}

bool
subst_run(struct shell *sh, const char *source, struct strbuf *out)
{
	struct spawn_how how = {.group = GROUP_OWN};
	struct redir_saved *saved = NULL;
	size_t start = out->len;
	int ends[2];
	pid_t pid;

	if (source[strspn(source, " \t\n")] == '\0') {
		sh->subst_status = 0;
		return true;
	}
	if (pipe(ends) < 0) {
		report_abort(sh, "pipe: %s", strerror(errno));
		return false;
	}
	ends[0] = redir_hide(ends[0]);
	ends[1] = redir_hide(ends[1]);
	redir_save(1, &saved);
	dup2(ends[1], 1);
	pid = spawn_shell(sh, source, sh->line, &how);
	redir_undo(&saved);
	close(ends[1]);
	if (pid > 0)
		read_output(ends[0], out);
	close(ends[0]);
	sh->subst_status = pid > 0 ? job_wait_foreground(sh, &pid, NULL, 1, 0, NULL) : (int)-pid;
	sh->status = sh->subst_status;
	while (out->len > start && out->data[out->len - 1] == '\n')
		out->len--;
	return sh->flow == FLOW_NEXT;
}
