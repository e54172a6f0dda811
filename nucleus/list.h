/* SPDX-License-Identifier: Apache-2.0 */
/* list.h - doubly linked circular lists, the link embedded in its object. A link that is in no list
 * points to itself, so removing it twice does no harm. */
#ifndef NUCLEUS_LIST_H
#define NUCLEUS_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list	*next, *prev;
};

#define CONTAINER(pointer, type, field) \
	((type *)((char *)(pointer) - offsetof(type, field)))

/* Of a list that is not empty. */
#define LIST_FIRST(head, type, field) CONTAINER((head)->next, type, field)

static inline void
list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool
list_is_empty(const struct list *l)
{
	return l->next == l;
}

static inline void
list_push_back(struct list *head, struct list *l)
{
	struct list *prev = head->prev;

	l->prev = prev;
	l->next = head;
	prev->next = l;
	head->prev = l;
}

static inline void
list_push_front(struct list *head, struct list *l)
{
	list_push_back(head->next, l);
}

/* The link itself is left as it is: it may not be removed again. */
static inline void
list_unlink(struct list *l)
{
	struct list *next = l->next, *prev = l->prev;

	prev->next = next;
	next->prev = prev;
}

static inline void
list_remove(struct list *l)
{
	list_unlink(l);
	list_init(l);
}

#endif
