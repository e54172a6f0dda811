/* SPDX-License-Identifier: Apache-2.0 */
/*
 * function.c - shell functions. Owns the names and a reference to the arena
 * that a body lies in, so that a function may be redefined while it runs.
 */
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "shell.h"

struct function {
	struct function *next;
	char *name;
	char *source; /* where it was defined; NULL at a prompt */
	struct arena *arena;
	const struct node *definition;
};

static struct function **
find_slot(struct shell *sh, const char *name)
{
	struct function **slot = &sh->functions;

	while (*slot != NULL && strcmp((*slot)->name, name) != 0)
		slot = &(*slot)->next;
	return slot;
}

struct function *
function_find(struct shell *sh, const char *name)
{
	return *find_slot(sh, name);
}

void
function_unset(struct shell *sh, const char *name)
{
	struct function **slot = find_slot(sh, name);
	struct function *f = *slot;

	if (f == NULL)
		return;
	*slot = f->next;
	arena_drop(f->arena);
	free(f->name);
	free(f->source);
	free(f);
}

void
function_define(struct shell *sh, const struct node *n, struct arena *arena)
{
	struct function *f = mem_alloc(sizeof(*f));

	arena_ref(arena);
	function_unset(sh, n->name);
	f->name = mem_strdup(n->name);
	f->source = sh->source != NULL ? mem_strdup(sh->source) : NULL;
	f->arena = arena;
	f->definition = n;
	f->next = sh->functions;
	sh->functions = f;
}

int
function_call(struct shell *sh, struct function *f, char **argv)
{
	struct strlist args = sh->args;
	struct saved_var *locals = sh->locals;
	struct arena *arena = f->arena;
	const struct node *body = f->definition->first;
	char *source = f->source != NULL ? mem_strdup(f->source) : NULL;
	const char *caller = sh->source;
	int loop_depth = sh->loop_depth;
	bool in_function = sh->in_function;
	int status;

	if (sh->call_depth >= CALL_DEPTH_MAX || stack_is_low()) {
		free(source);
		return report_abort(sh, "%s: called too deeply", argv[0]);
	}
	arena_ref(arena);
	sh->args = (struct strlist){0};
	for (int i = 1; argv[i] != NULL; i++)
		strlist_add(&sh->args, mem_strdup(argv[i]));
	sh->locals = NULL;
	sh->source = source;
	sh->loop_depth = 0;
	sh->in_function = true;
	sh->call_depth++;
	status = exec_node(sh, body, arena);
	sh->call_depth--;
	sh->in_function = in_function;
	sh->loop_depth = loop_depth;
	sh->source = caller;
	free(source);
	var_restore(sh, &sh->locals);
	sh->locals = locals;
	strlist_free(&sh->args);
	sh->args = args;
	arena_drop(arena);
	if (sh->flow == FLOW_RETURN) {
		sh->flow = FLOW_NEXT;
		status = sh->status;
	}
	return status;
}

void
function_print(struct shell *sh, struct strbuf *out)
{
	for (struct function *f = sh->functions; f != NULL; f = f->next)
		print_node(out, f->definition);
}

void
function_free(struct shell *sh)
{
	while (sh->functions != NULL)
		function_unset(sh, sh->functions->name);
}
