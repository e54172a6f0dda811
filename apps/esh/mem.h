/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem.h - memory of the shell: allocation that cannot fail, growing strings,
 * and arenas for syntax trees. Running out of memory ends the shell.
 */
#ifndef ESH_MEM_H
#define ESH_MEM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Never NULL: prints a message and exits with 2 when memory is exhausted. */
void *mem_alloc(size_t len_bytes);
void *mem_resize(void *p, size_t len_bytes);
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t len);

/* A growing byte string. All zeroes is an empty one. */
struct strbuf {
	char *data;
	size_t len;
	size_t cap;
};

void strbuf_putc(struct strbuf *b, int c);
void strbuf_put(struct strbuf *b, const char *s, size_t len);
void strbuf_puts(struct strbuf *b, const char *s);
void strbuf_printf(struct strbuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vprintf(struct strbuf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0), nonnull(2)));
/* The text with a NUL behind it; stays owned by the buffer. */
const char *strbuf_cstr(struct strbuf *b);
/* Hands the text over to the caller, who frees it; the buffer is empty then. */
char *strbuf_take(struct strbuf *b);
void strbuf_free(struct strbuf *b);

/* A list of strings that ends with a NULL pointer; owns its strings. */
struct strlist {
	char **v;
	size_t n;
	size_t cap;
};

/* Takes over `s`. */
void strlist_add(struct strlist *l, char *s);
void strlist_sort(struct strlist *l, size_t from);
void strlist_free(struct strlist *l);

/*
 * Memory that is given up all at once. A tree lives in one arena; who keeps a
 * part of the tree (a function's body) keeps a reference.
 */
struct arena;

struct arena *arena_new(void);
void arena_ref(struct arena *a);
void arena_drop(struct arena *a);
/* Zeroed memory, aligned for any object. */
void *arena_alloc(struct arena *a, size_t len_bytes);
char *arena_strndup(struct arena *a, const char *s, size_t len);

#endif
