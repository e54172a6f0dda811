/* SPDX-License-Identifier: Apache-2.0 */
/* file.h - open files of procmgr's own paths, and the io messages on them. */
#ifndef PROCMGR_FILE_H
#define PROCMGR_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "list.h"

struct image_file;
struct object;
struct path_node;
struct request;
struct shmem;

enum file_kind {
	FILE_DIRECTORY,		/* of prefixes */
	FILE_BOOT_DIRECTORY,
	FILE_BOOT,
	FILE_SHMEM_DIRECTORY,
	FILE_OBJECT,
	FILE_NULL,
	FILE_ZERO,
};

/* An open file: what POSIX calls an open file description. Keyed by the connection's scoid. */
struct file {
	struct link	link;
	int32_t		scoid;
	enum file_kind	kind;
	uint32_t	ioflag;		/* _IO_FLAG_ */
	struct path_node *node;		/* DIRECTORY: referenced */
	const struct image_file *image;	/* BOOT */
	struct object	*object;	/* OBJECT: referenced */
	uint64_t	position;
};

/* What a descriptor's bytes are, for mapping and spawning. */
struct file_content {
	const uint8_t	*memory;	/* BOOT */
	uint64_t	physical;	/* BOOT */
	const char	*name;		/* BOOT */
	struct object	*object;	/* OBJECT */
	uint64_t	size_bytes;
	bool		writable;
};

/* -EBADF: no such coid. -ENODEV: not procmgr's, or nothing that has bytes to map. */
long file_content(int pid, int coid, struct file_content *content);

/* The program at a path, without opening it. -EXDEV: not a file in the image that may be run. */
long file_program(const char *path, uint32_t length, const struct image_file **program);

static inline bool
file_is_directory(enum file_kind kind)
{
	return kind == FILE_DIRECTORY || kind == FILE_BOOT_DIRECTORY ||
	    kind == FILE_SHMEM_DIRECTORY;
}

/* The open file of a connection; NULL: none. */
struct file *file_find(int scoid);
/* NULL: no memory. It refers to nothing yet; file_free() takes back such a one. */
struct file *file_new(int scoid, enum file_kind kind, uint32_t ioflag);
void file_free(struct file *f);

struct _io_stat_reply;
void file_stat(struct _io_stat_reply *st, enum file_kind kind, const struct path_node *node,
	const struct image_file *image, const struct object *o);
/* Answers with as many records as there is room for, from the file's position on. */
long directory_read(struct request *r, struct file *f, uint32_t bytes);

long file_connect(struct request *r);		/* _IO_CONNECT */
long file_message(struct request *r);		/* any _IO_ message */
/* The last holder has detached the connection. */
void file_disconnected(int scoid);
/* An open file for an object whose reference becomes the file's. -ENOMEM. */
long file_open_object(int scoid, uint32_t ioflag, struct object *o);
int file_scoid(int pid, int coid);		/* of a connection to procmgr; < 0: none */

#endif
