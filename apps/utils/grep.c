/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grep.c - lines that match. Expressions are the C library's; fixed strings are
 * searched for here.
 */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cmd.h"

static const char usage[] =
    "usage: grep [-EFcilnqsvhH] [-e PATTERN]... [PATTERN] [FILE...]\n"
    "Prints the lines that match a pattern. -v: those that do not; -i: whatever the case; -c: how\n"
    "many; -l: only names of files; -n: with numbers; -q: nothing; -E: extended expressions;\n"
    "-F: plain strings; -h, -H: without, with the file's name; -s: no word on missing files.\n"
    "Ends with 0 if a line was selected, 1 if none, 2 after an error.\n";

struct pattern {
	struct pattern *next;
	const char *text;
	regex_t regex;
};

static struct {
	bool extended, fixed, count, ignore_case, names_only, numbers, quiet, silent, invert;
	int with_name; /* 1: always, 0: never, -1: for several files */
} options = {.with_name = -1};

static struct pattern *patterns;

static void
add_pattern(const char *text)
{
	struct pattern *p = cmd_alloc(sizeof(*p));

	p->text = text;
	p->next = patterns;
	patterns = p;
}

static void
compile_patterns(void)
{
	int flags = REG_NOSUB | (options.extended ? REG_EXTENDED : 0) |
	    (options.ignore_case ? REG_ICASE : 0);

	for (struct pattern *p = patterns; p != NULL && !options.fixed; p = p->next) {
		char why[100];
		int error = regcomp(&p->regex, p->text, flags);

		if (error == 0)
			continue;
		regerror(error, &p->regex, why, sizeof(why));
		cmd_warn("%s: %s", p->text, why);
		exit(2);
	}
}

static bool
contains(const char *line, const char *text)
{
	size_t len = strlen(text);

	if (!options.ignore_case)
		return strstr(line, text) != NULL;
	do {
		if (strncasecmp(line, text, len) == 0)
			return true;
	} while (*line++ != '\0');
	return false;
}

static bool
is_selected(const char *line)
{
	bool hit = false;

	for (struct pattern *p = patterns; p != NULL && !hit; p = p->next) {
		hit = options.fixed ? contains(line, p->text)
				    : regexec(&p->regex, line, 0, NULL, 0) == 0;
	}
	return hit != options.invert;
}

static void
print_line(const struct lines *l, const char *name, long number)
{
	if (name != NULL)
		printf("%s:", name);
	if (options.numbers)
		printf("%ld:", number);
	fwrite(l->line, 1, l->len, stdout);
	putchar('\n');
}

/* 1: a line was selected, 0: none, 2: an error. */
static int
search(const char *path, bool show_name)
{
	const char *name = strcmp(path, "-") == 0 ? "(standard input)" : path;
	struct lines l;
	long number = 0;
	long hits = 0;

	if (options.silent && strcmp(path, "-") != 0) {
		FILE *f = fopen(path, "r");

		if (f == NULL)
			return 2;
		fclose(f);
	}
	if (!lines_open(&l, path))
		return 2;
	while (lines_next(&l)) {
		number++;
		if (!is_selected(l.line))
			continue;
		hits++;
		if (options.quiet || options.names_only)
			break;
		if (!options.count)
			print_line(&l, show_name ? name : NULL, number);
	}
	lines_close(&l);
	if (options.names_only && hits > 0)
		printf("%s\n", name);
	else if (options.count && !options.quiet && !options.names_only)
		printf("%s%s%ld\n", show_name ? name : "", show_name ? ":" : "", hits);
	return l.failed ? 2 : hits > 0;
}

static bool
parse_options(void)
{
	int c;

	while ((c = cmd_option("EFce:ilnqsvhH")) != 0) {
		options.extended = options.extended || c == 'E';
		options.fixed = options.fixed || c == 'F';
		options.count = options.count || c == 'c';
		options.ignore_case = options.ignore_case || c == 'i';
		options.names_only = options.names_only || c == 'l';
		options.numbers = options.numbers || c == 'n';
		options.quiet = options.quiet || c == 'q';
		options.silent = options.silent || c == 's';
		options.invert = options.invert || c == 'v';
		if (c == 'h' || c == 'H')
			options.with_name = c == 'H';
		if (c == 'e')
			add_pattern(cmd_value());
	}
	return patterns != NULL;
}

int
main(int argc, char **argv)
{
	static char *standard_input[] = {"-", NULL};
	char **files;
	bool show_name;
	bool any = false;
	bool failed = false;
	int status;

	cmd_start(argc, argv, usage);
	if (parse_options()) {
		files = cmd_operands();
	} else {
		files = cmd_operands();
		if (*files == NULL)
			cmd_usage();
		add_pattern(*files++);
	}
	compile_patterns();
	if (*files == NULL)
		files = standard_input;
	show_name = options.with_name >= 0 ? options.with_name == 1 : files[1] != NULL;
	for (; *files != NULL; files++) {
		int result = search(*files, show_name);

		any = any || result == 1;
		failed = failed || result == 2;
		if (any && options.quiet)
			break;
	}
	status = failed && !(any && options.quiet) ? 2 : !any;
	while (patterns != NULL) {
		struct pattern *next = patterns->next;

		if (!options.fixed)
			regfree(&patterns->regex);
		free(patterns);
		patterns = next;
	}
	status = cmd_finish(status) != status ? 2 : status;
	return status;
}
