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

struct range {
	bool bytes;
	bool from_start;
	long n;
};

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
print_end(const char *path, const struct range *r)
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
		if (!r->bytes && k.lines > r->n)
			drop_line(&k);
		if (r->bytes && k.len - k.start > (size_t)r->n)
			k.start = k.len - (size_t)r->n;
	}
	if (k.len > k.start)
		fwrite(k.data + k.start, 1, k.len - k.start, stdout);
	free(k.data);
	lines_close(&l);
	return !l.failed;
}

static bool
print_from(const char *path, const struct range *r)
{
	struct lines l;
	long skip = r->n > 0 ? r->n - 1 : 0;

	if (!lines_open(&l, path))
		return false;
	while (lines_next(&l)) {
		size_t len = l.len + l.complete;
		size_t from = 0;

		if (l.complete)
			l.line[l.len] = '\n';
		if (skip > 0 && r->bytes) {
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
parse_range(struct range *r, const char *s)
{
	r->from_start = *s == '+';
	r->n = cmd_number(s + (*s == '+' || *s == '-'), 0, LONG_MAX);
}

int
main(int argc, char **argv)
{
	static char *standard_input[] = {"-", NULL};
	struct range r = {.n = 10};
	int status = 0;
	char **files;
	bool many;
	int c;

	cmd_start(argc, argv, usage);
	if (argc > 1 && argv[1][0] == '-' && argv[1][1] >= '0' && argv[1][1] <= '9') {
		parse_range(&r, argv[1]);
		files = argv + 2;
	} else {
		while ((c = cmd_option("n:c:")) != 0) {
			r.bytes = c == 'c';
			parse_range(&r, cmd_value());
		}
		files = cmd_operands();
	}
	if (*files == NULL)
		files = standard_input;
	many = files[1] != NULL;
	for (bool first = true; *files != NULL; files++, first = false) {
		if (many)
			printf("%s==> %s <==\n", first ? "" : "\n", *files);
		if (!(r.from_start ? print_from(*files, &r) : print_end(*files, &r)))
			status = 1;
	}
	return cmd_finish(status);
}
