/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn.c - makes processes, in steps: each segment, the stack, then descriptors, arguments and
 * the first thread. Owns the spawns in progress; what goes wrong half-way ends the child, whose
 * death gives all of it back.
 */
#include <string.h>

#include <skink/errno.h>

#include "device.h"
#include "elf.h"
#include "file.h"
#include "image.h"
#include "job.h"
#include "log.h"
#include "loop.h"
#include "nucleus.h"
#include "object.h"
#include "pages.h"
#include "process.h"
#include "request.h"
#include "service.h"
#include "spawn.h"
#include "spawn_args.h"
#include "store.h"

static struct store plans = STORE_OF(struct spawn_plan);
static uint8_t area[STARTUP_AREA] __attribute__((aligned(16)));

static void
plan_free(struct spawn_plan *plan)
{
	for (unsigned i = 0; i < PROC_SEGMENTS_MAX; i++) {
		struct object *o = plan->sources[i].object;

		if (o == NULL)
			continue;
		o->mapped--;
		if (object_release(o))
			job_bury(o, LOOP_PRIORITY);
	}
	store_put(&plans, plan);
}

/* ---- the steps ---- */

/* A spawn that will not be. The child's death does the rest. */
static void
spawn_abort(struct job *job, long error)
{
	struct spawn *s = &job->spawn;

	if (s->filling)
		fill_end(&s->fill);
	s->filling = false;
	process_kill(s->child, SKINK_STATUS_SIGNAL(SKINK_SIGKILL, 0), SKINK_PROCMGR_PID);
	if (job->rcvid != 0)
		skink_msg_reply(job->rcvid, error, NULL, 0);
	else if (job->client == 0)
		service_spawned(process_owner(s->child), error);
	plan_free(s->plan);
}

static void
spawn_cancel(struct job *job)
{
	spawn_abort(job, -SK_ESRCH);
	job_free(job);
}

/* Starts the filling of segment `part`, or of the stack. */
static long
part_begin(struct spawn *s)
{
	const struct proc_spawn *head = &s->plan->head;
	struct process *child = s->child;
	struct fill *f = &s->fill;
	struct region region = {.prot_max = 7, .kind = PROC_KIND_ANON, .busy = 1};
	struct spawn_source *source = NULL;
	struct proc_segment *seg = NULL;
	uint64_t lead = 0;
	long error;

	*f = (struct fill){.process = child, .maps = true, .make = true};
	if (s->part == head->segment_count) {
		seg = &s->plan->segments[head->segment_count - 1];
		region.start =
		    (PAGE_UP(seg->address + seg->memory_bytes) << PAGE_SHIFT) + SKINK_STACK_GUARD;
		region.end = child->map_low = region.start + head->stack_bytes;
		seg = NULL;
		region.guard = SKINK_STACK_GUARD;
		region.kind = PROC_KIND_STACK;
		region.prot = SKINK_PROT_READ | SKINK_PROT_WRITE;
	} else {
		seg = &s->plan->segments[s->part];
		source = &s->plan->sources[s->part];
		lead = seg->address % PAGE_SIZE;
		region.start = seg->address - lead;
		region.end = region.start + (PAGE_UP(lead + seg->memory_bytes) << PAGE_SHIFT);
		region.prot = seg->prot;
	}
	if (seg != NULL && !(seg->prot & SKINK_PROT_WRITE) &&
	    seg->file_bytes == seg->memory_bytes &&
	    (source->memory != NULL || source->object != NULL)) {
		/* Read-only: the very pages of the source. */
		f->make = false;
		region.prot_max = SKINK_PROT_READ | SKINK_PROT_EXEC;
		region.base = seg->offset - lead;
		region.kind = source->object != NULL ? PROC_KIND_OBJECT : PROC_KIND_IMAGE;
		region.object = source->object;
		f->at = region.base >> PAGE_SHIFT;
		if (source->object != NULL)
			object_hold(source->object);
		else
			region.base += (uintptr_t)source->memory - pages_window;
	} else {
		region.object = object_new(OBJECT_PRIVATE, &child->account, child->pid);
		if (region.object == NULL)
			return -SK_ENOMEM;
		if (seg != NULL && seg->file_bytes > 0) {
			f->source = source->memory == NULL ? NULL : source->memory + seg->offset;
			f->source_object = source->object;
			f->source_offset = seg->offset;
			f->source_bytes = seg->file_bytes;
			f->lead = lead;
		}
	}
	f->object = region.object;
	f->pages = (region.end - region.start) >> PAGE_SHIFT;
	error = fill_begin(f);
	if (error == 0) {
		f->region = region_insert(&child->space, &region);
		if (f->region == NULL) {
			fill_end(f);
			error = -SK_ENOMEM;
		}
	}
	if (error < 0) {
		if (region.object != NULL && object_release(region.object))
			job_bury(region.object, LOOP_PRIORITY);
		return error;
	}
	if (region.object != NULL)
		region.object->mapped++;
	s->filling = true;
	return 0;
}

