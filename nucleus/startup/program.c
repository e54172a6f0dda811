/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.c - process 1 from the image. Owns the shape of its first address space:
 *
 *	as linked		text, constants: in place in the image; data: copied
 *	SKINK_WINDOW		free RAM read-write; image, device tree read-only
 *	BOOT_PAGE - 64K		stack; nothing below
 *	BOOT_PAGE		struct skink_boot, read-only
 */

#include <stdbool.h>
#include <string.h>

#include "image.h"
#include "memory.h"
#include "program.h"
#include "riscv/csr.h"
#include "table.h"

#define PROGRAM_END 0x1000000000ull /* above everything a program may be linked at */
#define BOOT_PAGE   0x3fffffe000ull
#define STACK_BYTES 0x10000ull

_Static_assert(sizeof(struct skink_boot) <= SKINK_PAGE, "BOOT_PAGE");

struct elf_header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, segments, sections;
	uint32_t flags;
	uint16_t size, segment_size, segment_count, section_size, section_count, names;
};

struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, va, pa, file_size, memory_size, align;
};

#define ELF_EXECUTABLE 2
#define ELF_RISCV      243
#define ELF_LOAD       1
#define ELF_X          1
#define ELF_W          2

static void
map(vaddr_t va, paddr_t pa, uint64_t bytes, uint64_t prot)
{
	/* PTE_R, _W, _X are SKINK_PROT_READ, _WRITE, _EXEC, one to the left. */
	table_map(
	    &handoff.aspace, va, (struct skink_range){pa, bytes}, prot << 1 | PTE_U | PTE_HELD);
}

static void
map_window(const struct skink_range *r, uint64_t prot)
{
	map(SKINK_WINDOW + r->start, r->start, r->size, prot);
}

static void
check_segment(const struct file *f, const struct elf_segment *s)
{
	if (s->offset > f->len || s->file_size > f->len - s->offset ||
	    s->file_size > s->memory_size || s->va < SKINK_PAGE || s->va >= PROGRAM_END ||
	    s->memory_size > PROGRAM_END - s->va || (s->flags & (ELF_W | ELF_X)) == (ELF_W | ELF_X))
		stop("procmgr: bad segment");
}

/* `above`: where the segment before ended; returns where this one does. */
static vaddr_t
place_segment(const struct file *f, const struct elf_segment *s, vaddr_t above)
{
	uint64_t skew = s->va % SKINK_PAGE, bytes = page_up(skew + s->memory_size);
	uint64_t prot = SKINK_PROT_READ;
	paddr_t pa = (paddr_t)f->data + s->offset - skew;

	if (s->va - skew < above)
		stop("procmgr: its parts overlap");
	if (s->flags & ELF_W) {
		pa = memory_take(bytes);
		memcpy((char *)pa + skew, f->data + s->offset, s->file_size);
		prot |= SKINK_PROT_WRITE;
	} else if (s->file_size != s->memory_size || pa % SKINK_PAGE != 0 || s->offset < skew) {
		stop("procmgr: a segment cannot be mapped in place");
	}
	if (s->flags & ELF_X)
		prot |= SKINK_PROT_EXEC;
	map(s->va - skew, pa, bytes, prot);
	return s->va - skew + bytes;
}

static void
place_program(void)
{
	struct file f = image_find("procmgr");
	vaddr_t above = 0;
	struct elf_header e;
	struct elf_segment s;

	if (f.len < sizeof(e))
		stop("procmgr: not a program");
	memcpy(&e, f.data, sizeof(e));
	if (memcmp(e.ident, "\177ELF\2\1\1", 7) != 0 || e.type != ELF_EXECUTABLE ||
	    e.machine != ELF_RISCV || e.segment_size != sizeof(s) || e.segments > f.len ||
	    e.segment_count > (f.len - e.segments) / sizeof(s))
		stop("procmgr: not a program for this machine");
	for (int i = 0; i < e.segment_count; i++) { /* <= those in the file */
		memcpy(&s, f.data + e.segments + i * sizeof(s), sizeof(s));
		if (s.type != ELF_LOAD || s.memory_size == 0)
			continue;
		check_segment(&f, &s);
		above = place_segment(&f, &s, above);
	}
	handoff.thread.entry = e.entry;
}

/* It may do all that there is, of as much as there is. */
static void
describe_process(struct skink_process_attr *attr)
{
	*attr = (struct skink_process_attr){
	    .priority_max = SKINK_PRIORITIES - 2,
	    .abilities = ~0ull,
	    .name = "procmgr",
	};
	for (unsigned i = 0; i < SKINK_QUOTA_COUNT; i++)
		attr->quota[i] = SKINK_INDEX_MASK;
}

void
program_place(struct skink_boot *b)
{
	struct aspace *as = &handoff.aspace;
	const struct skink_range *rest = memory_rest();
	paddr_t start = rest->start, page;

	describe_process(&handoff.process);
	handoff.thread = (struct skink_thread_attr){
	    .arg = BOOT_PAGE,
	    .sp = BOOT_PAGE,
	    .sched = {SKINK_SCHED_FIFO, 10},
	    .name = "procmgr",
	};
	table_give(as, 1);
	memcpy((uint64_t *)as->root + 256, (uint64_t *)handoff.root + 256, SKINK_PAGE / 2);
	place_program();
	map(BOOT_PAGE - STACK_BYTES, memory_take(STACK_BYTES), STACK_BYTES,
	    SKINK_PROT_READ | SKINK_PROT_WRITE);
	page = memory_take(SKINK_PAGE);
	map(BOOT_PAGE, page, SKINK_PAGE, SKINK_PROT_READ);
	map_window(&b->image, SKINK_PROT_READ);
	map_window(&b->tree, SKINK_PROT_READ);
	for (uint32_t i = 0; i < b->range_count; i++) /* <= SKINK_RANGES */
		if (&b->ranges[i] != rest)
			map_window(&b->ranges[i], SKINK_PROT_READ | SKINK_PROT_WRITE);
	/* Page tables come from the rest: those that it needs itself are taken before. <= 4 */
	for (unsigned n = 0; n < table_wanted(as, SKINK_WINDOW + rest->start, *rest); n++)
		table_give(as, 1);
	map_window(rest, SKINK_PROT_READ | SKINK_PROT_WRITE);
	b->own_bytes = rest->start - start;
	b->nucleus = handoff.nucleus;
	b->nucleus_instret = csr_read(CSR_INSTRET);
	memcpy((void *)page, b, sizeof(*b));
}
