/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parser.c - recursive descent over the tokens. Knows the reserved words;
 * bounds its own depth; never runs or expands anything.
 *
 * Each function returns NULL after an error, which the lexer then holds.
 */
#include "parser.h"

#include <string.h>

static struct node *parse_list(struct lexer *lx, bool one_line);
static struct node *parse_and_or(struct lexer *lx);

static const char *const reserved[] = {
    "!",
    "{",
    "}",
    "case",
    "do",
    "done",
    "elif",
    "else",
    "esac",
    "fi",
    "for",
    "if",
    "in",
    "then",
    "until",
    "while",
};

bool
parser_is_reserved(const char *s)
{
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		if (strcmp(reserved[i], s) == 0)
			return true;
	}
	return false;
}

static struct node *
make_node(struct lexer *lx, enum node_kind kind)
{
	struct node *n;

	lexer_peek(lx);
	n = arena_alloc(lx->arena, sizeof(*n));
	n->kind = kind;
	n->line = lx->line;
	return n;
}

static void *
fail_unexpected(struct lexer *lx)
{
	enum token t = lexer_peek(lx);

	if (t != TOK_ERROR) {
		lx->at_end = t == TOK_EOF;
		lexer_fail(lx, "syntax error: unexpected %s", lexer_describe(lx));
	}
	return NULL;
}

static bool
expect_word(struct lexer *lx, const char *s)
{
	enum token t;

	if (lexer_is_word(lx, s)) {
		lexer_take(lx);
		return true;
	}
	t = lexer_peek(lx);
	if (t != TOK_ERROR) {
		lx->at_end = t == TOK_EOF;
		lexer_fail(lx, "syntax error: unexpected %s (expecting %s)", lexer_describe(lx), s);
	}
	return false;
}

static void
skip_newlines(struct lexer *lx)
{
	while (lexer_peek(lx) == TOK_NEWLINE)
		lexer_take(lx);
}

static struct redir *
parse_redir(struct lexer *lx)
{
	struct redir *r = arena_alloc(lx->arena, sizeof(*r));
	struct strbuf delim = {0};

	r->op = lx->redir_op;
	r->fd = lx->redir_fd;
	r->strip = lx->redir_strip;
	r->line = lx->line;
	lexer_take(lx);
	if (lexer_peek(lx) != TOK_WORD)
		return fail_unexpected(lx);
	r->word = lx->word;
	lexer_take(lx);
	if (r->op == REDIR_HERE) {
		for (const struct part *p = r->word->parts; p != NULL; p = p->next) {
			if (p->kind != PART_TEXT) {
				lexer_fail(lx, "bad here-document delimiter");
				return NULL;
			}
		}
		r->literal = word_raw(r->word, &delim);
		r->delim = arena_strndup(lx->arena, strbuf_cstr(&delim), delim.len);
		r->word = NULL;
		strbuf_free(&delim);
		lexer_add_here(lx, r);
	}
	return r;
}

static bool
parse_redirs(struct lexer *lx, struct redir **last)
{
	while (lexer_peek(lx) == TOK_REDIR) {
		*last = parse_redir(lx);
		if (*last == NULL)
			return false;
		last = &(*last)->next;
	}
	return !lx->failed;
}

/* A compound list: at least one command; newlines around it are nothing. */
static struct node *
parse_body(struct lexer *lx)
{
	skip_newlines(lx);
	return parse_list(lx, false);
}

static struct node *
parse_if(struct lexer *lx)
{
	struct node *n = make_node(lx, NODE_IF);

	lexer_take(lx);
	n->first = parse_body(lx);
	if (n->first == NULL || !expect_word(lx, "then"))
		return NULL;
	n->second = parse_body(lx);
	if (n->second == NULL)
		return NULL;
	if (lexer_is_word(lx, "elif")) {
		/* Counts as nesting: the tree gets deeper by one. */
		lx->depth++;
		if (lexer_too_deep(lx))
			return NULL;
		n->third = parse_if(lx);
		lx->depth--;
		return n->third == NULL ? NULL : n;
	}
	if (lexer_is_word(lx, "else")) {
		lexer_take(lx);
		n->third = parse_body(lx);
		if (n->third == NULL)
			return NULL;
	}
	return expect_word(lx, "fi") ? n : NULL;
}

