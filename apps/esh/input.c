/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input.c - source text by the line. Owns the fetched text; never closes the
 * descriptor it reads, and never looks at what the text means.
 */
#include "input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int
read_byte(struct input *in)
{
	ssize_t n;
	size_t want = in->read_ahead ? sizeof(in->ahead) : 1;

	if (in->ahead_pos < in->ahead_len)
		return (unsigned char)in->ahead[in->ahead_pos++];
	do {
		n = read(in->fd, in->ahead, want);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return INPUT_EOF;
	in->ahead_len = (size_t)n;
	in->ahead_pos = 1;
	return (unsigned char)in->ahead[0];
}

static bool
fetch_fd(struct input *in)
{
	bool got = false;
	int c;

	while ((c = read_byte(in)) != INPUT_EOF) {
		if (c == '\0')
			continue;
		got = true;
		strbuf_putc(&in->text, c);
		if (c == '\n')
			break;
	}
	return got;
}

static bool
fetch_nothing(struct input *in)
{
	(void)in;
	return false;
}

void
input_from_fetch(struct input *in, input_fetch fetch, void *context)
{
	memset(in, 0, sizeof(*in));
	in->fetch = fetch;
	in->context = context;
	in->fd = -1;
	in->line = 1;
}

void
input_from_string(struct input *in, const char *s, size_t len, int line)
{
	input_from_fetch(in, fetch_nothing, NULL);
	for (size_t i = 0; i < len; i++) {
		if (s[i] != '\0')
			strbuf_putc(&in->text, s[i]);
	}
	in->line = line;
}

void
input_from_fd(struct input *in, int fd, bool shared)
{
	input_from_fetch(in, fetch_fd, NULL);
	in->fd = fd;
	in->read_ahead = !shared;
}

void
input_free(struct input *in)
{
	strbuf_free(&in->text);
}

int
input_peek(struct input *in, size_t ahead)
{
	while (in->pos + ahead >= in->text.len) {
		if (in->at_end || !in->fetch(in)) {
			in->at_end = true;
			return INPUT_EOF;
		}
	}
	return (unsigned char)in->text.data[in->pos + ahead];
}

int
input_get(struct input *in)
{
	int c = input_peek(in, 0);

	if (c != INPUT_EOF) {
		in->pos++;
		if (c == '\n')
			in->line++;
	}
	return c;
}

void
input_rewind(struct input *in, size_t pos, int line)
{
	in->pos = pos;
	in->line = line;
}

void
input_discard(struct input *in)
{
	if (in->pos == 0 || (in->pos < in->text.len && in->pos < 4096))
		return;
	in->retries = 0;
	memmove(in->text.data, in->text.data + in->pos, in->text.len - in->pos);
	in->text.len -= in->pos;
	in->pos = 0;
}

void
input_flush(struct input *in)
{
	in->text.len = 0;
	in->pos = 0;
	in->at_end = false;
}
