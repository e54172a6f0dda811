/* SPDX-License-Identifier: Apache-2.0 */
/* object.c - memory objects: counted holders of frames. Owns the runs; never maps anything, never
 * zeroes. Freed pages go back to pages.c at once and to their payer's account. */
#include "object.h"
#include "pages.h"
#include "store.h"

static struct store objects = STORE_OF(struct object);
static struct store runs = STORE_OF(struct run);
static uint64_t kind_pages[OBJECT_KINDS];

uint64_t
object_pages(enum object_kind kind)
{
	return kind_pages[kind];
}

struct object *
object_new(enum object_kind kind, struct account *payer, int maker)
{
	struct object *o = store_get(&objects);

	if (o == NULL)
		return NULL;
	link_init(&o->link);
	o->kind = kind;
	o->payer = payer;
	o->maker = maker;
	o->refs = 1;
	return o;
}

bool
object_add(struct object *o, uint32_t at, uint32_t frame, uint32_t count)
{
	struct run *last = o->last, *r;

	if (last != NULL && last->at + last->count == at && last->frame + last->count == frame) {
		last->count += count;
	} else {
		r = store_get(&runs);
		if (r == NULL)
			return false;
		*r = (struct run){.at = at, .frame = frame, .count = count};
		*(last == NULL ? &o->first : &last->next) = r;
		o->last = r;
	}
	o->pages += count;
	kind_pages[o->kind] += count;
	return true;
}

uint32_t
object_find(const struct object *o, uint32_t at, uint32_t *count)
{
	for (struct run *r = o->first; r != NULL && r->at <= at; r = r->next) { /* <= pages */
		if (at - r->at < r->count) {
			*count = r->count - (at - r->at);
			return r->frame + (at - r->at);
		}
	}
	return 0;
}

static void
free_frames(struct object *o, uint32_t frame, uint32_t count)
{
	pages_free(frame, count);
	account_refund(o->payer, count);
	o->pages -= count;
	kind_pages[o->kind] -= count;
}

bool
object_prepare(void)
{
	return store_prepare(&runs, 1);
}

bool
object_punch(struct object *o, uint32_t at, uint32_t count)
{
	uint64_t end = (uint64_t)at + count;
	struct run *before = NULL, *r = o->first;
	unsigned steps = 0;

	while (r != NULL && r->at < end) {
		uint64_t r_end = (uint64_t)r->at + r->count;
		uint32_t from = r->at > at ? r->at : at, n;

		if (r_end <= at) {
			before = r;
			r = r->next;
			continue;
		}
		if (steps++ == PAGE_STEP)
			return false;
		n = (r_end < end ? r_end : end) - from;
		free_frames(o, r->frame + (from - r->at), n);
		if (from > r->at && r_end > end) {
			struct run *tail = store_get(&runs); /* prepared */

			*tail = (struct run){
			    r->next, end, r->frame + (uint32_t)(end - r->at), r_end - end, 0};
			r->next = tail;
			r->count = from - r->at;
			if (o->last == r)
				o->last = tail;
			return true;
		}
		if (from > r->at) {
			r->count = from - r->at;
		} else if (r_end > end) {
			r->frame += n;
			r->at += n;
			r->count -= n;
		} else {
			struct run *gone = r;

			*(before == NULL ? &o->first : &before->next) = r->next;
			if (o->last == r)
				o->last = before;
			r = r->next;
			store_put(&runs, gone);
			continue;
		}
		before = r;
		r = r->next;
	}
	return true;
}

void
object_hold(struct object *o)
{
	o->refs++;
}

bool
object_release(struct object *o)
{
	return --o->refs == 0;
}

bool
object_empty(struct object *o)
{
	if (!object_punch(o, 0, UINT32_MAX))
		return false;
	link_remove(&o->link);
	store_put(&objects, o);
	return true;
}

void
object_pay(struct object *o, struct account *payer)
{
	account_refund(o->payer, o->pages);
	o->payer = payer;
	for (; payer != NULL; payer = payer->owner)
		payer->used += o->pages;
}