static bool
parse_do_group(struct lexer *lx, struct node **body)
{
	if (!expect_word(lx, "do"))
		return false;
	*body = parse_body(lx);
	return *body != NULL && expect_word(lx, "done");
}

static struct node *
parse_while(struct lexer *lx, enum node_kind kind)
{
	struct node *n = make_node(lx, kind);

	lexer_take(lx);
	n->first = parse_body(lx);
	if (n->first == NULL || !parse_do_group(lx, &n->second))
		return NULL;
	return n;
}

static const char *
parse_name(struct lexer *lx)
{
	const char *name;

	if (lexer_peek(lx) != TOK_WORD)
		return fail_unexpected(lx);
	name = word_literal(lx->word);
	if (name == NULL || name[0] == '\0' || name_length(name) != strlen(name)) {
		lexer_fail(lx, "syntax error: bad variable name");
		return NULL;
	}
	lexer_take(lx);
	return name;
}

static bool
parse_words(struct lexer *lx, struct word **last)
{
	while (lexer_peek(lx) == TOK_WORD) {
		*last = lx->word;
		last = &lx->word->next;
		lexer_take(lx);
	}
	return !lx->failed;
}

static struct node *
parse_for(struct lexer *lx)
{
	struct node *n = make_node(lx, NODE_FOR);

	lexer_take(lx);
	n->name = parse_name(lx);
	if (n->name == NULL)
		return NULL;
	if (lexer_peek(lx) == TOK_SEMI) {
		lexer_take(lx);
		skip_newlines(lx);
	} else {
		skip_newlines(lx);
		if (lexer_is_word(lx, "in")) {
			lexer_take(lx);
			n->has_in = true;
			if (!parse_words(lx, &n->words))
				return NULL;
			if (lexer_peek(lx) == TOK_SEMI)
				lexer_take(lx);
			else if (lexer_peek(lx) != TOK_NEWLINE)
				return fail_unexpected(lx);
			skip_newlines(lx);
		}
	}
	return parse_do_group(lx, &n->first) ? n : NULL;
}

static struct case_item *
parse_case_item(struct lexer *lx)
{
	struct case_item *item = arena_alloc(lx->arena, sizeof(*item));
	struct word **last = &item->patterns;

	if (lexer_peek(lx) == TOK_LPAREN)
		lexer_take(lx);
	for (;;) {
		if (lexer_peek(lx) != TOK_WORD)
			return fail_unexpected(lx);
		*last = lx->word;
		last = &lx->word->next;
		lexer_take(lx);
		if (lexer_peek(lx) != TOK_PIPE)
			break;
		lexer_take(lx);
	}
	if (lexer_peek(lx) != TOK_RPAREN)
		return fail_unexpected(lx);
	lexer_take(lx);
	skip_newlines(lx);
	if (lexer_peek(lx) != TOK_DSEMI && !lexer_is_word(lx, "esac")) {
		item->body = parse_list(lx, false);
		if (item->body == NULL)
			return NULL;
	}
	if (lexer_peek(lx) == TOK_DSEMI)
		lexer_take(lx);
	else if (!lexer_is_word(lx, "esac"))
		return fail_unexpected(lx);
	skip_newlines(lx);
	return item;
}

static struct node *
parse_case(struct lexer *lx)
{
	struct node *n = make_node(lx, NODE_CASE);
	struct case_item **last = &n->items;

	lexer_take(lx);
	if (lexer_peek(lx) != TOK_WORD)
		return fail_unexpected(lx);
	n->words = lx->word;
	lexer_take(lx);
	skip_newlines(lx);
	if (!expect_word(lx, "in"))
		return NULL;
	skip_newlines(lx);
	while (!lexer_is_word(lx, "esac")) {
		*last = parse_case_item(lx);
		if (*last == NULL)
			return NULL;
		last = &(*last)->next;
	}
	lexer_take(lx);
	return n;
}

