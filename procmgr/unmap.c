/* SPDX-License-Identifier: Apache-2.0 */
/* unmap.c - takes parts of an address space away: munmap, what MAP_FIXED replaces, and the
 * regions of a process that has ended. Owns no memory: private pages go back as they are
 * unmapped, shared ones with their object's last reference. */
#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "aspace.h"
#include "device.h"
#include "job.h"
#include "nucleus.h"
#include "pages.h"
#include "process.h"
#include "request.h"
#include "unmap.h"

long
clear_begin(struct clear *c, struct process *p, uint64_t start, uint64_t end)
{
	struct space *s = &p->space;
	struct region *r;
	uint32_t cuts = 0;

	for (r = region_above(s, start); r != NULL && r->start < end;) { /* <= REGIONS_MAX */
		if (r->busy)
			return -SK_EBUSY;
		cuts += (r->start < start) + (r->end > end);
		if (r->link.next == &s->regions)
			break;
		r = CONTAINER(r->link.next, struct region, link);
	}
	if (cuts > 0 && (!region_prepare(s, cuts) || !object_prepare()))
		return -SK_ENOMEM;
	/* COMMIT */
	r = region_at(s, start);
	if (r != NULL && r->start < start)
		region_cut(s, r, start);
	r = region_at(s, end);
	if (r != NULL && r->start < end)
		region_cut(s, r, end);
	for (r = region_above(s, start); r != NULL && r->start < end;) {
		r->busy = 1;
		if (r->link.next == &s->regions)
			break;
		r = CONTAINER(r->link.next, struct region, link);
	}
	*c = (struct clear){.start = start, .end = end};
	return 0;
}

/* The region has no pages left. */
static void
region_end(struct clear *c, struct process *p, struct region *r)
{
	struct object *o = r->object;

	region_remove(&p->space, r);
	if (o == NULL)
		return;
	o->mapped--;
	if (!object_release(o))
		return;
	if (o->kind == OBJECT_DMA && c->ended)
		device_quarantine(process_owner(p), o);
	else
		c->dying = o;
}

long
clear_step(struct clear *c, struct process *p)
{
	struct region *r;
	uint32_t pages;
	long error;

	if (c->dying != NULL) {
		if (object_empty(c->dying))
			c->dying = NULL;
		return 1;
	}
	r = region_above(&p->space, c->start);
	if (r == NULL || r->start >= c->end)
		return 0;
	pages = (r->end - r->start) >> PAGE_SHIFT;
	if (!c->ended) {
		pages = pages < PAGE_STEP ? pages : PAGE_STEP;
		error = aspace_unmap(p, r->start, pages);
		if (error < 0)
			return error;
	}
	if (r->object != NULL && r->object->kind == OBJECT_PRIVATE &&
	    !object_punch(r->object, r->base >> PAGE_SHIFT, pages))
		return 1;
	r->start += (uint64_t)pages << PAGE_SHIFT;
	r->base += (uint64_t)pages << PAGE_SHIFT;
	r->guard = 0;
	if (r->start == r->end)
		region_end(c, p, r);
	return 1;
}

static void
unmap_cancel(struct job *job)
{
	if (job->process != NULL)
		return; /* nobody waits any more; it goes on all the same */
	if (job->clear.dying != NULL)
		job_bury(job->clear.dying, job->priority);
	job_free(job);
}

static enum step
unmap_step(struct job *job)
{
	long more = clear_step(&job->clear, job->process);

	if (more > 0)
		return STEP_MORE;
	if (job->rcvid != 0)
		skink_msg_reply(job->rcvid, 0, NULL, 0);
	return STEP_DONE;
}

/* Without a job (no memory for one) it is done here, in one go: what frees memory must not fail. */
long
unmap_begun(struct request *r, const struct clear *clear)
{
	struct clear now = *clear;
	long more = clear_step(&now, r->process);
	struct job *job;

	if (more > 0)
		more = clear_step(&now, r->process);
	if (more <= 0)
		return more;
	job = job_new(r, 0);
	if (job == NULL) {
		while (more > 0)
			more = clear_step(&now, r->process);
		return more;
	}
	job->clear = now;
	job->step = unmap_step;
	job->cancel = unmap_cancel;
	job_start(job);
	return REQUEST_LATER;
}

long
unmap_request(struct request *r)
{
	const struct proc_range *m = (const void *)r->bytes;
	uint64_t length = PAGE_UP(m->length) << PAGE_SHIFT;
	struct clear clear;
	long error;

	if (m->address % PAGE_SIZE != 0 || m->length == 0 || m->address < SKINK_PAGE ||
	    m->address >= SKINK_USER_END || length < m->length ||
	    length > SKINK_USER_END - m->address)
		return -SK_EINVAL;
	error = clear_begin(&clear, r->process, m->address, m->address + length);
	return error < 0 ? error : unmap_begun(r, &clear);
}
