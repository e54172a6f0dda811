/* SPDX-License-Identifier: Apache-2.0 */
/* skink/boot.h - how procmgr starts, and finds the machine: what start-up tells it. */
#ifndef SKINK_BOOT_H
#define SKINK_BOOT_H

#include <skink/manager.h>

/*
 * procmgr's first thread starts with a0 = address of struct skink_boot, sp set. All free RAM is
 * mapped into procmgr, readable and writable, at physical address + SKINK_WINDOW; it belongs to
 * procmgr from then on. The image and the device tree are mapped read-only, in the same window. Its
 * own text is mapped from the image; its data, stack (64 KiB) and this structure were taken from
 * RAM. Channel ids: procmgr's first channel_create becomes the one that receives
 * SKINK_PULSE_PROCESSDEATH and SKINK_PULSE_FAULT.
 */
#define SKINK_WINDOW		0x2000000000ull	/* RAM from 0 to 64 GiB appears here */
#define SKINK_RANGES		8

struct skink_boot {
	uint32_t		magic;		/* SKINK_BOOT_MAGIC */
	uint32_t		version;	/* SKINK_ABI_VERSION */
	uint32_t		range_count;
	uint32_t		hart_count;
	struct skink_range	ranges[SKINK_RANGES];	/* free RAM, page aligned */
	struct skink_range	image;		/* cpio archive */
	struct skink_range	tree;		/* flattened device tree */
	struct skink_range	ram;		/* all RAM */
	struct skink_range	nucleus;	/* nucleus image, pools and page tables */
	/* RAM that procmgr's own data, stack, tables took */
	uint64_t		own_bytes;
	uint64_t		timebase_hz;
	uint64_t		entry_ticks;	/* time CSR at firmware's jump to us */
	uint64_t		entry_instret;	/* instret CSR there */
	uint64_t		nucleus_instret; /* as start-up enters the nucleus */
	uint32_t		pools[16];	/* objects in each pool: enum skink_pool */
};
#define SKINK_BOOT_MAGIC	0x6b6e6b73	/* "skink" without its i */
#define SKINK_ABI_VERSION	1

#endif
