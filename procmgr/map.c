/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - mmap and its kin: decides what is mapped where, then has fill.c do it in steps. A
 * mapping that cannot be finished, or whose client has gone, is taken away again. */
#include <skink/errno.h>

#include "device.h"
#include "file.h"
#include "job.h"
#include "keep.h"
#include "loop.h"
#include "map.h"
#include "nucleus.h"
#include "object.h"
#include "pages.h"
#include "process.h"
#include "region.h"
#include "request.h"

#define WX    (SKINK_PROT_WRITE | SKINK_PROT_EXEC)
#define KINDS (PROC_MAP_ANON | PROC_MAP_PHYSICAL | PROC_MAP_DMA)
#define FLAGS (PROC_MAP_SHARED | PROC_MAP_PRIVATE | PROC_MAP_FIXED | KINDS | PROC_MAP_GUARD)

/* What is to be mapped: filled in by the plan_ functions. The region's object carries a
 * reference. */
struct plan {
	struct region region;
	bool make, wipe;
	const uint8_t *source;
	struct object *source_object;
	uint64_t source_offset, source_bytes;
};

static void
unpin(struct object *o)
{
	if (o == NULL)
		return;
	o->mapped--;
	if (object_release(o))
		job_bury(o, LOOP_PRIORITY);
}

static void
pin(struct object *o)
{
	object_hold(o);
	o->mapped++;
}

static long
plan_anon(struct plan *plan, struct process *p)
{
	plan->region.object = object_new(OBJECT_PRIVATE, &p->account, p->pid);
	plan->region.prot_max = SKINK_PROT_READ | WX;
	plan->region.kind = PROC_KIND_ANON;
	plan->make = true;
	return plan->region.object == NULL ? -SK_ENOMEM : 0;
}

static long
plan_device(struct plan *plan, struct process *p, const struct proc_mmap *m, uint64_t length)
{
	if (!process_has(p, SKINK_AB_IO) || !device_allows(p, m->offset, length))
		return -SK_EPERM;
	if (m->prot & SKINK_PROT_EXEC)
		return -SK_EACCES;
	plan->region.base = m->offset;
	plan->region.prot_max = SKINK_PROT_READ | SKINK_PROT_WRITE;
	plan->region.kind = PROC_KIND_DEVICE;
	return 0;
}

static long
plan_dma(struct plan *plan, struct process *p, uint64_t pages)
{
	struct object *o;
	uint32_t frame;

	if (!process_has(p, SKINK_AB_DMA))
		return -SK_EPERM;
	if (!account_charge(&p->account, pages))
		return -SK_ENOMEM;
	frame = pages <= UINT32_MAX ? pages_contiguous(pages) : 0;
	o = frame != 0 ? object_new(OBJECT_DMA, &p->account, p->pid) : NULL;
	if (o == NULL || !object_add(o, 0, frame, pages)) {
		if (frame != 0)
			pages_free(frame, pages);
		account_refund(&p->account, pages);
		if (o != NULL)
			object_empty(o);
		return -SK_ENOMEM;
	}
	plan->region.object = o;
	plan->region.prot_max = SKINK_PROT_READ | SKINK_PROT_WRITE;
	plan->region.kind = PROC_KIND_DMA;
	plan->wipe = true;
	return 0;
}

static long
plan_file(struct plan *plan, struct process *p, const struct proc_mmap *m, uint64_t length)
{
	struct file_content content;
	long error = file_content(p->pid, m->coid, &content);
	bool writes = m->prot & SKINK_PROT_WRITE, copies = m->flags & PROC_MAP_PRIVATE;

	if (error < 0)
		return error;
	if (m->offset % PAGE_SIZE != 0)
		return -SK_EINVAL;
	if (m->offset > content.size_bytes ||
	    PAGE_UP(length) > PAGE_UP(content.size_bytes) - (m->offset >> PAGE_SHIFT))
		return -SK_ENXIO;
	if (content.object == NULL && copies && !writes)
		copies = false; /* nobody can change the image */
	if (copies) {
		uint64_t left = content.size_bytes - m->offset;

		error = plan_anon(plan, p);
		plan->source = content.memory == NULL ? NULL : content.memory + m->offset;
		plan->source_object = content.object;
		plan->source_offset = m->offset;
		plan->source_bytes = left < length ? left : length;
		return error;
	}
	plan->region.prot_max = SKINK_PROT_READ | SKINK_PROT_EXEC;
	if (content.object != NULL && content.writable)
		plan->region.prot_max |= SKINK_PROT_WRITE;
	if ((m->prot & ~plan->region.prot_max) != 0)
		return -SK_EACCES;
	plan->region.object = content.object;
	plan->region.base = content.object != NULL ? m->offset : content.physical + m->offset;
	plan->region.kind = content.object != NULL ? PROC_KIND_OBJECT : PROC_KIND_IMAGE;
	if (content.object != NULL)
		object_hold(content.object);
	return 0;
}