static struct node *
parse_group(struct lexer *lx)
{
	struct node *n;

	if (lexer_peek(lx) == TOK_LPAREN) {
		n = make_node(lx, NODE_SUBSHELL);
		lexer_take(lx);
		n->first = parse_body(lx);
		if (n->first == NULL)
			return NULL;
		if (lexer_peek(lx) != TOK_RPAREN)
			return fail_unexpected(lx);
		lexer_take(lx);
		return n;
	}
	n = make_node(lx, NODE_BRACE);
	lexer_take(lx);
	n->first = parse_body(lx);
	return n->first != NULL && expect_word(lx, "}") ? n : NULL;
}

static struct node *
parse_compound(struct lexer *lx)
{
	static const struct {
		const char *word;
		enum node_kind kind;
	} starts[] = {
	    {"if", NODE_IF},
	    {"while", NODE_WHILE},
	    {"until", NODE_UNTIL},
	    {"for", NODE_FOR},
	    {"case", NODE_CASE},
	    {"{", NODE_BRACE},
	};

	if (lexer_peek(lx) == TOK_LPAREN)
		return parse_group(lx);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (!lexer_is_word(lx, starts[i].word))
			continue;
		switch (starts[i].kind) {
		case NODE_IF:
			return parse_if(lx);
		case NODE_WHILE:
		case NODE_UNTIL:
			return parse_while(lx, starts[i].kind);
		case NODE_FOR:
			return parse_for(lx);
		case NODE_CASE:
			return parse_case(lx);
		default:
			return parse_group(lx);
		}
	}
	return fail_unexpected(lx);
}

static bool
starts_compound(struct lexer *lx)
{
	const char *text;

	if (lexer_peek(lx) == TOK_LPAREN)
		return true;
	if (lexer_peek(lx) != TOK_WORD)
		return false;
	text = word_literal(lx->word);
	return text != NULL && parser_is_reserved(text) && strcmp(text, "in") != 0;
}

static struct node *
parse_function(struct lexer *lx, struct node *n)
{
	n->kind = NODE_FUNCTION;
	n->name = word_literal(n->words);
	if (n->name == NULL || n->name[0] == '\0' || name_length(n->name) != strlen(n->name)) {
		lexer_fail(lx, "syntax error: bad function name");
		return NULL;
	}
	n->words = NULL;
	lexer_take(lx);
	if (lexer_peek(lx) != TOK_RPAREN)
		return fail_unexpected(lx);
	lexer_take(lx);
	skip_newlines(lx);
	n->first = parse_compound(lx);
	if (n->first == NULL || !parse_redirs(lx, &n->first->redirs))
		return NULL;
	return n;
}

static struct node *
parse_simple(struct lexer *lx)
{
	struct node *n = make_node(lx, NODE_SIMPLE);
	struct word **last_assign = &n->assigns;
	struct word **last_word = &n->words;
	struct redir **last_redir = &n->redirs;

	for (;;) {
		enum token t = lexer_peek(lx);

		if (t == TOK_REDIR) {
			*last_redir = parse_redir(lx);
			if (*last_redir == NULL)
				return NULL;
			last_redir = &(*last_redir)->next;
		} else if (t == TOK_WORD && lx->word->name_len > 0 && n->words == NULL) {
			*last_assign = lx->word;
			last_assign = &lx->word->next;
			lexer_take(lx);
		} else if (t == TOK_WORD) {
			*last_word = lx->word;
			last_word = &lx->word->next;
			lexer_take(lx);
		} else if (t == TOK_LPAREN && n->words != NULL && n->words->next == NULL &&
		    n->assigns == NULL && n->redirs == NULL) {
			return parse_function(lx, n);
		} else {
			break;
		}
	}
	if (lx->failed)
		return NULL;
	if (n->words == NULL && n->assigns == NULL && n->redirs == NULL)
		return fail_unexpected(lx);
	return n;
}

static struct node *
parse_command(struct lexer *lx)
{
	struct node *n;

	lx->depth++;
	if (lexer_too_deep(lx))
		return NULL;
	if (starts_compound(lx)) {
		n = parse_compound(lx);
		if (n != NULL && !parse_redirs(lx, &n->redirs))
			n = NULL;
	} else {
		n = parse_simple(lx);
	}
	lx->depth--;
	return n;
}

