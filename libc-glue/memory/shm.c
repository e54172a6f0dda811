/* SPDX-License-Identifier: Apache-2.0 */
/* shm.c - named memory objects: files of procmgr's below /dev/shmem. */
#include "../glue.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FOLDER "/dev/shmem"

/* The object's path in out; 0 or a negative error. */
static long
path_of(const char *name, char *out)
{
	if (name[0] != '/' || name[1] == '\0' || strchr(name + 1, '/') != NULL)
		return -EINVAL;
	if (strlen(name) + sizeof(FOLDER) > GLUE_PATH_SIZE)
		return -ENAMETOOLONG;
	strcpy(out, FOLDER);
	strcat(out, name);
	return 0;
}

int
shm_open(const char *name, int oflag, mode_t mode)
{
	char path[GLUE_PATH_SIZE];
	long r = path_of(name, path);

	if (r == 0)
		r = glue_open(path, oflag | O_CLOEXEC, mode, 0, 0, NULL);
	return (int)glue_result(r);
}

int
shm_unlink(const char *name)
{
	char path[GLUE_PATH_SIZE];
	long r = path_of(name, path);

	return r < 0 ? (int)glue_result(r) : unlink(path);
}