static long
check(const struct proc_mmap *m, uint64_t length)
{
	uint32_t kind = m->flags & KINDS;
	uint32_t sharing = m->flags & (PROC_MAP_SHARED | PROC_MAP_PRIVATE);

	if ((m->flags & ~FLAGS) != 0 || m->zero != 0 || m->length == 0 || length < m->length ||
	    (m->prot & ~7u) != 0 || (m->prot & WX) == WX || (kind & (kind - 1)) != 0 ||
	    sharing == (PROC_MAP_SHARED | PROC_MAP_PRIVATE))
		return -SK_EINVAL;
	if (kind == 0 && (sharing == 0 || m->coid < 0))
		return m->coid < 0 && sharing != 0 ? -SK_EBADF : -SK_EINVAL;
	if ((m->flags & PROC_MAP_PHYSICAL) && m->offset % PAGE_SIZE != 0)
		return -SK_EINVAL;
	if ((m->flags & PROC_MAP_FIXED) &&
	    (m->address % PAGE_SIZE != 0 || m->address < SKINK_PROGRAM_START ||
		m->address >= SKINK_MAP_END || length > SKINK_MAP_END - m->address ||
		(m->address < SKINK_KEEP_END && m->address + length > SKINK_KEEP_START)))
		return -SK_EINVAL;
	return length > SKINK_MAP_END - SKINK_MAP_START ? -SK_ENOMEM : 0;
}

static void
drop_object(struct object *o)
{
	if (o != NULL && object_release(o))
		job_bury(o, LOOP_PRIORITY);
}

/* The region and its object are in place, but may have only some of their pages. */
static void
undo(struct job *job, int error)
{
	struct map *map = &job->map;
	struct region *r = map->fill.region;

	if (map->filling)
		fill_end(&map->fill);
	map->filling = false;
	unpin(map->source);
	map->source = NULL;
	map->error = error;
	if (r != NULL)
		map->clear = (struct clear){.start = r->start, .end = r->end};
}

static enum step
undo_step(struct job *job)
{
	if (clear_step(&job->map.clear, job->process) > 0)
		return STEP_MORE;
	if (job->map.keep != NULL)
		keep_failed(job->map.keep);
	if (job->rcvid != 0)
		skink_msg_reply(job->rcvid, -job->map.error, NULL, 0);
	return STEP_DONE;
}

/* All pages are there. */
static void
complete(struct map *map)
{
	fill_end(&map->fill);
	map->filling = false;
	unpin(map->source);
	map->source = NULL;
	map->fill.region->busy = 0;
}

/* The one who asked has gone. */
static void
take_back(struct request *r)
{
	const struct proc_mmap_reply *reply = r->reply;
	const struct region *region = region_at(&r->process->space, reply->address);
	struct clear clear;

	r->rcvid = 0;
	if (region != NULL && clear_begin(&clear, r->process, region->start, region->end) == 0)
		unmap_begun(r, &clear);
}

/* It took one step: the handler's result answers. */
static long
finish_at_once(struct request *r, struct map *map)
{
	struct proc_mmap_reply *reply = request_reply(r, sizeof(*reply));

	complete(map);
	reply->address = map->fill.region->start;
	r->lost = take_back;
	return 0;
}

static long
open_at_once(struct request *r, struct map *map)
{
	complete(map);
	return keep_answer(r, map->keep, map->existed);
}

