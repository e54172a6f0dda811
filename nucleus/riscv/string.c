/* SPDX-License-Identifier: Apache-2.0 */
/* string.c - the few functions of <string.h> that the nucleus and gcc use: whole words, 64 bytes a
 * turn, also between buffers that are not aligned alike (then words are put together by shifts: a
 * hart may trap on misaligned access). */

#include <stdint.h>
#include <string.h>

/* Or gcc makes a call of memcpy of memcpy. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

#define WORD sizeof(uint64_t)
#define TURN sizeof(struct turn)

/* Words may alias anything. */
typedef uint64_t __attribute__((may_alias)) word_t;
struct turn {
	uint64_t words[8];
} __attribute__((may_alias));

void *
memcpy(void *restrict to, const void *restrict from, size_t len)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	for (; len >= WORD && (uintptr_t)d % WORD != 0; len--) /* < WORD */
		*d++ = *s++;
	if ((uintptr_t)s % WORD == 0) {
		for (; len >= TURN; len -= TURN, d += TURN, s += TURN)
			*(struct turn *)d = *(const struct turn *)s;
		for (; len >= WORD; len -= WORD, d += WORD, s += WORD)
			*(word_t *)d = *(const word_t *)s;
	} else if (len >= 2 * WORD) {
		unsigned right = (uintptr_t)s % WORD * 8, left = 64 - right;
		const word_t *w = (const word_t *)((uintptr_t)s - right / 8);
		uint64_t low = *w++, high;

		/* Reads no word that has no byte of the source. */
		for (; len >= 2 * WORD; len -= 2 * WORD, d += 2 * WORD, s += 2 * WORD, w += 2) {
			high = w[0];
			((word_t *)d)[0] = low >> right | high << left;
			low = w[1];
			((word_t *)d)[1] = high >> right | low << left;
		}
	}
	while (len-- > 0)
		*d++ = *s++;
	return to;
}

void *
memmove(void *to, const void *from, size_t len)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	if ((uintptr_t)d - (uintptr_t)s >= len)
		return memcpy(to, from, len);
	while (len-- > 0)
		d[len] = s[len];
	return to;
}

void *
memset(void *to, int c, size_t len)
{
	unsigned char *d = to;
	uint64_t fill = (unsigned char)c * 0x0101010101010101ull;

	for (; len > 0 && (uintptr_t)d % WORD != 0; len--)
		*d++ = (unsigned char)c;
	for (; len >= TURN; len -= TURN, d += TURN)
		*(struct turn *)d = (struct turn){{fill, fill, fill, fill, fill, fill, fill, fill}};
	for (; len >= WORD; len -= WORD, d += WORD)
		*(word_t *)d = fill;
	while (len-- > 0)
		*d++ = (unsigned char)c;
	return to;
}
