/* SPDX-License-Identifier: Apache-2.0 */
/* protect.c - mprotect. Changes permissions only; a page without any keeps its memory. */
#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "aspace.h"
#include "job.h"
#include "nucleus.h"
#include "pages.h"
#include "process.h"
#include "region.h"
#include "request.h"

static struct region *
next_region(const struct space *s, struct region *r)
{
	return r->link.next == &s->regions ? NULL : CONTAINER(r->link.next, struct region, link);
}

/* Regions in start .. end - 1, which cover it, become busy, or idle again. */
static void
mark(struct space *s, uint64_t start, uint64_t end, bool busy)
{
	for (struct region *r = region_at(s, start); r != NULL && r->start < end;
	     r = next_region(s, r))
		r->busy = busy;
}

/* PAGE_STEP pages. 1: more. */
static long
protect_some(struct process *p, struct protect *m)
{
	uint64_t pages = (m->end - m->start) >> PAGE_SHIFT;
	long error;

	pages = pages < PAGE_STEP ? pages : PAGE_STEP;
	error = aspace_protect(p, m->start, pages, m->prot);
	m->start += pages << PAGE_SHIFT;
	if (error < 0)
		return error;
	return m->start < m->end;
}

static void
settle(struct process *p, const struct protect *m)
{
	mark(&p->space, m->first, m->end, false);
	region_join(&p->space, m->first, m->end);
}

static void
protect_cancel(struct job *job)
{
	if (job->process == NULL)
		job_free(job); /* else it goes on: half a change helps nobody */
}

static enum step
protect_step(struct job *job)
{
	long more = protect_some(job->process, &job->protect);

	if (more > 0)
		return STEP_MORE;
	settle(job->process, &job->protect);
	if (job->rcvid != 0 && more == 0)
		skink_msg_reply(job->rcvid, 0, NULL, 0);
	return STEP_DONE;
}

long
protect_request(struct request *r)
{
	const struct proc_range *m = (const void *)r->bytes;
	const unsigned wx = SKINK_PROT_WRITE | SKINK_PROT_EXEC;
	uint64_t length = PAGE_UP(m->length) << PAGE_SHIFT, end = m->address + length;
	struct space *s = &r->process->space;
	struct protect state = {m->address, m->address, end, m->prot};
	struct region *region;
	struct job *job;

	if (m->address % PAGE_SIZE != 0 || m->length == 0 || m->zero != 0 || length < m->length ||
	    (m->prot & ~7u) != 0 || (m->prot & wx) == wx)
		return -SK_EINVAL;
	if (end < m->address || !region_covers(s, m->address, end))
		return -SK_ENOMEM;
	for (region = region_at(s, m->address); region != NULL && region->start < end;
	     region = next_region(s, region)) /* <= REGIONS_MAX */
		if ((m->prot & ~region->prot_max) != 0)
			return -SK_EACCES;
	job = job_new(r, 0);
	if (job == NULL || !region_prepare(s, 2)) {
		if (job != NULL)
			job_free(job);
		return -SK_ENOMEM;
	}
	/* COMMIT */
	region = region_at(s, m->address);
	if (region->start < m->address)
		region_cut(s, region, m->address);
	region = region_at(s, end - 1);
	if (region->end > end)
		region_cut(s, region, end);
	for (region = region_at(s, m->address); region != NULL && region->start < end;
	     region = next_region(s, region))
		region->prot = m->prot;
	if (protect_some(r->process, &state) <= 0) {
		job_free(job);
		region_join(s, state.first, state.end);
		return 0;
	}
	mark(s, m->address, end, true);
	job->protect = state;
	job->step = protect_step;
	job->cancel = protect_cancel;
	job_start(job);
	return REQUEST_LATER;
}
