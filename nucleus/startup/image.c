/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - finds files in the boot image, after its sums have been checked. Never changes it. */

#include <string.h>

#include <skink/image.h>

#include "image.h"
#include "panic.h"
#include "startup.h"

/* A "newc" header: a magic number, then fields of 8 hexadecimal digits. */
#define HEADER_SIZE 110
#define MAGIC       "070701"
#define FIELD(n)    (6 + 8 * (n))
#define FILE_SIZE   FIELD(6)
#define NAME_SIZE   FIELD(11)
#define TRAILER     "TRAILER!!!"

static const char *base;
static uint64_t size;

void
image_check(const struct skink_range *r)
{
	struct skink_image head;
	struct skink_image_sums sums;

	base = (const char *)r->start;
	if (r->start % SKINK_IMAGE_PAGE != 0 || r->size < SKINK_IMAGE_PAGE)
		stop("damaged image: not where or what it should be");
	memcpy(&head, base + SKINK_IMAGE_OFFSET, sizeof(head));
	if (head.magic != SKINK_IMAGE_MAGIC || head.version != SKINK_IMAGE_VERSION)
		stop("damaged image: not an image of this system's version");
	if (head.size_bytes > r->size || head.size_bytes % SKINK_IMAGE_PAGE != 0 ||
	    head.size_bytes < SKINK_IMAGE_PAGE)
		stop("damaged image: cut short");
	size = head.size_bytes;
	sums = skink_image_sum((const uint64_t *)(base + SKINK_IMAGE_BODY),
	    (size - SKINK_IMAGE_BODY) / sizeof(uint64_t));
	if (sums.sum != head.sum || sums.weighted_sum != head.weighted_sum)
		stop("damaged image: wrong sum");
}

/* UINT64_MAX when it is not a number. */
static uint64_t
field(const char *text)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++) {
		char c = text[i];
		unsigned digit = c <= '9' ? (unsigned)c - '0' : (unsigned)(c | 0x20) - 'a' + 10;

		if (digit > 15)
			return UINT64_MAX;
		value = value << 4 | digit;
	}
	return value;
}

struct file
image_find(const char *name)
{
	uint64_t at = 0;

	while (size - at >= HEADER_SIZE && memcmp(base + at, MAGIC, 6) == 0) { /* <= its files */
		uint64_t name_len = field(base + at + NAME_SIZE);
		uint64_t len = field(base + at + FILE_SIZE);
		const char *found = base + at + HEADER_SIZE;
		uint64_t data = (at + HEADER_SIZE + name_len + 3) & ~3ull;

		if (name_len > size || len > size || data > size - len)
			break;
		if (strncmp(found, name, name_len) == 0)
			return (struct file){base + data, len};
		if (strncmp(found, TRAILER, name_len) == 0)
			break;
		at = (data + len + 3) & ~3ull;
		if (at > size)
			break;
	}
	print("nucleus: not in the image: %s\n", name);
	stop("incomplete image");
}
