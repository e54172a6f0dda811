/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec.c - walks the tree: lists, and-or, the compound commands. Owns the rules
 * of flow (break, return, errors) and of set -e; never starts a process itself.
 */
#include <stdlib.h>
#include <string.h>

#include "lexer.h"
#include "parser.h"
#include "shell.h"

static int
run_list(struct shell *sh, const struct node *list, struct arena *arena)
{
	int status = 0;

	for (const struct node *n = list->first; n != NULL; n = n->next) {
		status = n->background ? background_run(sh, n) : exec_node(sh, n, arena);
		if (sh->flow != FLOW_NEXT)
			break;
	}
	return status;
}

/* Runs a command whose failure is an answer. */
static int
run_tested(struct shell *sh, const struct node *n, struct arena *arena)
{
	int status;

	sh->errexit_off++;
	status = exec_node(sh, n, arena);
	sh->errexit_off--;
	return status;
}

static int
run_and_or(struct shell *sh, const struct node *n, struct arena *arena)
{
	int status = run_tested(sh, n->first, arena);

	if (sh->flow != FLOW_NEXT || (status == 0) != (n->kind == NODE_AND))
		return status;
	return exec_node(sh, n->second, arena);
}

static int
run_if(struct shell *sh, const struct node *n, struct arena *arena)
{
	int status = run_tested(sh, n->first, arena);

	if (sh->flow != FLOW_NEXT)
		return status;
	if (status == 0)
		return exec_node(sh, n->second, arena);
	return n->third != NULL ? exec_node(sh, n->third, arena) : 0;
}

/* After a loop's body: whether the loop goes on. */
static bool
loop_goes_on(struct shell *sh)
{
	bool again;

	if (sh->flow == FLOW_NEXT)
		tty_aborts(sh);
	if (sh->flow != FLOW_BREAK && sh->flow != FLOW_CONTINUE)
		return sh->flow == FLOW_NEXT;
	if (--sh->flow_count > 0)
		return false;
	again = sh->flow == FLOW_CONTINUE;
	sh->flow = FLOW_NEXT;
	return again;
}

static int
loop_status(const struct shell *sh, int status)
{
	return sh->flow == FLOW_NEXT || sh->flow == FLOW_BREAK || sh->flow == FLOW_CONTINUE
	    ? status
	    : sh->status;
}

static int
run_while(struct shell *sh, const struct node *n, struct arena *arena)
{
	int status = 0;

	sh->loop_depth++;
	for (;;) {
		int test = run_tested(sh, n->first, arena);

		if (sh->flow != FLOW_NEXT) {
			if (!loop_goes_on(sh))
				break;
			continue;
		}
		if ((test == 0) != (n->kind == NODE_WHILE))
			break;
		status = exec_node(sh, n->second, arena);
		if (!loop_goes_on(sh))
			break;
	}
	sh->loop_depth--;
	return loop_status(sh, status);
}

static int
run_for(struct shell *sh, const struct node *n, struct arena *arena)
{
	struct strlist values = {0};
	int status = 0;

	sh->line = n->line;
	if (!n->has_in) {
		for (size_t i = 0; i < sh->args.n; i++)
			strlist_add(&values, mem_strdup(sh->args.v[i]));
	} else if (!expand_words(sh, n->words, &values)) {
		strlist_free(&values);
		return sh->status;
	}
	sh->loop_depth++;
	for (size_t i = 0; i < values.n; i++) {
		var_set(sh, n->name, values.v[i]);
		status = exec_node(sh, n->first, arena);
		if (!loop_goes_on(sh))
			break;
	}
	sh->loop_depth--;
	strlist_free(&values);
	return loop_status(sh, status);
}

/* 1 or 0; -1 after an error. */
static int
item_matches(struct shell *sh, const struct case_item *item, const struct strbuf *subject)
{
	for (const struct word *w = item->patterns; w != NULL; w = w->next) {
		struct strbuf pattern = {0};
		bool ok = expand_pattern(sh, w, &pattern);
		bool hit = ok &&
		    match_pattern(strbuf_cstr(&pattern), pattern.len, subject->data, subject->len);

		strbuf_free(&pattern);
		if (!ok)
			return -1;
		if (hit)
			return 1;
	}
	return 0;
}

