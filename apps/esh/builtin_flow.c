/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtin_flow.c - builtins that change the course of execution: loops, return,
 * exit, eval, ".", exec, trap.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/signame.h"
#include "builtin.h"

/* break and continue. */
int
builtin_break(struct shell *sh, int argc, char **argv)
{
	long n = argc > 1 ? builtin_number(sh, argv[0], argv[1], 1) : 1;

	if (n < 0) {
		sh->flow = FLOW_ABORT;
		return sh->status = 2;
	}
	if (sh->loop_depth == 0)
		return 0;
	sh->flow = argv[0][0] == 'b' ? FLOW_BREAK : FLOW_CONTINUE;
	sh->flow_count = n < sh->loop_depth ? (int)n : sh->loop_depth;
	return 0;
}

/* The status that return and exit were given. */
static bool
parse_status(struct shell *sh, int argc, char **argv, int *status)
{
	long n = sh->status;

	if (argc > 1) {
		n = builtin_number(sh, argv[0], argv[1], 0);
		if (n < 0) {
			sh->flow = FLOW_ABORT;
			sh->status = 2;
			return false;
		}
	}
	*status = (int)(n & 0xff);
	return true;
}

int
builtin_return(struct shell *sh, int argc, char **argv)
{
	if (parse_status(sh, argc, argv, &sh->status))
		sh->flow = FLOW_RETURN;
	return sh->status;
}

int
builtin_exit(struct shell *sh, int argc, char **argv)
{
	if (parse_status(sh, argc, argv, &sh->status))
		sh->flow = FLOW_EXIT;
	return sh->status;
}

int
builtin_eval(struct shell *sh, int argc, char **argv)
{
	struct strbuf text = {0};
	char *source = sh->source != NULL ? mem_strdup(sh->source) : NULL;
	int status;

	for (int i = 1; i < argc; i++) {
		if (i > 1)
			strbuf_putc(&text, ' ');
		strbuf_puts(&text, argv[i]);
	}
	status = run_string(sh, strbuf_cstr(&text), source, sh->line);
	free(source);
	strbuf_free(&text);
	return status;
}

/* A name without a slash is looked for in PATH; it need not be executable. */
static int
open_source(struct shell *sh, const char *name)
{
	const char *dir = strchr(name, '/') == NULL ? var_get(sh, "PATH") : NULL;
	int fd;

	while (dir != NULL) {
		size_t len = strcspn(dir, ":");
		struct strbuf path = {0};

		strbuf_put(&path, len > 0 ? dir : ".", len > 0 ? len : 1);
		strbuf_printf(&path, "/%s", name);
		fd = open(strbuf_cstr(&path), O_RDONLY);
		strbuf_free(&path);
		if (fd >= 0)
			return fd;
		dir = dir[len] == ':' ? dir + len + 1 : NULL;
	}
	return open(name, O_RDONLY);
}

int
builtin_dot(struct shell *sh, int argc, char **argv)
{
	const char *caller = sh->source;
	int loop_depth = sh->loop_depth;
	struct input in;
	int status;
	int fd;

	if (argc < 2)
		return report_abort(sh, ".: a file name is needed");
	if (sh->call_depth >= CALL_DEPTH_MAX || stack_is_low())
		return report_abort(sh, "%s: called too deeply", argv[1]);
	fd = open_source(sh, argv[1]);
	if (fd < 0)
		return report_abort(sh, ".: %s: %s", argv[1], strerror(errno));
	fd = redir_hide(fd);
	input_from_fd(&in, fd, false);
	sh->call_depth++;
	sh->source = argv[1];
	sh->loop_depth = 0;
	status = run_input(sh, &in);
	sh->loop_depth = loop_depth;
	sh->source = caller;
	sh->call_depth--;
	input_free(&in);
	close(fd);
	if (sh->flow == FLOW_RETURN) {
		sh->flow = FLOW_NEXT;
		status = sh->status;
	}
	return status;
}

/* There is no exec: the program is waited for, and its status is ours. */
int
builtin_exec(struct shell *sh, int argc, char **argv)
{
	struct spawn_how how = {.group = sh->job_control ? GROUP_NEW : GROUP_OWN};
	pid_t pid;
	int status;

	if (argc < 2)
		return 0;
	pid = spawn_program(sh, argv + 1, &how);
	if (pid < 0) {
		status = (int)-pid;
		sh->flow = sh->interactive ? FLOW_ABORT : FLOW_EXIT;
	} else {
		tty_give(sh, pid);
		status = job_wait_foreground(sh, &pid, NULL, 1, sh->job_control ? pid : 0, argv[1]);
		sh->flow = FLOW_EXIT;
	}
	return sh->status = status;
}

/* trap '' SIGNAL..., trap - SIGNAL..., trap ACTION EXIT. */
int
builtin_trap(struct shell *sh, int argc, char **argv)
{
	int status = 0;
	int i = 1;

	if (argc > i && strcmp(argv[i], "--") == 0)
		i++;
	if (argc <= i + 1)
		return 0;
	for (int k = i + 1; k < argc; k++) {
		const char *action = argv[i];
		int number = signame_parse(argv[k]);

		if (number == 0) {
			free(sh->exit_action);
			sh->exit_action = strcmp(action, "-") == 0 ? NULL : mem_strdup(action);
		} else if (number < 0) {
			report(sh, "trap: %s: bad signal", argv[k]);
			status = 1;
		} else if (strcmp(action, "-") == 0) {
			sh->ignored &= ~(1ul << number);
			if (!sh->interactive)
				signal(number, SIG_DFL);
		} else if (action[0] == '\0') {
			sh->ignored |= 1ul << number;
			signal(number, SIG_IGN);
		} else {
			report(sh, "trap: %s: only '' and - are supported for signals", argv[k]);
			status = 1;
		}
	}
	return status;
}
