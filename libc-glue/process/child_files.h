/* SPDX-License-Identifier: Apache-2.0 */
/* child_files.h - the descriptors a child will have, and its current directory: worked out in the
 * parent, file action by file action, before the child exists. */
#ifndef LIBC_GLUE_CHILD_FILES_H
#define LIBC_GLUE_CHILD_FILES_H

#include "../glue.h"

#include <spawn.h>

struct skink_file_action {
	enum { ACTION_OPEN, ACTION_CLOSE, ACTION_DUP2, ACTION_CHDIR } kind;
	int fd; /* OPEN, CLOSE: which; DUP2: the source */
	int new_fd; /* DUP2 */
	int oflag;
	mode_t mode;
	char path[GLUE_PATH_SIZE]; /* OPEN, CHDIR */
};

struct child_file {
	struct proc_fd fd;
	bool cloexec; /* not for the child, unless dup2'ed */
	bool opened; /* parent's coid is to be detached after the spawn */
};

#define CHILD_FILES_MAX 128 /* open in the parent; PROC_FDS_MAX may be handed down */

struct child_files {
	struct child_file files[CHILD_FILES_MAX];
	unsigned count;
	int spare[CHILD_FILES_MAX]; /* opened, then closed or replaced: to be detached */
	unsigned spare_count;
	char cwd[GLUE_PATH_SIZE];
};

/* Both return 0 or an error number; what was opened is closed by child_files_end. */
int child_files_begin(struct child_files *c);
int child_files_act(struct child_files *c, const posix_spawn_file_actions_t *actions);
void child_files_end(struct child_files *c);

#endif
