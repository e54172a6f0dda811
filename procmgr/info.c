/* SPDX-License-Identifier: Apache-2.0 */
/* info.c - answers those who look: pidin, free, uname and ham. Changes nothing. */
#include <string.h>

#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "aspace.h"
#include "attach.h"
#include "device.h"
#include "info.h"
#include "keep.h"
#include "nucleus.h"
#include "object.h"
#include "pages.h"
#include "process.h"
#include "region.h"
#include "request.h"
#include "store.h"
#include "symbols.h"

#define RELEASE "0.1"

static const struct skink_boot *boot;
static uint64_t procmgr_instret;

void
info_init(const struct skink_boot *facts, uint64_t start_instret)
{
	boot = facts;
	procmgr_instret = start_instret;
}

static bool
may_see(const struct process *by, int pid)
{
	const struct process *p = process_find(pid);

	return process_has(by, SKINK_AB_INFO) || (p != NULL && p->attr.sid == by->attr.sid);
}

/* Fixed-size answers of the nucleus, by kind. */
static const uint16_t nucleus_sizes[] = {
    [SKINK_INFO_PROCESS] = sizeof(struct skink_process_info),
    [SKINK_INFO_PROCESS_NEXT] = sizeof(struct skink_process_info),
    [SKINK_INFO_THREAD] = sizeof(struct skink_thread_info),
    [SKINK_INFO_THREAD_NEXT] = sizeof(struct skink_thread_info),
    [SKINK_INFO_CONNECTION] = sizeof(struct _server_info),
    [SKINK_INFO_CONNECTION_NEXT] = sizeof(struct _server_info),
    [SKINK_INFO_NUCLEUS] = sizeof(struct skink_nucleus_info),
};

static int
pid_of(uint32_t kind, uint64_t id, const void *answer)
{
	if (kind <= SKINK_INFO_PROCESS_NEXT)
		return ((const struct skink_process_info *)answer)->pid;
	if (kind <= SKINK_INFO_THREAD_NEXT)
		return ((const struct skink_thread_info *)answer)->pid;
	return (int)(id >> 32);
}

static long
nucleus_look(struct request *r, uint32_t kind, uint64_t id)
{
	uint32_t size = nucleus_sizes[kind];
	void *answer = request_reply(r, size);
	long found;

	/* A pool's size bounds how often. */
	while ((found = skink_p_info(kind, id, answer, size)) >= 0) {
		if (kind == SKINK_INFO_NUCLEUS || may_see(r->process, pid_of(kind, id, answer)))
			return found;
		if (kind != SKINK_INFO_PROCESS_NEXT && kind != SKINK_INFO_THREAD_NEXT)
			return -SK_EPERM;
		id = found;
	}
	return found;
}

static long
look_process(struct request *r, uint64_t id)
{
	const struct process *p = process_find((int)id);
	struct proc_process_info *i;

	if (p == NULL)
		return -SK_ESRCH;
	if (!may_see(r->process, p->pid))
		return -SK_EPERM;
	i = request_reply(r, sizeof(*i));
	*i = (struct proc_process_info){
	    .pid = p->pid,
	    .ppid = p->parent != NULL ? p->parent->pid : SKINK_PROCMGR_PID,
	    .group = p->group,
	    .sid = p->attr.sid,
	    .service = p->attr.service,
	    .owner = p->owner,
	    .ended = p->state == PROCESS_ENDED,
	    .memory_bytes = p->account.used << PAGE_SHIFT,
	    .memory_max = p->account.max << PAGE_SHIFT,
	};
	LINK_EACH(l, &p->space.regions)
	{ /* <= REGIONS_MAX */
		const struct region *region = CONTAINER(l, struct region, link);

		if (region->kind == PROC_KIND_OBJECT || region->kind == PROC_KIND_IMAGE)
			i->shared_bytes += region->end - region->start;
	}
	memcpy(i->name, p->attr.name, sizeof(i->name));
	memcpy(i->program, p->program, sizeof(i->program));
	return p->pid;
}

static long
look_map(struct request *r, uint64_t id)
{
	const struct process *p = process_find(id >> 40);
	const struct region *region;
	struct proc_map_info *i;

	if (p == NULL)
		return -SK_ESRCH;
	if (!may_see(r->process, p->pid))
		return -SK_EPERM;
	region = region_above(&p->space, (id & ((1ull << 40) - 1)) << PAGE_SHIFT);
	if (region == NULL)
		return -SK_ESRCH;
	i = request_reply(r, sizeof(*i));
	*i = (struct proc_map_info){
	    region->start, region->end - region->start, region->prot, region->kind};
	return 0;
}

