/* SPDX-License-Identifier: Apache-2.0 */
/* state.c - see state.h. Never calls the nucleus, never answers anybody. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skink/errno.h>

#include "state.h"

#define RESERVED_RESULTS 4 /* entries that PROGRESS may not take */

static size_t
round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

static size_t
file_size(const struct state_sizes *z)
{
	return sizeof(struct open_file) + round_up(z->ocb_size, 8);
}

static size_t
room_size(const struct state_sizes *z)
{
	return round_up(z->result_size, 8);
}

size_t
state_size(const struct state_sizes *z)
{
	return sizeof(struct state_head) + z->open_max * file_size(z) +
	    z->results * sizeof(struct result) + RESULT_ROOMS * room_size(z) +
	    round_up(z->arms * sizeof(struct arm), 64) + 64 + z->own_size;
}

int
state_attach(struct state *s, struct keep *keep, void *memory, const struct state_sizes *z)
{
	int error;

	*s = (struct state){.keep = keep, .sizes = *z, .head = memory};
	s->file_size = file_size(z);
	s->room_size = room_size(z);
	s->files = (char *)memory + sizeof(struct state_head);
	s->results = (struct result *)(s->files + z->open_max * s->file_size);
	s->rooms = (char *)(s->results + z->results);
	s->arms = (struct arm *)(s->rooms + RESULT_ROOMS * s->room_size);
	s->own = (void *)round_up((uintptr_t)(s->arms + z->arms), 64);
	s->client_files = calloc(z->open_max + 1, sizeof(*s->client_files));
	error = s->client_files == NULL ? -ENOMEM : 0;
	error = error ? error : idtable_init(&s->by_scoid, z->open_max);
	error = error ? error : idtable_init(&s->by_tid, z->results);
	error = error ? error : idtable_init(&s->by_pid, z->open_max);
	if (error == 0)
		state_derive(s);
	return error;
}

void
state_release(struct state *s)
{
	idtable_release(&s->by_scoid);
	idtable_release(&s->by_tid);
	idtable_release(&s->by_pid);
	free(s->client_files);
	s->client_files = NULL;
}

static int
count_client(struct state *s, int32_t pid)
{
	int slot = idtable_find(&s->by_pid, (uint32_t)pid);

	if (slot < 0) {
		slot = idtable_add(&s->by_pid, (uint32_t)pid); /* as many as files: never full */
		s->client_files[slot] = 0;
	}
	return ++s->client_files[slot];
}

static void
uncount_client(struct state *s, int32_t pid)
{
	int slot = idtable_find(&s->by_pid, (uint32_t)pid);

	if (slot >= 0 && --s->client_files[slot] == 0)
		idtable_remove(&s->by_pid, (unsigned)slot);
}

void
state_derive(struct state *s)
{
	idtable_clear(&s->by_scoid);
	idtable_clear(&s->by_tid);
	idtable_clear(&s->by_pid);
	idtable_complete(&s->by_pid);
	for (unsigned i = 0; i < s->sizes.open_max; i++) {
		struct open_file *f = state_file(s, i);

		if (f->scoid == 0)
			continue;
		idtable_place(&s->by_scoid, i, f->scoid);
		count_client(s, f->pid);
	}
	memset(s->room_of, 0, sizeof(s->room_of));
	for (unsigned i = 0; i < s->sizes.results; i++) {
		struct result *r = &s->results[i];

		if (r->state == RESULT_FREE)
			continue;
		idtable_place(&s->by_tid, i, (uint32_t)r->tid);
		if (r->state == RESULT_REPLY && r->room != 0)
			s->room_of[r->room - 1] = r;
	}
	idtable_complete(&s->by_scoid);
	idtable_complete(&s->by_tid);
	s->armed = 0;
	for (unsigned i = 0; i < s->sizes.arms; i++)
		s->armed += s->arms[i].scoid != 0;
	s->touched = 0;
}

int
state_check(const struct state *s)
{
	for (unsigned i = 0; i < s->sizes.open_max; i++) {
		const struct open_file *f = (void *)(s->files + i * s->file_size);

		if (f->scoid != 0 && f->pid <= 0)
			return -EINVAL;
	}
	for (unsigned i = 0; i < s->sizes.results; i++) {
		const struct result *r = &s->results[i];

		if (r->state > RESULT_REREAD || r->room > RESULT_ROOMS ||
		    r->len > (r->room == 0 ? sizeof(r->data) : s->room_size) ||
		    (r->state != RESULT_FREE && r->tid <= 0))
			return -EINVAL;
	}
	return 0;
}

struct open_file *
state_file(struct state *s, unsigned slot)
{
	return (struct open_file *)(s->files + slot * s->file_size);
}

struct open_file *
state_file_find(struct state *s, uint32_t scoid)
{
	int slot = idtable_find(&s->by_scoid, scoid);

	return slot < 0 ? NULL : state_file(s, (unsigned)slot);
}

struct open_file *
state_file_open(struct state *s, uint32_t scoid, int32_t pid, uint32_t path, int *error)
{
	int client = idtable_find(&s->by_pid, (uint32_t)pid);
	struct open_file *f;
	int slot;

	if (client >= 0 && s->client_files[client] >= s->sizes.client_max) {
		*error = SK_EMFILE;
		return NULL;
	}
	slot = idtable_add(&s->by_scoid, scoid);
	if (slot < 0) {
		*error = SK_ENFILE;
		return NULL;
	}
	s->touched = 1;
	count_client(s, pid);
	f = state_file(s, (unsigned)slot);
	memset(f->room, 0, s->file_size - sizeof(*f));
	keep_save(s->keep, f, sizeof(*f));
	*f = (struct open_file){.scoid = scoid, .pid = pid, .path = path};
	return f;
}

