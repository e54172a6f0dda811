/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtin.c - the table of builtins, and those that have no file of their own.
 */
#include "builtin.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edit.h"
#include "print.h"

static int
builtin_true(struct shell *sh, int argc, char **argv)
{
	(void)sh;
	(void)argc;
	(void)argv;
	return 0;
}

static int
builtin_false(struct shell *sh, int argc, char **argv)
{
	(void)sh;
	(void)argc;
	(void)argv;
	return 1;
}

int
builtin_write(struct shell *sh, const char *name, struct strbuf *text)
{
	bool ok = write_all(1, text->data, text->len);

	if (!ok)
		report(sh, "%s: write error: %s", name, strerror(errno));
	strbuf_free(text);
	return ok ? 0 : 1;
}

long
builtin_number(struct shell *sh, const char *name, const char *s, long least)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (*s >= '0' && *s <= '9' && *end == '\0' && n >= least && n <= INT_MAX)
		return n;
	report(sh, "%s: %s: bad number", name, s);
	return -1;
}

/* One escape of echo -e; false at \c, which ends all output. */
static bool
put_escape(struct strbuf *out, const char **s)
{
	static const char names[] = "abefnrtv\\";
	static const char values[] = "\a\b\033\f\n\r\t\v\\";
	const char *at;
	int value = 0;

	(*s)++;
	if (**s == 'c')
		return false;
	at = **s != '\0' ? strchr(names, **s) : NULL;
	if (at != NULL) {
		strbuf_putc(out, values[at - names]);
		(*s)++;
	} else if (**s == '0') {
		(*s)++;
		for (int i = 0; i < 3 && **s >= '0' && **s <= '7'; i++)
			value = value * 8 + (*(*s)++ - '0');
		strbuf_putc(out, value);
	} else {
		strbuf_putc(out, '\\');
	}
	return true;
}

static int
builtin_echo(struct shell *sh, int argc, char **argv)
{
	struct strbuf out = {0};
	bool newline = true;
	bool escapes = false;
	int i = 1;

	for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		if (argv[i][1 + strspn(argv[i] + 1, "neE")] != '\0')
			break;
		for (const char *c = argv[i] + 1; *c != '\0'; c++) {
			newline = newline && *c != 'n';
			escapes = *c == 'e' || (escapes && *c != 'E');
		}
	}
	for (; i < argc; i++) {
		const char *s = argv[i];

		while (*s != '\0') {
			if (!escapes || *s != '\\')
				strbuf_putc(&out, *s++);
			else if (!put_escape(&out, &s))
				return builtin_write(sh, "echo", &out);
		}
		if (i + 1 < argc)
			strbuf_putc(&out, ' ');
	}
	if (newline)
		strbuf_putc(&out, '\n');
	return builtin_write(sh, "echo", &out);
}

static char *
current_directory(void)
{
	size_t len = 256;
	char *path = mem_alloc(len);

	while (getcwd(path, len) == NULL) {
		if (errno != ERANGE || len > 65536) {
			free(path);
			return NULL;
		}
		len *= 2;
		path = mem_resize(path, len);
	}
	return path;
}

static int
builtin_pwd(struct shell *sh, int argc, char **argv)
{
	struct strbuf out = {0};
	char *path = current_directory();

	(void)argc;
	(void)argv;
	if (path == NULL) {
		report(sh, "pwd: %s", strerror(errno));
		return 1;
	}
	strbuf_printf(&out, "%s\n", path);
	free(path);
	return builtin_write(sh, "pwd", &out);
}

static int
builtin_cd(struct shell *sh, int argc, char **argv)
{
	struct strbuf out = {0};
	const char *target = argc > 1 ? argv[1] : var_get(sh, "HOME");
	const char *old = var_get(sh, "OLDPWD");
	bool back = target != NULL && strcmp(target, "-") == 0;
	char *before;
	char *after;

	if (back)
		target = old;
	if (target == NULL) {
		report(sh, "cd: %s not set", back ? "OLDPWD" : "HOME");
		return 1;
	}
	before = current_directory();
	if (chdir(target[0] == '\0' ? "." : target) < 0) {
		report(sh, "cd: %s: %s", target, strerror(errno));
		free(before);
		return 1;
	}
	after = current_directory();
	if (before != NULL)
		var_set(sh, "OLDPWD", before);
	if (after != NULL)
		var_set(sh, "PWD", after);
	if (back && after != NULL)
		strbuf_printf(&out, "%s\n", after);
	free(before);
	free(after);
	return builtin_write(sh, "cd", &out);
}

