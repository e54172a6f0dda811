/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pipe.h - pipes in keep memory: rings of bytes with two ends. Pure: it knows no client and no
 * procmgr. Indexes change only inside the caller's transaction; bytes are written into the free
 * part of a ring, and read ones stay in place until they are overwritten, so an undone transaction
 * leaves the ring as it was.
 */
#ifndef PIPE_H
#define PIPE_H

#include <stddef.h>
#include <stdint.h>

#include <skink/keep.h>
#include <skink/types.h>

#define PIPE_SIZE	4096u		/* bytes that a pipe holds; a power of two */
#define PIPE_ATOMIC	PIPE_SIZE	/* a write of so many or fewer is in one piece (PIPE_BUF) */
#define PIPE_MAX	64u
#define PIPE_CHUNK	8u		/* rings are taken from procmgr by so many */
#define PIPE_CHUNKS	(PIPE_MAX / PIPE_CHUNK)

struct pipe {
	uint64_t	id;		/* 0: free */
	int32_t		maker;		/* process that made it and may open its write end */
	uint32_t	written;	/* 1: its write end has been opened */
	uint32_t	readers;	/* open files of each end */
	uint32_t	writers;
	uint32_t	head, tail;	/* count up for ever */
};
_Static_assert(sizeof(struct pipe) == 32, "struct pipe");

struct pipe_state {
	uint64_t	last_id;
	uint32_t	chunks;		/* that there are */
	uint32_t	zero;
	struct pipe	pipes[PIPE_MAX];
};

struct pipes {
	struct keep	*keep;
	struct pipe_state *s;
	char		*chunk[PIPE_CHUNKS];
	char		*(*grow)(struct pipes *ps, unsigned chunk);	/* NULL: no memory */
};

enum pipe_end { PIPE_READ = 1, PIPE_WRITE = 2 };

int pipe_attach(struct pipes *ps);		/* after a restart: 0, -ESTALE: not sound */
int pipe_is_sound(const struct pipes *ps);

/* A pipe with its read end open: index; ENFILE, ENOMEM. Its write end: index; ENOENT, EPERM. */
int pipe_make(struct pipes *ps, int32_t maker);
int pipe_open_write(struct pipes *ps, uint64_t id, int32_t who);

/* The last end that is closed frees it. */
void pipe_close(struct pipes *ps, unsigned index, enum pipe_end end);

size_t pipe_count(const struct pipes *ps, unsigned index);
size_t pipe_room(const struct pipes *ps, unsigned index);
int pipe_is_ended(const struct pipes *ps, unsigned index);	/* empty, and no writer will come */

/* Where the next `len` <= count bytes are, or the next `len` <= room may go: one or two parts. */
int pipe_data(const struct pipes *ps, unsigned index, size_t len, struct skink_iov iov[2]);
int pipe_space(const struct pipes *ps, unsigned index, size_t len, struct skink_iov iov[2]);
void pipe_took(struct pipes *ps, unsigned index, size_t len);
void pipe_gave(struct pipes *ps, unsigned index, size_t len);

unsigned pipe_empty_chunks(const struct pipes *ps);	/* at the end */
void pipe_drop_chunk(struct pipes *ps);

#endif
