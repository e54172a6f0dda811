/* SPDX-License-Identifier: Apache-2.0 */
/* object.h - memory objects: counted holders of frames. */
#ifndef PROCMGR_OBJECT_H
#define PROCMGR_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "account.h"
#include "list.h"

enum object_kind {
	OBJECT_PRIVATE,		/* of one process; may have holes */
	OBJECT_SHARED,		/* PROC_OBJECT, /dev/shmem */
	OBJECT_DMA,		/* one contiguous run */
	OBJECT_KEEP,
	OBJECT_TABLES,		/* page tables of one process, the nucleus's until it has ended */
	OBJECT_KINDS
};

/* Contiguous frames of an object: those of its pages at .. at + count - 1. */
struct run {
	struct run	*next;
	uint32_t	at;
	uint32_t	frame;
	uint32_t	count;
	uint32_t	zero;
};

struct object {
	struct link	link;		/* in its payer's list of objects, or in a quarantine */
	struct run	*first, *last;	/* by `at`, not overlapping */
	struct account	*payer;
	uint64_t	pages;		/* frames it holds, and its payer is charged */
	uint64_t	size_bytes;	/* SHARED: as ftruncate() set it */
	uint32_t	refs;		/* regions, open descriptors, names, jobs that hold it */
	uint32_t	mapped;		/* regions among them */
	uint8_t		kind;
	uint8_t		growing;	/* a job adds or frees its pages */
	uint16_t	zero;
	int32_t		maker;		/* pid */
};

/* Pages held by all objects of a kind. */
uint64_t object_pages(enum object_kind kind);

/* An empty object with one reference; NULL: no memory. */
struct object *object_new(enum object_kind kind, struct account *payer, int maker);

/* Adds frames for pages at .. at + count - 1, which lie above all it has. False: no memory for
 * the run; the frames are still the caller's. Charging is the caller's. */
bool object_add(struct object *o, uint32_t at, uint32_t frame, uint32_t count);

/* The frame of page `at`; *count: how many contiguous from there on. 0: a hole. */
uint32_t object_find(const struct object *o, uint32_t at, uint32_t *count);

/* Frees the frames of at .. at + count - 1, at most PAGE_STEP runs in a call, and refunds them.
 * `count` may reach beyond its end. True: done. False: call again. Needs one spare run
 * (object_prepare) where it cuts one in two. */
bool object_punch(struct object *o, uint32_t at, uint32_t count);
/* The next object_add() succeeds, or such a cut. */
bool object_prepare(void);

void object_hold(struct object *o);
/* The last one out leaves it to be freed: true then, and object_empty() must follow until it says
 * so. */
bool object_release(struct object *o);
/* Frees a part of an unreferenced object's frames; true: it is gone. */
bool object_empty(struct object *o);

/* Moves the charge to another account without a check. */
void object_pay(struct object *o, struct account *payer);

#endif
