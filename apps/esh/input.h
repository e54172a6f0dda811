/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input.h - where the shell's source text comes from: a string, a file
 * descriptor or the line editor. Text is fetched by the line and kept until
 * input_discard, so a reader may go back to an earlier position.
 */
#ifndef ESH_INPUT_H
#define ESH_INPUT_H

#include <stdbool.h>

#include "mem.h"

#define INPUT_EOF (-1)

struct input;

/* Appends the next line to in->text; false at the end. */
typedef bool (*input_fetch)(struct input *in);

struct input {
	input_fetch fetch;
	void *context; /* the fetcher's */
	int fd;
	struct strbuf text;
	size_t pos;
	int line; /* of in->text.data[in->pos] */
	int retries; /* times a reader went back over a substitution */
	bool at_end;
	bool fresh; /* the next line starts a command (a prompt's choice) */
	/* What was read ahead from a private descriptor. */
	bool read_ahead;
	char ahead[256];
	size_t ahead_pos;
	size_t ahead_len;
};

void input_from_string(struct input *in, const char *s, size_t len, int line);
/*
 * From a descriptor. `shared` says that commands may read from it as well:
 * then nothing is read beyond the end of a line.
 */
void input_from_fd(struct input *in, int fd, bool shared);
void input_from_fetch(struct input *in, input_fetch fetch, void *context);
void input_free(struct input *in);

/* The character `ahead` places on, or INPUT_EOF. May block. */
int input_peek(struct input *in, size_t ahead);
/* Takes one character. */
int input_get(struct input *in);
/* Goes back to a position seen since the last discard. */
void input_rewind(struct input *in, size_t pos, int line);
/* Forgets all text before the position. */
void input_discard(struct input *in);
/* Forgets the rest of what was fetched, too: after an error at a prompt. */
void input_flush(struct input *in);

#endif
