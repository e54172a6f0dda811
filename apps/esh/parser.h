/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parser.h - syntax trees from tokens, by the grammar of POSIX XCU 2.10.
 */
#ifndef ESH_PARSER_H
#define ESH_PARSER_H

#include "ast.h"
#include "lexer.h"

enum parse_result {
	PARSE_COMMAND, /* *out is a list; NULL for an empty line */
	PARSE_END, /* no more input */
	PARSE_ERROR, /* lx->error and lx->error_line say what and where */
};

/* The next complete command: one line, and what it needs of the following ones. */
enum parse_result parser_command(struct lexer *lx, struct node **out);

/*
 * A list up to and including its closing parenthesis. Leaves the input right
 * behind that; lx->failed tells of an error.
 */
struct node *parser_enclosed(struct lexer *lx);

/* The word is one where a command is expected. */
bool parser_is_reserved(const char *s);

#endif
