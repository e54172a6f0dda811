/* SPDX-License-Identifier: Apache-2.0 */
/* copy.h - what cp and mv share: copying one file, and their operands. */
#ifndef UTILS_COPY_H
#define UTILS_COPY_H

#include <stdbool.h>

/* Copies contents and permissions. False after a message; what was begun is removed then. */
bool copy_file(const char *from, const char *to);

/* The operands FILE... TARGET: does `one` for each file and what TARGET makes of it, "TARGET/last
 * component" where it is a directory. The status to end with; ends with the usage if there are
 * fewer than two. */
int copy_each(char **operands, bool (*one)(const char *from, const char *to));

#endif
