/* SPDX-License-Identifier: Apache-2.0 */
/* list.h - doubly linked circular lists, the link embedded in its object. */
#ifndef PROCMGR_LIST_H
#define PROCMGR_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct link {
	struct link	*next, *prev;
};

#define CONTAINER(pointer, type, field) \
	((type *)((char *)(pointer) - offsetof(type, field)))
#define LINK_EACH(l, head) \
	for (struct link *l = (head)->next; l != (head); l = l->next)

static inline void
link_init(struct link *l)
{
	l->next = l->prev = l;
}

/* An object from zeroed memory is in no list either. */
static inline bool
link_is_single(const struct link *l)
{
	return l->next == l || l->next == NULL;
}

static inline void
link_before(struct link *at, struct link *l)
{
	l->prev = at->prev;
	l->next = at;
	at->prev->next = l;
	at->prev = l;
}

static inline void
link_remove(struct link *l)
{
	if (link_is_single(l))
		return;
	l->prev->next = l->next;
	l->next->prev = l->prev;
	link_init(l);
}

#endif
