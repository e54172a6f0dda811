/* SPDX-License-Identifier: Apache-2.0 */
/* image.h - the boot image (skink/image.h) as the nucleus reads it. */
#ifndef RISCV_IMAGE_H
#define RISCV_IMAGE_H

#include <stdint.h>

struct file {
	const char	*data;		/* in the direct map, on a page */
	uint64_t	len;
};

/* Stops the machine unless the image in memory is whole. */
void image_check(void);

/* Stops the machine when there is no such file. */
struct file image_find(const char *name);

#endif
