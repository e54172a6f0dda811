/* SPDX-License-Identifier: Apache-2.0 */
/* shmem.c - the names of /dev/shmem. Owns the names and one reference to each object; descriptors
 * and mappings hold their own. */
#include <string.h>

#include <skink/errno.h>

#include "job.h"
#include "nucleus.h"
#include "object.h"
#include "process.h"
#include "shmem.h"
#include "store.h"

static struct store names = STORE_OF(struct shmem);
static struct link list = {&list, &list};
static uint32_t last_number;

struct shmem *
shmem_find(const char *name, uint32_t length)
{
	LINK_EACH(l, &list)
	{ /* <= SHMEM_NAMES_MAX */
		struct shmem *s = CONTAINER(l, struct shmem, link);

		if (length < sizeof(s->name) && memcmp(s->name, name, length) == 0 &&
		    s->name[length] == 0)
			return s;
	}
	return NULL;
}

struct shmem *
shmem_at(uint64_t place)
{
	LINK_EACH(l, &list)
	{
		if (place-- == 0)
			return CONTAINER(l, struct shmem, link);
	}
	return NULL;
}

struct shmem *
shmem_named(const struct object *o)
{
	LINK_EACH(l, &list)
	{
		struct shmem *s = CONTAINER(l, struct shmem, link);

		if (s->object == o)
			return s;
	}
	return NULL;
}

struct shmem *
shmem_make(const char *name, uint32_t length, uint32_t mode, struct process *maker, long *error)
{
	struct shmem *s;

	*error = -SK_ENAMETOOLONG;
	if (length >= sizeof(s->name))
		return NULL;
	*error = -SK_EINVAL;
	if (length == 0 || memchr(name, '/', length) != NULL)
		return NULL;
	*error = -SK_ENOSPC;
	if (names.used >= SHMEM_NAMES_MAX)
		return NULL;
	*error = -SK_ENOMEM;
	s = store_get(&names);
	if (s == NULL)
		return NULL;
	s->object = object_new(OBJECT_SHARED, &maker->account, maker->pid);
	if (s->object == NULL) {
		store_put(&names, s);
		return NULL;
	}
	/* COMMIT */
	link_before(&maker->objects, &s->object->link);
	memcpy(s->name, name, length);
	s->mode = mode & 0777;
	s->number = ++last_number;
	skink_clock_time(SKINK_CLOCK_REALTIME, &s->made_ns);
	link_before(&list, &s->link);
	return s;
}

void
shmem_unlink(struct shmem *s, int priority)
{
	link_remove(&s->link);
	if (object_release(s->object))
		job_bury(s->object, priority);
	store_put(&names, s);
}
