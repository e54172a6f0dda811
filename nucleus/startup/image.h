/* SPDX-License-Identifier: Apache-2.0 */
/* image.h - the boot image (skink/image.h) as start-up reads it. */
#ifndef STARTUP_IMAGE_H
#define STARTUP_IMAGE_H

#include <stdint.h>

#include <skink/manager.h>

struct file {
	const char	*data;		/* on a page */
	uint64_t	len;
};

/* Stops the machine unless the image in that memory is whole. */
void image_check(const struct skink_range *r);

/* Stops the machine when there is no such file. */
struct file image_find(const char *name);

#endif
