/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem.c - allocation, growing strings and arenas. Owns the arenas' blocks;
 * never returns to a caller without the memory it asked for.
 */
#include "mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARENA_BLOCK 2048

struct block {
	struct block *next;
	size_t used;
	size_t cap;
	_Alignas(16) char data[];
};

struct arena {
	struct block *blocks;
	unsigned refs;
};

static void *
check_memory(void *p)
{
	static const char text[] = "esh: out of memory\n";

	if (p == NULL) {
		if (write(2, text, sizeof(text) - 1) < 0)
			_exit(2);
		_exit(2);
	}
	return p;
}

void *
mem_alloc(size_t len_bytes)
{
	return check_memory(malloc(len_bytes == 0 ? 1 : len_bytes));
}

void *
mem_resize(void *p, size_t len_bytes)
{
	return check_memory(realloc(p, len_bytes));
}

char *
mem_strndup(const char *s, size_t len)
{
	char *copy = mem_alloc(len + 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *
mem_strdup(const char *s)
{
	return mem_strndup(s, strlen(s));
}

static void
reserve(struct strbuf *b, size_t extra)
{
	size_t cap = b->cap == 0 ? 32 : b->cap;

	while (cap - b->len <= extra)
		cap *= 2;
	if (cap != b->cap) {
		b->data = mem_resize(b->data, cap);
		b->cap = cap;
	}
}

void
strbuf_putc(struct strbuf *b, int c)
{
	reserve(b, 1);
	b->data[b->len++] = (char)c;
}

void
strbuf_put(struct strbuf *b, const char *s, size_t len)
{
	if (len == 0)
		return;
	reserve(b, len);
	memcpy(b->data + b->len, s, len);
	b->len += len;
}

void
strbuf_puts(struct strbuf *b, const char *s)
{
	strbuf_put(b, s, strlen(s));
}

void
strbuf_vprintf(struct strbuf *b, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	if (len > 0) {
		reserve(b, (size_t)len + 1);
		vsnprintf(b->data + b->len, (size_t)len + 1, fmt, again);
		b->len += (size_t)len;
	}
	va_end(again);
}

void
strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vprintf(b, fmt, ap);
	va_end(ap);
}

const char *
strbuf_cstr(struct strbuf *b)
{
	reserve(b, 1);
	b->data[b->len] = '\0';
	return b->data;
}

char *
strbuf_take(struct strbuf *b)
{
	char *s;

	strbuf_cstr(b);
	s = b->data;
	b->data = NULL;
	b->len = 0;
	b->cap = 0;
	return s;
}

void
strbuf_free(struct strbuf *b)
{
	free(b->data);
	b->data = NULL;
	b->len = 0;
	b->cap = 0;
}

void
strlist_add(struct strlist *l, char *s)
{
	if (l->n + 1 >= l->cap) {
		l->cap = l->cap == 0 ? 8 : l->cap * 2;
		l->v = mem_resize(l->v, l->cap * sizeof(*l->v));
	}
	l->v[l->n++] = s;
	l->v[l->n] = NULL;
}

static int
compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
strlist_sort(struct strlist *l, size_t from)
{
	if (l->n > from + 1)
		qsort(l->v + from, l->n - from, sizeof(*l->v), compare_strings);
}

void
strlist_free(struct strlist *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	l->v = NULL;
	l->n = 0;
	l->cap = 0;
}

struct arena *
arena_new(void)
{
	struct arena *a = mem_alloc(sizeof(*a));

	a->blocks = NULL;
	a->refs = 1;
	return a;
}

void
arena_ref(struct arena *a)
{
	a->refs++;
}

void
arena_drop(struct arena *a)
{
	if (--a->refs > 0)
		return;
	while (a->blocks != NULL) {
		struct block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
	free(a);
}

void *
arena_alloc(struct arena *a, size_t len_bytes)
{
	struct block *b = a->blocks;
	size_t len = (len_bytes + 15) & ~(size_t)15;
	void *p;

	if (b == NULL || b->cap - b->used < len) {
		size_t cap = len > ARENA_BLOCK ? len : ARENA_BLOCK;

		b = mem_alloc(sizeof(*b) + cap);
		b->next = a->blocks;
		b->used = 0;
		b->cap = cap;
		a->blocks = b;
	}
	p = b->data + b->used;
	b->used += len;
	memset(p, 0, len);
	return p;
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (len > 0)
		memcpy(copy, s, len);
	return copy;
}
