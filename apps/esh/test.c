/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test.c - test and [: POSIX's rules by the number of arguments, and with more
 * than four a grammar of -o, -a, ! and ( ). Depth is bounded by the arguments.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builtin.h"

/* More arguments than this are refused: each may cost a level of the stack. */
#define ARGS_MAX 200

struct test {
	struct shell *sh;
	char **argv;
	int argc;
	int pos;
	bool failed;
};

static bool parse_or(struct test *t);

static bool
fail(struct test *t, const char *what, const char *why)
{
	if (!t->failed)
		report(t->sh, "test: %s: %s", what, why);
	t->failed = true;
	return false;
}

static long
parse_integer(struct test *t, const char *s)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(s, &end, 10);
	if (end == s || end[strspn(end, " \t\n")] != '\0' || errno != 0)
		fail(t, s, "bad number");
	return n;
}

static bool
is_unary(const char *s)
{
	return s[0] == '-' && s[1] != '\0' && s[2] == '\0' &&
	    strchr("bcdefghLnprSstuwxz", s[1]) != NULL;
}

static bool
is_binary(const char *s)
{
	static const char *const names[] = {
	    "=",
	    "==",
	    "!=",
	    "<",
	    ">",
	    "-eq",
	    "-ne",
	    "-lt",
	    "-le",
	    "-gt",
	    "-ge",
	    "-nt",
	    "-ot",
	    "-ef",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], s) == 0)
			return true;
	}
	return false;
}

static bool
test_file(char op, const char *path)
{
	struct stat st;

	if ((op == 'h' || op == 'L' ? lstat(path, &st) : stat(path, &st)) < 0)
		return false;
	switch (op) {
	case 'b':
		return S_ISBLK(st.st_mode);
	case 'c':
		return S_ISCHR(st.st_mode);
	case 'd':
		return S_ISDIR(st.st_mode);
	case 'f':
		return S_ISREG(st.st_mode);
	case 'g':
		return (st.st_mode & S_ISGID) != 0;
	case 'h':
	case 'L':
		return S_ISLNK(st.st_mode);
	case 'p':
		return S_ISFIFO(st.st_mode);
	case 'r':
		return access(path, R_OK) == 0;
	case 'S':
		return S_ISSOCK(st.st_mode);
	case 's':
		return st.st_size > 0;
	case 'u':
		return (st.st_mode & S_ISUID) != 0;
	case 'w':
		return access(path, W_OK) == 0;
	case 'x':
		return access(path, X_OK) == 0;
	default:
		return true;
	}
}

static bool
test_unary(struct test *t, const char *op, const char *arg)
{
	switch (op[1]) {
	case 'n':
		return arg[0] != '\0';
	case 'z':
		return arg[0] == '\0';
	case 't':
		return isatty((int)parse_integer(t, arg));
	default:
		return test_file(op[1], arg);
	}
}

static bool
test_files(const char *left, const char *op, const char *right)
{
	struct stat a, b;
	bool has_a = stat(left, &a) == 0;
	bool has_b = stat(right, &b) == 0;

	if (op[1] == 'e')
		return has_a && has_b && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
	if (op[1] == 'n')
		return has_a && (!has_b || a.st_mtime > b.st_mtime);
	return has_b && (!has_a || a.st_mtime < b.st_mtime);
}

static bool
test_binary(struct test *t, const char *left, const char *op, const char *right)
{
	long l, r;

	if (op[0] != '-') {
		int order = strcmp(left, right);

		return op[0] == '=' ? order == 0
		    : op[0] == '!'  ? order != 0
		    : op[0] == '<'  ? order < 0
				    : order > 0;
	}
	if (strcmp(op, "-nt") == 0 || strcmp(op, "-ot") == 0 || strcmp(op, "-ef") == 0)
		return test_files(left, op, right);
	l = parse_integer(t, left);
	r = parse_integer(t, right);
	if (strcmp(op, "-eq") == 0)
		return l == r;
	if (strcmp(op, "-ne") == 0)
		return l != r;
	if (op[1] == 'l')
		return op[2] == 't' ? l < r : l <= r;
	return op[2] == 't' ? l > r : l >= r;
}

static const char *
peek(const struct test *t, int ahead)
{
	return t->pos + ahead < t->argc ? t->argv[t->pos + ahead] : NULL;
}

static bool
parse_primary(struct test *t)
{
	const char *a = peek(t, 0);
	const char *b = peek(t, 1);
	const char *c = peek(t, 2);
	bool result;

	if (a == NULL)
		return fail(t, "end", "an argument is missing");
	if (b != NULL && c != NULL && is_binary(b)) {
		t->pos += 3;
		return test_binary(t, a, b, c);
	}
	t->pos++;
	if (strcmp(a, "!") == 0 && b != NULL)
		return !parse_primary(t);
	if (strcmp(a, "(") == 0 && b != NULL) {
		result = parse_or(t);
		if (peek(t, 0) == NULL || strcmp(peek(t, 0), ")") != 0)
			return fail(t, "(", "missing )");
		t->pos++;
		return result;
	}
	if (is_unary(a) && b != NULL) {
		t->pos++;
		return test_unary(t, a, b);
	}
	return a[0] != '\0';
}

static bool
parse_and(struct test *t)
{
	bool result = parse_primary(t);

	while (peek(t, 0) != NULL && strcmp(peek(t, 0), "-a") == 0) {
		bool right;

		t->pos++;
		right = parse_primary(t);
		result = result && right;
	}
	return result;
}

static bool
parse_or(struct test *t)
{
	bool result = parse_and(t);

	while (peek(t, 0) != NULL && strcmp(peek(t, 0), "-o") == 0) {
		bool right;

		t->pos++;
		right = parse_and(t);
		result = result || right;
	}
	return result;
}

/* POSIX's table for up to four arguments; anything else goes by the grammar. */
static bool
evaluate(struct test *t, int n, char **v)
{
	if (n == 0)
		return false;
	if (n == 1)
		return v[0][0] != '\0';
	if (n == 2 && strcmp(v[0], "!") == 0)
		return !evaluate(t, 1, v + 1);
	if (n == 2 && is_unary(v[0]))
		return test_unary(t, v[0], v[1]);
	if (n == 2)
		return fail(t, v[0], "unknown operator");
	if (n == 3 && is_binary(v[1]))
		return test_binary(t, v[0], v[1], v[2]);
	if ((n == 3 || n == 4) && strcmp(v[0], "!") == 0)
		return !evaluate(t, n - 1, v + 1);
	if ((n == 3 || n == 4) && strcmp(v[0], "(") == 0 && strcmp(v[n - 1], ")") == 0)
		return evaluate(t, n - 2, v + 1);
	return parse_or(t);
}

int
builtin_test(struct shell *sh, int argc, char **argv)
{
	struct test t = {.sh = sh, .argv = argv + 1, .argc = argc - 1};
	bool result;

	if (strcmp(argv[0], "[") == 0) {
		if (argc < 2 || strcmp(argv[argc - 1], "]") != 0) {
			report(sh, "[: missing ]");
			return 2;
		}
		t.argc--;
	}
	if (t.argc > ARGS_MAX) {
		report(sh, "test: too many arguments");
		return 2;
	}
	result = evaluate(&t, t.argc, t.argv);
	if (!t.failed && t.pos > 0 && t.pos < t.argc)
		fail(&t, t.argv[t.pos], "unexpected argument");
	return t.failed ? 2 : !result;
}
