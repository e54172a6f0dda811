/* SPDX-License-Identifier: Apache-2.0 */
/*
 * edit.h - a line editor for any terminal: it needs no more of it than carriage
 * return, backspace and blanks.
 */
#ifndef ESH_EDIT_H
#define ESH_EDIT_H

#include "mem.h"

struct shell;

enum edit_result {
	EDIT_LINE, /* the line is there, without its newline */
	EDIT_ABANDONED, /* ^C */
	EDIT_END, /* ^D on an empty line, or the terminal is gone */
};

/* Reads one line; descriptors 0 and 1 are a terminal in raw mode. Blocks. */
enum edit_result edit_line(struct shell *sh, const char *prompt, struct strbuf *line);

/* The lines entered (history.c): the newest HISTORY_MAX of them. */
#define HISTORY_MAX 100

void history_add(const char *line);
/* The n-th newest, 0 the newest; NULL behind the oldest. */
const char *history_get(size_t n);
void history_print(struct strbuf *out);
void history_free(void);

/* The continuations of the word that ends at `pos` (complete.c). */
void complete_find(
    struct shell *sh, const char *line, size_t pos, size_t *word_start, struct strlist *out);

#endif
