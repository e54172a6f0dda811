/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wait.c - a process's end: takes its memory back in steps, then tells who waited. Owns the waiting
 * wait() calls; what is told to whom before and after, death.c knows.
 *
 * Of a small process's end those who wait are told as soon as the quotas are back. The memory comes
 * back, in a step or two, before procmgr looks at the next message: so nobody can tell. Where that
 * may not come soon, and a death is still to be described, a timer sees to it.
 */
#include <skink/errno.h>
#include <skink/procmgr_msg.h>

#include "aspace.h"
#include "attach.h"
#include "death.h"
#include "job.h"
#include "log.h"
#include "loop.h"
#include "nucleus.h"
#include "pages.h"
#include "park.h"
#include "process.h"
#include "request.h"
#include "service.h"
#include "store.h"
#include "wait.h"

struct waiter {
	struct link link; /* in its process's list */
	long rcvid;
	int32_t pid; /* as in proc_wait */
	uint32_t flags;
	int32_t group; /* pid 0, < -1: that group */
};

#define CLEAR_STEPS   12 /* of clear_step, in one step */
#define SMALL_PAGES   (4 * PAGE_STEP)
#define SMALL_REGIONS 12
#define LATE_NS       50000
#define DESCRIBE_NS   300000 /* its next instance should serve by then */
#define UNBORN        UINT64_MAX /* in place of a death's number: it never started */

static struct store waiters = STORE_OF(struct waiter);
static struct process *late; /* ENDING, but has been told of; NULL: none */
static bool late_is_news; /* and of whom all who want news were told: a service */
static int late_timer;

void
wait_init(void)
{
	struct skink_event event = {.notify = SKINK_EV_PULSE,
	    .target = loop_coid(),
	    .code = PULSE_LATE,
	    .priority = LOOP_PRIORITY};

	late_timer = skink_timer_create(SKINK_CLOCK_MONOTONIC, &event);
	if (late_timer < 0)
		procmgr_stop("no timer");
}

static bool
is_meant(const struct waiter *w, const struct process *child)
{
	if (child->state == PROCESS_NEW)
		return false;
	return w->pid == -1 || (w->pid > 0 ? child->pid == w->pid : child->group == w->group);
}

/* What wait() tells of: the end of one that was started, and that ham has not to do with. */
static bool
is_for_parent(const struct process *p)
{
	return p->death != UNBORN && !process_is_service(p);
}

static bool
is_over(const struct process *p)
{
	return p->state == PROCESS_ENDED || (p == late && is_for_parent(p));
}

/* One that just ends is no news, unless it is a service. What has a record is. */
static bool
is_news(const struct process *p)
{
	return p->death != UNBORN &&
	    (p->death != 0 || process_is_service(p) || (p->status & 0x7f) != 0);
}

/* A child that is meant: the first that has ended, else any. */
static struct process *
child_find(const struct process *p, const struct waiter *w)
{
	struct process *found = NULL;

	LINK_EACH(l, &p->children)
	{ /* <= the service's number of processes */
		struct process *c = CONTAINER(l, struct process, sibling);

		if (!is_meant(w, c))
			continue;
		if (is_over(c))
			return c;
		found = c;
	}
	return found;
}

static void
tell(struct process *p, const struct waiter *w, struct process *child)
{
	struct proc_wait_reply reply = {
	    child->pid, child->status, child->runtime_ns + child->children_ns};

	/* Who is not there any more has not waited. */
	if (skink_msg_reply(w->rcvid, 0, &reply, sizeof(reply)) < 0 || (w->flags & PROC_WAIT_PEEK))
		return;
	p->children_ns += reply.runtime_ns;
	if (child->state == PROCESS_ENDED) {
		process_free(child);
	} else {
		link_remove(&child->sibling);
		child->parent = NULL;
	}
}

long
wait_request(struct request *r)
{
	const struct proc_wait *m = (const void *)r->bytes;
	struct process *p = r->process, *child;
	struct waiter w = {.rcvid = r->rcvid, .pid = m->pid, .flags = m->flags}, *later;

	if ((m->flags & ~(PROC_WAIT_NOHANG | PROC_WAIT_PEEK)) != 0 || m->pid == INT32_MIN)
		return -SK_EINVAL;
	w.group = m->pid == 0 ? p->group : -m->pid;
	child = child_find(p, &w);
	if (child == NULL)
		return -SK_ECHILD;
	if (is_over(child)) {
		tell(p, &w, child);
		return REQUEST_LATER;
	}
	if (m->flags & PROC_WAIT_NOHANG) {
		request_reply(r, sizeof(struct proc_wait_reply));
		return 0;
	}
	later = store_get(&waiters);
	if (later == NULL)
		return -SK_ENOMEM;
	*later = w;
	link_before(&p->waiters, &later->link);
	park(r->rcvid, r->info.priority);
	return REQUEST_LATER;
}

/* Answers those who waited for it, or have nobody left to wait for. */
static void
wake_waiters(struct process *p)
{
	struct link *next;

	for (struct link *l = p->waiters.next; l != &p->waiters; l = next) { /* <= its threads */
		struct waiter *w = CONTAINER(l, struct waiter, link);
		struct process *child = child_find(p, w);

		next = l->next;
		if (child != NULL && !is_over(child))
			continue;
		if (child == NULL)
			skink_msg_reply(w->rcvid, -SK_ECHILD, NULL, 0);
		else
			tell(p, w, child);
		link_remove(&w->link);
		store_put(&waiters, w);
	}
}

