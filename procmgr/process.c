/* SPDX-License-Identifier: Apache-2.0 */
/* process.c - the table of processes and services, and what quotas they have. Owns who is whose
 * child; never touches memory (aspace.c) and never answers anybody (wait.c). */
#include <string.h>

#include <skink/errno.h>

#include "job.h"
#include "nucleus.h"
#include "pages.h"
#include "process.h"
#include "store.h"

static struct store processes = STORE_OF(struct process);
static struct process **table; /* by the pid's index */
static uint32_t table_size;
static struct service *services; /* number - 1 */
static uint32_t services_count;
static const struct skink_manifest *manifest;

bool
process_init(uint32_t process_max, const struct skink_manifest *compiled)
{
	const struct skink_service *entries = skink_manifest_services(compiled);
	uint64_t bytes = process_max * sizeof(*table);
	uint32_t frame =
	    pages_contiguous(PAGE_UP(bytes + compiled->services.count * sizeof(*services)));

	if (frame == 0)
		return false;
	table = frame_memory(frame);
	table_size = process_max;
	services = (struct service *)(table + process_max);
	services_count = compiled->services.count;
	manifest = compiled;
	memset(table, 0, bytes + services_count * sizeof(*services));
	for (uint32_t i = 0; i < services_count; i++) {
		struct service *s = &services[i];

		s->entry = &entries[i];
		s->name = skink_manifest_string(manifest, entries[i].name);
		s->number = i + 1;
		s->account.max = entries[i].memory_bytes >> PAGE_SHIFT;
		link_init(&s->keeps);
		link_init(&s->quarantine);
	}
	return true;
}

uint32_t
process_count(void)
{
	return processes.used;
}

struct process *
process_find(int pid)
{
	uint32_t index = pid & SKINK_INDEX_MASK;
	struct process *p = pid > 0 && index < table_size ? table[index] : NULL;

	return p != NULL && p->pid == pid ? p : NULL;
}

struct process *
process_next(int pid)
{
	uint32_t index = pid == 0 ? 0 : (pid & SKINK_INDEX_MASK) + 1;

	while (index < table_size && table[index] == NULL)
		index++;
	return index < table_size ? table[index] : NULL;
}

const struct skink_manifest *
service_manifest(void)
{
	return manifest;
}

struct service *
service_find(uint32_t number)
{
	return number >= 1 && number <= services_count ? &services[number - 1] : NULL;
}

uint32_t
service_count(void)
{
	return services_count;
}

struct service *
process_owner(const struct process *p)
{
	return &services[p->owner - 1];
}

void
process_limit(struct process *p)
{
	skink_p_process_attr(p->pid, &p->attr);
}

/* ---- quotas ---- */

/* Of each: what a child begins with when its parent has not chosen, what it may always grow to
 * while there is any, and by how much at a time. */
static const struct {
	uint8_t first, least, step;
} usual[SKINK_QUOTA_COUNT] = {
    [SKINK_POOL_THREAD] = {1, 2, 2},
    [SKINK_POOL_CHANNEL] = {0, 1, 1},
    [SKINK_POOL_CONNECTION] = {2, 12, 8}, /* beside those that it inherits */
    [SKINK_POOL_TIMER] = {0, 2, 2},
    [SKINK_POOL_SYNC] = {2, 4, 4},
    [SKINK_POOL_PULSE] = {2, 8, 8},
    [SKINK_POOL_EVENT] = {0, 2, 2},
    [SKINK_POOL_COIDS] = {0, 3, 1}, /* likewise */
};

/* Beyond that a process that grows leaves three quarters of what there is to those that have yet to
 * ask. */
#define GROWN_PART 4

