/* SPDX-License-Identifier: Apache-2.0 */
/* image.h - the files of the boot image. */
#ifndef PROCMGR_IMAGE_H
#define PROCMGR_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

struct image_file {
	const char	*name;
	const uint8_t	*data;		/* in procmgr's memory; on a page */
	uint32_t	size;
	uint32_t	mode;
};

/* The archive's index, made once. False: it is not a good archive, or there is no memory. */
bool image_init(const void *archive, uint64_t size);
uint32_t image_count(void);
/* By place, 0 .. image_count() - 1, or by name: NULL if there is none. */
const struct image_file *image_file(uint32_t index);
const struct image_file *image_find(const char *name, uint32_t length);
uint32_t image_index(const struct image_file *file);

#endif
