/* SPDX-License-Identifier: Apache-2.0 */
/* shmem.h - the names of /dev/shmem. */
#ifndef PROCMGR_SHMEM_H
#define PROCMGR_SHMEM_H

#include <stdbool.h>
#include <stdint.h>

#include "list.h"

#define SHMEM_NAMES_MAX	128u

struct object;
struct process;

struct shmem {
	struct link	link;
	struct object	*object;	/* referenced */
	uint32_t	mode;
	uint32_t	number;
	uint64_t	made_ns;	/* realtime */
	char		name[40];
};

struct shmem *shmem_find(const char *name, uint32_t length);
/* The one at a place in the directory's listing; NULL: beyond the last. */
struct shmem *shmem_at(uint64_t place);
/* A new, empty one. NULL: *error tells why. */
struct shmem *shmem_make(const char *name, uint32_t length, uint32_t mode, struct process *maker,
	long *error);
void shmem_unlink(struct shmem *s, int priority);
/* The name of an object; NULL: it has none (any more). */
struct shmem *shmem_named(const struct object *o);

#endif
