/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pipeline.c - pipelines, subshells and background commands: everything that
 * runs beside the shell. A stage that is a plain program is started as it is;
 * any other stage is printed back to source for a subshell.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lexer.h"
#include "print.h"
#include "shell.h"

static bool
parts_change_shell(const struct part *p)
{
	for (; p != NULL; p = p->next) {
		if (p->kind == PART_ARITH)
			return true;
		if (p->kind == PART_PARAM && (p->op == PARAM_ASSIGN || p->op == PARAM_ERROR))
			return true;
		if (p->word != NULL && parts_change_shell(p->word->parts))
			return true;
	}
	return false;
}

static bool
words_change_shell(const struct word *w)
{
	for (; w != NULL; w = w->next) {
		if (parts_change_shell(w->parts))
			return true;
	}
	return false;
}

/*
 * A program that can be started from here: its name is known, and expanding its
 * words neither changes nor ends this shell, as a subshell's expansion must not.
 */
static bool
is_plain_program(struct shell *sh, const struct node *n)
{
	const char *name = n->words != NULL ? word_literal(n->words) : NULL;

	if (n->kind != NODE_SIMPLE || name == NULL || n->assigns != NULL || sh->nounset ||
	    sh->xtrace || builtin_find(name) != NULL || function_find(sh, name) != NULL ||
	    words_change_shell(n->words))
		return false;
	for (const struct redir *r = n->redirs; r != NULL; r = r->next) {
		if (r->word == NULL || words_change_shell(r->word))
			return false;
	}
	return true;
}

static pid_t
start_program(struct shell *sh, const struct node *n, const struct spawn_how *how)
{
	struct redir_saved *saved = NULL;
	struct strlist argv = {0};
	pid_t pid = -1;

	sh->line = n->line;
	if (expand_words(sh, n->words, &argv) && redir_apply(sh, n->redirs, &saved))
		pid = spawn_program(sh, argv.v, how);
	redir_undo(&saved);
	strlist_free(&argv);
	return pid;
}

static pid_t
start_subshell(struct shell *sh, const struct node *n, const struct spawn_how *how)
{
	struct redir_saved *saved = NULL;
	struct strbuf text = {0};
	pid_t pid = -1;

	sh->line = n->line;
	if (n->kind != NODE_SUBSHELL) {
		print_node(&text, n);
		pid = spawn_shell(sh, strbuf_cstr(&text), n->line, how);
	} else if (redir_apply(sh, n->redirs, &saved)) {
		/* The parentheses are what is being done here. */
		print_node(&text, n->first);
		pid = spawn_shell(sh, strbuf_cstr(&text), n->line, how);
	}
	redir_undo(&saved);
	strbuf_free(&text);
	return pid;
}

/* The pid, or the negative status of a stage that could not be started. */
static pid_t
start_stage(struct shell *sh, const struct node *n, const struct spawn_how *how)
{
	return is_plain_program(sh, n) ? start_program(sh, n, how) : start_subshell(sh, n, how);
}

struct stages {
	pid_t *pids; /* 0 where the stage could not be started */
	int *statuses;
	int n;
	pid_t pgid;
};

/* Starts one stage between its pipes; `in` and `out` are -1 or hidden ends. */
static void
start_between(struct shell *sh, const struct node *n, int in, int out, struct stages *s,
    const struct spawn_how *base)
{
	struct spawn_how how = *base;
	struct redir_saved *saved = NULL;
	pid_t pid;

	if (sh->job_control && how.group != GROUP_OWN && s->pgid != 0) {
		how.group = GROUP_JOIN;
		how.pgid = s->pgid;
	}
	if (in >= 0) {
		redir_save(0, &saved);
		dup2(in, 0);
	}
	if (out >= 0) {
		redir_save(1, &saved);
		dup2(out, 1);
	}
	pid = start_stage(sh, n, &how);
	redir_undo(&saved);
	s->pids[s->n] = pid > 0 ? pid : 0;
	s->statuses[s->n] = pid > 0 ? 0 : (int)-pid;
	s->n++;
	if (pid > 0 && s->pgid == 0 && how.group == GROUP_NEW)
		s->pgid = pid;
}

