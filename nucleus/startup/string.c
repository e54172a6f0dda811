/* SPDX-License-Identifier: Apache-2.0 */
/* string.c - the functions of <string.h> that libfdt and the reading of names use, beside the
 * nucleus's own (riscv/string.c). */

#include <string.h>

int
memcmp(const void *left, const void *right, size_t len)
{
	const unsigned char *l = left, *r = right;

	for (; len > 0; len--, l++, r++)
		if (*l != *r)
			return *l - *r;
	return 0;
}

void *
memchr(const void *in, int c, size_t len)
{
	for (const unsigned char *p = in; len > 0; len--, p++)
		if (*p == (unsigned char)c)
			return (void *)p;
	return NULL;
}

size_t
strlen(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0')
		n++;
	return n;
}

size_t
strnlen(const char *s, size_t most)
{
	size_t n = 0;

	while (n < most && s[n] != '\0')
		n++;
	return n;
}

int
strcmp(const char *left, const char *right)
{
	while (*left != '\0' && *left == *right)
		left++, right++;
	return (unsigned char)*left - (unsigned char)*right;
}

int
strncmp(const char *left, const char *right, size_t most)
{
	for (; most > 0; most--, left++, right++)
		if (*left != *right || *left == '\0')
			return (unsigned char)*left - (unsigned char)*right;
	return 0;
}

char *
strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (*s == '\0')
			return NULL;
	}
}

char *
strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (*s == '\0')
			return (char *)last;
	}
}
