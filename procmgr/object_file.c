/* SPDX-License-Identifier: Apache-2.0 */
/* object_file.c - memory objects as files: makes them, changes their size, copies to and from
 * them. An object that is mapped, or copied from, does not shrink. */
#include <sys/iomsg.h>

#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "file.h"
#include "job.h"
#include "loop.h"
#include "nucleus.h"
#include "object.h"
#include "object_file.h"
#include "limit.h"
#include "pages.h"
#include "process.h"
#include "request.h"

#define COPY_MAX 16384u /* bytes in one read or write */

/* Connects the client to procmgr; the connection is an open file of the object. */
static long
connect(struct job *job)
{
	struct grow *g = &job->grow;
	long coid = limit_connect(job->process, loop_chid(), g->index, g->flags), error;
	int scoid;

	if (coid < 0)
		return coid;
	scoid = file_scoid(job->process->pid, coid);
	error = scoid < 0 ? scoid : file_open_object(scoid, g->ioflag, g->object);
	/* On failure the client would be left with a useless coid: it is told of none, and has
	 * lost it. */
	if (error < 0)
		return error;
	object_hold(g->object);
	return coid;
}

static void
grow_end(struct job *job, long result)
{
	struct grow *g = &job->grow;
	struct object *o = g->object;

	fill_end(&g->fill);
	o->growing = 0;
	if (job->rcvid != 0 && result >= 0)
		skink_msg_reply(job->rcvid, result, NULL, 0);
	else if (job->rcvid != 0)
		skink_msg_reply(job->rcvid, result, NULL, 0);
	if (object_release(o))
		job_bury(o, job->priority);
}

/* What was added stays above the size, to be used by the next growth or freed with the object. */
static void
grow_cancel(struct job *job)
{
	grow_end(job, -SK_ESRCH);
	job_free(job);
}

static enum step
grow_step(struct job *job)
{
	struct grow *g = &job->grow;
	long more = fill_step(&g->fill, PAGE_STEP);

	if (more > 0)
		return STEP_MORE;
	if (more == 0) {
		g->object->size_bytes = g->size_bytes;
		more = g->index >= 0 ? connect(job) : 0;
	}
	grow_end(job, more);
	return STEP_DONE;
}

/* The object's reference becomes the job's. */
static long
grow_begin(struct request *r, const struct grow *plan)
{
	struct job *job = PAGE_UP(plan->size_bytes) < UINT32_MAX / 2 ? job_new(r, 0) : NULL;
	struct object *o = plan->object;
	long error = -SK_ENOMEM;

	if (job != NULL) {
		job->grow = *plan;
		error = fill_begin(&job->grow.fill);
	}
	if (error < 0) {
		if (job != NULL)
			job_free(job);
		if (object_release(o))
			job_bury(o, r->info.priority);
		return error;
	}
	/* COMMIT */
	o->growing = 1;
	job->step = grow_step;
	job->cancel = grow_cancel;
	if (grow_step(job) == STEP_DONE)
		job_free(job);
	else
		job_start(job);
	return REQUEST_LATER;
}

/* Pages that the object has not got are made. */
static struct fill
fill_up(struct object *o, uint64_t size_bytes)
{
	uint64_t have = o->pages, want = PAGE_UP(size_bytes);

	return (struct fill){
	    .object = o, .at = have, .pages = want > have ? want - have : 0, .make = true};
}

long
object_file_request(struct request *r)
{
	const struct proc_object *m = (const void *)r->bytes;
	struct object *o;

	if (m->index < 0 || (m->flags & ~SKINK_COF_CLOEXEC) != 0)
		return -SK_EINVAL;
	o = object_new(OBJECT_SHARED, &r->process->account, r->process->pid);
	if (o == NULL)
		return -SK_ENOMEM;
	link_before(&r->process->objects, &o->link);
	return grow_begin(r,
	    &(struct grow){.object = o,
		.size_bytes = m->bytes,
		.fill = fill_up(o, m->bytes),
		.index = m->index,
		.flags = m->flags,
		.ioflag = _IO_FLAG_RD | _IO_FLAG_WR});
}

