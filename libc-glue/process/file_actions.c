/* SPDX-License-Identifier: Apache-2.0 */
/* file_actions.c - the list of what is to be done to a child's descriptors. */
#include "child_files.h"

#include <stdlib.h>
#include <string.h>

int
posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
	*actions = (posix_spawn_file_actions_t){0};
	return 0;
}

int
posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions)
{
	free(actions->actions);
	*actions = (posix_spawn_file_actions_t){0};
	return 0;
}

/* path: NULL: none. */
static int
append(posix_spawn_file_actions_t *actions, struct skink_file_action a, const char *path)
{
	if (a.fd < 0 || a.fd >= SKINK_COIDS || a.new_fd < 0 || a.new_fd >= SKINK_COIDS)
		return EBADF;
	if (path != NULL && strlcpy(a.path, path, sizeof(a.path)) >= sizeof(a.path))
		return ENAMETOOLONG;
	if (actions->count == actions->size) {
		int size = actions->size == 0 ? 4 : actions->size * 2;
		struct skink_file_action *bigger =
		    realloc(actions->actions, (size_t)size * sizeof(*bigger));

		if (bigger == NULL)
			return ENOMEM;
		actions->actions = bigger;
		actions->size = size;
	}
	actions->actions[actions->count++] = a;
	return 0;
}

int
posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *restrict actions, int fd,
    const char *restrict path, int oflag, mode_t mode)
{
	struct skink_file_action a = {.kind = ACTION_OPEN, .fd = fd, .oflag = oflag, .mode = mode};

	return append(actions, a, path);
}

int
posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int fd)
{
	struct skink_file_action a = {.kind = ACTION_CLOSE, .fd = fd};

	return append(actions, a, NULL);
}

int
posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int fd, int new_fd)
{
	struct skink_file_action a = {.kind = ACTION_DUP2, .fd = fd, .new_fd = new_fd};

	return append(actions, a, NULL);
}

int
posix_spawn_file_actions_addchdir_np(
    posix_spawn_file_actions_t *restrict actions, const char *restrict path)
{
	struct skink_file_action a = {.kind = ACTION_CHDIR};

	return append(actions, a, path);
}
