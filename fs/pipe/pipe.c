/* SPDX-License-Identifier: Apache-2.0 */
/* pipe.c - see pipe.h. Owns the rings; never waits. */
#include <skink/errno.h>

#include "pipe.h"

static char *
ring(const struct pipes *ps, unsigned i)
{
	return ps->chunk[i / PIPE_CHUNK] + (size_t)(i % PIPE_CHUNK) * PIPE_SIZE;
}

int
pipe_is_sound(const struct pipes *ps)
{
	const struct pipe_state *s = ps->s;

	if (s->chunks > PIPE_CHUNKS)
		return 0;
	for (unsigned i = 0; i < PIPE_MAX; i++) {
		const struct pipe *p = &s->pipes[i];

		if (p->id == 0)
			continue;
		if (p->id > s->last_id || i >= s->chunks * PIPE_CHUNK || p->written > 1 ||
		    p->head - p->tail > PIPE_SIZE || p->readers + p->writers == 0 ||
		    (p->writers > 0 && !p->written))
			return 0;
	}
	return 1;
}

int
pipe_attach(struct pipes *ps)
{
	if (!pipe_is_sound(ps))
		return -SK_ESTALE;
	for (unsigned c = 0; c < ps->s->chunks; c++) {
		if (ps->chunk[c] == NULL)
			ps->chunk[c] = ps->grow(ps, c);
		if (ps->chunk[c] == NULL)
			return -SK_ESTALE;
	}
	return 0;
}

int
pipe_make(struct pipes *ps, int32_t maker)
{
	struct pipe_state *s = ps->s;
	unsigned i, c;

	for (i = 0; i < PIPE_MAX && s->pipes[i].id != 0; i++) /* <= PIPE_MAX */
		;
	if (i == PIPE_MAX)
		return -SK_ENFILE;
	c = i / PIPE_CHUNK;
	if (c >= s->chunks) {
		if (ps->chunk[c] == NULL)
			ps->chunk[c] = ps->grow(ps, c);
		if (ps->chunk[c] == NULL)
			return -SK_ENOMEM;
		KEEP_SET(ps->keep, s->chunks, c + 1);
	}
	KEEP_SET(ps->keep, s->last_id, s->last_id + 1);
	keep_save(ps->keep, &s->pipes[i], sizeof(s->pipes[i]));
	s->pipes[i] = (struct pipe){.id = s->last_id, .maker = maker, .readers = 1};
	return (int)i;
}

int
pipe_open_write(struct pipes *ps, uint64_t id, int32_t who)
{
	for (unsigned i = 0; i < PIPE_MAX && id != 0; i++) {
		struct pipe *p = &ps->s->pipes[i];

		if (p->id != id)
			continue;
		if (p->maker != who || p->written)
			return -SK_EPERM;
		KEEP_SET(ps->keep, p->written, 1);
		KEEP_SET(ps->keep, p->writers, 1);
		return (int)i;
	}
	return -SK_ENOENT;
}

void
pipe_close(struct pipes *ps, unsigned i, enum pipe_end end)
{
	struct pipe *p = &ps->s->pipes[i];

	if (end == PIPE_READ)
		KEEP_SET(ps->keep, p->readers, p->readers - 1);
	else
		KEEP_SET(ps->keep, p->writers, p->writers - 1);
	if (p->readers == 0 && p->writers == 0)
		KEEP_SET(ps->keep, p->id, 0);
}

size_t
pipe_count(const struct pipes *ps, unsigned i)
{
	return ps->s->pipes[i].head - ps->s->pipes[i].tail;
}

size_t
pipe_room(const struct pipes *ps, unsigned i)
{
	return PIPE_SIZE - pipe_count(ps, i);
}

int
pipe_is_ended(const struct pipes *ps, unsigned i)
{
	const struct pipe *p = &ps->s->pipes[i];

	return p->head == p->tail && p->written && p->writers == 0;
}

static int
parts(const struct pipes *ps, unsigned i, uint32_t from, size_t len, struct skink_iov iov[2])
{
	uint32_t at = from % PIPE_SIZE;
	size_t first = PIPE_SIZE - at < len ? PIPE_SIZE - at : len;

	iov[0] = (struct skink_iov){ring(ps, i) + at, first};
	iov[1] = (struct skink_iov){ring(ps, i), len - first};
	return first == len ? 1 : 2;
}

int
pipe_data(const struct pipes *ps, unsigned i, size_t len, struct skink_iov iov[2])
{
	return parts(ps, i, ps->s->pipes[i].tail, len, iov);
}

int
pipe_space(const struct pipes *ps, unsigned i, size_t len, struct skink_iov iov[2])
{
	return parts(ps, i, ps->s->pipes[i].head, len, iov);
}

void
pipe_took(struct pipes *ps, unsigned i, size_t len)
{
	struct pipe *p = &ps->s->pipes[i];

	KEEP_SET(ps->keep, p->tail, p->tail + (uint32_t)len);
}

void
pipe_gave(struct pipes *ps, unsigned i, size_t len)
{
	struct pipe *p = &ps->s->pipes[i];

	KEEP_SET(ps->keep, p->head, p->head + (uint32_t)len);
}

unsigned
pipe_empty_chunks(const struct pipes *ps)
{
	unsigned i = ps->s->chunks * PIPE_CHUNK;

	while (i > 0 && ps->s->pipes[i - 1].id == 0)
		i--;
	return ps->s->chunks - (i + PIPE_CHUNK - 1) / PIPE_CHUNK;
}

void
pipe_drop_chunk(struct pipes *ps)
{
	KEEP_SET(ps->keep, ps->s->chunks, ps->s->chunks - 1);
	ps->chunk[ps->s->chunks] = NULL;
}
