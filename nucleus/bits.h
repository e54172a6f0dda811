/* SPDX-License-Identifier: Apache-2.0 */
/* bits.h - the lowest set bit, by a de Bruijn sequence: the base instruction set has no such
 * instruction, and libgcc's way is longer. */
#ifndef NUCLEUS_BITS_H
#define NUCLEUS_BITS_H

#include <stdint.h>

extern const uint8_t bits_table[64];

/* x is not 0. */
static inline unsigned
bits_lowest(uint64_t x)
{
	return bits_table[((x & -x) * 0x03f79d71b4cb0a89ull) >> 58];
}

#endif
