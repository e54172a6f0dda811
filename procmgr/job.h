/* SPDX-License-Identifier: Apache-2.0 */
/* job.h - long work in bounded steps. Between two steps procmgr receives what has come
 * meanwhile. */
#ifndef PROCMGR_JOB_H
#define PROCMGR_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "list.h"
#include "map.h"
#include "object_file.h"
#include "protect.h"
#include "spawn.h"
#include "unmap.h"

struct process;
struct request;

enum step {
	STEP_MORE,
	STEP_DONE,		/* the job ends; its client has been answered by the step */
};

struct job {
	struct link	link;
	enum step	(*step)(struct job *);
	/* The client has gone (rcvid is 0), or the process with its memory (process is NULL; a
	 * client other than it still wants an answer): undo; then job_free(). It may live on to
	 * undo in steps while there is a process. */
	void		(*cancel)(struct job *);
	long		rcvid;		/* of the client that waits for it; 0: nobody */
	int32_t		client;		/* pid; 0: procmgr's own */
	int32_t		priority;	/* 1..254 */
	struct process	*process;	/* whose memory it works on */
	/* `process` may end meanwhile: it is the end that is worked on */
	bool		outlives;
	union {
		struct map	map;
		struct clear	clear;
		struct protect	protect;
		struct grow	grow;
		struct spawn	spawn;
	};
};

/* So many jobs for ending processes can be made whatever happens. */
bool job_prepare(uint32_t processes);
/* A new job for the client of `r` (NULL: none, at `priority`); NULL: no memory. */
struct job *job_new(const struct request *r, int priority);
void job_start(struct job *job);
/* Instead of starting it. */
void job_free(struct job *job);
/* One step of the best job. Called for each work pulse. */
void job_run(void);
/* Ends the jobs of which `p` is client, or whose memory is worked on. */
void job_cancel(struct process *p);
/* Frees an object that has lost its last reference, in the background. */
void job_bury(struct object *o, int priority);

#endif
