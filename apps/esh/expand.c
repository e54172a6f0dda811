/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expand.c - from words to fields: expansion of the parts, field splitting,
 * pathname expansion, quote removal. Never runs a command itself.
 */
#include "expand.h"

#include <stdlib.h>
#include <string.h>

#include "lexer.h"

void
marked_put(struct marked *m, const char *s, size_t len, enum mark mark)
{
	strbuf_put(&m->chars, s, len);
	for (size_t i = 0; i < len; i++)
		strbuf_putc(&m->marks, mark);
}

void
marked_puts(struct marked *m, const char *s, enum mark mark)
{
	marked_put(m, s, strlen(s), mark);
}

void
marked_free(struct marked *m)
{
	strbuf_free(&m->chars);
	strbuf_free(&m->marks);
}

static bool
expand_arith(struct shell *sh, const struct part *p, struct marked *m)
{
	struct strbuf text = {0};
	struct strbuf digits = {0};
	long value;
	bool ok;

	ok = expand_string(sh, p->word, &text) && arith_evaluate(sh, strbuf_cstr(&text), &value);
	if (ok) {
		strbuf_printf(&digits, "%ld", value);
		marked_put(m, digits.data, digits.len, p->quoted ? MARK_QUOTED : MARK_SPLIT);
	}
	strbuf_free(&text);
	strbuf_free(&digits);
	return ok;
}

bool
expand_part(struct shell *sh, const struct part *p, struct marked *m)
{
	struct strbuf output = {0};
	bool ok;

	if (stack_is_low()) {
		report_abort(sh, "nested too deeply");
		return false;
	}
	switch (p->kind) {
	case PART_TEXT:
		if (p->quoted && p->text[0] == '\0')
			marked_put(m, "", 1, MARK_EMPTY);
		marked_puts(m, p->text, p->quoted ? MARK_QUOTED : MARK_PLAIN);
		return true;
	case PART_PARAM:
		return expand_param(sh, p, m);
	case PART_COMMAND:
		ok = subst_run(sh, p->text, &output);
		if (p->quoted && output.len == 0)
			marked_put(m, "", 1, MARK_EMPTY);
		marked_put(m, output.data, output.len, p->quoted ? MARK_QUOTED : MARK_SPLIT);
		strbuf_free(&output);
		return ok;
	case PART_ARITH:
		return expand_arith(sh, p, m);
	}
	return false;
}

bool
expand_parts(struct shell *sh, const struct part *p, struct marked *m)
{
	for (; p != NULL; p = p->next) {
		if (!expand_part(sh, p, m))
			return false;
	}
	return true;
}

/* ~ or ~/ at the start of `text`, which begins the part: its place is HOME's. */
static const char *
home_of(struct shell *sh, const struct part *p, const char *text)
{
	if (text[0] != '~' || (text[1] != '/' && (text[1] != '\0' || p->next != NULL)))
		return NULL;
	return var_get(sh, "HOME");
}

/* A whole word that may begin with ~. */
static bool
expand_from_home(struct shell *sh, const struct part *p, struct marked *m)
{
	const char *home = NULL;

	if (p != NULL && p->kind == PART_TEXT && !p->quoted)
		home = home_of(sh, p, p->text);
	if (home == NULL)
		return expand_parts(sh, p, m);
	marked_puts(m, home, MARK_QUOTED);
	marked_puts(m, p->text + 1, MARK_PLAIN);
	return expand_parts(sh, p->next, m);
}

/* A field while it is being cut out of marked text. */
struct cutter {
	struct shell *sh;
	struct strlist *out;
	struct strbuf text;
	struct strbuf pattern;
	bool started; /* there is a field, be it empty */
	bool magic; /* the pattern has an unquoted * ? or [ */
	bool after_blank; /* the last field ended at a blank of IFS */
};

static void
end_field(struct cutter *c)
{
	if (!c->magic || c->sh->noglob || !glob_expand(strbuf_cstr(&c->pattern), c->out))
		strlist_add(c->out, mem_strdup(strbuf_cstr(&c->text)));
	c->text.len = 0;
	c->pattern.len = 0;
	c->started = false;
	c->magic = false;
}

static void
put_pattern(struct strbuf *pattern, char ch, enum mark mark)
{
	if (mark == MARK_QUOTED && strchr("*?[]\\-!^", ch) != NULL)
		strbuf_putc(pattern, '\\');
	strbuf_putc(pattern, ch);
}