static enum step
map_finish(struct job *job)
{
	struct map *map = &job->map;
	struct region *r = map->fill.region;
	struct proc_mmap_reply reply = {r->start};

	complete(map);
	if (map->keep != NULL) {
		keep_opened(map->keep, job->rcvid, map->existed);
		return STEP_DONE;
	}
	if (skink_msg_reply(job->rcvid, 0, &reply, sizeof(reply)) >= 0)
		return STEP_DONE;
	r->busy = 1;
	undo(job, SK_ESRCH);
	job->step = undo_step;
	return STEP_MORE;
}

/* As much as a step may do, in as many pieces as it lies in: a page that is only mapped costs an
 * eighth of one that is made. */
static long
fill_some(struct fill *f)
{
	uint32_t end = f->done + (f->make || f->wipe ? PAGE_STEP : 8 * PAGE_STEP);
	long more;

	do
		more = fill_step(f, PAGE_STEP);
	while (more > 0 && f->done + PAGE_STEP <= end); /* <= 8 * PAGE_STEP */
	return more;
}

static enum step
map_step(struct job *job)
{
	long more = fill_some(&job->map.fill);

	if (more > 0)
		return STEP_MORE;
	if (more == 0)
		return map_finish(job);
	undo(job, -more);
	job->step = undo_step;
	return STEP_MORE;
}

/* The process ends: its reclaim takes the region; only what is not in the region is dropped
 * here. */
static void
map_drop(struct job *job)
{
	bool placed = job->map.fill.region != NULL;

	undo(job, SK_ESRCH);
	if (job->map.keep != NULL)
		keep_failed(job->map.keep);
	if (!placed)
		drop_object(job->map.fill.object);
	if (job->map.clear.dying != NULL)
		job_bury(job->map.clear.dying, job->priority);
	job_free(job);
}

static void
map_cancel(struct job *job)
{
	if (job->process == NULL) {
		map_drop(job);
	} else if (job->step == map_step) {
		undo(job, SK_ESRCH);
		job->step = undo_step;
	}
	/* Else it is being undone, or finds at its end that nobody wants it. */
}

/* Puts the region in its place; what was there is gone. The object's reference becomes the
 * region's. */
static long
place(struct job *job, const struct region *proto)
{
	struct process *p = job->process;

	if (region_overlaps(&p->space, proto->start - proto->guard, proto->end))
		return -SK_EAGAIN;
	job->map.fill.region = region_insert(&p->space, proto);
	if (job->map.fill.region == NULL)
		return -SK_ENOMEM;
	if (proto->object != NULL)
		proto->object->mapped++;
	return 0;
}

/* What MAP_FIXED replaces goes first; the region waits in the job's own copy. */
static enum step
replace_step(struct job *job)
{
	struct map *map = &job->map;
	long more = clear_step(&map->clear, job->process), error;

	if (more > 0)
		return STEP_MORE;
	error = more == 0 ? place(job, &map->fill.proto) : more;
	if (error < 0) {
		fill_end(&map->fill);
		unpin(map->source);
		drop_object(map->fill.object);
		if (job->rcvid != 0)
			skink_msg_reply(job->rcvid, error, NULL, 0);
		return STEP_DONE;
	}
	job->step = map_step;
	return STEP_MORE;
}

/* Plan in hand: reserve, place, then the first step at once; most mappings need no more. */
static long
begin(struct request *r, const struct plan *plan, struct keep *keep, bool existed)
{
	const struct region *region = &plan->region;
	struct job *job = job_new(r, 0);
	struct map *map;
	bool replaces = false;
	long error;

	if (job == NULL)
		return -SK_ENOMEM;
	map = &job->map;
	map->fill = (struct fill){
	    .process = r->process,
	    .object = region->object,
	    .proto = *region,
	    .at = region->object != NULL ? region->base >> PAGE_SHIFT : 0,
	    .pages = (region->end - region->start) >> PAGE_SHIFT,
	    .make = plan->make,
	    .wipe = plan->wipe,
	    .source = plan->source,
	    .source_object = plan->source_object,
	    .source_offset = plan->source_offset,
	    .source_bytes = plan->source_bytes,
	    .maps = true,
	};
	map->fill.proto.busy = 1;
	map->keep = keep;
	map->existed = existed;
	job->step = map_step;
	job->cancel = map_cancel;
	error = fill_begin(&map->fill);
	if (error < 0)
		goto fail_job;
	map->filling = true;
	if (region_overlaps(&r->process->space, region->start - region->guard, region->end)) {
		replaces = true;
		error = clear_begin(
		    &map->clear, r->process, region->start - region->guard, region->end);
	} else {
		error = place(job, &map->fill.proto);
	}
	if (error < 0)
		goto fail_fill;
	/* COMMIT */
	if (plan->source_object != NULL) {
		map->source = plan->source_object;
		pin(map->source);
	}
	if (replaces) {
		job->step = replace_step;
	} else {
		long more = fill_some(&map->fill);

		if (more == 0) {
			error = keep != NULL ? open_at_once(r, map) : finish_at_once(r, map);
			job_free(job);
			return error;
		}
		if (more < 0) {
			undo(job, -more);
			job->step = undo_step;
		}
	}
	job_start(job);
	return REQUEST_LATER;

fail_fill:
	fill_end(&map->fill);
fail_job:
	job_free(job);
	return error;
}