static void
start_stages(struct shell *sh, const struct node *n, struct stages *s, const struct spawn_how *how)
{
	int in = -1;

	for (; n != NULL && sh->flow == FLOW_NEXT; n = n->next) {
		int ends[2] = {-1, -1};

		if (n->next != NULL) {
			if (pipe(ends) < 0) {
				report_abort(sh, "pipe: %s", strerror(errno));
				break;
			}
			ends[0] = redir_hide(ends[0]);
			ends[1] = redir_hide(ends[1]);
		}
		start_between(sh, n, in, ends[1], s, how);
		if (in >= 0)
			close(in);
		if (ends[1] >= 0)
			close(ends[1]);
		in = ends[0];
	}
	if (in >= 0)
		close(in);
}

static struct stages
make_stages(const struct node *n)
{
	struct stages s = {0};
	size_t count = 0;

	for (; n != NULL; n = n->next)
		count++;
	s.pids = mem_alloc(count * sizeof(*s.pids));
	s.statuses = mem_alloc(count * sizeof(*s.statuses));
	return s;
}

static void
free_stages(struct stages *s)
{
	free(s->pids);
	free(s->statuses);
}

/* Starts the stages and waits for them. */
static int
run_foreground(struct shell *sh, const struct node *shown, const struct node *first)
{
	struct spawn_how how = {.group = sh->job_control ? GROUP_NEW : GROUP_OWN};
	struct stages s = make_stages(first);
	struct strbuf text = {0};
	int status;

	start_stages(sh, first, &s, &how);
	if (s.pgid != 0)
		tty_give(sh, s.pgid);
	print_node(&text, shown);
	status = job_wait_foreground(sh, s.pids, s.statuses, s.n, s.pgid, strbuf_cstr(&text));
	strbuf_free(&text);
	free_stages(&s);
	return sh->flow == FLOW_NEXT ? status : sh->status;
}

int
pipeline_run(struct shell *sh, const struct node *n, struct arena *arena)
{
	int status;

	if (n->first->next == NULL) {
		/* Only a negation. */
		sh->errexit_off++;
		status = exec_node(sh, n->first, arena);
		sh->errexit_off--;
	} else {
		status = run_foreground(sh, n, n->first);
	}
	if (n->negate && sh->flow == FLOW_NEXT)
		status = status == 0;
	return status;
}

int
subshell_run(struct shell *sh, const struct node *n)
{
	struct node one = *n;

	one.next = NULL;
	return run_foreground(sh, n, &one);
}

/* Without job control a background command must not eat the script's input. */
static void
detach_input(struct redir_saved **saved)
{
	int fd = open("/dev/null", O_RDONLY);

	if (fd < 0)
		return;
	redir_save(0, saved);
	if (fd != 0) {
		dup2(fd, 0);
		close(fd);
	}
}

int
background_run(struct shell *sh, const struct node *n)
{
	struct spawn_how how = {
	    .group = sh->job_control ? GROUP_NEW : GROUP_OWN,
	    .background = true,
	};
	struct node one = *n;
	const struct node *first = &one;
	struct redir_saved *saved = NULL;
	struct strbuf text = {0};
	struct stages s;

	one.next = NULL;
	one.background = false;
	if (n->kind == NODE_PIPE && !n->negate)
		first = n->first;
	s = make_stages(first);
	if (!sh->job_control)
		detach_input(&saved);
	start_stages(sh, first, &s, &how);
	redir_undo(&saved);
	print_node(&text, &one);
	job_add(sh, s.pids, s.n, s.pgid, strbuf_cstr(&text));
	strbuf_free(&text);
	free_stages(&s);
	return sh->flow == FLOW_NEXT ? 0 : sh->status;
}
