/* SPDX-License-Identifier: Apache-2.0 */
/* sort.c - sorts lines, in memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static const char usage[] = "usage: sort [-nru] [-k FIELD] [FILE...]\n"
			    "Prints the lines in order: by bytes, or with -n by the number they "
			    "start with; -k counts from\n"
			    "a field on, -r reverses, -u prints equal ones once.\n";

static bool numeric, reversed, unique;
static long field = 1;

static const char *
find_key(const char *s)
{
	for (long i = 1; i < field; i++) {
		s += strspn(s, " \t");
		s += strcspn(s, " \t");
	}
	return s;
}

/* By the keys alone. */
static int
compare_keys(const char *a, const char *b)
{
	const char *ka = find_key(a);
	const char *kb = find_key(b);
	int order;

	if (numeric) {
		double na = strtod(ka, NULL);
		double nb = strtod(kb, NULL);

		order = na < nb ? -1 : na > nb;
	} else {
		order = strcmp(ka, kb);
	}
	return reversed ? -order : order;
}

static int
compare(const void *a, const void *b)
{
	const char *l = *(const char *const *)a;
	const char *r = *(const char *const *)b;
	int order = compare_keys(l, r);

	/* Equal keys still get one order, whatever qsort does. */
	if (order == 0 && !unique)
		order = reversed ? -strcmp(l, r) : strcmp(l, r);
	return order;
}

int
main(int argc, char **argv)
{
	static char *standard_input[] = {"-", NULL};
	char **all = NULL;
	size_t n = 0, cap = 0;
	int status = 0;
	char **files;
	int c;

	cmd_start(argc, argv, usage);
	while ((c = cmd_option("nruk:")) != 0) {
		numeric = numeric || c == 'n';
		reversed = reversed || c == 'r';
		unique = unique || c == 'u';
		if (c == 'k')
			field = cmd_number(cmd_value(), 1, 1000000);
	}
	files = cmd_operands();
	for (files = *files != NULL ? files : standard_input; *files != NULL; files++) {
		struct lines l;

		if (!lines_open(&l, *files))
			return 2;
		while (lines_next(&l)) {
			if (n == cap) {
				cap = cap == 0 ? 64 : cap * 2;
				all = cmd_resize(all, cap * sizeof(*all));
			}
			all[n] = cmd_alloc(l.len + 1);
			memcpy(all[n++], l.line, l.len + 1);
		}
		status = l.failed ? 2 : status;
		lines_close(&l);
	}
	if (n > 1)
		qsort(all, n, sizeof(*all), compare);
	for (size_t i = 0; i < n; i++) {
		if (!unique || i == 0 || compare_keys(all[i - 1], all[i]) != 0)
			puts(all[i]);
	}
	for (size_t i = 0; i < n; i++)
		free(all[i]);
	free(all);
	return cmd_finish(status);
}