long
map_request(struct request *r)
{
	const struct proc_mmap *m = (const void *)r->bytes;
	uint64_t length = PAGE_UP(m->length) << PAGE_SHIFT, address = m->address;
	uint64_t guard = m->flags & PROC_MAP_GUARD ? SKINK_STACK_GUARD : 0;
	struct process *p = r->process;
	struct plan plan = {.make = false};
	long error = check(m, length);

	if (error < 0)
		return error;
	if (!(m->flags & PROC_MAP_FIXED)) {
		address = region_room(&p->space, p->map_low, SKINK_KEEP_START, guard, length);
		if (address == 0)
			address =
			    region_room(&p->space, SKINK_MAP_START, SKINK_MAP_END, guard, length);
	}
	if (address == 0 || !region_prepare(&p->space, 1))
		return -SK_ENOMEM;
	if (m->flags & PROC_MAP_ANON)
		error = plan_anon(&plan, p);
	else if (m->flags & PROC_MAP_PHYSICAL)
		error = plan_device(&plan, p, m, length);
	else if (m->flags & PROC_MAP_DMA)
		error = plan_dma(&plan, p, length >> PAGE_SHIFT);
	else
		error = plan_file(&plan, p, m, length);
	if (error < 0)
		return error;
	if ((m->prot & ~plan.region.prot_max) != 0) {
		drop_object(plan.region.object);
		return -SK_EACCES;
	}
	plan.region.start = address;
	plan.region.end = address + length;
	plan.region.guard = guard;
	plan.region.prot = m->prot;
	error = begin(r, &plan, NULL, false);
	if (error < 0 && error != REQUEST_LATER)
		drop_object(plan.region.object);
	return error;
}

long
map_keep(struct request *r, struct keep *keep, bool existed)
{
	struct plan plan = {
	    .region =
		{
		    .start = keep->address,
		    .end = keep->address + keep->bytes,
		    .object = keep->object,
		    .prot = SKINK_PROT_READ | SKINK_PROT_WRITE,
		    .prot_max = SKINK_PROT_READ | SKINK_PROT_WRITE,
		    .kind = PROC_KIND_KEEP,
		},
	    .make = !existed,
	};
	long error;

	if (!region_prepare(&r->process->space, 1))
		return -SK_ENOMEM;
	object_hold(keep->object);
	error = begin(r, &plan, keep, existed);
	if (error < 0 && error != REQUEST_LATER)
		object_release(keep->object);
	return error;
}

long
map_physical_request(struct request *r)
{
	const struct proc_range *m = (const void *)r->bytes;
	struct region *region = region_at(&r->process->space, m->address);
	struct proc_physical_reply *reply = request_reply(r, sizeof(*reply));
	uint64_t offset;
	uint32_t count, frame;

	if (!process_has(r->process, SKINK_AB_DMA))
		return -SK_EPERM;
	if (region == NULL || region->kind != PROC_KIND_DMA || region->busy)
		return -SK_ENXIO;
	offset = region->base + (m->address - region->start);
	frame = object_find(region->object, offset >> PAGE_SHIFT, &count);
	reply->physical = ((uint64_t)frame << PAGE_SHIFT) + offset % PAGE_SIZE;
	reply->contiguous_bytes = region->end - m->address;
	if (reply->contiguous_bytes > m->length)
		reply->contiguous_bytes = m->length;
	return 0;
}
