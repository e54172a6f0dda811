/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtin_var.c - builtins about variables, positional parameters and options:
 * export, local, read, set, shift, unset.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builtin.h"
#include "lexer.h"

/* Splits NAME or NAME=VALUE; false after a message. */
static bool
split_assignment(
    struct shell *sh, const char *command, const char *arg, char **name, const char **value)
{
	size_t n = name_length(arg);

	if (n == 0 || (arg[n] != '\0' && arg[n] != '=')) {
		report(sh, "%s: %s: bad variable name", command, arg);
		return false;
	}
	*name = mem_strndup(arg, n);
	*value = arg[n] == '=' ? arg + n + 1 : NULL;
	return true;
}

int
builtin_export(struct shell *sh, int argc, char **argv)
{
	struct strbuf out = {0};
	int status = 0;

	if (argc < 2 || (argc == 2 && strcmp(argv[1], "-p") == 0)) {
		var_print(sh, &out, "export ", true);
		return builtin_write(sh, "export", &out);
	}
	for (int i = 1; i < argc; i++) {
		const char *value;
		char *name;

		if (!split_assignment(sh, "export", argv[i], &name, &value)) {
			status = 1;
			continue;
		}
		if (value != NULL)
			var_set(sh, name, value);
		var_export(sh, name, true);
		free(name);
	}
	return status;
}

int
builtin_local(struct shell *sh, int argc, char **argv)
{
	int status = 0;

	if (!sh->in_function) {
		report(sh, "local: not in a function");
		return 1;
	}
	for (int i = 1; i < argc; i++) {
		const char *value;
		char *name;

		if (!split_assignment(sh, "local", argv[i], &name, &value)) {
			status = 1;
			continue;
		}
		var_save(sh, name, &sh->locals);
		if (value != NULL)
			var_set(sh, name, value);
		free(name);
	}
	return status;
}

int
builtin_unset(struct shell *sh, int argc, char **argv)
{
	int i = 1;
	bool functions = false;

	for (; i < argc && argv[i][0] == '-'; i++)
		functions = argv[i][1] == 'f';
	for (; i < argc; i++) {
		if (functions)
			function_unset(sh, argv[i]);
		else
			var_unset(sh, argv[i]);
	}
	return 0;
}

int
builtin_shift(struct shell *sh, int argc, char **argv)
{
	long n = argc > 1 ? builtin_number(sh, "shift", argv[1], 0) : 1;
	struct strlist *args = &sh->args;

	if (n < 0)
		return 1;
	if ((size_t)n > args->n) {
		report(sh, "shift: too many");
		return 1;
	}
	if (n == 0)
		return 0;
	for (size_t i = 0; i < (size_t)n; i++)
		free(args->v[i]);
	args->n -= (size_t)n;
	memmove(args->v, args->v + n, (args->n + 1) * sizeof(*args->v));
	return 0;
}

/* The option that a letter or a name stands for. */
static bool *
find_option(struct shell *sh, const char *name)
{
	const struct {
		const char *name;
		char letter;
		bool *flag;
	} options[] = {
	    {"errexit", 'e', &sh->errexit},
	    {"xtrace", 'x', &sh->xtrace},
	    {"nounset", 'u', &sh->nounset},
	    {"noglob", 'f', &sh->noglob},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcmp(options[i].name, name) == 0 ||
		    (name[0] == options[i].letter && name[1] == '\0'))
			return options[i].flag;
	}
	return NULL;
}

static bool
set_option(struct shell *sh, const char *name, bool on)
{
	bool *flag = find_option(sh, name);

	if (flag == NULL) {
		report(sh, "set: %s: unknown option", name);
		return false;
	}
	*flag = on;
	return true;
}

/* The letters of -ex or +u; *i moves on over the name behind -o. */
static bool
set_options(struct shell *sh, int argc, char **argv, int *i)
{
	bool on = argv[*i][0] == '-';
	bool ok = true;

	for (const char *c = argv[*i] + 1; ok && *c != '\0'; c++) {
		if (*c != 'o') {
			ok = set_option(sh, (char[]){*c, '\0'}, on);
		} else if (*i + 1 < argc) {
			ok = set_option(sh, argv[++*i], on);
			break;
		}
	}
	return ok;
}

