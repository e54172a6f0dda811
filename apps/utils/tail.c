/* SPDX-License-Identifier: Apache-2.0 */
/* tail.c - the last lines or bytes of files. Keeps no more than it will print. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static const char usage[] =
    "usage: tail [-n LINES | -c BYTES] [FILE...]\n"
    "Prints the last 10 lines of each file, or as many lines or bytes as told; +N starts at\n"
    "the N-th instead.\n";

/* What is printed. */
static struct {
	bool bytes;
	bool from_start;
	long n;
} range = {.n = 10};

/* The end of a stream, as a list of chunks that drops its head. */
struct kept {
	char *data;
	size_t len;
	size_t cap;
	size_t start; /* what lies before is dropped */
	long lines;
};

static void
keep(struct kept *k, const char *s, size_t len)
{
	if (k->start > k->len / 2) {
		memmove(k->data, k->data + k->start, k->len - k->start);
		k->len -= k->start;
		k->start = 0;
	}
	if (k->len + len > k->cap) {
		k->cap = (k->len + len) * 2;
		k->data = cmd_resize(k->data, k->cap);
	}
	memcpy(k->data + k->len, s, len);
	k->len += len;
}

static void
drop_line(struct kept *k)
{
	char *end = memchr(k->data + k->start, '\n', k->len - k->start);

	k->start = end != NULL ? (size_t)(end - k->data) + 1 : k->len;
	k->lines--;
}

static bool
print_end(const char *path)
{
	struct kept k = {0};
	struct lines l;

	if (!lines_open(&l, path))
		return false;
	while (lines_next(&l)) {
		if (l.complete)
			l.line[l.len] = '\n';
		keep(&k, l.line, l.len + l.complete);
		k.lines++;
		if (!range.bytes && k.lines > range.n)
			drop_line(&k);
		if (range.bytes && k.len - k.start > (size_t)range.n)
			k.start = k.len - (size_t)range.n;
	}
	if (k.len > k.start)
		fwrite(k.data + k.start, 1, k.len - k.start, stdout);
	free(k.data);
	lines_close(&l);
	return !l.failed;
}

static bool
print_from(const char *path)
{
	struct lines l;
	long skip = range.n > 0 ? range.n - 1 : 0;

	if (!lines_open(&l, path))
		return false;
	while (lines_next(&l)) {
		size_t len = l.len + l.complete;
		size_t from = 0;

		if (l.complete)
			l.line[l.len] = '\n';
		if (skip > 0 && range.bytes) {
			from = (size_t)skip < len ? (size_t)skip : len;
			skip -= (long)from;
		} else if (skip > 0) {
			from = len;
			skip--;
		}
		fwrite(l.line + from, 1, len - from, stdout);
	}
	lines_close(&l);
	return !l.failed;
}

static void
parse_range(const char *s)
{
	range.from_start = *s == '+';
	range.n = cmd_number(s + (*s == '+' || *s == '-'), 0, LONG_MAX);
}

int
main(int argc, char **argv)
{
	char **files;
	int c;

	cmd_start(argc, argv, usage);
	if (argc > 1 && argv[1][0] == '-' && argv[1][1] >= '0' && argv[1][1] <= '9') {
		parse_range(argv[1]);
		files = argv + 2;
	} else {
		while ((c = cmd_option("n:c:")) != 0) {
			range.bytes = c == 'c';
			parse_range(cmd_value());
		}
		files = cmd_operands();
	}
	return lines_each(files, range.from_start ? print_from : print_end);
}
