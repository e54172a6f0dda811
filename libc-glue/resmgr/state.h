/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h - what the resource manager library must not forget when its server dies: open files,
 * answers given but perhaps not delivered, and armed events. One block of memory, kept or plain:
 *
 *	head | open files | results | rooms of results | armed events | the server's own state
 *
 * Entries say themselves whether they are in use; the hashes that find them are derived
 * (state_derive) and not kept. Every change here is part of the caller's transaction.
 */
#ifndef RESMGR_STATE_H
#define RESMGR_STATE_H

#include <skink/keep.h>
#include <skink/types.h>

#include "idtable.h"

struct state_sizes {
	unsigned	open_max;
	unsigned	client_max;
	unsigned	ocb_size;
	unsigned	results;
	unsigned	result_size;	/* of a room */
	unsigned	arms;
	size_t		own_size;	/* the server's state */
};

struct state_head {
	uint32_t	stale;		/* 1: open files were lost: an unknown scoid gets ESTALE */
	uint32_t	instance;	/* counts restarts */
	uint64_t	stamp;		/* counts results */
	uint64_t	zero[6];
};
_Static_assert(sizeof(struct state_head) == 64, "struct state_head");

struct open_file {
	uint32_t	scoid;		/* 0: free */
	int32_t		pid;		/* who opened it */
	uint32_t	path;		/* attachment it was opened by */
	uint32_t	bound;		/* 1: resmgr_open_bind was called */
	void		*ocb;		/* in `room`, or the heap */
	uint64_t	room[];
};
_Static_assert(sizeof(struct open_file) == 24, "struct open_file");

/* At most one for each client thread, because a thread has at most one message out. */
enum result_state {
	RESULT_FREE,
	RESULT_PROGRESS,	/* a deferred request: `value` of it is done */
	RESULT_REPLY,		/* the answer: status and data */
	RESULT_REREAD		/* the answer is a read at `value`, whose data can be read again */
};
struct result {
	uint32_t	state;		/* enum result_state */
	int32_t		tid;
	uint64_t	seq;
	int64_t		status;		/* negative: an error */
	uint64_t	value;
	uint64_t	stamp;
	uint32_t	scoid;
	uint32_t	len;
	uint32_t	instance;
	uint32_t	room;		/* its data are in: 0: `data`, else 1 + a room */
	uint64_t	data[4];
};
_Static_assert(sizeof(struct result) == 88, "struct result");

/* Rooms for longer data. This instance uses one at a time; the others hold what earlier ones left.
 */
#define RESULT_ROOMS	4

struct arm {
	uint32_t	scoid;		/* 0: free */
	uint32_t	conditions;
	uint64_t	object;		/* what it waits for; of this instance */
	struct skink_event event;
};
_Static_assert(sizeof(struct arm) == 40, "struct arm");

struct state {
	struct keep	*keep;		/* with header NULL when the memory is plain */
	struct state_sizes sizes;
	struct state_head *head;
	char		*files;
	struct result	*results;
	char		*rooms;
	struct arm	*arms;
	void		*own;
	size_t		file_size;	/* of an entry */
	size_t		room_size;
	struct idtable	by_scoid;	/* files */
	struct idtable	by_tid;		/* results */
	struct idtable	by_pid;		/* clients */
	uint16_t	*client_files;	/* by slot of by_pid */
	struct result	*room_of[RESULT_ROOMS];	/* whose data are there; NULL: free */
	unsigned	armed;
	int		touched;	/* the hashes were changed in this transaction */
};

size_t state_size(const struct state_sizes *sizes);
int state_attach(struct state *s, struct keep *keep, void *memory, const struct state_sizes *sizes);
void state_release(struct state *s);
void state_derive(struct state *s);

/* After a restart, once: 0, or -EINVAL: what is there cannot be right. */
int state_check(const struct state *s);

struct open_file *state_file(struct state *s, unsigned slot);	/* any slot */
struct open_file *state_file_find(struct state *s, uint32_t scoid);
struct open_file *state_file_open(struct state *s, uint32_t scoid, int32_t pid, uint32_t path,
	int *error);
void state_file_close(struct state *s, struct open_file *f);

struct result *state_result_find(struct state *s, int32_t tid, uint64_t seq);
/* The entry of that message, made if need be; NULL: full (only for PROGRESS). Its state is for the
 * caller to set: state_result_set, when all else in it is right. */
struct result *state_result_make(struct state *s, const struct _msg_info *info, int progress);
void state_result_set(struct state *s, struct result *r, enum result_state state);
/* Room for `len` bytes of its data, before it becomes a REPLY. NULL: more than result_size. */
void *state_result_room(struct state *s, struct result *r, size_t len);
const void *state_result_data(const struct state *s, const struct result *r);
void state_result_drop(struct state *s, struct result *r);	/* one store: at any time */
void state_result_forget(struct state *s, uint32_t scoid);

struct arm *state_arm(struct state *s, uint32_t scoid, const struct skink_event *event);
void state_disarm(struct state *s, struct arm *a);

#endif
