/* SPDX-License-Identifier: Apache-2.0 */
/* keep.c - keep memory: which objects a service keeps over its deaths, and where. Owns the names
 * and one reference to each object; never looks inside. Guarding the contents is the library's. */
#include <string.h>

#include <skink/errno.h>

#include "job.h"
#include "keep.h"
#include "loop.h"
#include "map.h"
#include "nucleus.h"
#include "object.h"
#include "pages.h"
#include "process.h"
#include "request.h"
#include "store.h"

static struct store keeps = STORE_OF(struct keep);

static struct keep *
keep_find(struct service *s, const char *name)
{
	LINK_EACH(l, &s->keeps)
	{ /* <= KEEPS_MAX */
		struct keep *k = CONTAINER(l, struct keep, link);

		if (strcmp(k->name, name) == 0)
			return k;
	}
	return NULL;
}

/* Behind all that the service has, a page between; what was dropped leaves its place to nobody
 * until all is gone. */
static uint64_t
free_address(struct service *s, uint64_t bytes)
{
	uint64_t address = SKINK_KEEP_START;

	LINK_EACH(l, &s->keeps)
	{ /* <= KEEPS_MAX */
		struct keep *k = CONTAINER(l, struct keep, link);

		if (k->address + k->bytes + PAGE_SIZE > address)
			address = k->address + k->bytes + PAGE_SIZE;
	}
	return address < SKINK_KEEP_END && bytes <= SKINK_KEEP_END - address ? address : 0;
}

static void
keep_end(struct keep *k)
{
	k->service->keep_pages -= k->bytes >> PAGE_SHIFT;
	link_remove(&k->link);
	if (object_release(k->object))
		job_bury(k->object, LOOP_PRIORITY);
	store_put(&keeps, k);
}

void
keep_opened(struct keep *k, long rcvid, bool existed)
{
	struct proc_keep_reply reply = {k->address, k->bytes, existed, k->service->instance};

	k->opening = false;
	skink_msg_reply(rcvid, 0, &reply, sizeof(reply));
}

long
keep_answer(struct request *r, struct keep *k, bool existed)
{
	struct proc_keep_reply *reply = request_reply(r, sizeof(*reply));

	*reply = (struct proc_keep_reply){k->address, k->bytes, existed, k->service->instance};
	k->opening = false;
	return 0;
}

/* A new one that was not finished is none. */
void
keep_failed(struct keep *k)
{
	k->opening = false;
	if (k->object->pages < k->bytes >> PAGE_SHIFT)
		keep_end(k);
}

static long
keep_check(const struct request *r, struct service **s)
{
	const struct proc_keep *m = (const void *)r->bytes;

	if (m->name[0] == 0 || m->name[SKINK_NAME_MAX - 1] != 0)
		return -SK_EINVAL;
	if (!process_has(r->process, SKINK_AB_KEEP) || !process_is_service(r->process))
		return -SK_EPERM;
	*s = process_owner(r->process);
	return 0;
}

static long
keep_new(struct service *s, const struct proc_keep *m, uint64_t bytes, struct keep **out)
{
	uint64_t address = free_address(s, bytes);
	uint32_t count = 0;
	struct keep *k;

	LINK_EACH(l, &s->keeps)
	count++;
	if (count >= KEEPS_MAX)
		return -SK_ENOSPC;
	if (address == 0 ||
	    s->keep_pages + (bytes >> PAGE_SHIFT) > s->entry->keep_bytes >> PAGE_SHIFT)
		return -SK_ENOMEM;
	k = store_get(&keeps);
	if (k == NULL)
		return -SK_ENOMEM;
	k->object = object_new(OBJECT_KEEP, &s->account, 0);
	if (k->object == NULL) {
		store_put(&keeps, k);
		return -SK_ENOMEM;
	}
	k->service = s;
	k->address = address;
	k->bytes = bytes;
	memcpy(k->name, m->name, sizeof(k->name));
	s->keep_pages += bytes >> PAGE_SHIFT;
	link_before(&s->keeps, &k->link);
	*out = k;
	return 0;
}

long
keep_open_request(struct request *r)
{
	const struct proc_keep *m = (const void *)r->bytes;
	uint64_t bytes = PAGE_UP(m->bytes) << PAGE_SHIFT;
	bool existed = true;
	struct service *s;
	struct keep *k;
	long error = keep_check(r, &s);

	if (error < 0)
		return error;
	if (m->bytes == 0 || bytes < m->bytes || m->bytes > SKINK_KEEP_END - SKINK_KEEP_START)
		return -SK_EINVAL;
	k = keep_find(s, m->name);
	if (k == NULL) {
		existed = false;
		error = keep_new(s, m, bytes, &k);
		if (error < 0)
			return error;
	} else if (k->bytes != bytes) {
		return -SK_EINVAL;
	} else if (k->opening) {
		return -SK_EBUSY;
	} else if (region_at(&r->process->space, k->address) != NULL) {
		return keep_answer(r, k, true);
	}
	k->opening = true;
	error = map_keep(r, k, existed);
	if (error < 0 && error != REQUEST_LATER)
		keep_failed(k);
	return error;
}

long
keep_drop_request(struct request *r)
{
	const struct proc_keep *m = (const void *)r->bytes;
	struct region *region;
	struct service *s;
	struct keep *k;
	struct clear clear;
	long error = keep_check(r, &s);

	if (error < 0)
		return error;
	k = keep_find(s, m->name);
	if (k == NULL)
		return -SK_ENOENT;
	region = region_at(&r->process->space, k->address);
	if (k->opening || (region != NULL && region->busy))
		return -SK_EBUSY;
	/* The mapping goes with munmap's own steps, and the object with the last of both. */
	error = clear_begin(&clear, r->process, k->address, k->address + k->bytes);
	if (error < 0)
		return error;
	keep_end(k);
	return unmap_begun(r, &clear);
}

void
keep_drop_all(struct service *s)
{
	while (s->keeps.next != &s->keeps) /* <= KEEPS_MAX */
		keep_end(CONTAINER(s->keeps.next, struct keep, link));
}

long
keep_next(uint64_t id, struct proc_keep_info *info)
{
	uint64_t number = 0;

	for (uint32_t i = 1; i <= service_count(); i++) {
		struct service *s = service_find(i);

		LINK_EACH(l, &s->keeps)
		{
			struct keep *k = CONTAINER(l, struct keep, link);

			if (number++ < id)
				continue;
			*info = (struct proc_keep_info){
			    .service = i, .address = k->address, .bytes = k->bytes};
			memcpy(info->name, k->name, sizeof(info->name));
			return number;
		}
	}
	return -SK_ESRCH;
}
