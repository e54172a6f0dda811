/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - reads the flattened device tree with libfdt, in one pass: a node is looked at when all
 * its properties are known, which is before its first child. Never changes it. */

#include <libfdt.h>
#include <string.h>

#include "riscv/csr.h"
#include "riscv/layout.h"
#include "tree.h"

#define DEPTH    8 /* deeper nodes are not for us */
#define RESERVED 16

enum wanted {
	REG,
	COMPATIBLE,
	TYPE,
	PHANDLE,
	ADDRESS_CELLS,
	SIZE_CELLS,
	WIRES,
	CLOCK,
	EXTENSIONS,
	ISA,
	INITRD_START,
	INITRD_END,
	WANTED
};

static const char *const wanted_names[WANTED] = {
    [REG] = "reg",
    [COMPATIBLE] = "compatible",
    [TYPE] = "device_type",
    [PHANDLE] = "phandle",
    [ADDRESS_CELLS] = "#address-cells",
    [SIZE_CELLS] = "#size-cells",
    [WIRES] = "interrupts-extended",
    [CLOCK] = "timebase-frequency",
    [EXTENSIONS] = "riscv,isa-extensions",
    [ISA] = "riscv,isa",
    [INITRD_START] = "linux,initrd-start",
    [INITRD_END] = "linux,initrd-end",
};

struct property {
	const void *data; /* NULL: the node has none */
	int len;
};

struct node {
	const char *name;
	bool looked_at;
	bool is_boot_hart;
	struct property properties[WANTED];
};

static const void *fdt;
static struct node path[DEPTH]; /* from the root to where the pass is */
static struct skink_range reserved[RESERVED];
static int reserved_count;
static uint64_t hart_phandle; /* of the boot hart's own interrupt controller */
static struct property plic_wires;

static uint64_t
cells_value(const fdt32_t *cell, int count)
{
	uint64_t value = 0;

	for (int i = 0; i < count; i++) /* <= 2 */
		value = value << 32 | fdt32_to_cpu(cell[i]);
	return value;
}

/* A property that is one number. */
static bool
number(const struct node *n, enum wanted which, uint64_t *value)
{
	const struct property *p = &n->properties[which];

	if (p->data == NULL || (p->len != 4 && p->len != 8))
		return false;
	*value = cells_value(p->data, p->len / 4);
	return true;
}

/* The index-th range of a node's reg, by the cell sizes of its parent. */
static bool
reg_range(const struct node *n, int index, struct skink_range *r)
{
	const struct property *p = &n->properties[REG];
	const fdt32_t *reg = p->data;
	uint64_t address_cells = 2, size_cells = 1; /* what the standard says of silence */
	int each;

	number(n - 1, ADDRESS_CELLS, &address_cells);
	number(n - 1, SIZE_CELLS, &size_cells);
	each = (int)(address_cells + size_cells);
	if (reg == NULL || address_cells < 1 || address_cells > 2 || size_cells > 2 ||
	    p->len < (index + 1) * each * 4)
		return false;
	reg += index * each;
	r->start = cells_value(reg, (int)address_cells);
	r->size = cells_value(reg + address_cells, (int)size_cells);
	return true;
}

static bool
lists(const struct node *n, enum wanted which, const char *text)
{
	const struct property *p = &n->properties[which];

	return p->data != NULL && fdt_stringlist_contains(p->data, p->len, text);
}

static void
look_at_memory(struct machine *m, const struct node *n, uint64_t around)
{
	struct skink_range r;

	for (int i = 0; reg_range(n, i, &r); i++) /* <= banks */
		if (around - r.start < r.size) {
			m->boot.ram = r;
			if (r.size > DIRECT_SIZE - r.start)
				m->boot.ram.size = DIRECT_SIZE - r.start;
		}
}

/* "riscv,isa-extensions" is a list of strings, the older "riscv,isa" one string with _ between. */
static bool
has_extension(const struct node *hart, const char *name)
{
	const char *isa = hart->properties[ISA].data;
	size_t len = strlen(name);

	if (hart->properties[EXTENSIONS].data != NULL)
		return lists(hart, EXTENSIONS, name);
	if (isa == NULL || isa[hart->properties[ISA].len - 1] != '\0')
		return false;
	for (isa = strchr(isa, '_'); isa != NULL; isa = strchr(isa + 1, '_'))
		if (strncmp(isa + 1, name, len) == 0 &&
		    (isa[len + 1] == '_' || isa[len + 1] == '\0'))
			return true;
	return false;
}

static void
look_at_hart(struct machine *m, struct node *n)
{
	struct skink_range r;

	if (!lists(n, TYPE, "cpu") || !reg_range(n, 0, &r))
		return;
	m->boot.hart_count++;
	if (r.start != m->hart_id)
		return;
	n->is_boot_hart = true;
	m->has_sstc = has_extension(n, "sstc");
}