void
process_quota_first(
    uint32_t *quota, const uint32_t *chosen, const struct proc_fd *fds, unsigned fd_count)
{
	/* Its connection to procmgr is in the other table. */
	uint32_t coids = 2, pieces = 1;

	for (unsigned i = 0; i < fd_count; i++) { /* <= PROC_FDS_MAX */
		uint32_t piece = 1u << fds[i].child / SKINK_COIDS_PIECE;

		coids += (pieces & piece) == 0;
		pieces |= piece;
	}
	for (int i = 0; i < SKINK_QUOTA_COUNT; i++) {
		uint32_t needed = i == SKINK_POOL_CONNECTION ? fd_count + 1
		    : i == SKINK_POOL_COIDS                  ? coids
							     : 0;

		if (chosen[i] == 0)
			quota[i] = needed + usual[i].first;
		else
			quota[i] = chosen[i] > needed ? chosen[i] : needed;
	}
}

/* What the lender does not use itself of what it has. */
static void
find_spare(const struct process *lender, uint32_t *spare)
{
	struct skink_process_info info;
	bool known = skink_p_info(SKINK_INFO_PROCESS, lender->pid, &info, sizeof(info)) >= 0;

	for (int i = 0; i < SKINK_QUOTA_COUNT; i++) {
		uint32_t quota = lender->attr.quota[i];

		spare[i] = known && quota > info.used[i] ? quota - info.used[i] : 0;
	}
}

static bool
can_lend(const struct process *lender, const uint32_t *quota)
{
	uint32_t spare[SKINK_QUOTA_COUNT];

	find_spare(lender, spare);
	for (int i = 0; i < SKINK_QUOTA_COUNT; i++)
		if (quota[i] > spare[i])
			return false;
	return true;
}

/* Whose quotas it grows by; NULL: nobody's. */
static struct process *
grows_by(const struct process *p)
{
	struct process *lender = p->lender != NULL ? p->lender : process_owner(p)->process;

	return process_is_service(p) || p->closed || lender == NULL || lender->state > PROCESS_ALIVE
	    ? NULL
	    : lender;
}

void
process_quota_spare(const struct process *p, uint32_t *spare)
{
	struct process *lender = grows_by(p);

	memset(spare, 0, SKINK_QUOTA_COUNT * sizeof(*spare));
	if (lender != NULL)
		find_spare(lender, spare);
}

/* Moves some of one quota; false: there is none to be had. */
static bool
grow(struct process *p, struct process *lender, enum skink_pool q)
{
	uint32_t spare[SKINK_QUOTA_COUNT], have = p->attr.quota[q], most, more = usual[q].step;

	find_spare(lender, spare);
	most = (have + spare[q]) / GROWN_PART;
	if (most < usual[q].least)
		most = usual[q].least;
	if (most <= have || spare[q] == 0)
		return false;
	if (more > most - have)
		more = most - have;
	if (more > spare[q])
		more = spare[q];
	p->attr.quota[q] += more;
	lender->attr.quota[q] -= more;
	return true;
}

bool
process_quota_grow(struct process *p, enum skink_pool q)
{
	struct process *lender = grows_by(p);
	struct skink_process_info info;

	if (lender == NULL || skink_p_info(SKINK_INFO_PROCESS, p->pid, &info, sizeof(info)) < 0)
		return false;
	/* A connection wants a place in a table as well. */
	if (q == SKINK_POOL_CONNECTION && info.used[q] < p->attr.quota[q])
		q = SKINK_POOL_COIDS;
	if (!grow(p, lender, q))
		return false;
	/* COMMIT. A thread may wait for something that nobody waits for yet. */
	if (q == SKINK_POOL_THREAD)
		(void)grow(p, lender, SKINK_POOL_SYNC);
	process_limit(lender);
	process_limit(p);
	return true;
}

struct process *
process_quota_lender(struct process *parent, const uint32_t *chosen)
{
	struct process *p = parent, *service = process_owner(parent)->process;

	for (int i = 0; i < SKINK_QUOTA_COUNT; i++)
		if (chosen[i] != 0)
			return parent;
	while (!p->closed && p->lender != NULL) /* <= the table's size */
		p = p->lender;
	return p->closed || service == NULL || service->state > PROCESS_ALIVE ? p : service;
}

/* The nearest of the process and those it has its own quotas from that can lend so much; not
 * beyond one whose quotas were set on purpose. NULL: none. */
