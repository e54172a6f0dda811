/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arith.c - $((...)): the integer expressions of C, on long, with assignment.
 * Precedence climbing; overflow wraps; depth is bounded. Never has side effects
 * in the branch that is not taken.
 */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lexer.h"
#include "shell.h"

#define DEPTH_MAX 60

struct arith {
	struct shell *sh;
	const char *p;
	int depth;
	int skip; /* > 0: parse, but do nothing */
	const char *error;
};

/* Longer operators stand before their prefixes. `level` binds tighter if higher. */
static const struct {
	const char *text;
	int level;
} binary[] = {
    {"<<", 8},
    {">>", 8},
    {"<=", 7},
    {">=", 7},
    {"==", 6},
    {"!=", 6},
    {"&&", 2},
    {"||", 1},
    {"<", 7},
    {">", 7},
    {"+", 9},
    {"-", 9},
    {"*", 10},
    {"/", 10},
    {"%", 10},
    {"&", 5},
    {"^", 4},
    {"|", 3},
};

static const char *const assignments[] = {
    "<<=",
    ">>=",
    "+=",
    "-=",
    "*=",
    "/=",
    "%=",
    "&=",
    "^=",
    "|=",
    "=",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static long parse_assignment(struct arith *a);

static void
fail(struct arith *a, const char *why)
{
	if (a->error == NULL)
		a->error = why;
}

static void
skip_space(struct arith *a)
{
	while (isspace((unsigned char)*a->p))
		a->p++;
}

static bool
take(struct arith *a, const char *text)
{
	skip_space(a);
	if (strncmp(a->p, text, strlen(text)) != 0)
		return false;
	a->p += strlen(text);
	return true;
}

static long
apply_binary(struct arith *a, const char *op, long left, long right)
{
	unsigned long l = (unsigned long)left;
	unsigned long r = (unsigned long)right;

	if ((op[0] == '/' || op[0] == '%') && right == 0) {
		if (a->skip == 0)
			fail(a, "division by zero");
		return 0;
	}
	switch (op[0]) {
	case '+':
		return (long)(l + r);
	case '-':
		return (long)(l - r);
	case '*':
		return (long)(l * r);
	case '/':
		return right == -1 ? (long)(0 - l) : left / right;
	case '%':
		return right == -1 ? 0 : left % right;
	case '<':
		if (op[1] == '<')
			return (long)(l << (r % (sizeof(long) * CHAR_BIT)));
		return op[1] == '=' ? left <= right : left < right;
	case '>':
		if (op[1] == '>')
			return left >> (r % (sizeof(long) * CHAR_BIT));
		return op[1] == '=' ? left >= right : left > right;
	case '=':
		return left == right;
	case '!':
		return left != right;
	case '&':
		return op[1] == '&' ? left != 0 && right != 0 : (long)(l & r);
	case '|':
		return op[1] == '|' ? left != 0 || right != 0 : (long)(l | r);
	default:
		return (long)(l ^ r);
	}
}

static long
parse_number(struct arith *a)
{
	char *end;
	unsigned long value = strtoul(a->p, &end, 0);

	if (end == a->p || is_name_char((unsigned char)*end))
		fail(a, "bad number");
	else
		a->p = end;
	return (long)value;
}

static long
variable_value(struct arith *a, const char *name)
{
	const char *value = var_get(a->sh, name);
	struct arith inner = {.sh = a->sh, .depth = a->depth + 1, .skip = a->skip};
	long result;

	if (value == NULL || *value == '\0') {
		if (value == NULL && a->sh->nounset && a->skip == 0)
			fail(a, "parameter not set");
		return 0;
	}
	/* A variable's value is an expression of its own; a name leads on to the next. */
	inner.p = value;
	result = parse_assignment(&inner);
	skip_space(&inner);
	if (inner.error == NULL && *inner.p != '\0')
		inner.error = "bad number";
	if (inner.error != NULL)
		fail(a, inner.error);
	return result;
}

static void
store(struct arith *a, const char *name, long value)
{
	struct strbuf b = {0};

	if (a->skip == 0 && a->error == NULL) {
		strbuf_printf(&b, "%ld", value);
		var_set(a->sh, name, strbuf_cstr(&b));
	}
	strbuf_free(&b);
}

/* An assignment operator at the position; NULL if there is none. */
static const char *
take_assignment(struct arith *a)
{
	skip_space(a);
	for (size_t i = 0; i < COUNT(assignments); i++) {
		size_t n = strlen(assignments[i]);

		if (strncmp(a->p, assignments[i], n) != 0)
			continue;
		if (n == 1 && a->p[1] == '=')
			return NULL;
		a->p += n;
		return assignments[i];
	}
	return NULL;
}

static long
parse_variable(struct arith *a)
{
	size_t n = name_length(a->p);
	char *name = mem_strndup(a->p, n);
	const char *op;
	long value = 0;

	a->p += n;
	op = take_assignment(a);
	if (op == NULL) {
		long step = take(a, "++") ? 1 : take(a, "--") ? -1 : 0;

		if (a->skip == 0)
			value = variable_value(a, name);
		if (step != 0)
			store(a, name, (long)((unsigned long)value + (unsigned long)step));
	} else {
		long right = parse_assignment(a);

		if (op[0] == '=')
			value = right;
		else if (a->skip == 0)
			value = apply_binary(a, op[0] == op[1] ? op : (char[]){op[0], '\0'},
			    variable_value(a, name), right);
		store(a, name, value);
	}
	free(name);
	return value;
}

static long
parse_unary(struct arith *a)
{
	long value = 0;

	if (++a->depth > DEPTH_MAX || stack_is_low()) {
		fail(a, "nested too deeply");
	} else if (take(a, "(")) {
		value = parse_assignment(a);
		if (!take(a, ")"))
			fail(a, "missing )");
	} else if (take(a, "++") || take(a, "--")) {
		long step = a->p[-1] == '+' ? 1 : -1;
		size_t n;

		skip_space(a);
		n = name_length(a->p);
		if (n == 0) {
			/* Two signs in a row. */
			value = parse_unary(a);
		} else {
			char *name = mem_strndup(a->p, n);

			a->p += n;
			value = (long)((unsigned long)(a->skip == 0 ? variable_value(a, name) : 0) +
			    (unsigned long)step);
			store(a, name, value);
			free(name);
		}
	} else if (take(a, "+")) {
		value = parse_unary(a);
	} else if (take(a, "-")) {
		value = (long)(0 - (unsigned long)parse_unary(a));
	} else if (take(a, "!")) {
		value = !parse_unary(a);
	} else if (take(a, "~")) {
		value = ~parse_unary(a);
	} else if (isdigit((unsigned char)*a->p)) {
		value = parse_number(a);
	} else if (name_length(a->p) > 0) {
		value = parse_variable(a);
	} else {
		fail(a, *a->p == '\0' ? "an operand is missing" : "unexpected character");
	}
	a->depth--;
	return value;
}

/* The binary operator ahead, unless it is an assignment or binds too loosely. */
static int
find_binary(struct arith *a, int level)
{
	skip_space(a);
	for (size_t i = 0; i < COUNT(binary); i++) {
		size_t n = strlen(binary[i].text);

		if (strncmp(a->p, binary[i].text, n) == 0)
			return binary[i].level >= level ? (int)i : -1;
	}
	return -1;
}

static long
parse_binary(struct arith *a, int level)
{
	long left = parse_unary(a);
	int i;

	while (a->error == NULL && (i = find_binary(a, level)) >= 0) {
		const char *op = binary[i].text;
		bool decided =
		    (binary[i].level == 2 && left == 0) || (binary[i].level == 1 && left != 0);
		long right;

		a->p += strlen(op);
		a->skip += decided;
		right = parse_binary(a, binary[i].level + 1);
		a->skip -= decided;
		left = apply_binary(a, op, left, right);
	}
	return left;
}

static long
parse_assignment(struct arith *a)
{
	long value;
	long other;

	if (++a->depth > DEPTH_MAX || stack_is_low()) {
		fail(a, "nested too deeply");
		a->depth--;
		return 0;
	}
	value = parse_binary(a, 1);
	if (a->error == NULL && take(a, "?")) {
		bool yes = value != 0;

		a->skip += !yes;
		value = parse_assignment(a);
		a->skip -= !yes;
		if (!take(a, ":"))
			fail(a, "missing :");
		a->skip += yes;
		other = parse_assignment(a);
		a->skip -= yes;
		if (!yes)
			value = other;
	}
	a->depth--;
	return value;
}

bool
arith_evaluate(struct shell *sh, const char *expression, long *result)
{
	struct arith a = {.sh = sh, .p = expression};

	skip_space(&a);
	if (*a.p == '\0') {
		*result = 0;
		return true;
	}
	*result = parse_assignment(&a);
	skip_space(&a);
	if (a.error == NULL && *a.p != '\0')
		a.error = "syntax error";
	if (a.error == NULL)
		return true;
	report_abort(sh, "arithmetic: %s: \"%s\"", a.error, expression);
	return false;
}
