/* SPDX-License-Identifier: Apache-2.0 */
/* copy.c - copying one file, and the operands of cp and mv. Never follows into directories. */
#include "copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"

static bool
pump(int in, int out, const char *from, const char *to)
{
	static char buffer[4096];

	for (;;) {
		ssize_t n = read(in, buffer, sizeof(buffer));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			cmd_error("%s", from);
		if (n <= 0)
			return n == 0;
		if (!cmd_write(out, buffer, (size_t)n)) {
			cmd_error("%s", to);
			return false;
		}
	}
}

static bool
is_same(const struct stat *a, const char *to)
{
	struct stat b;

	return stat(to, &b) == 0 && a->st_dev == b.st_dev && a->st_ino == b.st_ino;
}

bool
copy_file(const char *from, const char *to)
{
	struct stat st;
	int in = open(from, O_RDONLY);
	int out;
	bool ok;

	if (in < 0 || fstat(in, &st) < 0) {
		cmd_error("%s", from);
		if (in >= 0)
			close(in);
		return false;
	}
	if (S_ISDIR(st.st_mode) || (S_ISREG(st.st_mode) && is_same(&st, to))) {
		cmd_warn("%s: %s", from, S_ISDIR(st.st_mode) ? "Is a directory" : "the same file");
		close(in);
		return false;
	}
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, st.st_mode & 0777);
	if (out < 0) {
		cmd_error("%s", to);
		close(in);
		return false;
	}
	ok = pump(in, out, from, to);
	close(in);
	if (close(out) < 0 && ok) {
		cmd_error("%s", to);
		ok = false;
	}
	/* Half a copy is worse than none; a device is not ours to remove. */
	if (!ok && stat(to, &st) == 0 && S_ISREG(st.st_mode))
		unlink(to);
	return ok;
}

static char *
make_target(const char *path, const char *to)
{
	struct stat st;
	const char *end = path + strlen(path);
	const char *start;
	char *name;
	char *target;

	if (stat(to, &st) < 0 || !S_ISDIR(st.st_mode)) {
		target = cmd_alloc(strlen(to) + 1);
		return strcpy(target, to);
	}
	while (end > path + 1 && end[-1] == '/')
		end--;
	start = end;
	while (start > path && start[-1] != '/')
		start--;
	name = cmd_alloc((size_t)(end - start) + 1);
	memcpy(name, start, (size_t)(end - start));
	name[end - start] = '\0';
	target = cmd_join(to, name);
	free(name);
	return target;
}

int
copy_each(char **operands, bool (*one)(const char *from, const char *to))
{
	int n = 0, status = 0;
	struct stat st;

	while (operands[n] != NULL)
		n++;
	if (n < 2)
		cmd_usage();
	if (n > 2 && (stat(operands[n - 1], &st) < 0 || !S_ISDIR(st.st_mode))) {
		cmd_warn("%s: Not a directory", operands[n - 1]);
		return 1;
	}
	for (int i = 0; i < n - 1; i++) {
		char *target = make_target(operands[i], operands[n - 1]);

		if (!one(operands[i], target))
			status = 1;
		free(target);
	}
	return status;
}
