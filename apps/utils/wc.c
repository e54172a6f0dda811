/* SPDX-License-Identifier: Apache-2.0 */
/* wc.c - counts lines, words and bytes. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

static const char usage[] =
    "usage: wc [-clw] [FILE...]\n"
    "Counts lines (-l), words (-w) and bytes (-c); all three without an option.\n";

struct counts {
	long lines;
	long words;
	long bytes;
};

static bool show_lines, show_words, show_bytes;

static void
print_counts(const struct counts *c, const char *name)
{
	int width = show_lines + show_words + show_bytes > 1 ? 7 : 1;
	const char *separator = "";

	if (show_lines) {
		printf("%*ld", width, c->lines);
		separator = " ";
	}
	if (show_words) {
		printf("%s%*ld", separator, width, c->words);
		separator = " ";
	}
	if (show_bytes)
		printf("%s%*ld", separator, width, c->bytes);
	printf("%s%s\n", name != NULL ? " " : "", name != NULL ? name : "");
}

static bool
count(const char *path, struct counts *total)
{
	static unsigned char buffer[4096];
	struct counts c = {0, 0, 0};
	int fd = path == NULL ? 0 : input_open(path);
	bool in_word = false;
	ssize_t n = -1;

	while (fd >= 0) {
		n = read(fd, buffer, sizeof(buffer));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		for (ssize_t i = 0; i < n; i++) {
			bool space = isspace(buffer[i]) != 0;

			c.lines += buffer[i] == '\n';
			c.words += !space && !in_word;
			in_word = !space;
		}
		c.bytes += n;
	}
	if (n < 0)
		cmd_error("%s", path != NULL ? path : "-");
	if (fd > 0)
		close(fd);
	if (fd >= 0)
		print_counts(&c, path);
	total->lines += c.lines;
	total->words += c.words;
	total->bytes += c.bytes;
	return n == 0;
}

int
main(int argc, char **argv)
{
	struct counts total = {0, 0, 0};
	int status = 0;
	char **files;
	int c;

	cmd_start(argc, argv, usage);
	while ((c = cmd_option("clw")) != 0) {
		show_lines = show_lines || c == 'l';
		show_words = show_words || c == 'w';
		show_bytes = show_bytes || c == 'c';
	}
	if (!show_lines && !show_words && !show_bytes)
		show_lines = show_words = show_bytes = true;
	files = cmd_operands();
	if (*files == NULL) {
		status = count(NULL, &total) ? 0 : 1;
	} else if (files[1] == NULL) {
		status = count(*files, &total) ? 0 : 1;
	} else {
		for (; *files != NULL; files++) {
			if (!count(*files, &total))
				status = 1;
		}
		print_counts(&total, "total");
	}
	return cmd_finish(status);
}
