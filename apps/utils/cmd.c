/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd.c - options, messages and the end of a utility. Owns the position in the
 * arguments; never reads a file.
 */
#include "cmd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	const char *name;
	const char *usage;
	char **argv;
	int index;
	const char *letters; /* what is left of a cluster of options */
	const char *value;
} cmd;

void
cmd_start(int argc, char **argv, const char *usage)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;

	cmd.name = argc == 0 ? "?" : slash != NULL ? slash + 1 : argv[0];
	cmd.usage = usage;
	cmd.argv = argv;
	cmd.index = argc > 0 ? 1 : 0;
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		exit(cmd_finish(0));
	}
}

void
cmd_usage(void)
{
	size_t len = strcspn(cmd.usage, "\n");

	fprintf(stderr, "%.*s\n", (int)len, cmd.usage);
	exit(2);
}

static int
fail_option(const char *what, int letter)
{
	fprintf(stderr, "%s: %s: -%c\n", cmd.name, what, letter);
	cmd_usage();
}

int
cmd_option(const char *letters)
{
	const char *found;
	int c;

	if (cmd.letters == NULL || *cmd.letters == '\0') {
		const char *arg = cmd.argv[cmd.index];

		if (arg == NULL || arg[0] != '-' || arg[1] == '\0')
			return 0;
		cmd.index++;
		if (strcmp(arg, "--") == 0)
			return 0;
		cmd.letters = arg + 1;
	}
	c = (unsigned char)*cmd.letters++;
	found = c == ':' ? NULL : strchr(letters, c);
	if (found == NULL)
		return fail_option("unknown option", c);
	if (found[1] == ':') {
		cmd.value = *cmd.letters != '\0' ? cmd.letters : cmd.argv[cmd.index++];
		cmd.letters = NULL;
		if (cmd.value == NULL) {
			cmd.index--;
			return fail_option("a value is missing", c);
		}
	}
	return c;
}

const char *
cmd_value(void)
{
	return cmd.value;
}

char **
cmd_operands(void)
{
	return cmd.argv + cmd.index;
}

static void
say(const char *fmt, va_list ap, const char *reason)
{
	fflush(stdout);
	fprintf(stderr, "%s: ", cmd.name);
	vfprintf(stderr, fmt, ap);
	if (reason != NULL)
		fprintf(stderr, ": %s", reason);
	fputc('\n', stderr);
}

void
cmd_error(const char *fmt, ...)
{
	const char *reason = strerror(errno);
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap, reason);
	va_end(ap);
}

void
cmd_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap, NULL);
	va_end(ap);
}

long
cmd_number(const char *s, long least, long most)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(s, &end, 10);
	if (end == s || *end != '\0' || errno != 0 || n < least || n > most) {
		cmd_warn("%s: bad number", s);
		exit(2);
	}
	return n;
}

int
cmd_finish(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		cmd_error("write error");
		return status != 0 ? status : 1;
	}
	return status;
}

static void *
check_memory(void *p)
{
	if (p == NULL) {
		cmd_error("cannot go on");
		exit(2);
	}
	return p;
}

void *
cmd_alloc(size_t len_bytes)
{
	return check_memory(malloc(len_bytes == 0 ? 1 : len_bytes));
}

void *
cmd_resize(void *p, size_t len_bytes)
{
	return check_memory(realloc(p, len_bytes));
}

char *
cmd_join(const char *directory, const char *name)
{
	size_t len = strlen(directory);
	char *path = cmd_alloc(len + strlen(name) + 2);

	strcpy(path, directory);
	if (len > 0 && directory[len - 1] != '/')
		path[len++] = '/';
	strcpy(path + len, name);
	return path;
}

bool
cmd_write(int fd, const void *data, size_t len_bytes)
{
	const char *p = data;

	while (len_bytes > 0) {
		ssize_t n = write(fd, p, len_bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len_bytes -= (size_t)n;
	}
	return true;
}