void
state_file_close(struct state *s, struct open_file *f)
{
	unsigned slot = (unsigned)(((char *)f - s->files) / s->file_size);

	s->touched = 1;
	uncount_client(s, f->pid);
	idtable_remove(&s->by_scoid, slot);
	KEEP_SET(s->keep, f->scoid, 0);
}

struct result *
state_result_find(struct state *s, int32_t tid, uint64_t seq)
{
	int slot = idtable_find(&s->by_tid, (uint32_t)tid);
	struct result *r;

	if (slot < 0)
		return NULL;
	r = &s->results[slot];
	return r->seq == seq ? r : NULL;
}

/* Throws away the oldest answer that may not be needed. There is one: PROGRESS leaves some free.
 * Bounded by the table; only when the table is full of what earlier instances left. */
static void
evict(struct state *s, int progress)
{
	struct result *oldest = NULL;

	for (unsigned i = 0; i < s->sizes.results; i++) {
		struct result *r = &s->results[i];

		if (r->state == RESULT_FREE)
			continue;
		if (r->state == RESULT_PROGRESS && r->instance == s->head->instance)
			continue;
		if (oldest == NULL || r->stamp < oldest->stamp)
			oldest = r;
	}
	if (oldest != NULL && (!progress || oldest->state == RESULT_PROGRESS))
		state_result_drop(s, oldest);
}

struct result *
state_result_make(struct state *s, const struct _msg_info *info, int progress)
{
	int slot = idtable_find(&s->by_tid, (uint32_t)info->tid);
	struct result *r;

	if (slot < 0) {
		unsigned limit = s->sizes.results - (progress ? RESERVED_RESULTS : 0);

		if (s->sizes.results == 0)
			return NULL;
		if (s->by_tid.used >= limit)
			evict(s, progress);
		if (s->by_tid.used >= limit)
			return NULL;
		slot = idtable_add(&s->by_tid, (uint32_t)info->tid);
		s->touched = 1;
	}
	r = &s->results[slot];
	if (r->state == RESULT_PROGRESS && r->seq == info->seq)
		return r;
	if (r->state != RESULT_FREE) { /* an older message's */
		state_result_drop(s, r);
		slot = idtable_add(&s->by_tid, (uint32_t)info->tid);
		s->touched = 1;
		r = &s->results[slot];
	}
	*r = (struct result){.tid = info->tid,
	    .seq = info->seq,
	    .scoid = (uint32_t)info->scoid,
	    .stamp = ++s->head->stamp,
	    .instance = s->head->instance};
	return r;
}

void
state_result_set(struct state *s, struct result *r, enum result_state state)
{
	KEEP_SET(s->keep, r->state, state);
}

void
state_result_drop(struct state *s, struct result *r)
{
	unsigned slot = (unsigned)(r - s->results);

	if (r->room != 0 && s->room_of[r->room - 1] == r)
		s->room_of[r->room - 1] = NULL;
	*(volatile uint32_t *)&r->state = RESULT_FREE;
	if (s->by_tid.key[slot] != 0)
		idtable_remove(&s->by_tid, slot);
}

void *
state_result_room(struct state *s, struct result *r, size_t len)
{
	struct result *oldest = NULL;

	r->room = 0;
	if (len <= sizeof(r->data))
		return r->data;
	if (len > s->sizes.result_size)
		return NULL;
	for (uint32_t i = 0; i < RESULT_ROOMS; i++) {
		if (s->room_of[i] == NULL) {
			r->room = i + 1;
			break;
		}
		if (oldest == NULL || s->room_of[i]->stamp < oldest->stamp)
			oldest = s->room_of[i];
	}
	if (r->room == 0) {
		r->room = oldest->room;
		state_result_drop(s, oldest);
	}
	s->room_of[r->room - 1] = r;
	s->touched = 1;
	return s->rooms + (r->room - 1) * s->room_size;
}

const void *
state_result_data(const struct state *s, const struct result *r)
{
	return r->room == 0 ? (const char *)r->data : s->rooms + (r->room - 1) * s->room_size;
}

void
state_result_forget(struct state *s, uint32_t scoid)
{
	if (s->by_tid.used == 0)
		return;
	for (unsigned i = 0; i < s->sizes.results; i++)
		if (s->results[i].state != RESULT_FREE && s->results[i].scoid == scoid)
			state_result_drop(s, &s->results[i]);
}

struct arm *
state_arm(struct state *s, uint32_t scoid, const struct skink_event *event)
{
	struct arm *free = NULL, *a = NULL;

	for (unsigned i = 0; i < s->sizes.arms; i++) {
		struct arm *at = &s->arms[i];

		if (at->scoid == 0 && free == NULL)
			free = at;
		if (at->scoid == scoid && at->event.target == event->target)
			a = at;
	}
	if (a == NULL)
		a = free;
	if (a == NULL)
		return NULL;
	s->armed += a->scoid == 0;
	s->touched = 1;
	keep_save(s->keep, a, sizeof(*a));
	a->scoid = scoid;
	a->event = *event;
	return a;
}

void
state_disarm(struct state *s, struct arm *a)
{
	s->touched = 1;
	s->armed -= a->scoid != 0;
	KEEP_SET(s->keep, a->scoid, 0);
}
