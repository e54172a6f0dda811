/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.c - long work in bounded steps. Owns the list of jobs; never does their work.
 *
 * Each step is asked for by a pulse that procmgr sends itself, at the priority of the client that
 * waits. So the channel's queue decides what comes next, a step or a message, and procmgr has the
 * priority of the best of both; messages of lower priority wait for the work, those of higher
 * priority do not.
 */
#include "job.h"
#include "loop.h"
#include "nucleus.h"
#include "process.h"
#include "request.h"
#include "store.h"

static struct store jobs = STORE_OF(struct job);
static struct link active = {&active, &active};
static unsigned active_count, pulses;

bool
job_prepare(uint32_t processes)
{
	return store_prepare(&jobs, processes);
}

struct job *
job_new(const struct request *r, int priority)
{
	struct job *job;

	/* A request may not take what a process needs to end. */
	if (r != NULL && !store_prepare(&jobs, process_count() + 1))
		return NULL;
	job = store_get(&jobs);
	if (job == NULL)
		return NULL;
	link_init(&job->link);
	job->priority = priority;
	if (r != NULL) {
		job->rcvid = r->rcvid;
		job->client = r->info.pid;
		job->process = r->process;
		job->priority = r->info.priority;
	}
	return job;
}

void
job_free(struct job *job)
{
	if (!link_is_single(&job->link))
		active_count--;
	link_remove(&job->link);
	store_put(&jobs, job);
}

/* One pulse a job, or at least one for all. */
static void
ask_for_step(int priority)
{
	if (loop_pulse(priority, PULSE_WORK, 0))
		pulses++;
	else if (pulses == 0)
		procmgr_stop("no pulse for work");
}

void
job_start(struct job *job)
{
	link_before(&active, &job->link);
	active_count++;
	ask_for_step(job->priority);
}

static struct job *
best_job(void)
{
	struct job *best = NULL;

	LINK_EACH(l, &active)
	{ /* <= threads of all processes */
		struct job *job = CONTAINER(l, struct job, link);

		if (best == NULL || job->priority > best->priority)
			best = job;
	}
	return best;
}

void
job_run(void)
{
	struct job *job = best_job();

	pulses--;
	if (job == NULL)
		return;
	if (job->rcvid != 0) {
		struct _msg_info info;

		/* The client has gone: whether it ended or gave up waiting, nobody will know the
		 * result. */
		if (skink_msg_current(job->rcvid) < 0 || skink_msg_info(job->rcvid, &info) < 0) {
			job->rcvid = 0;
			job->cancel(job);
			goto next;
		}
		job->priority = info.priority;
	}
	if (job->step(job) == STEP_DONE) {
		job_free(job);
	} else {
		/* Equals take turns. */
		link_remove(&job->link);
		link_before(&active, &job->link);
	}
next:
	job = best_job();
	if (job != NULL && pulses < active_count)
		ask_for_step(job->priority);
}

void
job_cancel(struct process *p)
{
	struct link *next;

	for (struct link *l = active.next; l != &active; l = next) { /* <= all jobs */
		struct job *job = CONTAINER(l, struct job, link);

		next = l->next;
		if (job->outlives || (job->client != p->pid && job->process != p))
			continue;
		if (job->client == p->pid)
			job->rcvid = 0;
		if (job->process == p)
			job->process = NULL;
		job->cancel(job);
	}
}

static enum step
bury_step(struct job *job)
{
	return object_empty(job->clear.dying) ? STEP_DONE : STEP_MORE;
}

void
job_bury(struct object *o, int priority)
{
	struct job *job;

	if (object_empty(o))
		return;
	job = job_new(NULL, priority);
	if (job == NULL) {
		while (!object_empty(o))
			;
		return;
	}
	job->outlives = true;
	job->clear.dying = o;
	job->step = bury_step;
	job_start(job);
}
