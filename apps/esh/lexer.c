/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lexer.c - tokens: operators, words (by word.c), comments, and the bodies of
 * here-documents. Owns the look-ahead; never decides what is a reserved word.
 */
#include "lexer.h"

#include <stdio.h>
#include <string.h>

#include "shell.h"

static const struct {
	const char *text;
	enum token token;
} operators[] = {
    /* A longer operator stands before its prefix. */
    {"&&", TOK_AND_IF},
    {"||", TOK_OR_IF},
    {";;", TOK_DSEMI},
    {"&", TOK_AMP},
    {"|", TOK_PIPE},
    {";", TOK_SEMI},
    {"(", TOK_LPAREN},
    {")", TOK_RPAREN},
};

static const struct {
	const char *text;
	enum redir_op op;
	bool strip;
} redirections[] = {
    {"<<-", REDIR_HERE, true},
    {"<<", REDIR_HERE, false},
    {"<&", REDIR_DUP_IN, false},
    {"<>", REDIR_READWRITE, false},
    {"<", REDIR_IN, false},
    {">>", REDIR_APPEND, false},
    {">&", REDIR_DUP_OUT, false},
    {">|", REDIR_CLOBBER, false},
    {">", REDIR_OUT, false},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

void
lexer_init(struct lexer *lx, struct input *in, struct arena *arena, int depth)
{
	memset(lx, 0, sizeof(*lx));
	lx->in = in;
	lx->arena = arena;
	lx->depth = depth;
	lx->here_last = &lx->here_first;
}

bool
lexer_fail(struct lexer *lx, const char *fmt, ...)
{
	va_list ap;

	if (lx->failed)
		return false;
	lx->failed = true;
	lx->error_line = lx->in->line;
	va_start(ap, fmt);
	vsnprintf(lx->error, sizeof(lx->error), fmt, ap);
	va_end(ap);
	return false;
}

bool
lexer_too_deep(struct lexer *lx)
{
	if (lx->depth <= NESTING_MAX && !stack_is_low())
		return false;
	lexer_fail(lx, "nested too deeply");
	return true;
}

int
lexer_char(struct lexer *lx)
{
	int c;

	while ((c = input_peek(lx->in, 0)) == '\\' && input_peek(lx->in, 1) == '\n') {
		input_get(lx->in);
		input_get(lx->in);
	}
	return c;
}

/* Takes `text` if it comes next; an operator may be split by continuations. */
static bool
take_operator(struct lexer *lx, const char *text)
{
	size_t pos = lx->in->pos;
	int line = lx->in->line;

	for (; *text != '\0'; text++) {
		if (lexer_char(lx) != (unsigned char)*text) {
			input_rewind(lx->in, pos, line);
			return false;
		}
		input_get(lx->in);
	}
	return true;
}

static bool
is_closing_line(const char *line, size_t len, const char *delim)
{
	if (len > 0 && line[len - 1] == '\n')
		len--;
	return len == strlen(delim) && memcmp(line, delim, len) == 0;
}

static bool
ends_in_continuation(const struct strbuf *b)
{
	size_t n = 0;

	if (b->len < 2 || b->data[b->len - 1] != '\n')
		return false;
	while (n < b->len - 1 && b->data[b->len - 2 - n] == '\\')
		n++;
	return n % 2 == 1;
}

static void
read_here_body(struct lexer *lx, struct redir *r)
{
	struct strbuf body = {0};
	bool joined = false;

	for (;;) {
		size_t start = body.len;
		bool leading = r->strip;
		int c;

		while ((c = input_get(lx->in)) != INPUT_EOF) {
			if (leading && c == '\t')
				continue;
			leading = false;
			strbuf_putc(&body, c);
			if (c == '\n')
				break;
		}
		if (body.len == start) {
			lx->at_end = true;
			lexer_fail(lx, "here-document without its end, %s", r->delim);
			break;
		}
		if (!joined && is_closing_line(body.data + start, body.len - start, r->delim)) {
			body.len = start;
			break;
		}
		joined = !r->literal && ends_in_continuation(&body);
	}
	r->raw = arena_strndup(lx->arena, strbuf_cstr(&body), body.len);
	if (r->literal) {
		struct part *p = arena_alloc(lx->arena, sizeof(*p));

		r->word = arena_alloc(lx->arena, sizeof(*r->word));
		p->kind = PART_TEXT;
		p->quoted = true;
		p->text = r->raw;
		r->word->parts = p;
	} else {
		struct input in;
		struct lexer sub;

		input_from_string(&in, body.data, body.len, r->line + 1);
		lexer_init(&sub, &in, lx->arena, lx->depth + 1);
		r->word = word_parse(&sub, WORD_HERE);
		if (sub.failed)
			lexer_fail(lx, "%s", sub.error);
		input_free(&in);
	}
	strbuf_free(&body);
}

static void
read_here_bodies(struct lexer *lx)
{
	struct redir *r = lx->here_first;

	/* The queue's links are separate from the command's: see lexer_add_here. */
	lx->here_first = NULL;
	lx->here_last = &lx->here_first;
	while (r != NULL && !lx->failed) {
		struct redir *target = (struct redir *)r->word;

		read_here_body(lx, target);
		r = r->next;
	}
}

void
lexer_add_here(struct lexer *lx, struct redir *r)
{
	struct redir *link = arena_alloc(lx->arena, sizeof(*link));

	link->word = (struct word *)r;
	*lx->here_last = link;
	lx->here_last = &link->next;
}

static void
skip_blanks(struct lexer *lx)
{
	int c;

	while ((c = lexer_char(lx)) == ' ' || c == '\t' || c == '\r')
		input_get(lx->in);
	if (c == '#') {
		while ((c = input_peek(lx->in, 0)) != '\n' && c != INPUT_EOF)
			input_get(lx->in);
	}
}

static bool
scan_redirection(struct lexer *lx, int fd)
{
	if (fd < 0 && take_operator(lx, "&>")) {
		lx->redir_op = REDIR_BOTH;
		lx->redir_fd = 1;
		lx->redir_strip = false;
		return true;
	}
	for (size_t i = 0; i < COUNT(redirections); i++) {
		if (!take_operator(lx, redirections[i].text))
			continue;
		lx->redir_op = redirections[i].op;
		lx->redir_strip = redirections[i].strip;
		lx->redir_fd = fd >= 0 ? fd : redirections[i].text[0] == '<' ? 0 : 1;
		return true;
	}
	return false;
}

/* A number right before < or > names the descriptor. */
static bool
scan_numbered(struct lexer *lx)
{
	size_t pos = lx->in->pos;
	int line = lx->in->line;
	int fd = 0;
	int c;

	while ((c = lexer_char(lx)) >= '0' && c <= '9') {
		fd = fd < 1000 ? fd * 10 + (c - '0') : fd;
		input_get(lx->in);
	}
	if ((c == '<' || c == '>') && scan_redirection(lx, fd))
		return true;
	input_rewind(lx->in, pos, line);
	return false;
}

static enum token
scan(struct lexer *lx)
{
	int c;

	if (lx->failed)
		return TOK_ERROR;
	skip_blanks(lx);
	c = lexer_char(lx);
	lx->line = lx->in->line;
	if (c == INPUT_EOF) {
		read_here_bodies(lx);
		return lx->failed ? TOK_ERROR : TOK_EOF;
	}
	if (c == '\n') {
		input_get(lx->in);
		read_here_bodies(lx);
		return lx->failed ? TOK_ERROR : TOK_NEWLINE;
	}
	if (scan_redirection(lx, -1))
		return TOK_REDIR;
	for (size_t i = 0; i < COUNT(operators); i++) {
		if (take_operator(lx, operators[i].text))
			return operators[i].token;
	}
	if (c >= '0' && c <= '9' && scan_numbered(lx))
		return TOK_REDIR;
	lx->word = word_parse(lx, WORD_PLAIN);
	return lx->word == NULL ? TOK_ERROR : TOK_WORD;
}

enum token
lexer_peek(struct lexer *lx)
{
	if (!lx->have || lx->failed) {
		lx->token = scan(lx);
		lx->have = true;
	}
	return lx->token;
}

void
lexer_take(struct lexer *lx)
{
	lx->have = false;
}

bool
lexer_is_word(struct lexer *lx, const char *s)
{
	const char *text;

	if (lexer_peek(lx) != TOK_WORD)
		return false;
	text = word_literal(lx->word);
	return text != NULL && strcmp(text, s) == 0;
}

const char *
lexer_describe(struct lexer *lx)
{
	const char *text;

	switch (lexer_peek(lx)) {
	case TOK_EOF:
		return "end of file";
	case TOK_NEWLINE:
		return "newline";
	case TOK_REDIR:
		return "redirection";
	case TOK_WORD:
		text = word_literal(lx->word);
		return text != NULL ? text : "word";
	default:
		break;
	}
	for (size_t i = 0; i < COUNT(operators); i++) {
		if (operators[i].token == lx->token)
			return operators[i].text;
	}
	return "token";
}