static struct node *
parse_pipeline(struct lexer *lx)
{
	struct node *pipe = NULL;
	struct node **last;
	struct node *n;
	bool negate = false;

	while (lexer_is_word(lx, "!")) {
		negate = !negate;
		lexer_take(lx);
	}
	n = parse_command(lx);
	if (n == NULL)
		return NULL;
	if (lexer_peek(lx) != TOK_PIPE && !negate)
		return lx->failed ? NULL : n;
	pipe = arena_alloc(lx->arena, sizeof(*pipe));
	pipe->kind = NODE_PIPE;
	pipe->line = n->line;
	pipe->negate = negate;
	pipe->first = n;
	last = &n->next;
	while (lexer_peek(lx) == TOK_PIPE) {
		lexer_take(lx);
		skip_newlines(lx);
		n = parse_command(lx);
		if (n == NULL)
			return NULL;
		*last = n;
		last = &n->next;
	}
	return lx->failed ? NULL : pipe;
}

static struct node *
parse_and_or(struct lexer *lx)
{
	struct node *left = parse_pipeline(lx);

	while (left != NULL) {
		enum token t = lexer_peek(lx);
		struct node *n;

		if (t != TOK_AND_IF && t != TOK_OR_IF)
			break;
		n = arena_alloc(lx->arena, sizeof(*n));
		n->kind = t == TOK_AND_IF ? NODE_AND : NODE_OR;
		n->line = left->line;
		n->first = left;
		lexer_take(lx);
		skip_newlines(lx);
		n->second = parse_pipeline(lx);
		left = n->second == NULL ? NULL : n;
	}
	return lx->failed ? NULL : left;
}

static bool
ends_list(struct lexer *lx)
{
	static const char *const ends[] = {
	    "then",
	    "else",
	    "elif",
	    "fi",
	    "do",
	    "done",
	    "esac",
	    "}",
	};
	enum token t = lexer_peek(lx);

	if (t == TOK_EOF || t == TOK_RPAREN || t == TOK_DSEMI || t == TOK_ERROR)
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (lexer_is_word(lx, ends[i]))
			return true;
	}
	return false;
}

/* `one_line`: a newline ends the list, and is left to the caller. */
static struct node *
parse_list(struct lexer *lx, bool one_line)
{
	struct node *list = make_node(lx, NODE_LIST);
	struct node **last = &list->first;

	for (;;) {
		struct node *n = parse_and_or(lx);
		enum token t;

		if (n == NULL)
			return NULL;
		/* A node that is shared by no list yet carries the flag itself. */
		*last = n;
		last = &n->next;
		t = lexer_peek(lx);
		if (t == TOK_SEMI || t == TOK_AMP) {
			n->background = t == TOK_AMP;
			lexer_take(lx);
		} else if (t != TOK_NEWLINE || one_line) {
			break;
		}
		if (!one_line)
			skip_newlines(lx);
		else if (lexer_peek(lx) == TOK_NEWLINE)
			break;
		if (ends_list(lx))
			break;
	}
	return lx->failed ? NULL : list;
}

enum parse_result
parser_command(struct lexer *lx, struct node **out)
{
	enum token t;

	*out = NULL;
	lx->in->fresh = true;
	t = lexer_peek(lx);
	if (t == TOK_EOF)
		return PARSE_END;
	if (t == TOK_NEWLINE) {
		lexer_take(lx);
		return PARSE_COMMAND;
	}
	*out = parse_list(lx, true);
	if (*out == NULL)
		return PARSE_ERROR;
	t = lexer_peek(lx);
	if (t != TOK_NEWLINE && t != TOK_EOF) {
		fail_unexpected(lx);
		return PARSE_ERROR;
	}
	lexer_take(lx);
	return PARSE_COMMAND;
}

struct node *
parser_enclosed(struct lexer *lx)
{
	struct node *list;

	if (lexer_too_deep(lx))
		return NULL;
	skip_newlines(lx);
	if (lexer_peek(lx) == TOK_RPAREN) {
		list = make_node(lx, NODE_LIST);
		lexer_take(lx);
		return list;
	}
	list = parse_list(lx, false);
	if (list == NULL)
		return NULL;
	if (lexer_peek(lx) != TOK_RPAREN)
		return fail_unexpected(lx);
	if (lx->here_first != NULL) {
		lexer_fail(lx, "here-document without a body");
		return NULL;
	}
	lexer_take(lx);
	return list;
}
