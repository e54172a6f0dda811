/* SPDX-License-Identifier: Apache-2.0 */
/*
 * param.c - parameter expansion: variables, positional and special parameters,
 * and the operators of ${...}.
 */
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "lexer.h"

static const char *
special_value(struct shell *sh, int c, struct strbuf *scratch)
{
	switch (c) {
	case '?':
		strbuf_printf(scratch, "%d", sh->status);
		break;
	case '#':
		strbuf_printf(scratch, "%zu", sh->args.n);
		break;
	case '$':
		strbuf_printf(scratch, "%ld", (long)sh->pid);
		break;
	case '!':
		if (sh->background_pid == 0)
			return NULL;
		strbuf_printf(scratch, "%ld", (long)sh->background_pid);
		break;
	default:
		strbuf_puts(scratch, sh->errexit ? "e" : "");
		strbuf_puts(scratch, sh->noglob ? "f" : "");
		strbuf_puts(scratch, sh->interactive ? "i" : "");
		strbuf_puts(scratch, sh->nounset ? "u" : "");
		strbuf_puts(scratch, sh->xtrace ? "x" : "");
		break;
	}
	return strbuf_cstr(scratch);
}

const char *
param_value(struct shell *sh, const char *name, struct strbuf *scratch)
{
	if (is_name_start((unsigned char)name[0]))
		return var_get(sh, name);
	if (name[0] >= '0' && name[0] <= '9') {
		unsigned long i = strtoul(name, NULL, 10);

		if (i == 0)
			return sh->arg0;
		return i <= sh->args.n ? sh->args.v[i - 1] : NULL;
	}
	return special_value(sh, name[0], scratch);
}

static bool
is_list(const struct part *p)
{
	return (p->text[0] == '@' || p->text[0] == '*') && p->text[1] == '\0';
}

/* $@ and $*: as fields of their own, or joined. */
static void
put_list(struct shell *sh, const struct part *p, struct marked *m)
{
	const char *ifs = var_get(sh, "IFS");
	enum mark mark = p->quoted ? MARK_QUOTED : MARK_SPLIT;
	bool star = p->text[0] == '*';
	char separator = ' ';
	bool join = m->one_string || (star && p->quoted);

	if (star && ifs != NULL)
		separator = ifs[0];
	for (size_t i = 0; i < sh->args.n; i++) {
		if (i > 0 && !join)
			marked_put(m, "", 1, MARK_BREAK);
		else if (i > 0 && separator != '\0')
			marked_put(m, &separator, 1, mark);
		if (p->quoted && sh->args.v[i][0] == '\0' && !join)
			marked_put(m, "", 1, MARK_EMPTY);
		marked_puts(m, sh->args.v[i], mark);
	}
	if (join && p->quoted)
		marked_put(m, "", 1, MARK_EMPTY);
}

static void
put_value(struct shell *sh, const struct part *p, const char *value, struct marked *m)
{
	if (is_list(p)) {
		put_list(sh, p, m);
		return;
	}
	if (value == NULL)
		value = "";
	if (p->quoted && value[0] == '\0')
		marked_put(m, "", 1, MARK_EMPTY);
	marked_puts(m, value, p->quoted ? MARK_QUOTED : MARK_SPLIT);
}

static bool
fail_unset(struct shell *sh, const struct part *p)
{
	report_abort(sh, "%s: parameter not set", p->text);
	return false;
}

static bool
assign_default(struct shell *sh, const struct part *p, struct marked *m)
{
	struct strbuf value = {0};
	bool ok = false;

	if (!is_name_start((unsigned char)p->text[0])) {
		report_abort(sh, "%s: cannot assign in this way", p->text);
	} else if (expand_string(sh, p->word, &value)) {
		var_set(sh, p->text, strbuf_cstr(&value));
		put_value(sh, p, var_get(sh, p->text), m);
		ok = true;
	}
	strbuf_free(&value);
	return ok;
}

static bool
fail_with_message(struct shell *sh, const struct part *p)
{
	struct strbuf text = {0};

	if (expand_string(sh, p->word, &text))
		report_abort(
		    sh, "%s: %s", p->text, text.len > 0 ? strbuf_cstr(&text) : "parameter not set");
	strbuf_free(&text);
	return false;
}

