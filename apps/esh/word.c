/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word.c - words: quotes, parameters, and the extents of substitutions.
 * Turns source text into parts; never expands anything.
 */
#include <string.h>

#include "lexer.h"
#include "parser.h"

/* Each retry reads its text twice, and retries nest: without a bound, 2^depth times. */
#define RETRIES_MAX 64

/* A word under construction: literal text gathers here before it is a part. */
struct builder {
	struct lexer *lx;
	struct word *word;
	struct part **last;
	struct strbuf text;
	bool quoted;
	bool pending; /* `text` is a part, be it empty */
};

static bool scan_run(struct builder *b, enum word_mode mode);

bool
is_name_start(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool
is_name_char(int c)
{
	return is_name_start(c) || (c >= '0' && c <= '9');
}

size_t
name_length(const char *s)
{
	size_t n = 0;

	if (!is_name_start((unsigned char)s[0]))
		return 0;
	while (is_name_char((unsigned char)s[n]))
		n++;
	return n;
}

static bool
is_special_param(int c)
{
	return c > 0 && strchr("@*#?-$!", c) != NULL;
}

static bool
is_quoted_mode(enum word_mode mode)
{
	return mode != WORD_PLAIN && mode != WORD_BRACE;
}

static struct part *
add_part(struct builder *b, enum part_kind kind, bool quoted)
{
	struct part *p = arena_alloc(b->lx->arena, sizeof(*p));

	p->kind = kind;
	p->quoted = quoted;
	*b->last = p;
	b->last = &p->next;
	return p;
}

static void
flush_text(struct builder *b)
{
	if (!b->pending)
		return;
	add_part(b, PART_TEXT, b->quoted)->text =
	    arena_strndup(b->lx->arena, b->text.data, b->text.len);
	b->text.len = 0;
	b->pending = false;
}

/* Starts or goes on with literal text. */
static void
begin_text(struct builder *b, bool quoted)
{
	if (b->pending && b->quoted != quoted)
		flush_text(b);
	b->pending = true;
	b->quoted = quoted;
}

static void
put_text(struct builder *b, int c, bool quoted)
{
	begin_text(b, quoted);
	strbuf_putc(&b->text, c);
}

/* The source of $(...); the position is behind the opening parenthesis. */
static bool
scan_command(struct builder *b, bool quoted)
{
	struct input *in = b->lx->in;
	size_t start = in->pos;
	struct lexer sub;

	lexer_init(&sub, in, b->lx->arena, b->lx->depth + 1);
	parser_enclosed(&sub);
	if (sub.failed) {
		b->lx->at_end = sub.at_end;
		return lexer_fail(b->lx, "%s", sub.error);
	}
	add_part(b, PART_COMMAND, quoted)->text =
	    arena_strndup(b->lx->arena, in->text.data + start, in->pos - 1 - start);
	return true;
}

/* `...`: its backslashes are undone once, then it is the same as $(...). */
static bool
scan_backquotes(struct builder *b, bool quoted)
{
	struct strbuf text = {0};
	struct input in;
	struct lexer sub;
	int line = b->lx->in->line;
	size_t escapes = 0;
	int c;

	input_get(b->lx->in);
	while ((c = input_get(b->lx->in)) != '`') {
		if (c == '\\') {
			int next = input_peek(b->lx->in, 0);

			if (next == '$' || next == '`' || next == '\\' || (quoted && next == '"'))
				c = input_get(b->lx->in);
		}
		if (c == INPUT_EOF) {
			strbuf_free(&text);
			b->lx->at_end = true;
			return lexer_fail(b->lx, "unterminated `");
		}
		strbuf_putc(&text, c);
	}
	/* A backslash at the very end stands for itself. */
	for (size_t i = text.len; i > 0 && text.data[i - 1] == '\\'; i--)
		escapes++;
	if (escapes % 2 == 1)
		strbuf_putc(&text, '\\');
	/* Closed like $(...) to find errors now, with the newline for a comment. */
	strbuf_puts(&text, "\n)");
	input_from_string(&in, text.data, text.len, line);
	lexer_init(&sub, &in, b->lx->arena, b->lx->depth + 1);
	parser_enclosed(&sub);
	if (!sub.failed && in.pos != in.text.len)
		lexer_fail(&sub, "unexpected )");
	if (sub.failed)
		lexer_fail(b->lx, "%s", sub.error);
	else
		add_part(b, PART_COMMAND, quoted)->text =
		    arena_strndup(b->lx->arena, text.data, text.len - 1);
	input_free(&in);
	strbuf_free(&text);
	return !b->lx->failed;
}

static struct word *
parse_operand(struct builder *b, enum word_mode mode)
{
	struct word *w;

	b->lx->depth++;
	w = word_parse(b->lx, mode);
	b->lx->depth--;
	return w;
}

/* $((...)), or false without an error where it is a command after all. */
static bool
scan_arithmetic(struct builder *b)
{
	struct input *in = b->lx->in;
	size_t pos = in->pos;
	int line = in->line;
	struct word *w;

	input_get(in);
	w = parse_operand(b, WORD_ARITH);
	if (w == NULL) {
		if (in->retries++ < RETRIES_MAX && !b->lx->at_end) {
			b->lx->failed = false;
			input_rewind(in, pos, line);
		}
		return false;
	}
	add_part(b, PART_ARITH, false)->word = w;
	return true;
}

static bool
scan_operator(struct builder *b, struct part *p, bool quoted)
{
	static const char ops[] = "-=?+";
	static const enum param_op kinds[] = {
	    PARAM_DEFAULT,
	    PARAM_ASSIGN,
	    PARAM_ERROR,
	    PARAM_ALTERNATIVE,
	};
	int c = lexer_char(b->lx);
	const char *op;

	if (c == '}') {
		input_get(b->lx->in);
		return true;
	}
	if (c == '#' || c == '%') {
		bool is_long;

		input_get(b->lx->in);
		is_long = lexer_char(b->lx) == c;
		if (is_long)
			input_get(b->lx->in);
		p->op = c == '#' ? (is_long ? PARAM_PREFIX_LONG : PARAM_PREFIX)
				 : (is_long ? PARAM_SUFFIX_LONG : PARAM_SUFFIX);
		p->word = parse_operand(b, WORD_BRACE);
		return p->word != NULL;
	}
	if (c == ':') {
		p->colon = true;
		input_get(b->lx->in);
		c = lexer_char(b->lx);
	}
	op = c > 0 ? strchr(ops, c) : NULL;
	if (op == NULL) {
		b->lx->at_end = c == INPUT_EOF;
		return lexer_fail(b->lx, "bad substitution");
	}
	input_get(b->lx->in);
	p->op = kinds[op - ops];
	p->word = parse_operand(b, quoted ? WORD_BRACE_DQ : WORD_BRACE);
	return p->word != NULL;
}

/* A parameter's name behind ${ ; false where there is none. */
static bool
scan_name(struct lexer *lx, struct strbuf *name)
{
	int c = lexer_char(lx);

	if (is_special_param(c)) {
		strbuf_putc(name, input_get(lx->in));
		return true;
	}
	if (c >= '0' && c <= '9') {
		for (; c >= '0' && c <= '9'; c = lexer_char(lx))
			strbuf_putc(name, input_get(lx->in));
		return true;
	}
	if (!is_name_start(c))
		return false;
	for (; is_name_char(c); c = lexer_char(lx))
		strbuf_putc(name, input_get(lx->in));
	return true;
}

static bool
scan_braces(struct builder *b, bool quoted)
{
	struct lexer *lx = b->lx;
	struct part *p = add_part(b, PART_PARAM, quoted);
	struct strbuf name = {0};
	size_t pos;
	int line;
	bool ok;

	input_get(lx->in);
	if (lexer_char(lx) == '#') {
		/* ${#x} is a length, ${#} and ${#-w} are about $#. */
		pos = lx->in->pos;
		line = lx->in->line;
		input_get(lx->in);
		if (scan_name(lx, &name) && lexer_char(lx) == '}') {
			input_get(lx->in);
			p->op = PARAM_LENGTH;
			p->text = arena_strndup(lx->arena, name.data, name.len);
			strbuf_free(&name);
			return true;
		}
		name.len = 0;
		input_rewind(lx->in, pos, line);
	}
	ok = scan_name(lx, &name);
	if (ok) {
		p->text = arena_strndup(lx->arena, name.data, name.len);
		ok = scan_operator(b, p, quoted);
	} else {
		lx->at_end = lexer_char(lx) == INPUT_EOF;
		lexer_fail(lx, "bad substitution");
	}
	strbuf_free(&name);
	return ok;
}

static bool
scan_dollar(struct builder *b, bool quoted)
{
	struct lexer *lx = b->lx;
	struct strbuf name = {0};
	int c;

	input_get(lx->in);
	c = lexer_char(lx);
	if (c == '(') {
		flush_text(b);
		input_get(lx->in);
		if (lexer_char(lx) == '(') {
			struct part **before = b->last;

			if (scan_arithmetic(b)) {
				(*before)->quoted = quoted;
				return true;
			}
			if (lx->failed)
				return false;
		}
		return scan_command(b, quoted);
	}
	if (c == '{') {
		flush_text(b);
		return scan_braces(b, quoted);
	}
	if (!is_name_start(c) && !is_special_param(c) && !(c >= '0' && c <= '9')) {
		put_text(b, '$', quoted);
		return true;
	}
	flush_text(b);
	if (c >= '0' && c <= '9')
		strbuf_putc(&name, input_get(lx->in));
	else
		scan_name(lx, &name);
	add_part(b, PART_PARAM, quoted)->text = arena_strndup(lx->arena, name.data, name.len);
	strbuf_free(&name);
	return true;
}

static bool
scan_single_quotes(struct builder *b)
{
	int c;

	input_get(b->lx->in);
	begin_text(b, true);
	while ((c = input_get(b->lx->in)) != '\'') {
		if (c == INPUT_EOF) {
			b->lx->at_end = true;
			return lexer_fail(b->lx, "unterminated '");
		}
		strbuf_putc(&b->text, c);
	}
	return true;
}

static bool
scan_double_quotes(struct builder *b)
{
	input_get(b->lx->in);
	if (lexer_char(b->lx) == '"')
		begin_text(b, true);
	return scan_run(b, WORD_DQUOTE);
}

static void
scan_backslash(struct builder *b, enum word_mode mode)
{
	int c;

	input_get(b->lx->in);
	c = input_peek(b->lx->in, 0);
	if (!is_quoted_mode(mode)) {
		if (c == INPUT_EOF)
			put_text(b, '\\', true);
		else
			put_text(b, input_get(b->lx->in), true);
		return;
	}
	if (c == '$' || c == '`' || c == '\\' || (c == '"' && mode != WORD_HERE) ||
	    (c == '}' && mode == WORD_BRACE_DQ))
		put_text(b, input_get(b->lx->in), true);
	else
		put_text(b, '\\', true);
}

/* What ends each mode; the character is consumed unless the mode is plain. */
static bool
is_end(struct lexer *lx, enum word_mode mode, int c, int parens)
{
	switch (mode) {
	case WORD_PLAIN:
		return c == INPUT_EOF || strchr(" \t\r\n;&|<>()", c) != NULL;
	case WORD_DQUOTE:
		return c == '"';
	case WORD_BRACE:
	case WORD_BRACE_DQ:
		return c == '}';
	case WORD_HERE:
		return c == INPUT_EOF;
	case WORD_ARITH:
		if (c == ')' && parens == 0) {
			input_get(lx->in);
			if (lexer_char(lx) == ')')
				return true;
			lexer_fail(lx, "missing ))");
		}
		return false;
	}
	return false;
}

static bool
scan_special(struct builder *b, enum word_mode mode, int c)
{
	bool quoted = is_quoted_mode(mode);

	switch (c) {
	case '\\':
		scan_backslash(b, mode);
		return true;
	case '$':
		return scan_dollar(b, quoted);
	case '`':
		flush_text(b);
		return scan_backquotes(b, quoted);
	case '\'':
		if (!quoted)
			return scan_single_quotes(b);
		break;
	case '"':
		if (!quoted)
			return scan_double_quotes(b);
		if (mode == WORD_BRACE_DQ || mode == WORD_ARITH) {
			input_get(b->lx->in);
			return true;
		}
		break;
	default:
		break;
	}
	put_text(b, input_get(b->lx->in), quoted);
	return true;
}

static bool
scan_run(struct builder *b, enum word_mode mode)
{
	struct lexer *lx = b->lx;
	int parens = 0;

	for (;;) {
		int c = lexer_char(lx);

		if (is_end(lx, mode, c, parens))
			break;
		if (lx->failed)
			return false;
		if (c == INPUT_EOF) {
			lx->at_end = true;
			return lexer_fail(lx, "unterminated %s",
			    mode == WORD_DQUOTE      ? "\""
				: mode == WORD_ARITH ? "$(("
						     : "${");
		}
		if (mode == WORD_ARITH)
			parens += (c == '(') - (c == ')');
		if (!scan_special(b, mode, c))
			return false;
	}
	if (mode != WORD_PLAIN && mode != WORD_HERE)
		input_get(lx->in);
	return true;
}

static void
find_assignment(struct word *w)
{
	const struct part *p = w->parts;
	size_t n;

	if (p == NULL || p->kind != PART_TEXT || p->quoted)
		return;
	n = name_length(p->text);
	if (n > 0 && p->text[n] == '=')
		w->name_len = (int)n;
}

struct word *
word_parse(struct lexer *lx, enum word_mode mode)
{
	struct builder b = {.lx = lx};
	bool ok;

	if (lexer_too_deep(lx))
		return NULL;
	b.word = arena_alloc(lx->arena, sizeof(*b.word));
	b.last = &b.word->parts;
	ok = scan_run(&b, mode);
	if (ok)
		flush_text(&b);
	strbuf_free(&b.text);
	if (!ok)
		return NULL;
	if (mode == WORD_PLAIN)
		find_assignment(b.word);
	return b.word;
}

const char *
word_literal(const struct word *w)
{
	const struct part *p = w->parts;

	if (p == NULL || p->next != NULL || p->kind != PART_TEXT || p->quoted)
		return NULL;
	return p->text;
}

bool
word_raw(const struct word *w, struct strbuf *out)
{
	bool quoted = false;

	for (const struct part *p = w->parts; p != NULL; p = p->next) {
		quoted = quoted || p->quoted;
		if (p->kind == PART_TEXT)
			strbuf_puts(out, p->text);
	}
	return quoted;
}
