/* SPDX-License-Identifier: Apache-2.0 */
/* hexdump.c - shows bytes. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

static const char usage[] =
    "usage: hexdump [-Cv] [-n BYTES] [-s SKIP] [FILE...]\n"
    "Shows bytes in hexadecimal: 16-bit words, or with -C single bytes and text. -n ends after so\n"
    "many bytes, -s starts behind so many; -v shows equal lines instead of a star.\n";

#define ROW 16

static struct {
	bool text;
	bool verbose;
	long left; /* bytes to show yet */
	long skip; /* bytes to skip yet */
} options = {.left = LONG_MAX};

static struct {
	long offset;
	unsigned char row[ROW];
	size_t filled;
	unsigned char last[ROW];
	bool has_last;
	bool starred;
} dump;

static void
print_text_row(void)
{
	printf("%08lx ", dump.offset);
	for (size_t i = 0; i < ROW; i++) {
		if (i < dump.filled)
			printf("%s%02x ", i % 8 == 0 ? " " : "", dump.row[i]);
		else
			printf("%s   ", i % 8 == 0 ? " " : "");
	}
	printf(" |");
	for (size_t i = 0; i < dump.filled; i++)
		putchar(isascii(dump.row[i]) && isprint(dump.row[i]) ? dump.row[i] : '.');
	printf("|\n");
}

static void
print_word_row(void)
{
	printf("%07lx", dump.offset);
	for (size_t i = 0; i < dump.filled; i += 2) {
		unsigned high = i + 1 < dump.filled ? dump.row[i + 1] : 0;

		printf(" %04x", high << 8 | dump.row[i]);
	}
	/* As wide as a full row, as this format has always been. */
	printf("%*s\n", (int)((ROW - (dump.filled + 1) / 2 * 2) / 2 * 5), "");
}

static void
end_row(void)
{
	bool repeats = dump.filled == ROW && dump.has_last && !options.verbose &&
	    memcmp(dump.row, dump.last, ROW) == 0;

	if (repeats && !dump.starred)
		printf("*\n");
	else if (!repeats && options.text)
		print_text_row();
	else if (!repeats)
		print_word_row();
	dump.starred = repeats;
	memcpy(dump.last, dump.row, ROW);
	dump.has_last = true;
	dump.offset += (long)dump.filled;
	dump.filled = 0;
}

static void
take(const unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len && options.left > 0; i++) {
		if (options.skip > 0) {
			options.skip--;
			dump.offset++;
			continue;
		}
		dump.row[dump.filled++] = data[i];
		options.left--;
		if (dump.filled == ROW)
			end_row();
	}
}

static bool
read_file(const char *path)
{
	static unsigned char buffer[1024];
	int fd = input_open(path);
	ssize_t n = fd < 0 ? -1 : 0;

	while (fd >= 0 && options.left > 0) {
		size_t want = sizeof(buffer);

		/* Never more than will be shown: a device's bytes are not for the bin. */
		if (options.left < LONG_MAX - options.skip &&
		    (size_t)(options.left + options.skip) < want)
			want = (size_t)(options.left + options.skip);
		n = read(fd, buffer, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		take(buffer, (size_t)n);
	}
	if (n < 0)
		cmd_error("%s", path);
	if (fd > 0)
		close(fd);
	return n >= 0;
}

static long
parse_size(const char *s)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(s, &end, 0);
	if (end != s && (*end == 'k' || *end == 'K'))
		end++, n = n < LONG_MAX / 1024 ? n * 1024 : -1;
	if (end == s || *end != '\0' || n < 0 || errno != 0) {
		cmd_warn("%s: bad number", s);
		exit(2);
	}
	return n;
}

int
main(int argc, char **argv)
{
	static char *standard_input[] = {"-", NULL};
	char **files;
	int status = 0;
	int c;

	cmd_start(argc, argv, usage);
	while ((c = cmd_option("Cvn:s:")) != 0) {
		options.text = options.text || c == 'C';
		options.verbose = options.verbose || c == 'v';
		if (c == 'n')
			options.left = parse_size(cmd_value());
		if (c == 's')
			options.skip = parse_size(cmd_value());
	}
	files = cmd_operands();
	for (files = *files != NULL ? files : standard_input; *files != NULL; files++) {
		if (!read_file(*files))
			status = 1;
	}
	if (dump.filled > 0)
		end_row();
	if (dump.offset > 0)
		printf(options.text ? "%08lx\n" : "%07lx\n", dump.offset);
	return cmd_finish(status);
}
