/* SPDX-License-Identifier: Apache-2.0 */
/*
 * var.c - shell variables. Owns names and values in a small hash table; never
 * touches the C library's environment.
 */
#include <stdlib.h>
#include <string.h>

#include "lexer.h"
#include "print.h"
#include "shell.h"

#define BUCKETS (sizeof(((struct shell *)0)->vars) / sizeof(struct var *))

struct var {
	struct var *next;
	char *name;
	char *value; /* NULL: unset, but known as exported */
	bool exported;
};

struct saved_var {
	struct saved_var *next;
	char *name;
	char *value;
	bool exported;
};

static struct var **
find_slot(struct shell *sh, const char *name)
{
	struct var **slot;
	unsigned h = 5381;

	for (const char *s = name; *s != '\0'; s++)
		h = h * 33 + (unsigned char)*s;
	slot = &sh->vars[h % BUCKETS];
	while (*slot != NULL && strcmp((*slot)->name, name) != 0)
		slot = &(*slot)->next;
	return slot;
}

static struct var *
find_or_make(struct shell *sh, const char *name)
{
	struct var **slot = find_slot(sh, name);

	if (*slot == NULL) {
		*slot = mem_alloc(sizeof(**slot));
		**slot = (struct var){.name = mem_strdup(name)};
	}
	return *slot;
}

const char *
var_get(struct shell *sh, const char *name)
{
	struct var *v = *find_slot(sh, name);

	return v == NULL ? NULL : v->value;
}

void
var_set(struct shell *sh, const char *name, const char *value)
{
	struct var *v = find_or_make(sh, name);
	char *copy = mem_strdup(value);

	free(v->value);
	v->value = copy;
}

void
var_export(struct shell *sh, const char *name, bool exported)
{
	find_or_make(sh, name)->exported = exported;
}

void
var_unset(struct shell *sh, const char *name)
{
	struct var **slot = find_slot(sh, name);
	struct var *v = *slot;

	if (v == NULL)
		return;
	*slot = v->next;
	free(v->name);
	free(v->value);
	free(v);
}

void
var_save(struct shell *sh, const char *name, struct saved_var **list)
{
	struct var *v = *find_slot(sh, name);
	struct saved_var *s = mem_alloc(sizeof(*s));

	s->name = mem_strdup(name);
	s->value = v != NULL && v->value != NULL ? mem_strdup(v->value) : NULL;
	s->exported = v != NULL && v->exported;
	s->next = *list;
	*list = s;
}

void
var_restore(struct shell *sh, struct saved_var **list)
{
	while (*list != NULL) {
		struct saved_var *s = *list;

		if (s->value != NULL)
			var_set(sh, s->name, s->value);
		else
			var_unset(sh, s->name);
		if (s->value != NULL || s->exported)
			var_export(sh, s->name, s->exported);
		*list = s->next;
		free(s->name);
		free(s->value);
		free(s);
	}
}

void
var_import(struct shell *sh, char *const *environment)
{
	for (; environment != NULL && *environment != NULL; environment++) {
		const char *entry = *environment;
		size_t n = name_length(entry);
		char *name;

		if (n == 0 || entry[n] != '=')
			continue;
		name = mem_strndup(entry, n);
		var_set(sh, name, entry + n + 1);
		var_export(sh, name, true);
		free(name);
	}
}

void
var_environment(struct shell *sh, struct strlist *out)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct var *v = sh->vars[i]; v != NULL; v = v->next) {
			struct strbuf b = {0};

			if (!v->exported || v->value == NULL)
				continue;
			strbuf_printf(&b, "%s=%s", v->name, v->value);
			strlist_add(out, strbuf_take(&b));
		}
	}
	/* The list must end with NULL also where it is empty. */
	if (out->v == NULL) {
		strlist_add(out, NULL);
		out->n = 0;
	}
}

void
var_print(struct shell *sh, struct strbuf *out, const char *prefix, bool exported)
{
	struct strlist lines = {0};

	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct var *v = sh->vars[i]; v != NULL; v = v->next) {
			struct strbuf b = {0};

			if (v->exported != exported || (v->value == NULL && !exported))
				continue;
			strbuf_puts(&b, prefix);
			strbuf_puts(&b, v->name);
			if (v->value != NULL) {
				strbuf_putc(&b, '=');
				print_quoted(&b, v->value);
			}
			strlist_add(&lines, strbuf_take(&b));
		}
	}
	strlist_sort(&lines, 0);
	for (size_t i = 0; i < lines.n; i++) {
		strbuf_puts(out, lines.v[i]);
		strbuf_putc(out, '\n');
	}
	strlist_free(&lines);
}

void
var_free(struct shell *sh)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		while (sh->vars[i] != NULL)
			var_unset(sh, sh->vars[i]->name);
	}
}
