/* SPDX-License-Identifier: Apache-2.0 */
/* trace.c - the nucleus's trace: which classes, and the ring they go to. Holds that ring while the
 * trace is on, whoever ends meanwhile; never reads it. */
#include <skink/errno.h>
#include <skink/manifest.h>
#include <skink/procmgr_msg.h>
#include <skink/trace.h>
#include <skink/trace_classes.h>

#include "file.h"
#include "job.h"
#include "loop.h"
#include "nucleus.h"
#include "object.h"
#include "object_file.h"
#include "pages.h"
#include "process.h"
#include "request.h"
#include "service.h"
#include "trace.h"

#define TRACE_CLASS_BIT(name, number) | 1u << (number)
#define CLASSES                       (0u SKINK_TRACE_CLASSES(TRACE_CLASS_BIT))

static struct object *live; /* the trace goes there; NULL: it is off */

/* A ring that is still to be zeroed, with one reference. */
static struct object *
ring_new(struct process *maker, uint32_t pages)
{
	struct object *o = object_new(OBJECT_SHARED, &maker->account, maker->pid);
	uint32_t frame;

	if (o == NULL)
		return NULL;
	if (account_charge(&maker->account, pages)) {
		frame = pages_contiguous(pages);
		if (frame != 0 && object_add(o, 0, frame, pages)) {
			link_before(&maker->objects, &o->link);
			return o;
		}
		if (frame != 0)
			pages_free(frame, pages);
		account_refund(&maker->account, pages);
	}
	(void)object_release(o);
	object_empty(o);
	return NULL;
}

long
trace_ring_request(struct request *r)
{
	const struct proc_trace_ring *m = (const void *)r->bytes;
	uint64_t bytes = m->bytes;
	struct object *o;

	if (!process_has(r->process, SKINK_AB_TRACE))
		return -SK_EPERM;
	if (m->index < 0 || (m->flags & ~SKINK_COF_CLOEXEC) != 0)
		return -SK_EINVAL;
	if (live != NULL) {
		object_hold(live);
		return object_file_give(r, live, live->size_bytes, m->index, m->flags);
	}
	if (bytes == 0)
		bytes = service_manifest()->trace_entries * sizeof(struct skink_trace_entry);
	if (bytes < PAGE_SIZE || bytes > SKINK_TRACE_RING_MAX || (bytes & (bytes - 1)) != 0)
		return -SK_EINVAL;
	o = ring_new(r->process, bytes >> PAGE_SHIFT);
	if (o == NULL)
		return -SK_ENOMEM;
	return object_file_give(r, o, bytes, m->index, m->flags);
}

static void
off(void)
{
	skink_p_trace(0, NULL, 0);
	if (live == NULL)
		return;
	live->mapped--;
	if (object_release(live))
		job_bury(live, LOOP_PRIORITY);
	live = NULL;
}

long
trace_set_request(struct request *r)
{
	const struct proc_trace_set *m = (const void *)r->bytes;
	struct file_content content;
	uint32_t frame, count;
	long error;

	if (!process_has(r->process, SKINK_AB_TRACE))
		return -SK_EPERM;
	if ((m->classes & ~CLASSES) != 0)
		return -SK_EINVAL;
	if (m->classes == 0) {
		off();
		return 0;
	}
	error = file_content(r->process->pid, m->coid, &content);
	if (error < 0)
		return error;
	if (content.object == NULL)
		return -SK_EINVAL;
	if (live != NULL && content.object != live)
		return -SK_EBUSY;
	if (live == NULL && content.writable)
		return -SK_EINVAL;
	frame = object_find(content.object, 0, &count);
	if (frame == 0 || (uint64_t)count << PAGE_SHIFT != content.size_bytes)
		return -SK_EINVAL;
	error = skink_p_trace(m->classes, frame_memory(frame), content.size_bytes);
	if (error == 0 && live == NULL) {
		live = content.object;
		object_hold(live);
		live->mapped++; /* so it does not shrink */
	}
	return error;
}
