/* SPDX-License-Identifier: Apache-2.0 */
/* printf.c - formats its arguments, as POSIX's printf does; no floating point. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static const char usage[] =
    "usage: printf FORMAT [ARGUMENT...]\n"
    "Formats: %d %i %u %o %x %X %c %s %b %%, with flags, width and precision. The format is used\n"
    "again while there are arguments left.\n";

static int status;
static char **arguments;
static bool stopped; /* \c was seen */

static const char *
next_argument(void)
{
	return *arguments != NULL ? *arguments++ : NULL;
}

/* Up to `most` octal digits. */
static int
parse_octal(const char **s, int most)
{
	int value = 0;

	for (int i = 0; i < most && **s >= '0' && **s <= '7'; i++)
		value = value * 8 + (*(*s)++ - '0');
	return value & 0xff;
}

/* The escape at *s, behind its backslash. In %b octal numbers start with 0, and \c ends it all. */
static void
put_escape(const char **s, bool in_argument)
{
	static const char names[] = "abfnrtv\\\"'";
	static const char values[] = "\a\b\f\n\r\t\v\\\"'";
	const char *at = **s != '\0' ? strchr(names, **s) : NULL;

	if (at != NULL) {
		putchar(values[at - names]);
		(*s)++;
	} else if (in_argument && **s == 'c') {
		stopped = true;
	} else if (**s >= '0' && **s <= '7') {
		putchar(parse_octal(s, in_argument && **s == '0' ? 4 : 3));
	} else {
		putchar('\\');
	}
}

static void
put_escaped(const char *s)
{
	while (*s != '\0' && !stopped) {
		if (*s++ == '\\')
			put_escape(&s, true);
		else
			putchar(s[-1]);
	}
}

static long
parse_integer(const char *s)
{
	char *end;
	long value;

	if (s == NULL || *s == '\0')
		return 0;
	if (*s == '\'' || *s == '"')
		return (unsigned char)s[1];
	errno = 0;
	value = *s == '-' ? strtol(s, &end, 0) : (long)strtoul(s, &end, 0);
	if (*end != '\0' || end == s || errno != 0) {
		cmd_warn("%s: bad number", s);
		status = 1;
	}
	return value;
}

/* A width or precision: digits or *; -1 where there is none. */
static int
parse_width(const char **s)
{
	long n = 0;

	if (**s == '*') {
		(*s)++;
		n = parse_integer(next_argument());
	} else {
		while (**s >= '0' && **s <= '9')
			n = n < 10000 ? n * 10 + (*(*s)++ - '0') : ((*s)++, n);
	}
	return n > 10000 ? 10000 : n < -10000 ? -10000 : (int)n;
}

static void
convert(char letter, const char *flags, int width, int precision)
{
	char format[24];
	const char *s;
	char one[2] = "";

	switch (letter) {
	case 'd':
	case 'i':
	case 'u':
	case 'o':
	case 'x':
	case 'X':
		snprintf(format, sizeof(format), "%%%s*.*l%c", flags, letter);
		printf(format, width, precision, parse_integer(next_argument()));
		break;
	case 'c':
	case 's':
		s = next_argument();
		if (letter == 'c') {
			one[0] = s != NULL ? *s : '\0';
			s = one;
		}
		snprintf(format, sizeof(format), "%%%s*.*s", strchr(flags, '-') != NULL ? "-" : "");
		printf(format, width, precision, s != NULL ? s : "");
		break;
	default:
		s = next_argument();
		put_escaped(s != NULL ? s : "");
		break;
	}
}

/* One % and what belongs to it; *s is behind the %. */
static void
put_conversion(const char **s)
{
	char flags[8];
	size_t n = 0;
	int width;
	int precision = -1;

	if (**s == '%') {
		(*s)++;
		putchar('%');
		return;
	}
	for (; **s != '\0' && strchr("-+ #0", **s) != NULL; (*s)++) {
		if (n < sizeof(flags) - 1)
			flags[n++] = **s;
	}
	flags[n] = '\0';
	width = parse_width(s);
	if (**s == '.') {
		(*s)++;
		precision = parse_width(s);
	}
	if (**s == '\0' || strchr("diuoxXcsb", **s) == NULL) {
		cmd_warn("%%%c: unknown conversion", **s);
		exit(cmd_finish(1));
	}
	convert(*(*s)++, flags, width, precision);
}

static void
put_format(const char *s)
{
	while (*s != '\0' && !stopped) {
		char c = *s++;

		if (c == '%')
			put_conversion(&s);
		else if (c == '\\')
			put_escape(&s, false);
		else
			putchar(c);
	}
}

int
main(int argc, char **argv)
{
	char **before;

	cmd_start(argc, argv, usage);
	cmd_option("");
	arguments = cmd_operands();
	if (*arguments == NULL)
		cmd_usage();
	argv = arguments++;
	do {
		before = arguments;
		put_format(*argv);
	} while (*arguments != NULL && arguments != before && !stopped);
	return cmd_finish(status);
}
