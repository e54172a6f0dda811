/* SPDX-License-Identifier: Apache-2.0 */
/* death.c - tests of the ring of deaths, the symbols, the formatter and the image's index. */
#include <test.h>

#include <skink/image.h>

#include "arena.h"
#include "image.h"
#include "ring.h"
#include "symbols.h"
#include "text.h"

static void
test_ring_when_full_forgets_the_oldest(void)
{
	struct proc_death entries[8];
	struct ring ring = {entries, 8, 0};

	CHECK(ring_after(&ring, 0) == NULL);
	CHECK(ring_find(&ring, 0) == NULL);
	for (int i = 1; i <= 20; i++) {
		ring_add(&ring)->pid = i;
		CHECK_EQ(ring_find(&ring, i)->pid, i);
		CHECK_EQ(ring_after(&ring, i - 1)->pid, i);
		CHECK_EQ(ring_after(&ring, 0)->pid, i <= 8 ? 1 : i - 7);
		CHECK(ring_find(&ring, i + 1) == NULL);
		CHECK(ring_after(&ring, i) == NULL);
	}
	CHECK(ring_find(&ring, 12) == NULL);
	CHECK_EQ(ring_find(&ring, 13)->pid, 13);
	CHECK(ring_after(&ring, UINT64_MAX) == NULL);
}

static void
test_text_when_too_long_is_cut(void)
{
	char out[16];

	CHECK_EQ(text_format(out, sizeof(out), "%s[%d] %x%%", "a", -7, (uint64_t)0xbeef), 13);
	CHECK_STR(out, "a[-7] 0xbeef%");
	CHECK_EQ(text_format(out, sizeof(out), "%s", "0123456789abcdefgh"), 15);
	CHECK_STR(out, "0123456789abcde");
	CHECK_EQ(text_format(out, 1, "x"), 0);
	text_format(out, sizeof(out), "%d", INT32_MIN);
	CHECK_STR(out, "-2147483648");
}

/* Two programs; "main" is name 0, "puts" name 1. */
static uint32_t
make_symbols(uint8_t *out)
{
	static const uint8_t streams[] = {0x80, 0x80, 0x04, 0, 0x20, 1, 0x90, 0x80, 0x04, 1};
	uint32_t words[] = {0x59534b53, 1, 2, 2, 56, 66, 2, 0x10100, 60, 72, 1, 0x20000, 76, 81};
	static const char names[] = "abc\0xyz";

	memcpy(out, words, sizeof(words));
	memcpy(out + 56, names, 8);
	memcpy(out + 66, streams, sizeof(streams));
	memcpy(out + 76, "main\0puts", 10);
	return 86;
}

static void
test_symbols_find_the_function_below(void)
{
	uint8_t file[86] = {0};
	char out[48];

	symbols_init(file, make_symbols(file));
	symbols_find("abc", 0x10000, out, sizeof(out));
	CHECK_STR(out, "main+0x0");
	symbols_find("abc", 0x1001f, out, sizeof(out));
	CHECK_STR(out, "main+0x1f");
	symbols_find("abc", 0x10021, out, sizeof(out));
	CHECK_STR(out, "puts+0x1");
	symbols_find("xyz", 0x10012, out, sizeof(out));
	CHECK_STR(out, "puts+0x2");
	symbols_find("abc", 0xffff, out, sizeof(out));
	CHECK_STR(out, "");
	symbols_find("abc", 0x10100, out, sizeof(out));
	CHECK_STR(out, "");
	symbols_find("none", 0x10000, out, sizeof(out));
	CHECK_STR(out, "");
	symbols_init(NULL, 0);
	symbols_find("abc", 0x10000, out, sizeof(out));
	CHECK_STR(out, "");
}

static void
test_symbols_when_damaged_never_overrun(void)
{
	char out[48];

	for (int round = 0; round < 100000; round++) {
		uint8_t good[86] = {0}, *file;
		uint32_t size = make_symbols(good);

		size = arena_random() % (size + 1);
		file = malloc(size + 1);
		memcpy(file, good, size);
		for (int n = arena_random() % 4; n > 0 && size > 0; n--)
			file[arena_random() % size] = arena_random();
		symbols_init(file, size);
		symbols_find("abc", 0x10000 + arena_random() % 0x200, out, sizeof(out));
		symbols_find("xyz", arena_random(), out, sizeof(out));
		free(file);
	}
	symbols_init(NULL, 0);
}

/* An archive of three files whose data lie on pages. */
static uint64_t
make_image(uint8_t *out)
{
	static const struct {
		const char *name, *data;
		unsigned align;
	} files[] = {{".image", "head", 4}, {"ls", "eleven byte", 4096},
	    {"manifest.bin", "m", 4096}, {"pidin", "", 4096}, {"TRAILER!!!", "", 4}};
	uint64_t at = 0;

	memset(out, 0, 5 * 4096);
	for (unsigned i = 0; i < 5; i++) {
		uint64_t data = at + 110 + strlen(files[i].name) + 1;
		char header[111];

		data = (data + files[i].align - 1) / files[i].align * files[i].align;
		snprintf(header, sizeof(header),
		    "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", i, 0100444, 0, 0,
		    1, 0, (unsigned)strlen(files[i].data), 0, 0, 0, 0, (unsigned)(data - at - 110),
		    0);
		memcpy(out + at, header, 110);
		strcpy((char *)out + at + 110, files[i].name);
		memcpy(out + data, files[i].data, strlen(files[i].data));
		at = (data + strlen(files[i].data) + 3) & ~3ull;
	}
	return (at + 4095) / 4096 * 4096;
}

static void
test_image_when_good_has_its_files(void)
{
	uint8_t *archive = aligned_alloc(4096, 5 * 4096);
	uint64_t size = make_image(archive);

	arena_init(100, 5);
	CHECK(image_init(archive, size));
	CHECK_EQ(image_count(), 3);
	CHECK(image_find("ls", 2) != NULL && image_find("ls", 2)->size == 11);
	CHECK(image_find("pidin/x", 5) == image_file(2));
	CHECK(image_find("lsx", 3) == NULL);
	CHECK(image_find("l", 1) == NULL);
	CHECK(image_find(".image", 6) == NULL);
	CHECK(image_file(3) == NULL);
	free(archive);
}

static void
test_image_when_damaged_never_overruns(void)
{
	uint8_t *good = aligned_alloc(4096, 5 * 4096), *archive = aligned_alloc(4096, 5 * 4096);
	uint64_t size = make_image(good);

	arena_init(100, 5);
	for (int round = 0; round < 3000 && pages_free_count() > 1; round++) {
		memcpy(archive, good, size);
		for (int n = arena_random() % 4; n > 0; n--)
			archive[arena_random() % 4 * 4096 % size + arena_random() % 300 % size] =
			    arena_random();
		if (image_init(archive, size))
			for (uint32_t i = 0; i < image_count(); i++)
				CHECK(image_file(i)->data + image_file(i)->size <= archive + size);
	}
	free(good);
	free(archive);
}

TEST_MAIN(TEST(test_ring_when_full_forgets_the_oldest), TEST(test_text_when_too_long_is_cut),
    TEST(test_symbols_find_the_function_below), TEST(test_symbols_when_damaged_never_overrun),
    TEST(test_image_when_good_has_its_files), TEST(test_image_when_damaged_never_overruns))
