/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - reads the flattened device tree with libfdt, once, at boot. Never changes it. */

#include <libfdt.h>
#include <string.h>

#include "riscv/csr.h"
#include "riscv/layout.h"
#include "startup.h"
#include "tree.h"

static const void *fdt;

static uint64_t
cells_value(const fdt32_t *cell, int count)
{
	uint64_t value = 0;

	for (int i = 0; i < count; i++) /* <= 2 */
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

/* A property that is one number. */
static bool
number(int node, const char *name, uint64_t *value)
{
	int len;
	const fdt32_t *p = node < 0 ? NULL : fdt_getprop(fdt, node, name, &len);

	if (p == NULL || (len != 4 && len != 8))
		return false;
	*value = cells_value(p, len / 4);
	return true;
}

static bool
is_type(int node, const char *type)
{
	const char *p = fdt_getprop(fdt, node, "device_type", NULL);

	return p != NULL && strcmp(p, type) == 0;
}

static void
read_memory(struct machine *m, int node, uint64_t around)
{
	struct skink_range r;

	for (int i = 0; reg_range(node, 0, i, &r); i++) /* <= banks */
		if (around - r.start < r.size) {
			m->boot.ram = r;
			if (r.size > DIRECT_SIZE - r.start)
				m->boot.ram.size = DIRECT_SIZE - r.start;
		}
}

/* "riscv,isa-extensions" is a list of strings, the older "riscv,isa" one string with _ between. */
static bool
has_extension(int hart, const char *name)
{
	int len;
	const char *isa = fdt_getprop(fdt, hart, "riscv,isa-extensions", &len);
	size_t name_len = strlen(name);

	if (isa != NULL)
		return fdt_stringlist_contains(isa, len, name);
	isa = fdt_getprop(fdt, hart, "riscv,isa", NULL);
	if (isa == NULL)
		return false;
	for (isa = strchr(isa, '_'); isa != NULL; isa = strchr(isa + 1, '_'))
		if (strncmp(isa + 1, name, name_len) == 0 &&
		    (isa[name_len + 1] == '_' || isa[name_len + 1] == '\0'))
			return true;
	return false;
}

/* Returns the boot hart's node. */
static int
read_harts(struct machine *m, int cpus)
{
	struct skink_range r;
	int node, boot_hart = -1;

	if (!number(cpus, "timebase-frequency", &m->boot.timebase_hz) || m->boot.timebase_hz == 0 ||
	    m->boot.timebase_hz >= 1000000000)
		stop("device tree: no good /cpus timebase-frequency");
	fdt_for_each_subnode(node, fdt, cpus)
	{
		if (!is_type(node, "cpu") || !reg_range(node, cpus, 0, &r))
			continue;
		m->boot.hart_count++;
		if (r.start == m->hart_id)
			boot_hart = node;
	}
	if (boot_hart < 0)
		stop("device tree: no node of this hart");
	m->has_sstc = has_extension(boot_hart, "sstc");
	return boot_hart;
}

/* A context is a place in interrupts-extended: pairs of a hart's controller and its interrupt. */
static bool
read_context(struct machine *m, int plic, int hart)
{
	int len, node;
	const fdt32_t *wires = fdt_getprop(fdt, plic, "interrupts-extended", &len);

	fdt_for_each_subnode(node, fdt, hart)
	{
		uint32_t phandle = fdt_get_phandle(fdt, node);

		for (int i = 0; wires != NULL && i < len / 8; i++)
			if (phandle != 0 && fdt32_to_cpu(wires[2 * i]) == phandle &&
			    fdt32_to_cpu(wires[2 * i + 1]) == CAUSE_DEVICE) {
				m->plic_context = i;
				return true;
			}
	}
	return false;
}

static void
read_devices(struct machine *m, int bus, int hart)
{
	int node;

	fdt_for_each_subnode(node, fdt, bus)
	{
		if (fdt_node_check_compatible(fdt, node, "sifive,test0") == 0 &&
		    reg_range(node, bus, 0, &m->finisher)) {
			m->finisher.size = PAGE_SIZE;
			handoff.finisher = m->finisher.start; /* stop() needs it from here on */
		}
		if ((fdt_node_check_compatible(fdt, node, "riscv,plic0") == 0 ||
			fdt_node_check_compatible(fdt, node, "sifive,plic-1.0.0") == 0) &&
		    (!reg_range(node, bus, 0, &m->plic) || !read_context(m, node, hart)))
			stop("device tree: interrupt controller does not reach this hart");
	}
}

void
tree_read(struct machine *m, uint64_t at, uint64_t around)
{
	struct skink_range *ram = &m->boot.ram, *image = &m->boot.image;
	uint64_t end = 0;
	int node, hart;

	fdt = (const void *)at;
	if (at == 0 || at >= DIRECT_SIZE || fdt_check_header(fdt) != 0)
		stop("no device tree");
	m->boot.tree = (struct skink_range){at, fdt_totalsize(fdt)};
	hart = read_harts(m, fdt_path_offset(fdt, "/cpus"));
	fdt_for_each_subnode(node, fdt, 0)
	{
		if (is_type(node, "memory"))
			read_memory(m, node, around);
		if (fdt_node_check_compatible(fdt, node, "simple-bus") == 0)
			read_devices(m, node, hart);
	}
	if (ram->size == 0)
		stop("device tree: no memory node of ours");
	if (m->plic.size == 0)
		stop("device tree: no interrupt controller riscv,plic0");
	node = fdt_path_offset(fdt, "/chosen");
	if (!number(node, "linux,initrd-start", &image->start) ||
	    !number(node, "linux,initrd-end", &end) || end <= image->start ||
	    end > ram->start + ram->size || image->start < ram->start)
		stop("no image: the loader gave no initial RAM disk");
	image->size = end - image->start;
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
	fdt_for_each_subnode(node, fdt, parent) for (int i = 0; reg_range(node, parent, i, r);
						     i++) if (index-- == 0) return true;
	return false;
}