/* The fixed part, and the segments and descriptors behind it. */
static uint64_t
parts_bytes(const struct proc_spawn *head)
{
	unsigned segments = head->path_bytes != 0 ? 0 : head->segment_count;

	return sizeof(*head) + segments * sizeof(struct proc_segment) +
	    head->fd_count * sizeof(struct proc_fd);
}

/* The strings of the request, or of the manifest, at the area's end. */
static long
read_strings(struct job *job)
{
	struct spawn_plan *plan = job->spawn.plan;
	const uint8_t *message = job->spawn.message;
	struct proc_spawn *head = &plan->head;
	uint64_t offset = parts_bytes(head) + head->path_bytes;
	long got;

	if (plan->strings != NULL)
		return service_strings(plan->strings, head, area, sizeof(area));
	if (message != NULL) {
		memcpy(
		    area + sizeof(area) - head->string_bytes, message + offset, head->string_bytes);
		return 0;
	}
	got = skink_msg_read(
	    job->rcvid, area + sizeof(area) - head->string_bytes, head->string_bytes, offset);
	return got == (long)head->string_bytes ? 0 : -SK_EFAULT;
}

static uint64_t
mix(uint64_t x) /* splitmix64 */
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/* Writes the stack's upper end; its address. */
static long
write_startup(struct job *job, uint64_t *address)
{
	struct spawn *s = &job->spawn;
	struct process *child = s->child;
	struct region *stack = region_at(&child->space, child->map_low - 1);
	struct startup_facts facts = {
	    .pid = child->pid,
	    .service = child->attr.service,
	    .stack_low = stack->start,
	    .stack_high = stack->end,
	    .ignored = child->ignored,
	};
	long offset = read_strings(job);

	facts.random[0] = mix(device_seed() ^ (uint64_t)child->pid << 32);
	facts.random[1] = mix(facts.random[0] ^ loop_now_ns());
	if (offset == 0)
		offset = startup_build(area, &s->plan->head, &facts);
	if (offset < 0)
		return offset;
	if (sizeof(area) - offset > (stack->end - stack->start) / 2)
		return -SK_E2BIG;
	*address = stack->end - (sizeof(area) - offset);
	object_write(stack->object, *address - stack->start, area + offset, sizeof(area) - offset);
	return 0;
}

static long
give_descriptors(struct job *job)
{
	struct spawn_plan *plan = job->spawn.plan;
	int pid = job->spawn.child->pid;
	long error = skink_p_connect_install(pid, loop_chid(), SKINK_PROCMGR_COID, 0);

	for (unsigned i = 0; error >= 0 && i < plan->head.fd_count; i++) /* <= PROC_FDS_MAX */
		error = skink_p_connect_inherit(
		    job->client, plan->fds[i].parent, pid, plan->fds[i].child);
	return error < 0 ? error : 0;
}

static long
start(struct job *job)
{
	struct spawn *s = &job->spawn;
	struct process *child = s->child;
	const struct proc_spawn *head = &s->plan->head;
	struct skink_thread_attr attr = {
	    .entry = head->entry,
	    .sched.policy = head->policy,
	    .sched.priority = head->priority,
	};
	uint64_t startup = 0;
	long error = write_startup(job, &startup);

	if (error == 0)
		error = give_descriptors(job);
	if (error < 0)
		return error;
	if (process_is_service(child))
		service_starts(process_owner(child), child->pid);
	LINK_EACH(l, &child->space.regions) /* <= PROC_SEGMENTS_MAX + 1 */
	CONTAINER(l, struct region, link)->busy = 0;
	attr.arg = attr.sp = child->first_sp = startup;
	memcpy(attr.name, child->attr.name, sizeof(attr.name));
	error = skink_p_process_start(child->pid, &attr);
	return error < 0 ? error : 0;
}

