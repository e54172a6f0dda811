/* SPDX-License-Identifier: Apache-2.0 */
/* noise.c - random words and a sum in which each of them counts by its place. Sizes are whole
 * words. */
#include "bench.h"

void
noise_fill(uint64_t *words, size_t bytes, uint64_t *state)
{
	uint64_t x = *state;

	for (size_t i = 0; i < bytes / sizeof(*words); i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		words[i] = x;
	}
	*state = x;
}

uint64_t
noise_sum(const uint64_t *words, size_t bytes)
{
	uint64_t sum = bytes;

	for (size_t i = 0; i < bytes / sizeof(*words); i++)
		sum = (sum << 7 | sum >> 57) ^ words[i] * 0x9e3779b97f4a7c15u;
	return sum;
}