static int
builtin_history(struct shell *sh, int argc, char **argv)
{
	struct strbuf out = {0};

	(void)argc;
	(void)argv;
	history_print(&out);
	return builtin_write(sh, "history", &out);
}

/* What a name stands for; `terse` as command -v prints it. */
static int
describe_command(struct shell *sh, const char *name, bool terse, struct strbuf *out)
{
	char *path;
	int status = 0;

	if (function_find(sh, name) != NULL) {
		strbuf_printf(out, terse ? "%s\n" : "%s is a function\n", name);
	} else if (builtin_find(name) != NULL) {
		strbuf_printf(out, terse ? "%s\n" : "%s is a shell builtin\n", name);
	} else {
		status = spawn_find(sh, name, &path);
		if (status == 0 && terse)
			strbuf_printf(out, "%s\n", path);
		else if (status == 0)
			strbuf_printf(out, "%s is %s\n", name, path);
		else if (!terse)
			report(sh, "type: %s: not found", name);
		free(path);
	}
	return status;
}

static int
builtin_type(struct shell *sh, int argc, char **argv)
{
	struct strbuf out = {0};
	int status = 0;

	for (int i = 1; i < argc; i++) {
		if (describe_command(sh, argv[i], false, &out) != 0)
			status = 1;
	}
	return builtin_write(sh, "type", &out) != 0 ? 1 : status;
}

/* command NAME: no functions; command -v NAME: what it stands for. */
static int
builtin_command(struct shell *sh, int argc, char **argv)
{
	const struct builtin *b;
	struct strbuf out = {0};
	struct strbuf text = {0};
	struct spawn_how how = {.group = sh->job_control ? GROUP_NEW : GROUP_OWN};
	int status = 0;
	pid_t pid;

	if (argc > 1 && (strcmp(argv[1], "-v") == 0 || strcmp(argv[1], "-V") == 0)) {
		for (int i = 2; i < argc; i++) {
			if (describe_command(sh, argv[i], argv[1][1] == 'v', &out) != 0)
				status = 127;
		}
		return builtin_write(sh, "command", &out) != 0 ? 1 : status;
	}
	if (argc > 1 && strcmp(argv[1], "--") == 0) {
		argc--;
		argv++;
	}
	if (argc < 2)
		return 0;
	b = builtin_find(argv[1]);
	if (b != NULL)
		return b->run(sh, argc - 1, argv + 1);
	pid = spawn_program(sh, argv + 1, &how);
	if (pid < 0)
		return (int)-pid;
	tty_give(sh, pid);
	for (int i = 1; i < argc; i++)
		strbuf_printf(&text, "%s ", argv[i]);
	status =
	    job_wait_foreground(sh, &pid, NULL, 1, sh->job_control ? pid : 0, strbuf_cstr(&text));
	strbuf_free(&text);
	return status;
}

static const struct builtin builtins[] = {
    {".", builtin_dot, true},
    {":", builtin_true, true},
    {"[", builtin_test, false},
    {"break", builtin_break, true},
    {"cd", builtin_cd, false},
    {"chmod", builtin_chmod, false},
    {"command", builtin_command, false},
    {"continue", builtin_break, true},
    {"echo", builtin_echo, false},
    {"eval", builtin_eval, true},
    {"exec", builtin_exec, true},
    {"exit", builtin_exit, true},
    {"export", builtin_export, true},
    {"false", builtin_false, false},
    {"fg", builtin_fg, false},
    {"getopts", builtin_getopts, false},
    {"history", builtin_history, false},
    {"jobs", builtin_jobs, false},
    {"kill", builtin_kill, false},
    {"local", builtin_local, false},
    {"pwd", builtin_pwd, false},
    {"read", builtin_read, false},
    {"return", builtin_return, true},
    {"set", builtin_set, true},
    {"shift", builtin_shift, true},
    {"test", builtin_test, false},
    {"trap", builtin_trap, true},
    {"true", builtin_true, false},
    {"type", builtin_type, false},
    {"unset", builtin_unset, true},
    {"wait", builtin_wait, false},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int
compare_name(const void *key, const void *entry)
{
	return strcmp(key, ((const struct builtin *)entry)->name);
}

const struct builtin *
builtin_find(const char *name)
{
	return bsearch(name, builtins, COUNT(builtins), sizeof(builtins[0]), compare_name);
}

const struct builtin *
builtin_at(size_t i)
{
	return i < COUNT(builtins) ? &builtins[i] : NULL;
}
