/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redir.c - redirections. They are made on the shell's own descriptors, in the
 * order written, and undone behind the command: builtins, compound commands and
 * programs need no different treatment.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "print.h"
#include "shell.h"

/* The shell's own descriptors lie at this one and above. */
#define HIDDEN_MIN 10
/* What any pipe takes without a reader (POSIX's least PIPE_BUF). */
#define PIPE_SURE 512

struct redir_saved {
	struct redir_saved *next;
	int fd;
	int copy; /* -1: fd was closed */
};

int
redir_hide(int fd)
{
	int high = fcntl(fd, F_DUPFD, HIDDEN_MIN);

	if (high < 0)
		high = fd;
	else
		close(fd);
	fcntl(high, F_SETFD, FD_CLOEXEC);
	return high;
}

void
redir_save(int fd, struct redir_saved **saved)
{
	struct redir_saved *s;

	for (s = *saved; s != NULL; s = s->next) {
		if (s->fd == fd)
			return;
	}
	s = mem_alloc(sizeof(*s));
	s->fd = fd;
	s->copy = fcntl(fd, F_DUPFD, HIDDEN_MIN);
	if (s->copy >= 0)
		fcntl(s->copy, F_SETFD, FD_CLOEXEC);
	s->next = *saved;
	*saved = s;
}

void
redir_undo(struct redir_saved **saved)
{
	while (*saved != NULL) {
		struct redir_saved *s = *saved;

		if (s->copy >= 0) {
			dup2(s->copy, s->fd);
			close(s->copy);
		} else {
			close(s->fd);
		}
		*saved = s->next;
		free(s);
	}
}

void
redir_keep(struct redir_saved **saved)
{
	while (*saved != NULL) {
		struct redir_saved *s = *saved;

		if (s->copy >= 0)
			close(s->copy);
		*saved = s->next;
		free(s);
	}
}

/* Moves fd to target; closes it at its old place. */
static bool
place(int fd, int target)
{
	int error;

	if (fd == target)
		return fcntl(fd, F_SETFD, 0) >= 0;
	if (dup2(fd, target) < 0) {
		error = errno;
		close(fd);
		errno = error;
		return false;
	}
	close(fd);
	return true;
}

static bool
open_file(const struct redir *r, const char *name)
{
	static const int flags[] = {
	    [REDIR_IN] = O_RDONLY,
	    [REDIR_OUT] = O_WRONLY | O_CREAT | O_TRUNC,
	    [REDIR_APPEND] = O_WRONLY | O_CREAT | O_APPEND,
	    [REDIR_CLOBBER] = O_WRONLY | O_CREAT | O_TRUNC,
	    [REDIR_READWRITE] = O_RDWR | O_CREAT,
	    [REDIR_BOTH] = O_WRONLY | O_CREAT | O_TRUNC,
	};
	int fd = open(name, flags[r->op], 0666);

	if (fd < 0 || !place(fd, r->fd))
		return false;
	return r->op != REDIR_BOTH || dup2(1, 2) >= 0;
}

/* N>&M, N>&-. */
static bool
duplicate(const struct redir *r, const char *source)
{
	char *end;
	long fd;

	if (strcmp(source, "-") == 0) {
		close(r->fd);
		return true;
	}
	fd = strtol(source, &end, 10);
	if (*source < '0' || *source > '9' || *end != '\0' || fd >= HIDDEN_MIN) {
		errno = EBADF;
		return false;
	}
	/* The copy is never one that programs would not inherit. */
	return (fd == r->fd ? fcntl(r->fd, F_SETFD, 0) : dup2((int)fd, r->fd)) >= 0;
}

/* The body through a pipe; a process of its own feeds what the pipe may not hold. */
static bool
feed(struct shell *sh, const struct redir *r, struct strbuf *body)
{
	struct spawn_how how = {.group = GROUP_OWN};
	struct redir_saved *saved = NULL;
	struct strbuf script = {0};
	int ends[2];
	bool ok = true;
	pid_t pid;

	if (pipe(ends) < 0)
		return false;
	ends[0] = redir_hide(ends[0]);
	ends[1] = redir_hide(ends[1]);
	if (body->len <= PIPE_SURE) {
		ok = write_all(ends[1], body->data, body->len);
	} else {
		strbuf_puts(&script, "echo -n ");
		print_quoted(&script, strbuf_cstr(body));
		redir_save(1, &saved);
		dup2(ends[1], 1);
		pid = spawn_shell(sh, strbuf_cstr(&script), r->line, &how);
		redir_undo(&saved);
		strbuf_free(&script);
		if (pid > 0)
			job_add_stray(pid);
		ok = pid > 0;
	}
	close(ends[1]);
	return place(ends[0], r->fd) && ok;
}

static bool
apply_one(struct shell *sh, const struct redir *r, struct redir_saved **saved)
{
	struct strbuf text = {0};
	bool ok;

	if (!(r->op == REDIR_HERE ? expand_string : expand_path)(sh, r->word, &text)) {
		strbuf_free(&text);
		return false;
	}
	strbuf_cstr(&text);
	redir_save(r->fd, saved);
	if (r->op == REDIR_BOTH)
		redir_save(2, saved);
	if (r->fd >= HIDDEN_MIN) {
		errno = EBADF;
		ok = false;
	} else if (r->op == REDIR_HERE) {
		ok = feed(sh, r, &text);
	} else if (r->op == REDIR_DUP_IN || r->op == REDIR_DUP_OUT) {
		ok = duplicate(r, text.data);
	} else {
		ok = open_file(r, text.data);
	}
	if (!ok) {
		sh->line = r->line;
		report(sh, "%s: %s", r->op == REDIR_HERE ? "here-document" : text.data,
		    strerror(errno));
	}
	strbuf_free(&text);
	return ok;
}

bool
redir_apply(struct shell *sh, const struct redir *r, struct redir_saved **saved)
{
	for (; r != NULL; r = r->next) {
		if (!apply_one(sh, r, saved))
			return false;
	}
	return true;
}
