/* SPDX-License-Identifier: Apache-2.0 */
/* unmap.h - taking parts of an address space away, a bounded number of pages at a time. */
#ifndef PROCMGR_UNMAP_H
#define PROCMGR_UNMAP_H

#include <stdbool.h>
#include <stdint.h>

struct object;
struct process;
struct region;
struct request;

struct clear {
	uint64_t	start, end;	/* what is still to go; empty: nothing */
	struct object	*dying;		/* lost its last reference, being freed */
	bool		ended;		/* the process has ended: no page table matters any more */
};

/* Cuts regions at both ends and marks all between busy. -EBUSY, -ENOMEM: nothing changed. */
long clear_begin(struct clear *c, struct process *p, uint64_t start, uint64_t end);
/* 1: more. 0: all gone. -ESRCH: the process is ending: its reclaim does the rest. */
long clear_step(struct clear *c, struct process *p);

/* Does what clear_begin() began, then answers the request. */
long unmap_begun(struct request *r, const struct clear *clear);

long unmap_request(struct request *r);

#endif
