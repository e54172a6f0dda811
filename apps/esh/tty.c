/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tty.c - the terminal the shell talks through: whose it is, its modes, and the
 * prompt. Owns the modes that commands are run in; recovers nothing, since a
 * terminal's server that comes back answers what was asked of the one before.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "edit.h"
#include "shell.h"

/* How often a wait looks for ^C. */
#define INTERRUPT_POLL_MS 50

static struct {
	bool known;
	struct termios modes; /* those that commands run in */
	uint64_t interrupts; /* of keyboard_count(), that we know of */
} terminal;

void
tty_start(struct shell *sh)
{
	pid_t foreground;

	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	sh->pgid = getpgrp();
	foreground = isatty(0) ? tcgetpgrp(0) : -1;
	if (foreground < 0)
		return;
	/* A session's first shell may have to claim the terminal. */
	if (foreground != sh->pgid && tcsetpgrp(0, sh->pgid) < 0)
		return;
	sh->job_control = true;
	terminal.known = tcgetattr(0, &terminal.modes) == 0;
}

void
tty_give(struct shell *sh, pid_t pgid)
{
	if (!sh->job_control)
		return;
	tcsetpgrp(0, pgid);
	/* Where reading in the background stops a process, it may have been quicker. */
	kill(-pgid, SIGCONT);
	/* ^C typed while we started it was meant for it. */
	if (tty_is_interrupted(sh))
		kill(-pgid, SIGINT);
}

void
tty_take(struct shell *sh)
{
	if (!sh->job_control)
		return;
	/* What the program got is not for us. */
	tty_is_interrupted(sh);
	tcsetpgrp(0, sh->pgid);
}

bool
tty_is_interrupted(struct shell *sh)
{
	uint64_t now;

	if (!sh->job_control || !keyboard_count(&now) || now == terminal.interrupts)
		return false;
	terminal.interrupts = now;
	return true;
}

void
tty_repair(void)
{
	if (terminal.known)
		tcsetattr(0, TCSADRAIN, &terminal.modes);
}

static void
make_prompt(struct shell *sh, bool fresh, struct strbuf *out)
{
	const char *text = var_get(sh, fresh ? "PS1" : "PS2");
	int status = sh->status;
	enum flow flow = sh->flow;

	if (text == NULL)
		text = fresh ? "# " : "> ";
	if (!expand_text(sh, text, out)) {
		out->len = 0;
		strbuf_puts(out, text);
	}
	sh->status = status;
	sh->flow = flow;
}

static bool
edit_in_raw_mode(
    struct shell *sh, const char *prompt, struct strbuf *line, enum edit_result *result)
{
	struct termios raw;

	if (!isatty(0) || tcgetattr(0, &terminal.modes) < 0)
		return false;
	terminal.known = true;
	raw = terminal.modes;
	/* Enter stays a newline: what is typed ahead may be read by a program, as a line. */
	raw.c_iflag = (raw.c_iflag | ICRNL) & (tcflag_t) ~(INLCR | IGNCR | IXON);
	raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(0, TCSADRAIN, &raw) < 0)
		return false;
	*result = edit_line(sh, prompt, line);
	tcsetattr(0, TCSADRAIN, &terminal.modes);
	return true;
}

bool
tty_aborts(struct shell *sh)
{
	if (!tty_is_interrupted(sh))
		return false;
	sh->flow = FLOW_ABORT;
	sh->status = 130;
	return true;
}

bool
tty_wait_for_input(struct shell *sh)
{
	struct pollfd input = {.fd = 0, .events = POLLIN};

	if (!sh->job_control || !isatty(0))
		return true;
	while (poll(&input, 1, INTERRUPT_POLL_MS) == 0) {
		if (tty_aborts(sh))
			return false;
	}
	return true;
}

/* A terminal that cannot be edited on, or none at all. */
static enum edit_result
read_plain(const char *prompt, struct strbuf *line)
{
	(void)write_all(2, prompt, strlen(prompt));
	for (;;) {
		char c;
		ssize_t n = read(0, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return line->len > 0 ? EDIT_LINE : EDIT_END;
		if (c == '\n')
			return EDIT_LINE;
		strbuf_putc(line, c);
	}
}

bool
tty_fetch(struct input *in)
{
	struct shell *sh = in->context;
	struct strbuf prompt = {0};
	struct strbuf line = {0};
	enum edit_result result = EDIT_END;

	if (in->fresh)
		job_poll(sh, true);
	tty_is_interrupted(sh);
	make_prompt(sh, in->fresh, &prompt);
	if (!edit_in_raw_mode(sh, strbuf_cstr(&prompt), &line, &result))
		result = read_plain(strbuf_cstr(&prompt), &line);
	if (result == EDIT_LINE) {
		history_add(strbuf_cstr(&line));
		strbuf_puts(&in->text, strbuf_cstr(&line));
		strbuf_putc(&in->text, '\n');
		in->fresh = false;
	} else if (result == EDIT_ABANDONED) {
		/* The reader sees an end, and the main loop a reason to go on. */
		sh->flow = FLOW_ABORT;
		sh->status = 130;
	}
	strbuf_free(&prompt);
	strbuf_free(&line);
	return result == EDIT_LINE;
}
