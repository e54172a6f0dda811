/* SPDX-License-Identifier: Apache-2.0 */
/* ls.c - lists directories. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"

static const char usage[] =
    "usage: ls [-1aAdFlR] [FILE...]\n"
    "Lists files and what is in directories. -a shows names that start with a dot, -d a directory\n"
    "itself, -l details, -F the kind behind the name, -R what is below, -1 one name a line.\n";

#define DEPTH_MAX 128
#define WIDTH     80

struct entry {
	char *name; /* as it is shown */
	char *path;
	struct stat st;
};

struct listing {
	struct entry *v;
	size_t n;
	size_t cap;
};

static struct {
	bool all; /* also . and .. */
	bool hidden;
	bool directories; /* -d */
	bool details;
	bool kinds;
	bool recursive;
	bool columns;
} options;

static int status;

static void
add(struct listing *l, const char *name, char *path, const struct stat *st)
{
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 16 : l->cap * 2;
		l->v = cmd_resize(l->v, l->cap * sizeof(*l->v));
	}
	l->v[l->n].name = cmd_alloc(strlen(name) + 1);
	strcpy(l->v[l->n].name, name);
	l->v[l->n].path = path;
	l->v[l->n].st = *st;
	l->n++;
}

static void
clear(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].path);
	}
	free(l->v);
	*l = (struct listing){0};
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static char
kind_letter(mode_t mode)
{
	return S_ISDIR(mode) ? 'd'
	    : S_ISCHR(mode)  ? 'c'
	    : S_ISBLK(mode)  ? 'b'
	    : S_ISFIFO(mode) ? 'p'
	    : S_ISLNK(mode)  ? 'l'
	    : S_ISSOCK(mode) ? 's'
			     : '-';
}

static const char *
kind_mark(mode_t mode)
{
	if (!options.kinds)
		return "";
	return S_ISDIR(mode)                      ? "/"
	    : S_ISLNK(mode)                       ? "@"
	    : S_ISFIFO(mode)                      ? "|"
	    : S_ISREG(mode) && (mode & 0111) != 0 ? "*"
						  : "";
}

static void
print_details(const struct entry *e)
{
	static const char letters[] = "rwxrwxrwx";
	char mode[11];
	char when[32] = "";
	struct tm parts;
	time_t at = e->st.st_mtime;

	mode[0] = kind_letter(e->st.st_mode);
	for (int i = 0; i < 9; i++)
		mode[i + 1] = (e->st.st_mode >> (8 - i) & 1) != 0 ? letters[i] : '-';
	mode[10] = '\0';
	if (localtime_r(&at, &parts) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &parts);
	printf("%s %3ld %4ld %4ld %9ld %s %s%s\n", mode, (long)e->st.st_nlink, (long)e->st.st_uid,
	    (long)e->st.st_gid, (long)e->st.st_size, when, e->name, kind_mark(e->st.st_mode));
}

static void
print_columns(const struct listing *l)
{
	size_t widest = 0;
	size_t columns, rows;

	for (size_t i = 0; i < l->n; i++) {
		size_t len = strlen(l->v[i].name) + strlen(kind_mark(l->v[i].st.st_mode));

		widest = len > widest ? len : widest;
	}
	columns = WIDTH / (widest + 2);
	if (columns == 0)
		columns = 1;
	rows = (l->n + columns - 1) / columns;
	for (size_t row = 0; row < rows; row++) {
		for (size_t i = row; i < l->n; i += rows) {
			const struct entry *e = &l->v[i];
			const char *mark = kind_mark(e->st.st_mode);

			if (i + rows < l->n)
				printf(
				    "%s%-*s", e->name, (int)(widest + 2 - strlen(e->name)), mark);
			else
				printf("%s%s\n", e->name, mark);
		}
	}
}

static void
print(struct listing *l)
{
	if (l->n > 1)
		qsort(l->v, l->n, sizeof(*l->v), compare);
	if (options.columns && !options.details) {
		print_columns(l);
		return;
	}
	for (size_t i = 0; i < l->n; i++) {
		if (options.details)
			print_details(&l->v[i]);
		else
			printf("%s%s\n", l->v[i].name, kind_mark(l->v[i].st.st_mode));
	}
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Details cost a call to the server for each name; plain names cost none. */
static bool
needs_stat(void)
{
	return options.details || options.kinds || options.recursive;
}

static void
read_directory(DIR *d, const char *path, struct listing *l)
{
	struct dirent *e;

	for (;;) {
		struct stat st = {0};
		char *full;

		errno = 0;
		e = readdir(d);
		if (e == NULL)
			break;
		if (e->d_name[0] == '.' && !options.hidden)
			continue;
		if (is_dots(e->d_name) && !options.all)
			continue;
		full = cmd_join(path, e->d_name);
		/* What went away between the two calls is not listed. */
		if (needs_stat() && lstat(full, &st) < 0) {
			free(full);
			continue;
		}
		add(l, e->d_name, full, &st);
	}
	if (errno != 0) {
		cmd_error("%s", path);
		status = 1;
	}
}

static void
list_directory(const char *path, bool title, bool first, int depth)
{
	struct listing l = {0};
	DIR *d = opendir(path);

	if (d == NULL) {
		cmd_error("%s", path);
		status = 1;
		return;
	}
	if (title)
		printf("%s%s:\n", first ? "" : "\n", path);
	read_directory(d, path, &l);
	closedir(d);
	print(&l);
	for (size_t i = 0; options.recursive && i < l.n && depth < DEPTH_MAX; i++) {
		if (S_ISDIR(l.v[i].st.st_mode) && !is_dots(l.v[i].name))
			list_directory(l.v[i].path, true, false, depth + 1);
	}
	clear(&l);
}

static void
list_operands(char **operands)
{
	struct listing files = {0};
	struct listing directories = {0};
	bool many = operands[0] != NULL && operands[1] != NULL;

	for (; *operands != NULL; operands++) {
		bool found;
		struct stat st;

		found = (options.details ? lstat(*operands, &st) : stat(*operands, &st)) == 0;
		if (!found && lstat(*operands, &st) < 0) {
			cmd_error("%s", *operands);
			status = 1;
			continue;
		}
		if (S_ISDIR(st.st_mode) && !options.directories)
			add(&directories, *operands, NULL, &st);
		else
			add(&files, *operands, NULL, &st);
	}
	print(&files);
	if (directories.n > 1)
		qsort(directories.v, directories.n, sizeof(*directories.v), compare);
	for (size_t i = 0; i < directories.n; i++)
		list_directory(
		    directories.v[i].name, many || options.recursive, i == 0 && files.n == 0, 0);
	clear(&files);
	clear(&directories);
}

int
main(int argc, char **argv)
{
	static char *here[] = {".", NULL};
	int c;

	cmd_start(argc, argv, usage);
	options.columns = isatty(1);
	while ((c = cmd_option("1aACdFlR")) != 0) {
		options.all = options.all || c == 'a';
		options.hidden = options.hidden || c == 'a' || c == 'A';
		options.directories = options.directories || c == 'd';
		options.details = options.details || c == 'l';
		options.kinds = options.kinds || c == 'F';
		options.recursive = options.recursive || c == 'R';
		if (c == '1' || c == 'C')
			options.columns = c == 'C';
	}
	list_operands(*cmd_operands() != NULL ? cmd_operands() : here);
	return cmd_finish(status);
}
