/* SPDX-License-Identifier: Apache-2.0 */
/* path.h - paths as text. */
#ifndef LIBC_GLUE_PATH_H
#define LIBC_GLUE_PATH_H

#include <stddef.h>

#define PATH_COMPONENT_MAX 255

/*
 * Makes `path` absolute (starting from cwd, itself absolute) and plain: no empty, "." or ".."
 * component, one slash between components; ".." of the root is the root. A path that names a
 * directory by its end (a slash, "." or "..") keeps one slash there. Writes it and a NUL to out.
 * Returns its length; -ENOENT for "", -ENAMETOOLONG.
 */
long glue_path_absolute(const char *cwd, const char *path, char *out, size_t size);

#endif