/* As many segments as a step's pages allow, the stack among them: 1: more, 0: all are filled. A
 * page that is only mapped costs an eighth of one that is made. */
static long
fill_parts(struct spawn *s)
{
	struct fill *f = &s->fill;
	uint32_t left = PAGE_STEP;

	while (s->part <= s->plan->head.segment_count) { /* <= PAGE_STEP turns */
		long more = s->filling ? 0 : part_begin(s);
		uint32_t before = f->done, pages;

		if (more == 0)
			more = fill_step(f, left);
		if (more < 0)
			return more;
		if (more == 0) {
			fill_end(f);
			s->filling = false;
			s->part++;
		}
		pages = f->make ? f->done - before : (f->done - before + 7) / 8;
		if (pages >= left)
			return 1;
		left -= pages;
	}
	return 0;
}

static enum step
spawn_step(struct job *job)
{
	struct spawn *s = &job->spawn;
	int pid = s->child->pid;
	long more = fill_parts(s);

	if (more > 0)
		return STEP_MORE;
	if (more == 0)
		more = start(job);
	if (more < 0) {
		spawn_abort(job, more);
		return STEP_DONE;
	}
	s->child->state = PROCESS_ALIVE;
	plan_free(s->plan);
	if (job->client == 0)
		service_spawned(process_owner(s->child), 0);
	else if (s->message == NULL)
		skink_msg_reply(job->rcvid, pid, NULL, 0);
	else
		s->at_once = true;
	return STEP_DONE;
}

/* ---- the request ---- */

static void
plan_service(struct spawn_plan *plan, const struct service *s, struct skink_process_attr *attr)
{
	const struct skink_service *e = s->entry;

	plan->head.policy = e->policy;
	plan->head.priority = e->priority;
	plan->head.memory_bytes = e->memory_bytes;
	plan->head.stack_bytes = e->stack_bytes;
	attr->service = s->number;
	attr->priority_max = e->priority_max;
	attr->abilities = e->abilities;
	attr->deaths_max = e->deaths_max;
	memcpy(attr->quota, e->quota, sizeof(attr->quota));
	strncpy(attr->name, s->name, sizeof(attr->name) - 1);
}

static long
plan_child(struct spawn_plan *plan, const struct request *r, struct skink_process_attr *attr)
{
	struct proc_spawn *head = &plan->head;
	const struct process *p = r->process;
	struct skink_thread_info thread;

	if (!(head->flags & PROC_SPAWN_SCHED)) {
		long error = skink_p_info(SKINK_INFO_THREAD, r->info.tid, &thread, sizeof(thread));

		if (error < 0)
			return error;
		head->policy = thread.policy;
		head->priority = thread.priority;
	}
	attr->priority_max = head->priority_max != 0 ? head->priority_max : p->attr.priority_max;
	if (head->priority < 1 || head->policy < 0 || attr->priority_max < 1)
		return -SK_EINVAL;
	if (attr->priority_max > p->attr.priority_max || head->priority > attr->priority_max)
		return -SK_EPERM;
	attr->abilities = head->abilities & p->attr.abilities;
	attr->deaths_max = p->attr.deaths_max;
	attr->sid = p->attr.sid;
	process_quota_first(attr->quota, head->quota, plan->fds, head->fd_count);
	memcpy(attr->name, head->name, sizeof(attr->name));
	return 0;
}

/* Is there such a group in the session? */
static bool
group_exists(int group, int sid)
{
	PROCESS_EACH(p)
	{ /* <= the table's size */
		if (p->group == group && p->attr.sid == sid && p->state != PROCESS_NEW)
			return true;
	}
	return false;
}

/* With all checked and the sources held: the process and its job. Its pid, an error, or
 * REQUEST_LATER: who asked is answered, or will be. `message`: procmgr's copy of the
 * request, if it is whole; else NULL. */
