/* SPDX-License-Identifier: Apache-2.0 */
/* remove.c - remove(): a file or an empty directory. */
#include "../glue.h"

#include <stdio.h>
#include <unistd.h>

int
remove(const char *path)
{
	if (unlink(path) == 0)
		return 0;
	return errno == EISDIR ? rmdir(path) : -1;
}
