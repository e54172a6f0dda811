/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c - tests of memcpy and memmove: every alignment, length and overlap, against bytes. */
#include <stddef.h>

void *glue_memcpy(void *restrict to, const void *restrict from, size_t n);
void *glue_memmove(void *to, const void *from, size_t n);

void *glue_memset(void *to, int c, size_t n);

#undef memcpy
#undef memmove
#undef memset
#include <stdlib.h>
#include <test.h>

#define ROOM 200

static void
fill(unsigned char *p)
{
	for (int i = 0; i < ROOM; i++)
		p[i] = (unsigned char)(i * 7 + 3);
}

static void
test_memcpy_all_alignments(void)
{
	unsigned char from[ROOM], to[ROOM];

	fill(from);
	for (size_t a = 0; a < 8; a++)
		for (size_t b = 0; b < 8; b++)
			for (size_t n = 0; n <= 100; n++) {
				memset(to, 0xee, sizeof(to));
				CHECK(glue_memcpy(to + 8 + a, from + 8 + b, n) == to + 8 + a);
				CHECK(memcmp(to + 8 + a, from + 8 + b, n) == 0);
				CHECK_EQ(to[8 + a - 1], 0xee);
				CHECK_EQ(to[8 + a + n], 0xee);
			}
}

static void
test_memset_all_alignments(void)
{
	unsigned char to[ROOM];

	for (size_t a = 0; a < 8; a++)
		for (size_t n = 0; n <= 150; n++) {
			fill(to);
			CHECK(glue_memset(to + 8 + a, 0x1a5, n) == to + 8 + a);
			for (size_t i = 0; i < ROOM; i++)
				CHECK_EQ(to[i], i - 8 - a < n ? 0xa5 : (unsigned char)(i * 7 + 3));
		}
}

static void
test_memmove_all_overlaps(void)
{
	unsigned char got[ROOM], wanted[ROOM], copy[ROOM];

	for (size_t from = 8; from < 60; from++)
		for (size_t to = 8; to < 60; to++)
			for (size_t n = 0; n <= 70; n += n < 40 ? 1 : 7) {
				fill(got);
				fill(wanted);
				fill(copy);
				for (size_t i = 0; i < n; i++)
					wanted[to + i] = copy[from + i];
				glue_memmove(got + to, got + from, n);
				CHECK(memcmp(got, wanted, sizeof(got)) == 0);
			}
}

TEST_MAIN(TEST(test_memcpy_all_alignments), TEST(test_memset_all_alignments),
    TEST(test_memmove_all_overlaps))