/* An operand in the place of the value; in quotes even nothing is a field. */
static bool
put_operand(struct shell *sh, const struct part *p, struct marked *m)
{
	size_t before = m->chars.len;
	const struct part *o = p->word->parts;

	/* Unquoted text of the operand is split like a value. */
	for (; o != NULL; o = o->next) {
		if (o->kind == PART_TEXT && !o->quoted)
			marked_puts(m, o->text, MARK_SPLIT);
		else if (!expand_part(sh, o, m))
			return false;
	}
	if (p->quoted && m->chars.len == before)
		marked_put(m, "", 1, MARK_EMPTY);
	return true;
}

/* The shortest or longest prefix or suffix that matches is cut off. */
static void
trim(const char *value, size_t len, enum param_op op, struct strbuf *pattern, size_t *from,
    size_t *to)
{
	bool prefix = op == PARAM_PREFIX || op == PARAM_PREFIX_LONG;
	bool longest = op == PARAM_PREFIX_LONG || op == PARAM_SUFFIX_LONG;

	for (size_t i = 0; i <= len; i++) {
		size_t n = longest ? len - i : i;
		const char *s = prefix ? value : value + len - n;

		if (!match_pattern(pattern->data, pattern->len, s, n))
			continue;
		if (prefix)
			*from = n;
		else
			*to = len - n;
		return;
	}
}

static bool
put_trimmed(struct shell *sh, const struct part *p, const char *value, struct marked *m)
{
	struct strbuf pattern = {0};
	struct strbuf joined = {0};
	size_t from = 0;
	size_t to;
	bool ok;

	if (is_list(p)) {
		struct word list = {.parts = &(struct part){.kind = PART_PARAM, .text = p->text}};

		expand_string(sh, &list, &joined);
		value = strbuf_cstr(&joined);
	}
	if (value == NULL)
		value = "";
	to = strlen(value);
	ok = expand_pattern(sh, p->word, &pattern);
	if (ok) {
		strbuf_cstr(&pattern);
		trim(value, to, p->op, &pattern, &from, &to);
		if (p->quoted && from == to)
			marked_put(m, "", 1, MARK_EMPTY);
		marked_put(m, value + from, to - from, p->quoted ? MARK_QUOTED : MARK_SPLIT);
	}
	strbuf_free(&joined);
	strbuf_free(&pattern);
	return ok;
}

static void
put_length(struct shell *sh, const struct part *p, const char *value, struct marked *m)
{
	struct strbuf digits = {0};
	size_t n = value == NULL ? 0 : strlen(value);

	if (is_list(p))
		n = sh->args.n;
	strbuf_printf(&digits, "%zu", n);
	marked_put(m, digits.data, digits.len, p->quoted ? MARK_QUOTED : MARK_SPLIT);
	strbuf_free(&digits);
}

static bool
apply_operator(struct shell *sh, const struct part *p, const char *value, struct marked *m)
{
	bool is_set = is_list(p) ? sh->args.n > 0 : value != NULL;

	if (p->colon && is_set)
		is_set = is_list(p) ? sh->args.n > 1 || sh->args.v[0][0] != '\0' : value[0] != '\0';
	if (!is_set && !is_list(p) && sh->nounset &&
	    (p->op == PARAM_PLAIN || p->op >= PARAM_LENGTH) && value == NULL)
		return fail_unset(sh, p);
	switch (p->op) {
	case PARAM_PLAIN:
		break;
	case PARAM_DEFAULT:
		if (!is_set)
			return put_operand(sh, p, m);
		break;
	case PARAM_ALTERNATIVE:
		if (is_set)
			return put_operand(sh, p, m);
		if (p->quoted)
			marked_put(m, "", 1, MARK_EMPTY);
		return true;
	case PARAM_ASSIGN:
		if (!is_set)
			return assign_default(sh, p, m);
		break;
	case PARAM_ERROR:
		if (!is_set)
			return fail_with_message(sh, p);
		break;
	case PARAM_LENGTH:
		put_length(sh, p, value, m);
		return true;
	default:
		return put_trimmed(sh, p, value, m);
	}
	put_value(sh, p, value, m);
	return true;
}

bool
expand_param(struct shell *sh, const struct part *p, struct marked *m)
{
	struct strbuf scratch = {0};
	const char *value = is_list(p) ? NULL : param_value(sh, p->text, &scratch);
	bool ok = apply_operator(sh, p, value, m);

	strbuf_free(&scratch);
	return ok;
}
