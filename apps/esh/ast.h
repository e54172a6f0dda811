/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ast.h - the shell's syntax tree: words made of parts, redirections, nodes.
 * Everything lies in one arena and is never changed once parsed.
 */
#ifndef ESH_AST_H
#define ESH_AST_H

#include <stdbool.h>

#include "mem.h"

enum part_kind {
	PART_TEXT, /* literal text */
	PART_PARAM, /* $x, ${x...} */
	PART_COMMAND, /* $(...) */
	PART_ARITH, /* $((...)) */
};

enum param_op {
	PARAM_PLAIN,
	PARAM_DEFAULT, /* ${x-w}, ${x:-w} */
	PARAM_ASSIGN, /* ${x=w} */
	PARAM_ERROR, /* ${x?w} */
	PARAM_ALTERNATIVE, /* ${x+w} */
	PARAM_LENGTH, /* ${#x} */
	PARAM_PREFIX, /* ${x#w} */
	PARAM_PREFIX_LONG, /* ${x##w} */
	PARAM_SUFFIX, /* ${x%w} */
	PARAM_SUFFIX_LONG, /* ${x%%w} */
};

struct part {
	struct part *next;
	enum part_kind kind;
	bool quoted; /* neither split nor taken as a pattern */
	bool colon; /* ${x:-w}: an empty value counts as unset */
	enum param_op op;
	const char *text; /* text, parameter's name, or command's source */
	struct word *word; /* operand of a parameter's op; arithmetic */
};

struct word {
	struct word *next;
	struct part *parts;
	int name_len; /* length of NAME where the word is NAME=...; or 0 */
};

enum redir_op {
	REDIR_IN, /* <  */
	REDIR_OUT, /* >  */
	REDIR_APPEND, /* >> */
	REDIR_CLOBBER, /* >| */
	REDIR_READWRITE, /* <> */
	REDIR_DUP_IN, /* <& */
	REDIR_DUP_OUT, /* >& */
	REDIR_BOTH, /* &> */
	REDIR_HERE, /* << */
};

struct redir {
	struct redir *next;
	enum redir_op op;
	int fd;
	int line;
	struct word *word; /* target, or the here-document's body */
	const char *delim; /* REDIR_HERE: the closing line */
	const char *raw; /* REDIR_HERE: the body as written */
	bool literal; /* REDIR_HERE: the delimiter was quoted */
	bool strip; /* REDIR_HERE: <<- */
};

enum node_kind {
	NODE_SIMPLE, /* assigns words */
	NODE_PIPE, /* first | ... */
	NODE_AND, /* first && second */
	NODE_OR, /* first || second */
	NODE_LIST, /* first; ... */
	NODE_BRACE, /* { first } */
	NODE_SUBSHELL, /* ( first ) */
	NODE_IF, /* if first then second else third */
	NODE_WHILE, /* while first do second */
	NODE_UNTIL,
	NODE_FOR, /* for name in words do first */
	NODE_CASE, /* case words in items */
	NODE_FUNCTION, /* name() first */
};

struct case_item {
	struct case_item *next;
	struct word *patterns;
	struct node *body; /* may be NULL */
};

struct node {
	struct node *next; /* in a pipe or a list */
	enum node_kind kind;
	int line;
	bool background; /* in a list: ends with & */
	bool negate; /* pipe: starts with ! */
	bool has_in; /* for: words were given */
	struct node *first;
	struct node *second;
	struct node *third;
	struct word *assigns;
	struct word *words;
	struct redir *redirs;
	struct case_item *items;
	const char *name;
};

#endif
