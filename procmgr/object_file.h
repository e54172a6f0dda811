/* SPDX-License-Identifier: Apache-2.0 */
/* object_file.h - memory objects as files: PROC_OBJECT, ftruncate, read, write. */
#ifndef PROCMGR_OBJECT_FILE_H
#define PROCMGR_OBJECT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "fill.h"

struct file;
struct request;

/* The part of a job that makes an object larger. */
struct grow {
	struct object	*object;	/* referenced, growing */
	uint64_t	size_bytes;	/* to be */
	struct fill	fill;
	int32_t		index;		/* PROC_OBJECT: lowest coid; -1: ftruncate */
	uint32_t	flags;
	uint32_t	ioflag;		/* _IO_FLAG_ of the open file at that coid */
};

long object_file_request(struct request *r);			/* PROC_OBJECT */
/* A coid for an object that has all its pages, for reading only; zeroed first if it has no size
 * yet. The caller's reference is used up. */
long object_file_give(struct request *r, struct object *o, uint64_t size_bytes, int32_t index,
	uint32_t flags);
long object_file_resize(struct request *r, struct object *o, uint64_t size_bytes);
/* Drops all of it. -EBUSY: mapped. */
long object_file_clear(struct object *o);
long object_file_read(struct request *r, struct file *f, uint64_t at, uint32_t bytes);
/* The data are in the client's message at `offset`. */
long object_file_write(struct request *r, struct file *f, uint64_t at, uint32_t bytes,
	uint32_t offset);

#endif
