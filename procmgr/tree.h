/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - the device tree, read once. Pure but for libfdt. */
#ifndef PROCMGR_TREE_H
#define PROCMGR_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include <skink/procmgr_msg.h>

struct tree_device {
	const char	*path;		/* what is looked for: absolute, or an alias */
	int		node;		/* its place in the tree; -1: there is no such device */
	const char	*compatible;	/* the first one; NULL: none */
	uint32_t	range_count;
	uint32_t	interrupt_count;
	struct skink_range ranges[PROC_DEVICE_RANGES];
	uint32_t	interrupts[PROC_DEVICE_INTERRUPTS];
	/* while the tree is read */
	/* components of the path, on the branch that is looked at */
	int		matched;
	uint32_t	controller;	/* phandle of its interrupt controller; 0: none */
	const void	*raw;		/* its property `interrupts` */
	int		raw_length;
};

struct tree_facts {
	const char	*model;		/* NULL: not told */
	uint64_t	seed;		/* of /chosen's rng-seed */
};

/*
 * Looks at every node once, and finds all of the devices (whose `path` is set) on the way: a
 * search for one costs half a million instructions. False: not a good tree.
 */
bool tree_read(const void *fdt, uint64_t size, struct tree_device *devices, uint32_t count,
	struct tree_facts *facts);

#endif