long
object_file_give(
    struct request *r, struct object *o, uint64_t size_bytes, int32_t index, uint32_t flags)
{
	struct fill fill = {.object = o, .wipe = true};

	fill.pages = o->size_bytes == 0 ? PAGE_UP(size_bytes) : 0;
	return grow_begin(r,
	    &(struct grow){.object = o,
		.size_bytes = size_bytes,
		.fill = fill,
		.index = index,
		.flags = flags,
		.ioflag = _IO_FLAG_RD});
}

long
object_file_clear(struct object *o)
{
	if (o->mapped > 0 || o->growing)
		return -SK_EBUSY;
	o->size_bytes = 0;
	while (!object_punch(o, 0, UINT32_MAX))
		; /* <= its runs */
	return 0;
}

long
object_file_resize(struct request *r, struct object *o, uint64_t size_bytes)
{
	uint64_t pages = PAGE_UP(size_bytes);

	if (o->growing)
		return -SK_EBUSY;
	if (pages > o->pages || size_bytes >= o->size_bytes) {
		if (pages <= o->pages) {
			o->size_bytes = size_bytes;
			return 0;
		}
		object_hold(o);
		return grow_begin(r,
		    &(struct grow){.object = o,
			.size_bytes = size_bytes,
			.fill = fill_up(o, size_bytes),
			.index = -1});
	}
	if (o->mapped > 0)
		return -SK_EBUSY;
	if (!object_prepare())
		return -SK_ENOMEM;
	/* COMMIT */
	if (size_bytes % PAGE_SIZE != 0) {
		uint32_t count, frame = object_find(o, size_bytes >> PAGE_SHIFT, &count);
		uint32_t inside = size_bytes % PAGE_SIZE;

		__builtin_memset((char *)frame_memory(frame) + inside, 0, PAGE_SIZE - inside);
	}
	o->size_bytes = size_bytes;
	while (!object_punch(o, pages, UINT32_MAX - pages))
		; /* <= its runs */
	return 0;
}

long
object_file_read(struct request *r, struct file *f, uint64_t at, uint32_t bytes)
{
	struct object *o = f->object;
	uint64_t left = at < o->size_bytes ? o->size_bytes - at : 0;
	uint32_t count, frame;

	bytes = bytes < left ? bytes : left;
	bytes = bytes < COPY_MAX ? bytes : COPY_MAX;
	if (bytes == 0)
		return 0;
	frame = object_find(o, at >> PAGE_SHIFT, &count);
	left = ((uint64_t)count << PAGE_SHIFT) - at % PAGE_SIZE;
	bytes = bytes < left ? bytes : left;
	r->reply = (char *)frame_memory(frame) + at % PAGE_SIZE;
	r->reply_length = bytes;
	return bytes;
}

long
object_file_write(struct request *r, struct file *f, uint64_t at, uint32_t bytes, uint32_t offset)
{
	struct object *o = f->object;
	uint64_t left = at < o->size_bytes ? o->size_bytes - at : 0;
	uint32_t count, frame;

	if (bytes > 0 && left == 0)
		return -SK_EFBIG; /* it grows by ftruncate() alone */
	bytes = bytes < left ? bytes : left;
	bytes = bytes < COPY_MAX ? bytes : COPY_MAX;
	if (bytes == 0)
		return 0;
	frame = object_find(o, at >> PAGE_SHIFT, &count);
	left = ((uint64_t)count << PAGE_SHIFT) - at % PAGE_SIZE;
	bytes = bytes < left ? bytes : left;
	return skink_msg_read(
	    r->rcvid, (char *)frame_memory(frame) + at % PAGE_SIZE, bytes, offset);
}
