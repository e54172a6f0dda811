/* SPDX-License-Identifier: Apache-2.0 */
/* map.h - mapping memory, a bounded number of pages at a time. */
#ifndef PROCMGR_MAP_H
#define PROCMGR_MAP_H

#include <skink/procmgr_msg.h>

#include "fill.h"
#include "unmap.h"

struct job;
struct keep;
struct request;

/* The part of a mapping job. */
struct map {
	struct fill	fill;
	struct clear	clear;		/* what is in the way, or what is undone */
	struct object	*source;	/* pinned while it is copied from */
	struct keep	*keep;		/* answered as PROC_KEEP_OPEN; NULL: as PROC_MMAP */
	uint32_t	existed;
	int		error;		/* undoing: what the client gets */
	bool		filling;
};

long map_request(struct request *r);
long map_physical_request(struct request *r);

/* Maps all of a keep object at its address, made and zeroed unless it existed; answers
 * PROC_KEEP_OPEN. */
long map_keep(struct request *r, struct keep *keep, bool existed);

#endif
