/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expand.h - what the parts of the expansion share: text whose every byte says
 * where it came from, until fields have been split and patterns matched.
 */
#ifndef ESH_EXPAND_H
#define ESH_EXPAND_H

#include "shell.h"

enum mark {
	MARK_PLAIN = 'p', /* from the word itself, unquoted */
	MARK_SPLIT = 's', /* from an unquoted expansion: fields are split here */
	MARK_QUOTED = 'q', /* neither split nor a pattern */
	MARK_EMPTY = 'e', /* no character: a quoted nothing, which makes a field */
	MARK_BREAK = 'b', /* no character: fields end here ("$@") */
};

/* chars.data[i] bears marks.data[i]. */
struct marked {
	struct strbuf chars;
	struct strbuf marks;
	bool one_string; /* $@ and $* are joined: no fields are wanted */
};

void marked_put(struct marked *m, const char *s, size_t len, enum mark mark);
void marked_puts(struct marked *m, const char *s, enum mark mark);
void marked_free(struct marked *m);

/* Appends the expansion of one part, or of a list of them. */
bool expand_part(struct shell *sh, const struct part *p, struct marked *m);
bool expand_parts(struct shell *sh, const struct part *p, struct marked *m);
/* ${...} and $x (param.c). */
bool expand_param(struct shell *sh, const struct part *p, struct marked *m);

#endif