static struct process *
lender_find(struct process *p, const uint32_t *quota)
{
	while (p != NULL && !can_lend(p, quota)) /* <= the table's size */
		p = p->closed ? NULL : p->lender;
	return p;
}

/* Quotas that processes of an earlier instance of the service still have. */
static void
take_orphans_share(uint32_t owner, uint32_t *quota)
{
	PROCESS_EACH(q)
	{ /* <= the table's size */
		for (int i = 0; q->owner == owner && i < SKINK_QUOTA_COUNT; i++)
			quota[i] -= q->attr.quota[i];
	}
}

void
process_repay(struct process *p)
{
	struct process *to = p->lender != NULL ? p->lender : process_owner(p)->process;
	uint32_t any = 0;

	for (int i = 0; i < SKINK_QUOTA_COUNT; i++)
		any |= p->attr.quota[i];
	if (any != 0 && to != NULL && !process_is_service(p)) {
		for (int i = 0; i < SKINK_QUOTA_COUNT; i++)
			to->attr.quota[i] += p->attr.quota[i];
		process_limit(to);
	}
	memset(p->attr.quota, 0, sizeof(p->attr.quota));
}

long
process_create(const struct skink_process_attr *attr, uint32_t owner, struct process *parent,
    struct process *lender, struct process **out)
{
	struct service *s = &services[owner - 1];
	uint32_t limit = s->entry->processes > 0 ? s->entry->processes : 1;
	struct process *p;
	long pid;

	if (attr->service == 0) {
		lender = s->processes > limit ? NULL : lender_find(lender, attr->quota);
		if (lender == NULL)
			return -SK_EAGAIN;
	}
	p = job_prepare(processes.used + 1) ? store_get(&processes) : NULL;
	if (p == NULL)
		return -SK_ENOMEM;
	p->attr = *attr;
	if (attr->service != 0 && s->processes > 0)
		take_orphans_share(owner, p->attr.quota);
	pid = skink_p_process_attr(0, &p->attr);
	if (pid < 0 || (pid & SKINK_INDEX_MASK) >= table_size) {
		store_put(&processes, p);
		return pid < 0 ? pid : -SK_EAGAIN;
	}
	/* COMMIT */
	p->pid = pid;
	p->owner = owner;
	p->state = PROCESS_NEW;
	p->parent = parent;
	p->lender = lender;
	p->account = (struct account){.owner = &s->account};
	space_init(&p->space);
	link_init(&p->children);
	link_init(&p->sibling);
	link_init(&p->waiters);
	link_init(&p->objects);
	if (parent != NULL)
		link_before(&parent->children, &p->sibling);
	if (lender != NULL) {
		for (int i = 0; i < SKINK_QUOTA_COUNT; i++)
			lender->attr.quota[i] -= attr->quota[i];
		process_limit(lender);
	}
	s->processes++;
	if (attr->service != 0)
		s->process = p;
	table[pid & SKINK_INDEX_MASK] = p;
	*out = p;
	return pid;
}

void
process_kill(struct process *p, int status, int by)
{
	if (p->state <= PROCESS_ALIVE)
		skink_p_process_kill(p->pid, status, by);
}

void
process_settle(struct process *p)
{
	struct service *s = process_owner(p);

	if (process_is_service(p))
		s->process = NULL;
	process_repay(p); /* what its children have repaid meanwhile */
	if (s->processes > 1) {
		PROCESS_EACH(q)
		{ /* <= the table's size */
			if (q->lender == p)
				q->lender = p->lender;
		}
	}
	while (p->children.next != &p->children) { /* <= the table's size */
		struct process *child = CONTAINER(p->children.next, struct process, sibling);

		link_remove(&child->sibling);
		child->parent = NULL;
		if (child->state == PROCESS_ENDED)
			process_free(child);
	}
	p->state = PROCESS_ENDED;
}

void
process_free(struct process *p)
{
	link_remove(&p->sibling);
	skink_p_process_free(p->pid);
	process_owner(p)->processes--;
	table[p->pid & SKINK_INDEX_MASK] = NULL;
	store_put(&processes, p);
}
