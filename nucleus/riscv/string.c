/* SPDX-License-Identifier: Apache-2.0 */
/* string.c - the few functions of <string.h> that the nucleus and gcc use. memcpy carries
 * every message: whole words, 128 bytes a turn, also between buffers that are not
 * aligned alike (then words are put together by shifts: a hart may trap on misaligned access). */

#include <stdint.h>
#include <string.h>

/* Or gcc makes a call of memcpy of memcpy. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

#define WORD sizeof(uint64_t)
#define TURN (8 * WORD)

/* Words may alias anything. */
typedef uint64_t __attribute__((may_alias)) word_t;

static void
copy_turn(word_t *d, const word_t *s)
{
	uint64_t a = s[0], b = s[1], c = s[2], e = s[3], f = s[4], g = s[5], h = s[6], i = s[7];

	d[0] = a;
	d[1] = b;
	d[2] = c;
	d[3] = e;
	d[4] = f;
	d[5] = g;
	d[6] = h;
	d[7] = i;
}

void *
memcpy(void *restrict to, const void *restrict from, size_t len)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	if (len < WORD)
		goto bytes;
	for (; (uintptr_t)d % WORD != 0; len--) /* < WORD */
		*d++ = *s++;
	if ((uintptr_t)s % WORD == 0) {
		for (; len >= 2 * TURN; len -= 2 * TURN, d += 2 * TURN, s += 2 * TURN) {
			copy_turn((word_t *)d, (const word_t *)s);
			copy_turn((word_t *)(d + TURN), (const word_t *)(s + TURN));
		}
		if (len >= TURN) {
			copy_turn((word_t *)d, (const word_t *)s);
			len -= TURN, d += TURN, s += TURN;
		}
		for (; len >= WORD; len -= WORD, d += WORD, s += WORD)
			*(word_t *)d = *(const word_t *)s;
	} else if (len >= 2 * WORD) {
		unsigned right = (uintptr_t)s % WORD * 8, left = 64 - right;
		const word_t *w = (const word_t *)((uintptr_t)s & ~(WORD - 1));
		uint64_t low = *w++, high;

		/* Reads no word that has no byte of the source. */
		for (; len >= 2 * WORD; len -= 2 * WORD, d += 2 * WORD, s += 2 * WORD, w += 2) {
			high = w[0];
			((word_t *)d)[0] = low >> right | high << left;
			low = w[1];
			((word_t *)d)[1] = high >> right | low << left;
		}
	}
bytes:
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
	for (; len >= TURN; len -= TURN, d += TURN) {
		word_t *w = (word_t *)d;

		w[0] = w[1] = w[2] = w[3] = w[4] = w[5] = w[6] = w[7] = fill;
	}
	for (; len >= WORD; len -= WORD, d += WORD)
		*(word_t *)d = fill;
	for (; len > 0; len--)
		*d++ = (unsigned char)c;
	return to;
}
