/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - the files of the boot image (skink/image.h). Owns an index of the archive; the archive
 * itself is never changed. Believes no number in it. */
#include <string.h>

#include <skink/image.h>

#include "image.h"
#include "pages.h"

#define HEADER   110
#define FIELD(n) (6 + 8 * (n))
enum { FIELD_MODE = 1, FIELD_SIZE = 6, FIELD_NAME_SIZE = 11 };

static struct image_file *files;
static uint32_t count;

/* Eight hexadecimal digits; UINT32_MAX: they are none. */
static uint32_t
number(const uint8_t *digits)
{
	uint32_t value = 0;

	for (int i = 0; i < 8; i++) {
		uint8_t c = digits[i] | 0x20;

		if (c >= '0' && c <= '9')
			value = value << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (c - 'a' + 10);
		else
			return UINT32_MAX;
	}
	return value;
}

/* The entry at *at; moves *at to the next. 1: a file, 0: the trailer, -1: not an archive. */
static int
entry(const uint8_t *archive, uint64_t size, uint64_t *at, struct image_file *file)
{
	const uint8_t *head = archive + *at;
	uint64_t data, name_size, file_size;

	if (*at > size || size - *at < HEADER || memcmp(head, "070701", 6) != 0)
		return -1;
	name_size = number(head + FIELD(FIELD_NAME_SIZE));
	file_size = number(head + FIELD(FIELD_SIZE));
	if (name_size == 0 || name_size > size - *at - HEADER ||
	    memchr(head + HEADER, 0, name_size) == NULL)
		return -1;
	data = (*at + HEADER + name_size + 3) & ~3ull;
	if (data > size || file_size > size - data)
		return -1;
	file->name = (const char *)head + HEADER;
	file->data = archive + data;
	file->size = file_size;
	file->mode = number(head + FIELD(FIELD_MODE));
	*at = (data + file_size + 3) & ~3ull;
	return strcmp(file->name, "TRAILER!!!") != 0;
}

/* Files for programs lie on pages and are sorted; .image is neither. */
static bool
is_shown(const struct image_file *file)
{
	return (uintptr_t)file->data % SKINK_IMAGE_PAGE == 0;
}

bool
image_init(const void *archive, uint64_t size)
{
	struct image_file file;
	uint32_t found = 0, frame;
	uint64_t at = 0;
	int more;

	while ((more = entry(archive, size, &at, &file)) > 0)
		found += is_shown(&file);
	if (more < 0 || found == 0)
		return false;
	frame = pages_contiguous(PAGE_UP(found * sizeof(*files)));
	if (frame == 0)
		return false;
	files = frame_memory(frame);
	count = 0;
	for (at = 0; entry(archive, size, &at, &file) > 0;) {
		if (!is_shown(&file))
			continue;
		if (count > 0 && strcmp(files[count - 1].name, file.name) >= 0)
			return false;
		files[count++] = file;
	}
	return true;
}

uint32_t
image_count(void)
{
	return count;
}

const struct image_file *
image_file(uint32_t index)
{
	return index < count ? &files[index] : NULL;
}

uint32_t
image_index(const struct image_file *file)
{
	return file - files;
}

const struct image_file *
image_find(const char *name, uint32_t length)
{
	uint32_t low = 0, high = count;

	while (low < high) { /* <= log2(count) + 1 */
		uint32_t middle = (low + high) / 2;
		const char *n = files[middle].name;
		int order = strncmp(name, n, length);

		if (order == 0 && n[length] == 0)
			return &files[middle];
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
