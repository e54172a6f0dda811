/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.c - what a subshell inherits beyond the environment. There is no fork:
 * a subshell is a fresh esh that is given this text ahead of its commands.
 *
 * The first line is "version pid status background-pid line options"; shell
 * text follows: assignments of the variables that are not exported, and the
 * functions. Positional parameters and the commands travel as arguments.
 *
 * What is longer than arguments should be goes through a pipe that the subshell
 * inherits: the state, positional parameters included, and the commands.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "print.h"
#include "shell.h"

#define STATE_VERSION 1

enum {
	STATE_ERREXIT = 1,
	STATE_XTRACE = 2,
	STATE_NOUNSET = 4,
	STATE_NOGLOB = 8,
};

void
state_write(struct shell *sh, struct strbuf *out, int line)
{
	int options = 0;

	/* Where a failure is being tested for, it does not end the subshell either. */
	if (sh->errexit && sh->errexit_off == 0)
		options |= STATE_ERREXIT;
	if (sh->xtrace)
		options |= STATE_XTRACE;
	if (sh->nounset)
		options |= STATE_NOUNSET;
	if (sh->noglob)
		options |= STATE_NOGLOB;
	strbuf_printf(out, "%d %ld %d %ld %d %d\n", STATE_VERSION, (long)sh->pid, sh->status,
	    (long)sh->background_pid, line, options);
	var_print(sh, out, "", false);
	function_print(sh, out);
}

bool
state_read(struct shell *sh, const char *text, int *line)
{
	int version, status, options;
	long pid, background_pid;
	const char *body = strchr(text, '\n');

	if (body == NULL ||
	    sscanf(text, "%d %ld %d %ld %d %d", &version, &pid, &status, &background_pid, line,
		&options) != 6 ||
	    version != STATE_VERSION)
		return false;
	run_string(sh, body + 1, "state", 1);
	sh->pid = (pid_t)pid;
	sh->status = status;
	sh->background_pid = (pid_t)background_pid;
	sh->errexit = (options & STATE_ERREXIT) != 0;
	sh->xtrace = (options & STATE_XTRACE) != 0;
	sh->nounset = (options & STATE_NOUNSET) != 0;
	sh->noglob = (options & STATE_NOGLOB) != 0;
	return sh->flow == FLOW_NEXT;
}

void
state_write_args(struct shell *sh, struct strbuf *out)
{
	strbuf_puts(out, "set --");
	for (size_t i = 0; i < sh->args.n; i++) {
		strbuf_putc(out, ' ');
		print_quoted(out, sh->args.v[i]);
	}
	strbuf_putc(out, '\n');
}

bool
state_receive(int fd, size_t state_len, struct strbuf *state, struct strbuf *text)
{
	char chunk[512];
	ssize_t n;

	do {
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0)
			strbuf_put(text, chunk, (size_t)n);
	} while (n > 0 || (n < 0 && errno == EINTR));
	close(fd);
	if (n < 0 || text->len < state_len)
		return false;
	strbuf_put(state, text->data, state_len);
	memmove(text->data, text->data + state_len, text->len - state_len);
	text->len -= state_len;
	return true;
}
