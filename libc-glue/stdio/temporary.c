/* SPDX-License-Identifier: Apache-2.0 */
/* temporary.c - tmpfile(): in /tmp, whatever the current directory. */
#include "../glue.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

FILE *
tmpfile(void)
{
	char name[] = "/tmp/tmpXXXXXX";
	int fd = mkstemp(name);
	FILE *f;

	if (fd < 0)
		return NULL;
	unlink(name);
	f = fdopen(fd, "w+");
	if (f == NULL)
		close(fd);
	return f;
}
