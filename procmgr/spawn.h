/* SPDX-License-Identifier: Apache-2.0 */
/* spawn.h - making a process. */
#ifndef PROCMGR_SPAWN_H
#define PROCMGR_SPAWN_H

#include <stdint.h>

#include <skink/procmgr_msg.h>

#include "fill.h"

struct job;
struct object;
struct process;
struct request;
struct service;
struct spawn_plan;

/* A spawn in progress: the part of its job. */
struct spawn {
	struct process	*child;
	struct spawn_plan *plan;
	const uint8_t	*message;	/* in the first step: the whole request; else NULL */
	/* segment being filled; segment_count: the stack; then the rest */
	uint32_t	part;
	bool		filling;
	bool		at_once;	/* it took one step: the handler's result answers */
	struct fill	fill;
};

/* Where a segment's bytes come from. */
struct spawn_source {
	const uint8_t	*memory;	/* a file of the image */
	const char	*name;		/* that file's */
	struct object	*object;	/* or an object, referenced */
};

struct spawn_plan {
	struct proc_spawn head;
	struct proc_segment segments[PROC_SEGMENTS_MAX];
	struct spawn_source sources[PROC_SEGMENTS_MAX];
	struct proc_fd	fds[PROC_FDS_MAX];
	const struct service *strings;	/* NULL: the request's; else from its manifest's entry */
};

long spawn_request(struct request *r);
/* Starts the service from its file in the image, for procmgr itself: service_spawned() tells what
 * came of it. An error: it could not even begin. */
long spawn_service(struct service *s);
#endif
