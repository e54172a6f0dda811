/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glob.c - pathnames that match a pattern. Reads directories one component at
 * a time; a directory that cannot be read matches nothing.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "shell.h"

static bool
is_magic(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\\')
			i++;
		else if (s[i] == '*' || s[i] == '?')
			return true;
		else if (s[i] == '[' && memchr(s + i, ']', len - i) != NULL)
			return true;
	}
	return false;
}

static void
put_unescaped(struct strbuf *path, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\\' && i + 1 < len)
			i++;
		strbuf_putc(path, s[i]);
	}
}

static void expand_from(struct strbuf *path, const char *pattern, struct strlist *out);

/* Tries every name in the directory `path` against one component. */
static void
expand_component(
    struct strbuf *path, const char *component, size_t len, const char *rest, struct strlist *out)
{
	size_t base = path->len;
	struct strlist names = {0};
	struct dirent *e;
	DIR *d = opendir(base == 0 ? "." : strbuf_cstr(path));

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.' && component[0] != '.')
			continue;
		if (match_pattern(component, len, e->d_name, strlen(e->d_name)))
			strlist_add(&names, mem_strdup(e->d_name));
	}
	closedir(d);
	for (size_t i = 0; i < names.n; i++) {
		strbuf_puts(path, names.v[i]);
		expand_from(path, rest, out);
		path->len = base;
	}
	strlist_free(&names);
}

/* `path` exists as far as it goes; the pattern is what follows it. */
static void
expand_from(struct strbuf *path, const char *pattern, struct strlist *out)
{
	size_t base = path->len;
	size_t len;
	struct stat st;

	while (*pattern == '/')
		strbuf_putc(path, *pattern++);
	len = strcspn(pattern, "/");
	while (len > 0 && !is_magic(pattern, len)) {
		put_unescaped(path, pattern, len);
		pattern += len;
		while (*pattern == '/')
			strbuf_putc(path, *pattern++);
		len = strcspn(pattern, "/");
	}
	if (len > 0)
		expand_component(path, pattern, len, pattern + len, out);
	else if (lstat(strbuf_cstr(path), &st) == 0)
		strlist_add(out, mem_strdup(strbuf_cstr(path)));
	path->len = base;
}

bool
glob_expand(const char *pattern, struct strlist *out)
{
	struct strbuf path = {0};
	size_t before = out->n;

	if (is_magic(pattern, strlen(pattern)))
		expand_from(&path, pattern, out);
	strbuf_free(&path);
	strlist_sort(out, before);
	return out->n > before;
}