static void
look_at_device(struct machine *m, const struct node *n)
{
	if (lists(n, COMPATIBLE, "sifive,test0") && reg_range(n, 0, &m->finisher)) {
		m->finisher.size = PAGE_SIZE;
		handoff.finisher = m->finisher.start; /* stop() needs it from here on */
	}
	if ((lists(n, COMPATIBLE, "riscv,plic0") || lists(n, COMPATIBLE, "sifive,plic-1.0.0")) &&
	    reg_range(n, 0, &m->plic))
		plic_wires = n->properties[WIRES];
}

static void
look_at_reserved(const struct node *n)
{
	for (int i = 0; reg_range(n, i, &reserved[reserved_count]); i++) /* <= RESERVED */
		if (++reserved_count == RESERVED)
			stop("memory is in too many pieces");
}

static void
look_at_image(struct machine *m, const struct node *n)
{
	struct skink_range *image = &m->boot.image;
	uint64_t end;

	if (number(n, INITRD_START, &image->start) && number(n, INITRD_END, &end) &&
	    end > image->start)
		image->size = end - image->start;
}

static void
look_at(struct machine *m, struct node *n, int depth, uint64_t around)
{
	const struct node *parent = n - 1;

	n->looked_at = true;
	if (depth == 1) {
		if (lists(n, TYPE, "memory"))
			look_at_memory(m, n, around);
		else if (strcmp(n->name, "cpus") == 0)
			number(n, CLOCK, &m->boot.timebase_hz);
		else if (strcmp(n->name, "chosen") == 0)
			look_at_image(m, n);
	} else if (depth == 2) {
		if (strcmp(parent->name, "cpus") == 0)
			look_at_hart(m, n);
		else if (strcmp(parent->name, "reserved-memory") == 0)
			look_at_reserved(n);
		else if (lists(parent, COMPATIBLE, "simple-bus"))
			look_at_device(m, n);
	} else if (depth == 3 && parent->is_boot_hart) {
		number(n, PHANDLE, &hart_phandle);
	}
}

static void
keep_property(struct node *n, int at)
{
	const struct fdt_property *p = fdt_offset_ptr(fdt, at, sizeof(*p));
	const char *name = fdt_get_string(fdt, (int)fdt32_to_cpu(p->nameoff), NULL);

	for (int i = 0; name != NULL && i < WANTED; i++)
		if (strcmp(name, wanted_names[i]) == 0)
			n->properties[i] = (struct property){p->data, (int)fdt32_to_cpu(p->len)};
}

static void
read_nodes(struct machine *m, uint64_t around)
{
	int depth = -1, at = 0, next;
	uint32_t tag;

	for (; (tag = fdt_next_tag(fdt, at, &next)) != FDT_END; at = next) { /* <= tags */
		struct node *n = depth >= 0 && depth < DEPTH ? &path[depth] : NULL;

		if (tag == FDT_PROP && n != NULL)
			keep_property(n, at);
		if ((tag == FDT_BEGIN_NODE || tag == FDT_END_NODE) && n != NULL && !n->looked_at)
			look_at(m, n, depth, around);
		if (tag == FDT_END_NODE)
			depth--;
		if (tag == FDT_BEGIN_NODE && ++depth < DEPTH)
			path[depth] = (struct node){.name = fdt_offset_ptr(fdt, at + 4, 1)};
	}
	if (next < 0)
		stop("device tree: damaged");
}

/* A context is a place in interrupts-extended: pairs of a hart's controller and its interrupt. */
static bool
find_context(struct machine *m)
{
	const fdt32_t *wires = plic_wires.data;

	for (int i = 0; i < plic_wires.len / 8; i++)
		if (hart_phandle != 0 && fdt32_to_cpu(wires[2 * i]) == hart_phandle &&
		    fdt32_to_cpu(wires[2 * i + 1]) == CAUSE_DEVICE) {
			m->plic_context = i;
			return true;
		}
	return false;
}

void
tree_read(struct machine *m, uint64_t at, uint64_t around)
{
	const struct skink_range *ram = &m->boot.ram, *image = &m->boot.image;

	fdt = (const void *)at;
	if (at == 0 || at >= DIRECT_SIZE || fdt_check_header(fdt) != 0)
		stop("no device tree");
	m->boot.tree = (struct skink_range){at, fdt_totalsize(fdt)};
	read_nodes(m, around);
	if (m->boot.timebase_hz == 0 || m->boot.timebase_hz >= 1000000000)
		stop("device tree: no good /cpus timebase-frequency");
	if (hart_phandle == 0)
		stop("device tree: no node of this hart with its interrupt controller");
	if (ram->size == 0)
		stop("device tree: no memory node of ours");
	if (m->plic.size == 0)
		stop("device tree: no interrupt controller riscv,plic0");
	if (!find_context(m))
		stop("device tree: interrupt controller does not reach this hart");
	if (image->size == 0 || image->start < ram->start ||
	    image->size > ram->size - (image->start - ram->start))
		stop("no image: the loader gave no initial RAM disk");
}

bool
tree_reserved(int index, struct skink_range *r)
{
	int listed = fdt_num_mem_rsv(fdt);

	if (index < listed)
		return fdt_get_mem_rsv(fdt, index, &r->start, &r->size) == 0;
	if (index - listed >= reserved_count)
		return false;
	*r = reserved[index - listed];
	return true;
}
