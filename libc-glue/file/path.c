/* SPDX-License-Identifier: Apache-2.0 */
/* path.c - paths made absolute and plain, by text alone: there are no symbolic links. Tested
 * natively. */
#include "path.h"

#include <errno.h>
#include <string.h>

/* Drops the last component of out[0..len), which has no slash at its end but the root's. */
static size_t
parent(const char *out, size_t len)
{
	while (len > 0 && out[len - 1] != '/')
		len--;
	return len > 0 ? len - 1 : 0;
}

/* Appends the components of `path` to out[0..len), a plain path without its closing slash ("" is
 * the root). Returns the new length. */
static long
append(char *out, size_t len, size_t size, const char *path)
{
	while (*path != '\0') {
		size_t n = strcspn(path, "/");

		if (n == 2 && path[0] == '.' && path[1] == '.') {
			len = parent(out, len);
		} else if (n > 0 && !(n == 1 && path[0] == '.')) {
			if (n > PATH_COMPONENT_MAX || len + 1 + n + 2 > size)
				return -ENAMETOOLONG;
			out[len++] = '/';
			memcpy(out + len, path, n);
			len += n;
		}
		path += n;
		while (*path == '/')
			path++;
	}
	return (long)len;
}

/* Does the text name a directory by its end: a slash, "." or ".."? */
static int
ends_as_directory(const char *path)
{
	const char *last = strrchr(path, '/');

	last = last == NULL ? path : last + 1;
	return *last == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0;
}

long
glue_path_absolute(const char *cwd, const char *path, char *out, size_t size)
{
	long len = 0;

	if (*path == '\0')
		return -ENOENT;
	if (size < 3)
		return -ENAMETOOLONG;
	if (*path != '/') {
		len = append(out, 0, size, cwd);
		if (len < 0)
			return len;
	}
	len = append(out, (size_t)len, size, path);
	if (len < 0)
		return len;
	if (len == 0 || ends_as_directory(path))
		out[len++] = '/';
	out[len] = '\0';
	return len;
}
