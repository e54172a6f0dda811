/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - reads the device tree once: the devices that the manifest names, with registers and
 * interrupts. Buses between a device and the root must map one to one. */
#include <libfdt.h>
#include <string.h>

#include "tree.h"

#define LEVELS      16
#define CONTROLLERS 8

/* What a node's children inherit. */
struct level {
	uint32_t address_cells, size_cells;
	uint32_t controller;
};

struct pass {
	const void *fdt;
	struct tree_device *devices;
	uint32_t count;
	struct tree_facts *facts;
	struct level levels[LEVELS];
	struct {
		uint32_t phandle, cells;
	} controllers[CONTROLLERS];
	uint32_t controller_count;
};

static uint64_t
cells(const uint8_t *p, uint32_t count)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < count * 4; i++)
		value = value << 8 | p[i];
	return value;
}

/* Is `name` the path's component number `depth` (from 1)? 2: and its last one. A unit address may
 * be left out. */
static int
is_component(const char *path, int depth, const char *name)
{
	size_t n;

	while (depth-- > 0) {
		path = strchr(path, '/');
		if (path == NULL)
			return 0;
		path++;
	}
	n = strcspn(path, "/");
	if (n == 0 || strncmp(name, path, n) != 0 || (name[n] != 0 && name[n] != '@'))
		return 0;
	return path[n] == 0 ? 2 : 1;
}

/* The device that the node is; NULL: nobody asked for it. */
static struct tree_device *
device_at(struct pass *pass, int node, int depth, const char *name)
{
	struct tree_device *found = NULL;

	for (uint32_t i = 0; i < pass->count; i++) {
		struct tree_device *d = &pass->devices[i];
		int match;

		if (d->node >= 0 || d->path == NULL || d->matched < depth - 1)
			continue;
		d->matched = depth - 1;
		match = is_component(d->path, depth, name);
		if (match > 0)
			d->matched = depth;
		if (match == 2) {
			d->node = node;
			found = d;
		}
	}
	return found;
}

static void
read_ranges(struct tree_device *d, const struct level *bus, const uint8_t *reg, int length)
{
	uint32_t a = bus->address_cells, s = bus->size_cells, each = (a + s) * 4;

	if (a < 1 || a > 2 || s < 1 || s > 2)
		return;
	while (d->range_count < PROC_DEVICE_RANGES && (uint32_t)length >= each) {
		d->ranges[d->range_count].start = cells(reg, a);
		d->ranges[d->range_count++].size = cells(reg + a * 4, s);
		reg += each;
		length -= each;
	}
}

static void
read_node(struct pass *pass, int node, int depth, struct tree_device *d, bool is_chosen)
{
	struct level *bus = &pass->levels[depth > 0 ? depth - 1 : 0], *own = &pass->levels[depth];
	uint32_t phandle = 0, interrupt_cells = 0, controller = depth > 0 ? bus->controller : 0;
	int property;

	*own = (struct level){2, 1, 0};
	fdt_for_each_property_offset(property, pass->fdt, node)
	{
		const char *name;
		int length;
		const uint8_t *value = fdt_getprop_by_offset(pass->fdt, property, &name, &length);
		uint32_t word = value != NULL && length == 4 ? (uint32_t)cells(value, 1) : 0;

		if (value == NULL)
			continue;
		if (strcmp(name, "#address-cells") == 0)
			own->address_cells = word;
		else if (strcmp(name, "#size-cells") == 0)
			own->size_cells = word;
		else if (strcmp(name, "#interrupt-cells") == 0)
			interrupt_cells = word;
		else if (strcmp(name, "interrupt-parent") == 0)
			controller = word;
		else if (strcmp(name, "phandle") == 0)
			phandle = word;
		else if (d != NULL && strcmp(name, "reg") == 0)
			read_ranges(d, bus, value, length);
		else if (d != NULL && strcmp(name, "compatible") == 0)
			d->compatible = (const char *)value;
		else if (d != NULL && strcmp(name, "interrupts") == 0) {
			d->raw = value;
			d->raw_length = length;
		} else if (depth == 0 && strcmp(name, "model") == 0)
			pass->facts->model = (const char *)value;
		else if (is_chosen && strcmp(name, "rng-seed") == 0)
			for (int i = 0; i < length; i++) /* FNV-1a */
				pass->facts->seed = (pass->facts->seed ^ value[i]) * 0x100000001b3;
	}
	own->controller = controller;
	if (d != NULL)
		d->controller = controller;
	if (phandle != 0 && interrupt_cells != 0 && pass->controller_count < CONTROLLERS) {
		pass->controllers[pass->controller_count].phandle = phandle;
		pass->controllers[pass->controller_count++].cells = interrupt_cells;
	}
}

/* Sources are the first cell of each. */
static void
read_interrupts(const struct pass *pass, struct tree_device *d)
{
	const uint8_t *raw = d->raw;
	uint32_t each = 1;

	for (uint32_t i = 0; i < pass->controller_count; i++)
		if (pass->controllers[i].phandle == d->controller)
			each = pass->controllers[i].cells;
	for (int at = 0;
	     at + (int)each * 4 <= d->raw_length && d->interrupt_count < PROC_DEVICE_INTERRUPTS;
	     at += (int)each * 4)
		d->interrupts[d->interrupt_count++] = (uint32_t)cells(raw + at, 1);
}

bool
tree_read(const void *fdt, uint64_t size, struct tree_device *devices, uint32_t count,
    struct tree_facts *facts)
{
	struct pass pass = {.fdt = fdt, .devices = devices, .count = count, .facts = facts};
	int node = 0, depth = 0;

	*facts = (struct tree_facts){NULL, 0xcbf29ce484222325};
	if (fdt_check_header(fdt) != 0 || fdt_totalsize(fdt) > size)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct tree_device *d = &devices[i];

		d->node = -1;
		if (d->path != NULL && d->path[0] != '/')
			d->path = fdt_get_alias(fdt, d->path);
	}
	for (; node >= 0 && depth >= 0; node = fdt_next_node(fdt, node, &depth)) {
		const char *name = fdt_get_name(fdt, node, NULL);
		struct tree_device *d;

		if (name == NULL || depth >= LEVELS)
			continue;
		d = depth == 0 ? NULL : device_at(&pass, node, depth, name);
		read_node(&pass, node, depth, d, depth == 1 && strcmp(name, "chosen") == 0);
	}
	for (uint32_t i = 0; i < count; i++)
		read_interrupts(&pass, &devices[i]);
	return true;
}