static void
drop_waiters(struct process *p)
{
	while (p->waiters.next != &p->waiters) {
		struct waiter *w = CONTAINER(p->waiters.next, struct waiter, link);

		link_remove(&w->link);
		store_put(&waiters, w);
	}
}

/* Shared objects that it made and others hold are paid by its service from now on. */
static void
hand_over_objects(struct process *p)
{
	while (p->objects.next != &p->objects) {
		struct object *o = CONTAINER(p->objects.next, struct object, link);

		link_remove(&o->link);
		object_pay(o, p->account.owner);
	}
}

/* All is free. */
static void
finish(struct process *p, bool told)
{
	bool service = process_is_service(p), news = is_news(p) && !told;
	struct process *parent = p->parent;
	struct service *s = process_owner(p);
	int status = p->status;

	process_settle(p);
	if (parent == NULL || !is_for_parent(p) || (parent->ignored & 1ull << SKINK_SIGCHLD))
		process_free(p);
	if (parent != NULL)
		wake_waiters(parent);
	if (service)
		service_ended(s, status);
	if (news)
		(void)death_tell_settled();
}

/* One step. True: all is free. */
static bool
reclaim(struct process *p, struct clear *clear)
{
	for (unsigned i = 0; i < CLEAR_STEPS; i++)
		if (clear_step(clear, p) == 0)
			return aspace_free(p);
	return false;
}

static enum step
reclaim_step(struct job *job)
{
	struct process *p = job->process;

	if (!reclaim(p, &job->clear))
		return STEP_MORE;
	finish(p, false);
	return STEP_DONE;
}

/* What waits for its end: its parent in wait(), or the clients of a service. Those had lent it
 * their priority, at which the news of its death has come, and so procmgr has it now. */
static int
reclaim_priority(const struct process *p)
{
	int priority = process_is_service(p) ? process_owner(p)->entry->priority : LOOP_PRIORITY;
	struct skink_sched own;

	if (process_is_service(p) && skink_sched_get(0, &own) >= 0 && own.effective > priority)
		priority = own.effective;
	if (p->parent == NULL)
		return priority;
	LINK_EACH(l, &p->parent->waiters)
	{ /* <= its threads */
		struct _msg_info info;

		if (skink_msg_info(CONTAINER(l, struct waiter, link)->rcvid, &info) >= 0 &&
		    info.priority > priority)
			priority = info.priority;
	}
	return priority;
}

/* All of it goes in a step or two. */
static bool
is_small(const struct process *p)
{
	return p->account.used <= SMALL_PAGES && p->space.count <= SMALL_REGIONS;
}

/* What it had is given back and told of, if the news has not been told; it is ENDING. */
static void
settle(struct process *p, bool told)
{
	struct clear clear = {.start = 0, .end = SKINK_USER_END, .ended = true};
	bool small = is_small(p), done;
	struct job *job;

	death_settled(p);
	job_cancel(p);
	drop_waiters(p);
	log_forget(p);
	death_forget(p);
	attach_process_ended(p);
	hand_over_objects(p);
	do {
		done = reclaim(p, &clear);
	} while (!done && small); /* <= SMALL_PAGES, SMALL_REGIONS */
	if (done) {
		finish(p, told);
		return;
	}
	job = job_new(NULL, reclaim_priority(p));
	if (job == NULL)
		procmgr_stop("no job for a death");
	job->process = p;
	job->outlives = true;
	job->clear = clear;
	job->step = reclaim_step;
	job_start(job);
}

void
wait_settle_late(void)
{
	struct process *p = late;

	if (p == NULL)
		return;
	late = NULL;
	settle(p, late_is_news);
}

/* Those who want news of services; what they ask next is answered when all is settled. */
static bool
tell_news_early(const struct process *p)
{
	return process_is_service(p) && p->death != UNBORN && is_small(p) && death_tell_settled();
}

/* Its parent, if it waits. */
static bool
tell_parent_early(const struct process *p)
{
	struct process *parent = p->parent;

	if (parent == NULL || parent->waiters.next == &parent->waiters || !is_for_parent(p) ||
	    !is_small(p) || (parent->ignored & 1ull << SKINK_SIGCHLD))
		return false;
	wake_waiters(parent);
	return p->parent != parent;
}

static void
read_end(struct process *p)
{
	struct skink_process_info info;

	if (skink_p_info(SKINK_INFO_PROCESS, p->pid, &info, sizeof(info)) < 0)
		return;
	p->status = info.status;
	p->killed_by = info.killed_by;
	p->runtime_ns = info.runtime_ns;
}

void
wait_process_ended(int pid)
{
	struct process *p = process_find(pid);
	bool service;

	if (p == NULL || p->state >= PROCESS_ENDING)
		return;
	if (p->state == PROCESS_NEW)
		p->death = UNBORN;
	p->state = PROCESS_ENDING;
	process_repay(p);
	read_end(p);
	if (is_news(p))
		death_certain(p, p->status, p->killed_by);
	late = p;
	late_is_news = tell_news_early(p);
	service = process_is_service(p);
	if (!tell_parent_early(p) && !late_is_news)
		wait_settle_late();
	if (service || (late != NULL && is_news(late)))
		skink_timer_settime(late_timer, 0, service ? DESCRIBE_NS : LATE_NS, 0);
}