static int
run_case(struct shell *sh, const struct node *n, struct arena *arena)
{
	struct strbuf subject = {0};
	const struct case_item *item;
	int hit = 0;
	int status = 0;

	sh->line = n->line;
	sh->subst_status = 0;
	if (!expand_string(sh, n->words, &subject)) {
		strbuf_free(&subject);
		return sh->status;
	}
	strbuf_cstr(&subject);
	for (item = n->items; item != NULL; item = item->next) {
		hit = item_matches(sh, item, &subject);
		if (hit != 0)
			break;
	}
	strbuf_free(&subject);
	if (hit < 0)
		status = sh->status;
	else if (hit > 0 && item->body != NULL)
		status = exec_node(sh, item->body, arena);
	return status;
}

static int
run_compound(struct shell *sh, const struct node *n, struct arena *arena)
{
	switch (n->kind) {
	case NODE_LIST:
		return run_list(sh, n, arena);
	case NODE_AND:
	case NODE_OR:
		return run_and_or(sh, n, arena);
	case NODE_BRACE:
		return run_list(sh, n->first, arena);
	case NODE_IF:
		return run_if(sh, n, arena);
	case NODE_WHILE:
	case NODE_UNTIL:
		return run_while(sh, n, arena);
	case NODE_FOR:
		return run_for(sh, n, arena);
	case NODE_CASE:
		return run_case(sh, n, arena);
	case NODE_FUNCTION:
		function_define(sh, n, arena);
		return 0;
	case NODE_SUBSHELL:
		return subshell_run(sh, n);
	case NODE_PIPE:
		return pipeline_run(sh, n, arena);
	case NODE_SIMPLE:
		return simple_run(sh, n);
	}
	return 0;
}

/* set -e ends the shell after these; the others contain the one that failed. */
static bool
fails_for_good(const struct node *n)
{
	return n->kind == NODE_SIMPLE || n->kind == NODE_SUBSHELL ||
	    (n->kind == NODE_PIPE && !n->negate);
}

int
exec_node(struct shell *sh, const struct node *n, struct arena *arena)
{
	struct redir_saved *saved = NULL;
	int status;

	if (stack_is_low())
		return report_abort(sh, "nested too deeply");
	/* These apply redirections at their own time. */
	if (n->redirs == NULL || n->kind == NODE_SIMPLE || n->kind == NODE_SUBSHELL) {
		status = run_compound(sh, n, arena);
	} else {
		sh->line = n->line;
		if (redir_apply(sh, n->redirs, &saved))
			status = run_compound(sh, n, arena);
		else
			status = sh->flow == FLOW_NEXT ? 1 : sh->status;
		redir_undo(&saved);
	}
	sh->status = status;
	if (status != 0 && sh->errexit && sh->errexit_off == 0 && sh->flow == FLOW_NEXT &&
	    fails_for_good(n))
		sh->flow = FLOW_EXIT;
	return status;
}

int
run_input(struct shell *sh, struct input *in)
{
	int status = 0;

	while (sh->flow == FLOW_NEXT) {
		struct arena *arena = arena_new();
		struct lexer lx;
		struct node *n;
		enum parse_result result;

		lexer_init(&lx, in, arena, 0);
		result = parser_command(&lx, &n);
		if (result == PARSE_COMMAND && n != NULL) {
			status = exec_node(sh, n, arena);
		} else if (result == PARSE_ERROR && sh->flow == FLOW_NEXT) {
			sh->line = lx.error_line;
			status = report_abort(sh, "%s", lx.error);
		}
		arena_drop(arena);
		input_discard(in);
		if (result == PARSE_END)
			break;
	}
	if (sh->flow != FLOW_NEXT)
		status = sh->status;
	return status;
}

int
run_string(struct shell *sh, const char *text, const char *source, int line)
{
	const char *caller = sh->source;
	struct input in;
	int status;

	if (sh->call_depth >= CALL_DEPTH_MAX || stack_is_low())
		return report_abort(sh, "called too deeply");
	sh->call_depth++;
	sh->source = source;
	input_from_string(&in, text, strlen(text), line);
	status = run_input(sh, &in);
	input_free(&in);
	sh->source = caller;
	sh->call_depth--;
	return status;
}
