/* SPDX-License-Identifier: Apache-2.0 */
/* directory.c - reading directories: records of struct _io_dirent, made POSIX's. */
#include "../glue.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/iomsg.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER 1024

struct _dir {
	int fd;
	uint32_t filled; /* bytes of records in the buffer */
	uint32_t next; /* offset of the next one */
	off_t position; /* of the next one, for telldir */
	struct dirent entry;
	_Alignas(struct _io_dirent) char buffer[BUFFER];
};

DIR *
fdopendir(int fd)
{
	struct stat st;
	DIR *dir;

	if (fstat(fd, &st) < 0)
		return NULL;
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return NULL;
	}
	dir = calloc(1, sizeof(*dir));
	if (dir != NULL)
		dir->fd = fd;
	return dir;
}

DIR *
opendir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir;

	if (fd < 0)
		return NULL;
	dir = fdopendir(fd);
	if (dir == NULL) {
		int saved = errno;

		close(fd);
		errno = saved;
	}
	return dir;
}

/* The next record, or NULL; *error is 0 at the end. A server's record is not trusted. */
static const struct _io_dirent *
next_record(DIR *dir, int *error)
{
	const struct _io_dirent *r;

	*error = 0;
	if (dir->next >= dir->filled) {
		ssize_t n = read(dir->fd, dir->buffer, sizeof(dir->buffer));

		dir->filled = n > 0 ? (uint32_t)n : 0;
		dir->next = 0;
		if (n < 0)
			*error = errno;
		if (n <= 0)
			return NULL;
	}
	r = (const struct _io_dirent *)(dir->buffer + dir->next);
	if (dir->filled - dir->next < sizeof(*r) || r->d_reclen > dir->filled - dir->next ||
	    r->d_reclen % 8 != 0 || r->d_namelen > IO_NAME_MAX ||
	    r->d_reclen < IO_DIRENT_SIZE(r->d_namelen)) {
		dir->filled = 0;
		*error = EIO;
		return NULL;
	}
	dir->next += r->d_reclen;
	return r;
}

int
readdir_r(DIR *dir, struct dirent *entry, struct dirent **result)
{
	int error;
	const struct _io_dirent *r = next_record(dir, &error);

	*result = NULL;
	if (r == NULL)
		return error;
	entry->d_ino = r->d_ino;
	entry->d_off = r->d_offset;
	entry->d_reclen = sizeof(*entry);
	entry->d_namlen = r->d_namelen;
	entry->d_type = r->d_type;
	memcpy(entry->d_name, r->d_name, r->d_namelen);
	entry->d_name[r->d_namelen] = '\0';
	dir->position = r->d_offset;
	*result = entry;
	return 0;
}

struct dirent *
readdir(DIR *dir)
{
	struct dirent *result;
	int error = readdir_r(dir, &dir->entry, &result);

	if (error != 0)
		errno = error;
	return result;
}

void
seekdir(DIR *dir, long position)
{
	dir->filled = dir->next = 0;
	dir->position = lseek(dir->fd, position, SEEK_SET);
}

void
rewinddir(DIR *dir)
{
	seekdir(dir, 0);
}

long
telldir(DIR *dir)
{
	return dir->position;
}

int
dirfd(DIR *dir)
{
	return dir->fd;
}

int
closedir(DIR *dir)
{
	int r = close(dir->fd);

	free(dir);
	return r;
}

int
alphasort(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

struct list {
	struct dirent **entries;
	int count;
	int room;
};

static void
list_free(struct list *list)
{
	while (list->count > 0)
		free(list->entries[--list->count]);
	free(list->entries);
}

/* Appends a copy; false: no memory. */
static bool
list_add(struct list *list, const struct dirent *entry)
{
	struct dirent *copy;

	if (list->count == list->room) {
		int more = list->room == 0 ? 16 : list->room * 2;
		struct dirent **bigger =
		    realloc(list->entries, (size_t)more * sizeof(*list->entries));

		if (bigger == NULL)
			return false;
		list->entries = bigger;
		list->room = more;
	}
	copy = malloc(sizeof(*copy));
	if (copy == NULL)
		return false;
	*copy = *entry;
	list->entries[list->count++] = copy;
	return true;
}

int
scandir(const char *path, struct dirent ***result, int (*select)(const struct dirent *),
    int (*compare)(const struct dirent **, const struct dirent **))
{
	struct list list = {NULL, 0, 0};
	struct dirent *entry;
	int error = 0;
	DIR *dir = opendir(path);

	if (dir == NULL)
		return -1;
	while ((error = readdir_r(dir, &dir->entry, &entry)) == 0 && entry != NULL)
		if ((select == NULL || select(entry)) && !list_add(&list, entry)) {
			error = ENOMEM;
			break;
		}
	closedir(dir);
	if (error != 0) {
		list_free(&list);
		return (int)glue_result(-error);
	}
	if (compare != NULL && list.count > 1)
		qsort(list.entries, (size_t)list.count, sizeof(*list.entries),
		    (int (*)(const void *, const void *))compare);
	*result = list.entries;
	return list.count;
}
