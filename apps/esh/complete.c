/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complete.c - what a half-typed word may become: a command at the start of a
 * command, a file elsewhere. Reads directories; never changes the line.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "edit.h"
#include "shell.h"

static bool
starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static void
add_files(
    const char *dir, const char *shown_dir, const char *prefix, bool programs, struct strlist *out)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		struct strbuf path = {0};
		struct strbuf shown = {0};
		struct stat st;

		if (!starts_with(e->d_name, prefix) || (e->d_name[0] == '.' && prefix[0] != '.'))
			continue;
		strbuf_printf(&path, "%s/%s", dir, e->d_name);
		if (stat(strbuf_cstr(&path), &st) == 0 &&
		    (!programs || (S_ISREG(st.st_mode) && (st.st_mode & 0111) != 0))) {
			strbuf_printf(
			    &shown, "%s%s%s", shown_dir, e->d_name, S_ISDIR(st.st_mode) ? "/" : "");
			strlist_add(out, strbuf_take(&shown));
		}
		strbuf_free(&path);
	}
	closedir(d);
}

static void
add_commands(struct shell *sh, const char *prefix, struct strlist *out)
{
	const char *dir = var_get(sh, "PATH");
	const struct builtin *b;

	for (size_t i = 0; (b = builtin_at(i)) != NULL; i++) {
		if (starts_with(b->name, prefix))
			strlist_add(out, mem_strdup(b->name));
	}
	while (dir != NULL) {
		size_t len = strcspn(dir, ":");
		char *name = len > 0 ? mem_strndup(dir, len) : mem_strdup(".");

		add_files(name, "", prefix, true, out);
		free(name);
		dir = dir[len] == ':' ? dir + len + 1 : NULL;
	}
}

static bool
is_command_position(const char *line, size_t start)
{
	while (start > 0 && line[start - 1] == ' ')
		start--;
	return start == 0 || strchr(";&|({", line[start - 1]) != NULL;
}

static void
remove_doubles(struct strlist *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (n > 0 && strcmp(l->v[n - 1], l->v[i]) == 0)
			free(l->v[i]);
		else
			l->v[n++] = l->v[i];
	}
	l->n = n;
}

void
complete_find(
    struct shell *sh, const char *line, size_t pos, size_t *word_start, struct strlist *out)
{
	size_t start = pos;
	char *word;
	char *slash;

	while (start > 0 && strchr(" \t;&|<>()=\"'", line[start - 1]) == NULL)
		start--;
	*word_start = start;
	word = mem_strndup(line + start, pos - start);
	slash = strrchr(word, '/');
	if (slash != NULL) {
		char *shown = mem_strndup(word, (size_t)(slash - word) + 1);
		const char *home = shown[0] == '~' && shown[1] == '/' ? var_get(sh, "HOME") : NULL;
		struct strbuf dir = {0};

		if (home != NULL)
			strbuf_puts(&dir, home);
		strbuf_puts(&dir, shown + (home != NULL));
		add_files(strbuf_cstr(&dir), shown, slash + 1, false, out);
		free(shown);
		strbuf_free(&dir);
	} else if (is_command_position(line, start)) {
		add_commands(sh, word, out);
	} else {
		add_files(".", "", word, false, out);
	}
	free(word);
	strlist_sort(out, 0);
	remove_doubles(out);
}