int
builtin_set(struct shell *sh, int argc, char **argv)
{
	struct strbuf out = {0};
	int i = 1;
	bool replace = false;

	if (argc == 1) {
		var_print(sh, &out, "", false);
		var_print(sh, &out, "", true);
		return builtin_write(sh, "set", &out);
	}
	for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+') && argv[i][1] != '\0'; i++) {
		if (strcmp(argv[i], "--") == 0) {
			replace = true;
			i++;
			break;
		}
		if (!set_options(sh, argc, argv, &i))
			return 2;
	}
	if (i < argc || replace) {
		struct strlist args = {0};

		for (; i < argc; i++)
			strlist_add(&args, mem_strdup(argv[i]));
		strlist_free(&sh->args);
		sh->args = args;
	}
	return 0;
}

/* One line from standard input; a byte at a time, since others read on. */
static bool
read_line(struct strbuf *line, struct strbuf *escaped, bool raw)
{
	for (;;) {
		char c;
		ssize_t n = read(0, &c, 1);
		bool escape = false;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		if (c == '\\' && !raw) {
			do {
				n = read(0, &c, 1);
			} while (n < 0 && errno == EINTR);
			if (n <= 0)
				return false;
			if (c == '\n')
				continue;
			escape = true;
		}
		if (c == '\n' && !escape)
			return true;
		if (c == '\0')
			continue;
		strbuf_putc(line, c);
		strbuf_putc(escaped, escape);
	}
}

/* A line that is being split by IFS. */
struct splitter {
	const char *ifs;
	const char *text;
	const char *escaped;
	size_t len;
	size_t pos;
};

static bool
is_separator(const struct splitter *s, size_t i, bool blank)
{
	char c = s->text[i];

	return !s->escaped[i] && strchr(s->ifs, c) != NULL &&
	    (!blank || strchr(" \t\n", c) != NULL);
}

static void
skip_blanks(struct splitter *s)
{
	while (s->pos < s->len && is_separator(s, s->pos, true))
		s->pos++;
}

static char *
take_field(struct splitter *s)
{
	size_t start = s->pos;
	char *field;

	while (s->pos < s->len && !is_separator(s, s->pos, false))
		s->pos++;
	field = mem_strndup(s->text + start, s->pos - start);
	skip_blanks(s);
	if (s->pos < s->len && is_separator(s, s->pos, false)) {
		s->pos++;
		skip_blanks(s);
	}
	return field;
}

/* The last variable gets the rest, less blanks and one closing separator. */
static char *
take_rest(struct splitter *s)
{
	size_t start = s->pos;
	size_t end = s->len;
	struct splitter probe = *s;

	free(take_field(&probe));
	if (probe.pos >= s->len)
		return take_field(s);
	while (end > start && is_separator(s, end - 1, true))
		end--;
	return mem_strndup(s->text + start, end - start);
}

int
builtin_read(struct shell *sh, int argc, char **argv)
{
	struct strbuf line = {0};
	struct strbuf escaped = {0};
	struct splitter s = {.ifs = var_get(sh, "IFS")};
	bool raw = false;
	bool got;
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "-r") != 0) {
			report(sh, "read: %s: unknown option", argv[i]);
			return 2;
		}
		raw = true;
	}
	for (int k = i; k < argc; k++) {
		if (argv[k][0] == '\0' || name_length(argv[k]) != strlen(argv[k])) {
			report(sh, "read: %s: bad variable name", argv[k]);
			return 2;
		}
	}
	if (!tty_wait_for_input(sh))
		return sh->status;
	got = read_line(&line, &escaped, raw);
	/* Values may alter IFS itself: a copy splits the whole line. */
	s.ifs = mem_strdup(s.ifs != NULL ? s.ifs : " \t\n");
	s.text = strbuf_cstr(&line);
	s.escaped = strbuf_cstr(&escaped);
	s.len = line.len;
	skip_blanks(&s);
	if (i == argc)
		var_set(sh, "REPLY", s.text);
	for (; i < argc; i++) {
		char *value = i + 1 < argc ? take_field(&s) : take_rest(&s);

		var_set(sh, argv[i], value);
		free(value);
	}
	free((char *)s.ifs);
	strbuf_free(&line);
	strbuf_free(&escaped);
	return got ? 0 : 1;
}
