/* SPDX-License-Identifier: Apache-2.0 */
/* process.h - processes, and the services that some of them are. */
#ifndef PROCMGR_PROCESS_H
#define PROCMGR_PROCESS_H

#include <skink/manager.h>
#include <skink/manifest.h>
#include <skink/procmgr_msg.h>

#include "account.h"
#include "list.h"
#include "region.h"

enum process_state {
	PROCESS_NEW,		/* being made by spawn.c */
	PROCESS_ALIVE,
	PROCESS_ENDING,		/* the nucleus is done with it; its memory is being taken back */
	PROCESS_ENDED,		/* waits for its parent's wait() */
};

struct process {
	int32_t		pid;
	int32_t		group;
	enum process_state state;
	uint32_t	owner;		/* number of the service it is, or descends from */
	struct skink_process_attr attr;	/* as the nucleus has it */
	struct process	*parent;	/* NULL: procmgr reaps it */
	struct link	children;
	struct link	sibling;
	/* its quotas came from, and go back there; NULL: the service's own */
	struct process	*lender;
	/* its quotas were set on purpose: its children get theirs from it alone */
	bool		closed;

	struct space	space;
	struct account	account;
	struct link	objects;	/* shared ones that it pays for */
	struct object	*tables;	/* its page tables; NULL: none yet, or it has ended */

	bool		heard;		/* it has sent something, since that was last looked at */
	bool		told_version;	/* the log has been told that it speaks another version */
	uint64_t	ignored;	/* signals: bit n */
	uint64_t	entry;
	uint64_t	first_sp;	/* of its first thread, as it began: no frame lies above */
	uint64_t	map_low;	/* end of its first stack: from here on PROC_MMAP places */
	uint64_t	death;		/* number of its record; 0: none yet */
	int32_t		status;
	int32_t		killed_by;
	uint64_t	runtime_ns;	/* ended: its own */
	uint64_t	children_ns;	/* of children it has waited for */
	struct link	waiters;	/* of its threads: struct waiter */
	uint64_t	log_ns;		/* when log_count began */
	uint32_t	log_count;
	uint32_t	log_lost;
	char		program[SKINK_NAME_MAX];	/* file in the image, else empty */
};

/* What procmgr knows of a service beyond the manifest. It outlives the service's processes. */
struct service {
	const struct skink_service *entry;
	const char	*name;
	enum proc_service_state state;
	struct process	*process;	/* RUNNING */
	struct account	account;	/* all that descends from it, keep memory, quarantine */
	uint32_t	number;
	uint32_t	instance;
	uint32_t	paths;		/* attached by this instance */
	uint32_t	processes;	/* that descend from it, ended ones included */
	int32_t		status;
	uint64_t	started_ns;
	uint64_t	up_ns;
	struct link	keeps;		/* struct keep */
	uint64_t	keep_pages;
	struct link	quarantine;	/* DMA objects */
	uint64_t	quarantine_pages;
};

/* Tables sized by the nucleus's pools and the manifest. False: no memory. */
bool process_init(uint32_t process_max, const struct skink_manifest *compiled);

uint32_t process_count(void);
struct process *process_find(int pid);		/* NULL: none; NEW ones are found */
/* The one with the lowest table index above that of pid (0: the first). */
struct process *process_next(int pid);
#define PROCESS_EACH(p) \
	for (struct process *p = process_next(0); p != NULL; p = process_next((p)->pid))

const struct skink_manifest *service_manifest(void);
struct service *service_find(uint32_t number);	/* NULL: none */
uint32_t service_count(void);
static inline bool
process_is_service(const struct process *p)
{
	return p->attr.service != 0;
}
/* The service that pays for it. */
struct service *process_owner(const struct process *p);
static inline bool
process_has(const struct process *p, uint64_t ability)
{
	return (p->attr.abilities & ability) == ability;
}

/*
 * A process to be, known to the nucleus, without memory. attr.quota is what it wants; they are
 * taken from `lender`, or the next one above it that can spare them (a service: from the
 * manifest). -EAGAIN: a quota, the table, the service's number of processes.
 */
long process_create(const struct skink_process_attr *attr, uint32_t owner, struct process *parent,
	struct process *lender, struct process **out);

/*
 * Quotas. A child begins with little, unless its parent chose (`chosen`, 0 where it did not), and
 * grows when it needs more, by what its lender can spare.
 */
void process_quota_first(uint32_t *quota, const uint32_t *chosen, const struct proc_fd *fds,
	unsigned fd_count);
/* Who lends to a child of `parent`. What was chosen comes from the parent, or who lends to it; the
 * usual from the nearest ancestor whose quotas were set on purpose, or from the service. */
struct process *process_quota_lender(struct process *parent, const uint32_t *chosen);
/* More of one quota for p (CONNECTIONS: or COIDS, whichever is used up); false: it is a service,
 * was closed, or its lender has no more for it. */
bool process_quota_grow(struct process *p, enum skink_pool q);
/* What p's lender could still give it, were it all for p. */
void process_quota_spare(const struct process *p, uint32_t *spare);

/* Ends it, if it has not ended: PULSE_PROCESSDEATH follows. */
void process_kill(struct process *p, int status, int by);

/* It has ended: gives back quotas. */
void process_repay(struct process *p);

/* Its memory is back: finds its children new parents. Then it waits for wait(), or is freed when
 * nobody will. */
void process_settle(struct process *p);
void process_free(struct process *p);

/* Tells the nucleus of a changed attr. */
void process_limit(struct process *p);

#endif
