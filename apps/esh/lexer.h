/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lexer.h - tokens and words out of source text. The lexer looks exactly one
 * token ahead, and only when asked, so that a prompt never waits too early.
 */
#ifndef ESH_LEXER_H
#define ESH_LEXER_H

#include <stdbool.h>

#include "ast.h"
#include "input.h"
#include "mem.h"

/* How deep commands, substitutions and operands may nest. */
#define NESTING_MAX 60

enum token {
	TOK_EOF,
	TOK_NEWLINE,
	TOK_WORD,
	TOK_REDIR,
	TOK_AND_IF,
	TOK_OR_IF,
	TOK_SEMI,
	TOK_DSEMI,
	TOK_AMP,
	TOK_PIPE,
	TOK_LPAREN,
	TOK_RPAREN,
	TOK_ERROR,
};

struct lexer {
	struct input *in;
	struct arena *arena;
	int depth;
	/* The token ahead; valid where `have`. */
	bool have;
	enum token token;
	int line;
	struct word *word; /* TOK_WORD */
	enum redir_op redir_op; /* TOK_REDIR */
	int redir_fd; /* TOK_REDIR; -1: the operator's own */
	bool redir_strip; /* TOK_REDIR: <<- */
	/* Here-documents whose bodies follow the next newline. */
	struct redir *here_first;
	struct redir **here_last;
	/* The first error; "" is none. */
	bool failed;
	bool at_end; /* ... and it was an unexpected end */
	int error_line;
	char error[120];
};

void lexer_init(struct lexer *lx, struct input *in, struct arena *arena, int depth);
enum token lexer_peek(struct lexer *lx);
/* Consumes the token ahead. */
void lexer_take(struct lexer *lx);
/* The token ahead is the unquoted word `s`. */
bool lexer_is_word(struct lexer *lx, const char *s);
/* A TOK_REDIR of kind REDIR_HERE was taken; its body is read at the newline. */
void lexer_add_here(struct lexer *lx, struct redir *r);
/* Fails when `depth` or what is left of the stack says so. */
bool lexer_too_deep(struct lexer *lx);
/* Records the first error; always returns false. */
bool lexer_fail(struct lexer *lx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What the token ahead is called in a message. */
const char *lexer_describe(struct lexer *lx);

/* The next character with line continuations removed. */
int lexer_char(struct lexer *lx);

/* The text of a word that is one unquoted literal, or NULL. */
const char *word_literal(const struct word *w);
/* The word's text with quotes removed and nothing expanded; true if any part was quoted. */
bool word_raw(const struct word *w, struct strbuf *out);

/* word.c: what a run of text is part of decides what is special in it. */
enum word_mode {
	WORD_PLAIN, /* ends before a blank or an operator */
	WORD_DQUOTE, /* to the closing " */
	WORD_BRACE, /* operand of ${x-w}, to the closing } */
	WORD_BRACE_DQ, /* the same inside double quotes */
	WORD_HERE, /* to the end */
	WORD_ARITH, /* to )) */
};

/* NULL after an error. */
struct word *word_parse(struct lexer *lx, enum word_mode mode);

bool is_name_start(int c);
bool is_name_char(int c);
/* The length of the name that s starts with; 0 if none. */
size_t name_length(const char *s);

#endif
