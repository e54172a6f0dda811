/* SPDX-License-Identifier: Apache-2.0 */
/*
 * simple.c - simple commands: assignments, expansion, redirection, and the
 * choice between builtin, function and program.
 */
#include <stdlib.h>
#include <string.h>

#include "lexer.h"
#include "print.h"
#include "shell.h"

/* One line of set -x, begun by an assignment, ended by the command. */
static void
trace(struct shell *sh, const struct strbuf *assigns, const struct strlist *argv)
{
	const char *ps4 = var_get(sh, "PS4");
	struct strbuf line = {0};

	strbuf_puts(&line, ps4 != NULL ? ps4 : "+ ");
	strbuf_put(&line, assigns->data, assigns->len);
	for (size_t i = 0; i < argv->n; i++) {
		print_readable(&line, argv->v[i]);
		if (i + 1 < argv->n)
			strbuf_putc(&line, ' ');
	}
	while (line.len > 0 && line.data[line.len - 1] == ' ')
		line.len--;
	strbuf_putc(&line, '\n');
	(void)write_all(2, line.data, line.len);
	strbuf_free(&line);
}

/*
 * Makes the assignments, remembered in *saved where that is given, and exported
 * then. What was assigned goes to `shown` for a trace.
 */
static bool
assign(struct shell *sh, const struct word *w, struct saved_var **saved, struct strbuf *shown)
{
	for (; w != NULL; w = w->next) {
		struct strbuf value = {0};
		char *name = mem_strndup(w->parts->text, (size_t)w->name_len);
		bool ok = expand_assignment(sh, w, &value);

		if (ok) {
			if (saved != NULL)
				var_save(sh, name, saved);
			var_set(sh, name, strbuf_cstr(&value));
			if (saved != NULL)
				var_export(sh, name, true);
			strbuf_printf(shown, "%s=", name);
			print_readable(shown, strbuf_cstr(&value));
			strbuf_putc(shown, ' ');
		}
		free(name);
		strbuf_free(&value);
		if (!ok)
			return false;
	}
	return true;
}

/* Of these commands, arguments that look like assignments are treated so. */
static bool
is_declaration(const struct word *w)
{
	const char *name = w == NULL ? NULL : word_literal(w);

	return name != NULL && (strcmp(name, "export") == 0 || strcmp(name, "local") == 0);
}

static bool
expand_declaration(struct shell *sh, const struct word *w, struct strlist *argv)
{
	for (; w != NULL; w = w->next) {
		struct strbuf b = {0};
		struct word one = *w;
		bool ok;

		one.next = NULL;
		if (w->name_len == 0) {
			ok = expand_words(sh, &one, argv);
		} else {
			strbuf_put(&b, w->parts->text, (size_t)w->name_len + 1);
			ok = expand_assignment(sh, w, &b);
			if (ok)
				strlist_add(argv, strbuf_take(&b));
			strbuf_free(&b);
		}
		if (!ok)
			return false;
	}
	return true;
}

static int
run_program(struct shell *sh, const struct node *n, char **argv)
{
	struct spawn_how how = {.group = sh->job_control ? GROUP_NEW : GROUP_OWN};
	pid_t pid = spawn_program(sh, argv, &how);
	struct strbuf text = {0};
	int status;

	if (pid < 0)
		return (int)-pid;
	if (sh->job_control)
		tty_give(sh, pid);
	print_node(&text, n);
	status =
	    job_wait_foreground(sh, &pid, NULL, 1, sh->job_control ? pid : 0, strbuf_cstr(&text));
	strbuf_free(&text);
	return status;
}

static int
count_args(char **argv)
{
	int n = 0;

	while (argv[n] != NULL)
		n++;
	return n;
}

static int
dispatch(struct shell *sh, const struct node *n, const struct builtin *builtin,
    struct function *function, char **argv)
{
	if (builtin != NULL && (builtin->special || function == NULL))
		return builtin->run(sh, count_args(argv), argv);
	if (function != NULL)
		return function_call(sh, function, argv);
	return run_program(sh, n, argv);
}

static int
run_command(struct shell *sh, const struct node *n, struct strlist *argv)
{
	const struct builtin *builtin = builtin_find(argv->v[0]);
	struct function *function = function_find(sh, argv->v[0]);
	bool is_exec = builtin != NULL && strcmp(builtin->name, "exec") == 0;
	bool keep_vars = builtin != NULL && builtin->special;
	struct redir_saved *saved = NULL;
	struct saved_var *vars = NULL;
	struct strbuf shown = {0};
	int status = 1;

	if (redir_apply(sh, n->redirs, &saved) &&
	    assign(sh, n->assigns, keep_vars ? NULL : &vars, &shown)) {
		if (sh->xtrace)
			trace(sh, &shown, argv);
		status = dispatch(sh, n, builtin, function, argv->v);
		if (is_exec && argv->n == 1)
			redir_keep(&saved);
	} else if (sh->flow != FLOW_NEXT) {
		status = sh->status;
	}
	strbuf_free(&shown);
	var_restore(sh, &vars);
	redir_undo(&saved);
	return status;
}

/* No command at all: assignments stay, redirections are tried. */
static int
run_assignments(struct shell *sh, const struct node *n)
{
	struct redir_saved *saved = NULL;
	struct strbuf shown = {0};
	struct strlist none = {0};
	int status = 1;

	if (assign(sh, n->assigns, NULL, &shown) && redir_apply(sh, n->redirs, &saved)) {
		status = sh->subst_status;
		if (sh->xtrace && shown.len > 0)
			trace(sh, &shown, &none);
	} else if (sh->flow != FLOW_NEXT) {
		status = sh->status;
	}
	redir_undo(&saved);
	strbuf_free(&shown);
	return status;
}

int
simple_run(struct shell *sh, const struct node *n)
{
	struct strlist argv = {0};
	int status;
	bool ok;

	sh->line = n->line;
	sh->subst_status = 0;
	ok = is_declaration(n->words) ? expand_declaration(sh, n->words, &argv)
				      : expand_words(sh, n->words, &argv);
	if (!ok)
		status = sh->status;
	else if (argv.n == 0)
		status = run_assignments(sh, n);
	else
		status = run_command(sh, n, &argv);
	strlist_free(&argv);
	return status;
}
