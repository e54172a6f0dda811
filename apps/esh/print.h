/* SPDX-License-Identifier: Apache-2.0 */
/*
 * print.h - source text from syntax trees. What is printed parses to the same
 * tree again; this is how a subshell is told what to run.
 */
#ifndef ESH_PRINT_H
#define ESH_PRINT_H

#include "ast.h"
#include "mem.h"

void print_node(struct strbuf *out, const struct node *n);
/* `s` in single quotes, ready to be read again. */
void print_quoted(struct strbuf *out, const char *s);
/* The same where it is needed, and `s` as it is elsewhere. */
void print_readable(struct strbuf *out, const char *s);

#endif