static long
begin(struct spawn_plan *plan, struct job *job, struct skink_process_attr *attr,
    struct process *parent, uint32_t owner, const uint8_t *message)
{
	struct proc_spawn *head = &plan->head;
	struct process *child;
	uint64_t stack = head->stack_bytes != 0 ? head->stack_bytes : SKINK_STACK_DEFAULT;
	uint64_t max = head->memory_bytes;
	bool leads = attr->service != 0 || (head->flags & PROC_SPAWN_SETSID); /* a session */
	long pid;

	attr->ppid = parent != NULL ? parent->pid : SKINK_PROCMGR_PID;
	if (leads)
		attr->sid = -1; /* its pid, which nobody knows yet */
	pid = process_create(attr, owner, parent,
	    attr->service != 0 ? NULL : process_quota_lender(parent, head->quota), &child);
	if (pid < 0)
		return pid;
	/* COMMIT */
	head->stack_bytes = PAGE_UP(stack) << PAGE_SHIFT;
	if (attr->service == 0 && (max == 0 || PAGE_UP(max) > parent->account.max))
		child->account.max = parent->account.max;
	else
		child->account.max = PAGE_UP(max);
	child->entry = head->entry;
	for (int i = 0; i < SKINK_QUOTA_COUNT; i++)
		child->closed |= attr->service == 0 && head->quota[i] != 0;
	child->group = parent != NULL ? parent->group : pid;
	if (head->flags & PROC_SPAWN_SETGROUP)
		child->group = head->group != 0 ? head->group : pid;
	if (leads)
		child->group = child->attr.sid = pid;
	if (parent != NULL && attr->service == 0)
		child->ignored = parent->ignored & ~head->sig_default;
	for (unsigned i = 0; i < head->segment_count; i++) {
		const char *name = plan->sources[i].name;

		if ((plan->segments[i].prot & SKINK_PROT_EXEC) && name != NULL)
			strncpy(child->program, name, sizeof(child->program) - 1);
	}
	job->process = child;
	job->spawn = (struct spawn){.child = child, .plan = plan, .message = message};
	job->step = spawn_step;
	job->cancel = spawn_cancel;
	/* Most need no more than one step. */
	if (spawn_step(job) != STEP_DONE) {
		job->spawn.message = NULL;
		job_start(job);
		return REQUEST_LATER;
	}
	if (!job->spawn.at_once)
		pid = REQUEST_LATER;
	job_free(job);
	return pid;
}

/* All segments come from one file of the image. */
static long
plan_image(struct spawn_plan *plan, const struct image_file *file)
{
	struct proc_spawn *head = &plan->head;
	long count = elf_segments(file->data, file->size, plan->segments, &head->entry);

	if (count < 0)
		return count;
	head->segment_count = count;
	for (unsigned i = 0; i < head->segment_count; i++) /* <= PROC_SEGMENTS_MAX */
		plan->sources[i] = (struct spawn_source){.memory = file->data, .name = file->name};
	return spawn_check_parts(head, plan->segments, plan->fds);
}

_Static_assert(sizeof(struct proc_spawn) + PROC_FDS_MAX * sizeof(struct proc_fd) + PROC_PATH_MAX <=
	REQUEST_BYTES,
    "room for a path");

/* The program that the request names by its path. A message has room for that in any case. */
static long
read_program(const struct request *r, struct spawn_plan *plan)
{
	const struct proc_spawn *head = &plan->head;
	uint64_t parts = parts_bytes(head);
	const char *path = (const char *)r->bytes + parts;
	const struct image_file *file;
	long error;

	if (!request_holds(r, parts, head->path_bytes) || path[head->path_bytes - 1] != 0)
		return -SK_EINVAL;
	error = file_program(path, head->path_bytes - 1, &file);
	return error < 0 ? error : plan_image(plan, file);
}

