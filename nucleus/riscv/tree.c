/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - reads the flattened device tree with libfdt. */

#include <libfdt.h>
#include <string.h>

#include "boot.h"
#include "csr.h"
#include "direct.h"
#include "tree.h"

static const void *fdt;
static int hart_node;

static uint64_t
cells_value(const fdt32_t *cell, int count)
{
	uint64_t value = 0;

	for (int i = 0; i < count; i++)		/* <= 2 */
		value = value << 32 | fdt32_to_cpu(cell[i]);
	return value;
}

/* The index-th range of a node's reg, by the cell sizes of its parent. */
static bool
reg_range(int node, int parent, int index, struct skink_range *r)
{
	int address_cells = fdt_address_cells(fdt, parent);
	int size_cells = fdt_size_cells(fdt, parent);
	int len, each = address_cells + size_cells;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &len);

	if (reg == NULL || address_cells < 1 || size_cells < 0 || address_cells > 2 ||
	    size_cells > 2 || len < (index + 1) * each * 4)
		return false;
	reg += index * each;
	r->start = cells_value(reg, address_cells);
	r->size = cells_value(reg + address_cells, size_cells);
	return true;
}

static const fdt32_t *
property(int node, const char *name, int cells)
{
	int len;
	const fdt32_t *p = node < 0 ? NULL : fdt_getprop(fdt, node, name, &len);

	return p != NULL && len >= cells * 4 ? p : NULL;
}

void
tree_init(paddr_t tree, uint64_t hart_id)
{
	int cpus, node;
	struct skink_range r;

	fdt = direct(tree);
	if (tree == 0 || tree >= DIRECT_SIZE || fdt_check_header(fdt) != 0)
		stop("no device tree");
	cpus = fdt_path_offset(fdt, "/cpus");
	fdt_for_each_subnode(node, fdt, cpus)
		if (reg_range(node, cpus, 0, &r) && r.start == hart_id)
			break;
	if (node < 0)
		stop("device tree: no node of this hart");
	hart_node = node;
}

struct skink_range
tree_self(void)
{
	return (struct skink_range){direct_physical(fdt), fdt_totalsize(fdt)};
}

struct skink_range
tree_memory(paddr_t around)
{
	struct skink_range r;
	int node;

	fdt_for_each_subnode(node, fdt, 0) {
		const char *type = fdt_getprop(fdt, node, "device_type", NULL);

		if (type == NULL || strcmp(type, "memory") != 0)
			continue;
		for (int i = 0; reg_range(node, 0, i, &r); i++)
			if (around - r.start < r.size) {
				if (r.size > DIRECT_SIZE - r.start)
					r.size = DIRECT_SIZE - r.start;
				return r;
			}
	}
	stop("device tree: no memory node of ours");
}

struct skink_range
tree_image(void)
{
	static const char *const names[] = {"linux,initrd-start", "linux,initrd-end"};
	int node = fdt_path_offset(fdt, "/chosen"), len;
	uint64_t value[2] = {0, 0};

	for (int i = 0; i < 2; i++) {
		const fdt32_t *p = node < 0 ? NULL : fdt_getprop(fdt, node, names[i], &len);

		if (p != NULL && (len == 4 || len == 8))
			value[i] = cells_value(p, len / 4);
	}
	if (value[0] == 0 || value[1] <= value[0] || value[1] > DIRECT_SIZE)
		stop("no image: the loader gave no initial RAM disk");
	return (struct skink_range){value[0], value[1] - value[0]};
}

bool
tree_reserved(int index, struct skink_range *r)
{
	int parent = fdt_path_offset(fdt, "/reserved-memory"), node;
	int listed = fdt_num_mem_rsv(fdt);

	if (index < listed)
		return fdt_get_mem_rsv(fdt, index, &r->start, &r->size) == 0;
	index -= listed;
	if (parent < 0)
		return false;
	fdt_for_each_subnode(node, fdt, parent)
		for (int i = 0; reg_range(node, parent, i, r); i++)
			if (index-- == 0)
				return true;
	return false;
}

uint64_t
tree_timebase_hz(void)
{
	const fdt32_t *p = property(fdt_path_offset(fdt, "/cpus"), "timebase-frequency", 1);

	if (p == NULL || fdt32_to_cpu(*p) == 0 || fdt32_to_cpu(*p) >= 1000000000)
		stop("device tree: no /cpus timebase-frequency");
	return fdt32_to_cpu(*p);
}

uint32_t
tree_hart_count(void)
{
	int cpus = fdt_path_offset(fdt, "/cpus"), node;
	uint32_t count = 0;

	fdt_for_each_subnode(node, fdt, cpus) {
		const char *type = fdt_getprop(fdt, node, "device_type", NULL);

		if (type != NULL && strcmp(type, "cpu") == 0)
			count++;
	}
	return count;
}

/* In "riscv,isa-extensions" a list of strings, in the older "riscv,isa" one string with _ between. */
bool
tree_has_extension(const char *name)
{
	int len;
	const char *isa = fdt_getprop(fdt, hart_node, "riscv,isa-extensions", &len);
	size_t name_len = strlen(name);

	if (isa != NULL)
		return fdt_stringlist_contains(isa, len, name);
	isa = fdt_getprop(fdt, hart_node, "riscv,isa", NULL);
	while (isa != NULL && (isa = strchr(isa, '_')) != NULL) {
		isa++;
		if (strncmp(isa, name, name_len) == 0 &&
		    (isa[name_len] == '_' || isa[name_len] == '\0'))
			return true;
	}
	return false;
}

static int
find_plic(void)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "riscv,plic0");

	if (node < 0)
		node = fdt_node_offset_by_compatible(fdt, -1, "sifive,plic-1.0.0");
	if (node < 0)
		stop("device tree: no interrupt controller riscv,plic0");
	return node;
}

struct skink_range
tree_plic(void)
{
	int node = find_plic();
	struct skink_range r;

	if (!reg_range(node, fdt_parent_offset(fdt, node), 0, &r))
		stop("device tree: interrupt controller without registers");
	return r;
}

/* A context is a place in interrupts-extended: pairs of a hart's controller and its interrupt. */
unsigned
tree_plic_context(void)
{
	int len, node;
	const fdt32_t *wires = fdt_getprop(fdt, find_plic(), "interrupts-extended", &len);

	fdt_for_each_subnode(node, fdt, hart_node) {
		uint32_t phandle = fdt_get_phandle(fdt, node);

		for (int i = 0; wires != NULL && i < len / 8; i++)
			if (phandle != 0 && fdt32_to_cpu(wires[2 * i]) == phandle &&
			    fdt32_to_cpu(wires[2 * i + 1]) == CAUSE_DEVICE)
				return i;
	}
	stop("device tree: interrupt controller does not reach this hart");
}

struct skink_range
tree_finisher(void)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "sifive,test0");
	struct skink_range r = {0, 0};

	if (node >= 0 && reg_range(node, fdt_parent_offset(fdt, node), 0, &r))
		r.size = PAGE_SIZE;
	return r;
}
