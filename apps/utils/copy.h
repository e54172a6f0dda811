/* SPDX-License-Identifier: Apache-2.0 */
/* copy.h - copying one file; for cp, and for mv between file systems. */
#ifndef UTILS_COPY_H
#define UTILS_COPY_H

#include <stdbool.h>

/* Copies contents and permissions. False after a message; what was begun is removed then. */
bool copy_file(const char *from, const char *to);
/* "directory/last component of path" where `to` is a directory, else a copy of `to`. */
char *copy_target(const char *path, const char *to);

#endif
