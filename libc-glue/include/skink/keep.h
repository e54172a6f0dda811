/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skink/keep.h - state that outlives its process, changed so that a kill at any instruction leaves
 * either the old or the new state. docs/restart.md has the argument.
 *
 *	struct keep keep;
 *	struct state *s;
 *
 *	switch (keep_open(&keep, "state", sizeof(*s), 1024, LAYOUT, 0)) {...}
 *	s = keep.data;
 *	keep_begin(&keep);
 *	KEEP_SET(&keep, s->count, s->count + 1);	// or keep_save(), then any store
 *	KEEP_SET(&keep, s->sum, s->sum + n);
 *	keep_commit(&keep);
 *
 * A transaction is an undo log: keep_save() writes down the old bytes before they change; while the
 * log is not empty, the next instance puts them back. Commit is one store that empties it. Memory
 * that the committed state does not reach (a free page, the free part of a ring) may be
 * written without saving it first.
 *
 * One thread at a time may be in a transaction of an object. Nothing here blocks, but keep_open,
 * and begin and the end of a transaction of a KEEP_PROTECT object, ask procmgr.
 */
#ifndef SKINK_KEEP_H
#define SKINK_KEEP_H

#include <stddef.h>
#include <stdint.h>

#define KEEP_MAGIC	0x7065656b	/* "keep" */
#define KEEP_FORMAT	1
#define KEEP_PREPARED	(1ull << 63)

/* The start of an object. The log follows it, then the data. */
struct keep_header {
	uint32_t	magic;
	uint32_t	format;
	uint32_t	layout;		/* the owner's number for what its data look like */
	uint32_t	flags;		/* KEEP_ */
	uint64_t	size;		/* of the object */
	uint32_t	log_size;
	uint32_t	sum;		/* CRC-32 of all above */
	uint64_t	log;		/* the commit word: bytes in the log; | KEEP_PREPARED */
	uint32_t	ready;		/* 1: the owner has filled in its first state */
	uint32_t	data_sum;	/* KEEP_SUM: CRC-32 of the data as committed */
	uint64_t	recoveries;	/* times that a log was found that was not empty */
	uint64_t	zero;
};
_Static_assert(sizeof(struct keep_header) == 64, "struct keep_header");

/* Choices for an object. What they cost is in docs/restart.md. */
#define KEEP_SUM	0x1	/* data are summed at each commit, and checked by keep_open */
#define KEEP_PROTECT	0x2	/* read-only outside transactions: a wild store faults */

struct keep {
	struct keep_header *header;
	char		*log;
	void		*data;
	size_t		data_size;
	size_t		mapped;		/* bytes, whole pages */
	unsigned	depth;		/* of nested keep_begin */
	int		protect;	/* KEEP_PROTECT is on */
};

/* What was found. */
enum keep_found {
	KEEP_FRESH,		/* nothing, or never made ready: the data are zeros */
	KEEP_KEPT,		/* the last committed state */
	KEEP_OTHER,		/* of another layout or size: data is NULL; keep_reset() to go on */
	KEEP_DAMAGED		/* header, log or sum is wrong: likewise */
};

/*
 * Opens the calling service's object `name` with room for data_size bytes of data and log_size
 * bytes of undo log, and undoes what was not committed. Returns enum keep_found, or -errno:
 * EPERM (not a service), ENOMEM (the manifest's ceiling).
 */
int keep_open(struct keep *k, const char *name, size_t data_size, size_t log_size,
	uint32_t layout, unsigned flags);

/* After KEEP_OTHER, KEEP_DAMAGED or to start anew: throws the object away and makes an empty one.
 * KEEP_FRESH, or -errno. */
int keep_reset(struct keep *k, const char *name, size_t data_size, size_t log_size,
	uint32_t layout, unsigned flags);

/*
 * More memory for the same state, where it grows by pieces: piece `number` of those called `name`,
 * `bytes` long (whole pages), as it was kept or zeros. NULL: the ceiling. keep_piece_give ends it;
 * who drops it from his state and dies before that finds it taken by the next keep_piece_take.
 * Where `k` has no object, both are the heap's.
 */
void *keep_piece_take(struct keep *k, const char *name, unsigned number, size_t bytes);
void keep_piece_give(struct keep *k, const char *name, unsigned number, void *piece);

/* The first state is complete: from now on it is KEPT. */
void keep_ready(struct keep *k);

/* A transaction. Nested ones are part of the outermost, which alone commits. */
void keep_begin(struct keep *k);
void keep_commit(struct keep *k);
void keep_abort(struct keep *k);	/* the outermost: undoes all of it */

/*
 * Commits provisionally: from now on the new state counts, for the next instance too, but
 * keep_abort() can still take it back until keep_commit() ends it. For what is decided by an
 * action outside, such as a reply. Only in the outermost transaction.
 */
void keep_prepare(struct keep *k);

/* Notes the old bytes of [p, p + len) before the caller changes them. Outside the object (or when
 * `k` has none): does nothing, so that code can be written once for kept and plain memory. A full
 * log is the caller's mistake: abort(). */
void keep_save(struct keep *k, const void *p, size_t len);
void keep_copy(struct keep *k, void *to, const void *from, size_t len);	/* save, then copy */
size_t keep_room(const struct keep *k);		/* bytes that still can be saved, in one piece */
size_t keep_used(const struct keep *k);		/* 0: the transaction changed nothing so far */

#define KEEP_SET(k, lvalue, value) do { \
	keep_save((k), &(lvalue), sizeof(lvalue)); \
	(lvalue) = (value); \
} while (0)

/* The parts that know no procmgr, for tests and for who has memory of his own: an image at `base`
 * of `size` bytes. keep_format empties it; keep_adopt undoes what was not committed and tells what
 * is there. */
void keep_format(struct keep *k, void *base, size_t size, size_t log_size, uint32_t layout,
	unsigned flags);
int keep_adopt(struct keep *k, void *base, size_t size, uint32_t layout, unsigned flags);
size_t keep_image_size(size_t data_size, size_t log_size);
uint32_t keep_crc(uint32_t crc, const void *p, size_t len);	/* CRC-32 (IEEE); start with 0 */

/* keep_open.c's: makes a KEEP_PROTECT object writable (1) or read-only (0). Tests bring their own.
 */
void keep_protect(struct keep *k, int writable);

#endif