static long
look_memory(struct request *r)
{
	struct proc_memory_info *i = request_reply(r, sizeof(*i));
	uint64_t quarantine = 0, given = boot->own_bytes;

	for (uint32_t n = 0; n < boot->range_count; n++)
		given += boot->ranges[n].size;
	for (uint32_t n = 1; n <= service_count(); n++)
		quarantine += service_find(n)->quarantine_pages;
	*i = (struct proc_memory_info){
	    .ram_bytes = boot->ram.size,
	    .free_bytes = pages_free_count() << PAGE_SHIFT,
	    .largest_bytes = pages_largest() << PAGE_SHIFT,
	    .firmware_bytes =
		boot->ram.size - given - boot->nucleus.size - boot->image.size - boot->tree.size,
	    .image_bytes = boot->image.size,
	    .nucleus_bytes = boot->nucleus.size,
	    .tree_bytes = boot->tree.size,
	    .table_bytes = object_pages(OBJECT_TABLES) << PAGE_SHIFT,
	    .private_bytes = object_pages(OBJECT_PRIVATE) << PAGE_SHIFT,
	    .object_bytes = object_pages(OBJECT_SHARED) << PAGE_SHIFT,
	    .keep_bytes = object_pages(OBJECT_KEEP) << PAGE_SHIFT,
	    .dma_bytes = (object_pages(OBJECT_DMA) - quarantine) << PAGE_SHIFT,
	    .quarantine_bytes = quarantine << PAGE_SHIFT,
	};
	i->procmgr_bytes = i->ram_bytes - i->free_bytes - i->firmware_bytes - i->image_bytes -
	    i->nucleus_bytes - i->tree_bytes - i->table_bytes - i->private_bytes - i->object_bytes -
	    i->keep_bytes - i->dma_bytes - i->quarantine_bytes;
	return 0;
}

long
info_request(struct request *r)
{
	const struct proc_info *m = (const void *)r->bytes;
	uint64_t id = m->id;

	if (m->zero != 0)
		return -SK_EINVAL;
	switch (m->kind) {
	case PROC_INFO_PROCESS:
		return look_process(r, id);
	case PROC_INFO_MAP_NEXT:
		return look_map(r, id);
	case PROC_INFO_MEMORY:
		return look_memory(r);
	case PROC_INFO_PATH_NEXT:
		return attach_next(id, request_reply(r, sizeof(struct proc_path_info)));
	case PROC_INFO_KEEP_NEXT:
		return keep_next(id, request_reply(r, sizeof(struct proc_keep_info)));
	default:
		return m->kind <= SKINK_INFO_NUCLEUS ? nucleus_look(r, m->kind, id) : -SK_EINVAL;
	}
}

long
info_symbol_request(struct request *r)
{
	const struct proc_symbol *m = (const void *)r->bytes;
	struct proc_symbol_reply *reply;

	if (m->program[SKINK_NAME_MAX - 1] != 0)
		return -SK_EINVAL;
	reply = request_reply(r, sizeof(*reply));
	symbols_find(m->program, m->address, reply->text, sizeof(reply->text));
	return reply->text[0] != 0 ? 0 : -SK_ENOENT;
}

long
info_system_request(struct request *r)
{
	struct proc_system *s = request_reply(r, sizeof(*s));
	const struct skink_manifest *m = service_manifest();
	const char *name = skink_manifest_string(m, m->name);

	*s = (struct proc_system){
	    .sysname = "Skink",
	    .release = RELEASE,
	    .version = "abi 1",
	    .machine = "riscv64",
	    .timebase_hz = boot->timebase_hz,
	    .entry_ticks = boot->entry_ticks,
	    .entry_instret = boot->entry_instret,
	    .nucleus_instret = boot->nucleus_instret,
	    .procmgr_instret = procmgr_instret,
	    .ram_bytes = boot->ram.size,
	    .page_bytes = PAGE_SIZE,
	    .harts = boot->hart_count,
	    .services = service_count(),
	    .abi_version = boot->version,
	};
	strncpy(s->nodename, name != NULL ? name : "skink", sizeof(s->nodename) - 1);
	strncpy(s->board, device_model(), sizeof(s->board) - 1);
	return 0;
}