static void
cut_char(struct cutter *c, char ch, enum mark mark, const char *ifs)
{
	bool is_separator = mark == MARK_SPLIT && strchr(ifs, ch) != NULL;

	if (is_separator && strchr(" \t\n", ch) != NULL) {
		if (c->started) {
			end_field(c);
			c->after_blank = true;
		}
		return;
	}
	if (is_separator) {
		if (!c->after_blank)
			end_field(c);
		c->after_blank = false;
		return;
	}
	strbuf_putc(&c->text, ch);
	put_pattern(&c->pattern, ch, mark);
	c->magic = c->magic || (mark != MARK_QUOTED && strchr("*?[", ch) != NULL);
	c->started = true;
	c->after_blank = false;
}

static void
cut_fields(struct shell *sh, struct marked *m, struct strlist *out)
{
	struct cutter c = {.sh = sh, .out = out};
	const char *ifs = var_get(sh, "IFS");

	if (ifs == NULL)
		ifs = " \t\n";
	for (size_t i = 0; i < m->chars.len; i++) {
		enum mark mark = (enum mark)m->marks.data[i];

		if (mark == MARK_BREAK) {
			if (c.started)
				end_field(&c);
			c.after_blank = false;
		} else if (mark == MARK_EMPTY) {
			c.started = true;
			c.after_blank = false;
		} else {
			cut_char(&c, m->chars.data[i], mark, ifs);
		}
	}
	if (c.started)
		end_field(&c);
	strbuf_free(&c.text);
	strbuf_free(&c.pattern);
}

bool
expand_words(struct shell *sh, const struct word *w, struct strlist *out)
{
	for (; w != NULL; w = w->next) {
		struct marked m = {0};
		const char *literal = word_literal(w);
		bool ok = true;

		if (literal != NULL && literal[0] != '~' && strpbrk(literal, "*?[") == NULL) {
			strlist_add(out, mem_strdup(literal));
			continue;
		}
		ok = expand_from_home(sh, w->parts, &m);
		if (ok)
			cut_fields(sh, &m, out);
		marked_free(&m);
		if (!ok)
			return false;
	}
	return true;
}

static void
join(struct marked *m, struct strbuf *out, bool pattern)
{
	for (size_t i = 0; i < m->chars.len; i++) {
		enum mark mark = (enum mark)m->marks.data[i];

		if (mark == MARK_EMPTY || mark == MARK_BREAK)
			continue;
		if (pattern)
			put_pattern(out, m->chars.data[i], mark);
		else
			strbuf_putc(out, m->chars.data[i]);
	}
}

static bool
expand_joined(struct shell *sh, const struct part *p, struct strbuf *out, bool pattern)
{
	struct marked m = {.one_string = true};
	bool ok = expand_parts(sh, p, &m);

	if (ok)
		join(&m, out, pattern);
	marked_free(&m);
	return ok;
}

bool
expand_path(struct shell *sh, const struct word *w, struct strbuf *out)
{
	struct marked m = {.one_string = true};
	bool ok = expand_from_home(sh, w->parts, &m);

	if (ok)
		join(&m, out, false);
	marked_free(&m);
	return ok;
}

bool
expand_string(struct shell *sh, const struct word *w, struct strbuf *out)
{
	return expand_joined(sh, w->parts, out, false);
}

bool
expand_pattern(struct shell *sh, const struct word *w, struct strbuf *out)
{
	return expand_joined(sh, w->parts, out, true);
}

bool
expand_assignment(struct shell *sh, const struct word *w, struct strbuf *out)
{
	/* The name and the equals sign lie in the first part. */
	const char *value = w->parts->text + w->name_len + 1;
	const char *home = home_of(sh, w->parts, value);

	if (home != NULL)
		strbuf_puts(out, home);
	strbuf_puts(out, value + (home != NULL));
	return expand_joined(sh, w->parts->next, out, false);
}

bool
expand_text(struct shell *sh, const char *text, struct strbuf *out)
{
	struct arena *arena = arena_new();
	struct input in;
	struct lexer lx;
	struct word *w;
	bool ok = false;

	input_from_string(&in, text, strlen(text), 1);
	lexer_init(&lx, &in, arena, 0);
	w = word_parse(&lx, WORD_HERE);
	if (w != NULL)
		ok = expand_string(sh, w, out);
	input_free(&in);
	arena_drop(arena);
	return ok;
}
