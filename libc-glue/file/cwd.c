/* SPDX-License-Identifier: Apache-2.0 */
/* cwd.c - the current directory: a string of the process, handed to children at spawn. */
#include "../glue.h"
#include "path.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char current[GLUE_PATH_SIZE]; /* under lock; empty: still the one of the start */

static const char *
current_locked(void)
{
	return current[0] != '\0' ? current : glue_startup->cwd;
}

void
glue_cwd(char *out)
{
	glue_lock(&lock);
	strlcpy(out, current_locked(), GLUE_PATH_SIZE);
	pthread_mutex_unlock(&lock);
}

long
glue_path(const char *path, char *out)
{
	char cwd[GLUE_PATH_SIZE];

	if (*path == '/')
		return glue_path_absolute("/", path, out, GLUE_PATH_SIZE);
	glue_cwd(cwd);
	return glue_path_absolute(cwd, path, out, GLUE_PATH_SIZE);
}

int
chdir(const char *path)
{
	char absolute[GLUE_PATH_SIZE];
	struct stat st;
	long len = glue_path(path, absolute);

	if (len < 0)
		return (int)glue_result(len);
	if (stat(absolute, &st) < 0)
		return -1;
	if (!S_ISDIR(st.st_mode))
		return (int)glue_result(-ENOTDIR);
	if (len > 1 && absolute[len - 1] == '/')
		absolute[len - 1] = '\0';
	glue_lock(&lock);
	strlcpy(current, absolute, sizeof(current));
	pthread_mutex_unlock(&lock);
	return 0;
}

char *
getcwd(char *buffer, size_t size)
{
	char cwd[GLUE_PATH_SIZE];
	size_t needed;

	glue_cwd(cwd);
	needed = strlen(cwd) + 1;
	if (buffer != NULL && size == 0) {
		errno = EINVAL;
		return NULL;
	}
	if (size != 0 && needed > size) {
		errno = ERANGE;
		return NULL;
	}
	if (buffer == NULL)
		buffer = malloc(size != 0 ? size : needed);
	return buffer == NULL ? NULL : memcpy(buffer, cwd, needed);
}
