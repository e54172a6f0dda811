/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the nucleus's <string.h> (riscv/string.c) against loops of bytes, for every alignment of
 * both sides and every length around its turns. build.mk gives its functions other names. */
#include <stdlib.h>

#include "test.h"

#define SPACE  1024
#define LENGTH 300

void *tested_memcpy(void *restrict to, const void *restrict from, size_t len);
void *tested_memmove(void *to, const void *from, size_t len);
void *tested_memset(void *to, int c, size_t len);

static _Alignas(64) unsigned char got[SPACE], want[SPACE], source[SPACE];

static void
fill(void)
{
	for (int i = 0; i < SPACE; i++) {
		got[i] = want[i] = (unsigned char)(i * 7 + 1);
		source[i] = (unsigned char)(i * 13 + (i >> 8) + 101);
	}
}

static void
check_same(void)
{
	int wrong = 0;

	for (int i = 0; i < SPACE; i++)
		wrong += got[i] != want[i];
	CHECK_EQ(wrong, 0);
}

static void
test_copy_of_any_length_and_alignment_is_of_just_these_bytes(void)
{
	for (int to = 0; to < 8; to++)
		for (int from = 0; from < 8; from++)
			for (int len = 0; len < LENGTH; len++) {
				fill();
				for (int i = 0; i < len; i++)
					want[64 + to + i] = source[64 + from + i];
				CHECK(tested_memcpy(got + 64 + to, source + 64 + from, len) ==
				    got + 64 + to);
				check_same();
			}
}

static void
test_move_between_overlapping_ranges_is_as_if_there_were_two_buffers(void)
{
	for (int to = 56; to < 72; to++)
		for (int from = 56; from < 72; from++)
			for (int len = 0; len < LENGTH; len += 1 + len / 20) {
				fill();
				for (int i = 0; i < len; i++)
					want[to + i] = (unsigned char)((from + i) * 7 + 1);
				CHECK(tested_memmove(got + to, got + from, len) == got + to);
				check_same();
			}
}

static void
test_set_of_any_length_and_alignment_is_of_just_these_bytes(void)
{
	for (int to = 0; to < 8; to++)
		for (int len = 0; len < LENGTH; len++) {
			fill();
			for (int i = 0; i < len; i++)
				want[64 + to + i] = 0xa5;
			CHECK(tested_memset(got + 64 + to, 0x7a5, len) == got + 64 + to);
			check_same();
		}
}

TEST_MAIN(TEST(test_copy_of_any_length_and_alignment_is_of_just_these_bytes),
    TEST(test_move_between_overlapping_ranges_is_as_if_there_were_two_buffers),
    TEST(test_set_of_any_length_and_alignment_is_of_just_these_bytes))
