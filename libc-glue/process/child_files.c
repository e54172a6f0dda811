/* SPDX-License-Identifier: Apache-2.0 */
/* child_files.c - posix_spawn's file actions, done on a table of the child's descriptors-to-be.
 * Opens are made in the parent's side table, where no descriptor number is taken. */
#include "child_files.h"
#include "../file/path.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static struct child_file *
find(struct child_files *c, int fd)
{
	for (unsigned i = 0; i < c->count; i++)
		if (c->files[i].fd.child == fd)
			return &c->files[i];
	return NULL;
}

static int
add(struct child_files *c, int parent, int child, bool cloexec, bool opened)
{
	if (c->count == CHILD_FILES_MAX)
		return EMFILE;
	c->files[c->count++] = (struct child_file){{parent, child}, cloexec, opened};
	return 0;
}

static bool
is_used(const struct child_files *c, int parent)
{
	for (unsigned i = 0; i < c->count; i++)
		if (c->files[i].fd.parent == parent)
			return true;
	return false;
}

static void
drop(struct child_files *c, int fd)
{
	struct child_file *f = find(c, fd), old;

	if (f == NULL)
		return;
	old = *f;
	*f = c->files[--c->count];
	if (!old.opened || is_used(c, old.fd.parent))
		return;
	if (c->spare_count < CHILD_FILES_MAX)
		c->spare[c->spare_count++] = old.fd.parent;
	else
		skink_connect_detach(old.fd.parent);
}

int
child_files_begin(struct child_files *c)
{
	c->count = c->spare_count = 0;
	glue_cwd(c->cwd);
	for (int fd = 0, limit = glue_fd_limit(); fd < limit; fd++) {
		long flags = skink_connect_server_info(fd, NULL);
		int error;

		if (flags < 0)
			continue;
		error = add(c, fd, fd, (flags & SKINK_COF_CLOEXEC) != 0, false);
		if (error != 0)
			return error;
	}
	return 0;
}

static int
act_open(struct child_files *c, const struct skink_file_action *a)
{
	char path[GLUE_PATH_SIZE];
	long r = glue_path_absolute(c->cwd, a->path, path, sizeof(path));
	int error;

	if (r < 0)
		return (int)-r;
	r = glue_open(
	    path, a->oflag & ~O_CLOEXEC, a->mode, SKINK_SIDE_CHANNEL, SKINK_COF_CLOEXEC, NULL);
	if (r < 0)
		return (int)-r;
	drop(c, a->fd);
	error = add(c, (int)r, a->fd, (a->oflag & O_CLOEXEC) != 0, true);
	if (error != 0)
		skink_connect_detach((int)r);
	return error;
}

static int
act_dup2(struct child_files *c, const struct skink_file_action *a)
{
	struct child_file *f = find(c, a->fd);
	struct child_file source;

	if (f == NULL)
		return EBADF;
	if (a->fd == a->new_fd) {
		f->cloexec = false;
		return 0;
	}
	source = *f;
	drop(c, a->new_fd);
	return add(c, source.fd.parent, a->new_fd, false, source.opened);
}

static int
act_chdir(struct child_files *c, const struct skink_file_action *a)
{
	char path[GLUE_PATH_SIZE];
	long len = glue_path_absolute(c->cwd, a->path, path, sizeof(path));

	if (len < 0)
		return (int)-len;
	if (len > 1 && path[len - 1] == '/')
		path[len - 1] = '\0';
	memcpy(c->cwd, path, sizeof(path));
	return 0;
}

static int
act(struct child_files *c, const struct skink_file_action *a)
{
	switch (a->kind) {
	case ACTION_OPEN:
		return act_open(c, a);
	case ACTION_CLOSE:
		drop(c, a->fd);
		return 0;
	case ACTION_DUP2:
		return act_dup2(c, a);
	case ACTION_CHDIR:
		return act_chdir(c, a);
	}
	return EINVAL;
}

int
child_files_act(struct child_files *c, const posix_spawn_file_actions_t *actions)
{
	for (int i = 0; actions != NULL && i < actions->count; i++) {
		int error = act(c, &actions->actions[i]);

		if (error != 0)
			return error;
	}
	return 0;
}

void
child_files_end(struct child_files *c)
{
	for (unsigned i = 0; i < c->count; i++)
		if (c->files[i].opened) {
			int parent = c->files[i].fd.parent;

			c->files[i].fd.parent = -1;
			if (!is_used(c, parent))
				skink_connect_detach(parent);
		}
	while (c->spare_count > 0)
		skink_connect_detach(c->spare[--c->spare_count]);
}