/* Segments and descriptors, which follow the fixed part; then what the segments' coids are. */
static long
read_parts(const struct request *r, struct spawn_plan *plan)
{
	struct proc_spawn *head = &plan->head;
	uint64_t segments = head->segment_count * sizeof(plan->segments[0]);
	uint64_t fds = head->fd_count * sizeof(plan->fds[0]);
	struct skink_iov parts[2] = {{plan->segments, segments}, {plan->fds, fds}};
	long error, got = segments + fds;

	if (request_holds(r, sizeof(*head), segments + fds)) {
		memcpy(plan->segments, r->bytes + sizeof(*head), segments);
		memcpy(plan->fds, r->bytes + sizeof(*head) + segments, fds);
	} else {
		got = skink_msg_read(r->rcvid, parts, -2, sizeof(*head));
	}
	if (got != (long)(segments + fds))
		return got < 0                                           ? got
		    : r->info.srcmsglen < sizeof(*head) + segments + fds ? -SK_EINVAL
									 : -SK_EFAULT;
	if (head->path_bytes != 0)
		return read_program(r, plan);
	error = spawn_check_parts(head, plan->segments, plan->fds);
	for (unsigned i = 0; error == 0 && i < head->segment_count; i++) {
		const struct proc_segment *seg = &plan->segments[i];
		struct spawn_source *source = &plan->sources[i];
		struct file_content content;

		if (seg->coid < 0)
			continue;
		error = file_content(r->process->pid, seg->coid, &content);
		if (error < 0)
			return error == -SK_ENODEV ? -SK_EBADF : error;
		if (seg->offset > content.size_bytes ||
		    seg->file_bytes > content.size_bytes - seg->offset)
			return -SK_ENOEXEC;
		source->memory = content.memory;
		source->name = content.name;
		source->object = content.object;
		if (content.object != NULL) {
			object_hold(content.object);
			content.object->mapped++;
		}
	}
	return error;
}

/* NULL: some of it is still at the client. */
static const uint8_t *
whole_message(const struct request *r, const struct proc_spawn *m)
{
	uint64_t bytes = parts_bytes(m) + m->path_bytes + m->string_bytes;

	return request_holds(r, sizeof(*m), bytes - sizeof(*m)) ? r->bytes : NULL;
}

long
spawn_request(struct request *r)
{
	const struct proc_spawn *m = (const void *)r->bytes;
	struct skink_process_attr attr = {.ppid = 0};
	uint32_t owner = r->process->owner;
	struct service *s = NULL;
	struct spawn_plan *plan;
	struct job *job = NULL;
	long error = spawn_check_head(m);

	if (error < 0)
		return error;
	if (m->flags & PROC_SPAWN_SERVICE) {
		if (!process_has(r->process, SKINK_AB_SPAWN_SERVICE))
			return -SK_EPERM;
		s = service_find(m->service);
		if (s == NULL)
			return -SK_ESRCH;
		if (s->process != NULL)
			return -SK_EBUSY;
		if (!service_can_start(s))
			return -SK_ENODEV;
		owner = s->number;
	}
	if ((m->flags & PROC_SPAWN_SETGROUP) && m->group != 0 &&
	    (m->group < 0 || !group_exists(m->group, r->process->attr.sid)))
		return -SK_EPERM;
	plan = store_get(&plans);
	if (plan == NULL)
		return -SK_ENOMEM;
	plan->head = *m;
	error = read_parts(r, plan);
	if (error == 0) {
		if (s != NULL)
			plan_service(plan, s, &attr);
		else
			error = plan_child(plan, r, &attr);
	}
	if (error == 0) {
		job = job_new(r, 0);
		error = job == NULL
		    ? -SK_ENOMEM
		    : begin(plan, job, &attr, r->process, owner, whole_message(r, m));
	}
	if (error < 0 && error != REQUEST_LATER) {
		if (job != NULL)
			job_free(job);
		plan_free(plan);
	}
	return error;
}

long
spawn_service(struct service *s)
{
	const char *program = skink_manifest_string(service_manifest(), s->entry->program);
	struct skink_process_attr attr = {.ppid = 0};
	const struct image_file *file;
	struct spawn_plan *plan;
	struct job *job;
	long error;

	if (program == NULL)
		return -SK_ENOENT;
	if (strncmp(program, "/proc/boot/", 11) == 0)
		program += 11;
	file = image_find(program, strlen(program));
	if (file == NULL)
		return -SK_ENOENT;
	plan = store_get(&plans);
	job = job_new(NULL, s->entry->priority);
	error = plan == NULL || job == NULL ? -SK_ENOMEM : plan_image(plan, file);
	if (error == 0) {
		plan->strings = s;
		plan_service(plan, s, &attr);
		error = begin(plan, job, &attr, NULL, s->number, NULL);
	}
	if (error >= 0 || error == REQUEST_LATER)
		return 0;
	if (job != NULL)
		job_free(job);
	if (plan != NULL)
		plan_free(plan);
	return error;
}
