/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attach.c - servers at their prefixes: which channel each prefix leads to. Connects those to it
 * who open a path, never procmgr itself.
 *
 * A service's prefixes outlive its processes: they lead to the parked channel, where openers and
 * senders wait for the next instance.
 */
#include <string.h>
#include <sys/iomsg.h>

#include <skink/errno.h>

#include "attach.h"
#include "file.h"
#include "limit.h"
#include "loop.h"
#include "nucleus.h"
#include "path.h"
#include "process.h"
#include "request.h"

#define MODES (_IO_S_IFMT | 07777)

static void
own(const char *path, enum file_kind kind, uint32_t flags, uint32_t mode)
{
	struct path_node *node = path_make(path, strlen(path));

	if (node == NULL)
		procmgr_stop("no memory for paths");
	node->attached = true;
	node->flags = flags;
	node->mode = mode;
	node->pid = SKINK_PROCMGR_PID;
	node->own = kind;
}

void
attach_init(void)
{
	path_init();
	own("/proc/boot", FILE_BOOT_DIRECTORY, PROC_PATH_TREE, _IO_S_IFDIR | 0555);
	own("/dev/null", FILE_NULL, 0, _IO_S_IFCHR | 0666);
	own("/dev/zero", FILE_ZERO, 0, _IO_S_IFCHR | 0666);
	own("/dev/shmem", FILE_SHMEM_DIRECTORY, PROC_PATH_TREE, _IO_S_IFDIR | 0777);
}

static bool
may_attach(const struct process *p, const char *path, uint32_t length)
{
	const struct skink_manifest *m = service_manifest();
	const struct skink_service *entry = process_owner(p)->entry;
	const uint32_t *paths = (const void *)((const char *)m + entry->paths.offset);

	if (!process_has(p, SKINK_AB_PATHS))
		return false;
	for (uint32_t i = 0; i < entry->paths.count; i++)
		if (path_is_below(path, length, skink_manifest_string(m, paths[i])))
			return true;
	return false;
}

static void
detach(struct path_node *node)
{
	node->attached = false;
	node->chid = 0;
	path_drop(node);
}

static bool
is_ours(const struct path_node *node, const struct process *p)
{
	return process_is_service(p) ? node->service == p->attr.service
				     : node->service == 0 && node->pid == p->pid;
}

static void
service_is_up(struct process *p)
{
	struct service *s = process_owner(p);

	if (!process_is_service(p))
		return;
	s->paths++;
	if (s->up_ns == 0)
		s->up_ns = loop_now_ns();
}

long
attach_request(struct request *r)
{
	const struct proc_path *m = (const void *)r->bytes;
	const char *path = (const char *)(m + 1);
	struct process *p = r->process;
	struct path_node *node;
	long error, owner;

	if (!request_holds(r, sizeof(*m), m->length) || (m->flags & ~PROC_PATH_TREE) != 0 ||
	    (m->mode & ~MODES) != 0)
		return -SK_EINVAL;
	error = path_check(path, m->length);
	if (error < 0)
		return error;
	if (!may_attach(p, path, m->length))
		return -SK_EPERM;
	node = path_exact(path, m->length);
	if (node != NULL && node->attached && !is_ours(node, p))
		return -SK_EEXIST;
	owner = skink_p_channel_owner(m->chid);
	if (owner < 0 || (int32_t)owner != p->pid)
		return -SK_ESRCH;
	node = path_make(path, m->length);
	if (node == NULL)
		return -SK_ENOSPC;
	/* COMMIT */
	node->attached = true;
	node->chid = m->chid;
	node->pid = p->pid;
	node->service = p->attr.service;
	node->flags = m->flags;
	node->mode = m->mode != 0 ? m->mode : _IO_S_IFCHR | 0666;
	service_is_up(p);
	return 0;
}

long
detach_request(struct request *r)
{
	const struct proc_path *m = (const void *)r->bytes;
	const char *path = (const char *)(m + 1);
	struct path_node *node;
	long error;

	if (!request_holds(r, sizeof(*m), m->length))
		return -SK_EINVAL;
	error = path_check(path, m->length);
	if (error < 0)
		return error;
	node = path_exact(path, m->length);
	if (node == NULL || !node->attached || node->chid == 0 || !is_ours(node, r->process))
		return -SK_ENOENT;
	detach(node);
	return 0;
}

long
resolve_request(struct request *r)
{
	const struct proc_resolve *m = (const void *)r->bytes;
	const char *path = (const char *)(m + 1);
	struct proc_resolve_reply *reply;
	struct path_node *node;
	uint32_t rest;
	long error, coid;

	if (m->length >= PROC_PATH_MAX)
		return -SK_ENAMETOOLONG;
	if (!request_holds(r, sizeof(*m), m->length) || m->zero != 0 || m->index < 0 ||
	    (m->flags & ~SKINK_COF_CLOEXEC) != 0)
		return -SK_EINVAL;
	error = path_check(path, m->length);
	if (error == 0)
		error = path_lookup(path, m->length, &node, &rest);
	if (error < 0)
		return error;
	coid = limit_connect(
	    r->process, node->chid != 0 ? node->chid : loop_chid(), m->index, m->flags);
	if (coid < 0)
		return coid;
	reply = request_reply(r, sizeof(*reply));
	reply->coid = coid;
	reply->rest = rest;
	return 0;
}

void
attach_process_ended(struct process *p)
{
	struct path_node *next;

	for (struct path_node *node = path_root(); node != NULL;
	     node = next) { /* <= PATH_NODES_MAX */
		next = path_next(node);
		if (!node->attached || node->pid != p->pid)
			continue;
		if (node->service != 0) {
			node->pid = 0;
		} else {
			detach(node);
			next = path_root(); /* what followed may be gone with it */
		}
	}
}

void
attach_service_fail(struct service *s, int error, bool destroy)
{
	struct path_node *next;

	while (skink_p_channel_fail(s->number, error, destroy ? SKINK_FAIL_DESTROY : 0) > 0)
		; /* <= its channels, and all that wait there or are connected */
	for (struct path_node *node = path_root(); destroy && node != NULL;
	     node = next) { /* <= PATH_NODES_MAX */
		next = path_next(node);
		if (!node->attached || node->service != s->number || node->chid == 0)
			continue;
		detach(node);
		next = path_root(); /* what followed may be gone with it */
	}
}

long
attach_next(uint64_t id, struct proc_path_info *info)
{
	uint64_t number = 0;

	for (struct path_node *node = path_root(); node != NULL; node = path_next(node)) {
		if (!node->attached || number++ < id)
			continue;
		*info =
		    (struct proc_path_info){node->pid, node->service, node->flags, node->mode, ""};
		path_text(node, info->path, sizeof(info->path));
		return number;
	}
	return -SK_ESRCH;
}
