/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader.c - process 1 from the image. Owns the shape of its first address space:
 *
 *	as linked	text, constants: in place in the image; data: copied, in frames of its own
 *	SKINK_WINDOW	all free RAM read-write, image and device tree read-only
 *	BOOT_PAGE - 64K	stack; nothing below
 *	BOOT_PAGE	struct skink_boot, read-only
 */

#include <string.h>

#include <skink/errno.h>
#include <skink/image.h>

#include "aspace.h"
#include "boot.h"
#include "direct.h"
#include "image.h"
#include "loader.h"
#include "memory.h"
#include "nucleus.h"

#define BOOT_PAGE    0x3fffffe000ull
#define STACK_BYTES  0x10000ull
#define PROGRAM_END  0x1000000000ull /* above everything a program may be linked at */
#define USER         (PTE_U | PTE_HELD)
#define RANGE_TABLES 4 /* most that mapping one range can want */

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
#define ELF_R          4

static void
give(struct aspace *as)
{
	if (aspace_give(as, memory_take_own(PAGE_SIZE)) != 0)
		stop("too little memory");
}

static void
map(struct aspace *as, vaddr_t va, paddr_t pa, uint64_t len, uint64_t bits)
{
	for (uint64_t done = 0; done < len;) {
		long n = aspace_map_large(as, va + done, pa + done, len - done, bits | USER);

		if (n == -SK_ENOMEM)
			give(as);
		else if (n < 0)
			stop("procmgr: its parts overlap");
		else
			done += n;
	}
}

static void
load_segment(struct aspace *as, const struct file *f, const struct elf_segment *s)
{
	uint64_t skew = s->va % PAGE_SIZE, len = s->memory_size + skew, bits = 0;
	const char *data = f->data + s->offset;
	paddr_t pa = direct_physical(data - skew);

	len = (len + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
	if (s->offset > f->len || s->file_size > f->len - s->offset ||
	    s->file_size > s->memory_size || s->va < SKINK_PAGE || s->va >= PROGRAM_END ||
	    s->memory_size > PROGRAM_END - s->va || (s->flags & (ELF_W | ELF_X)) == (ELF_W | ELF_X))
		stop("procmgr: bad segment");
	if (s->flags & ELF_W) {
		pa = memory_take_own(len);
		memcpy((char *)direct(pa) + skew, data, s->file_size);
		bits = PTE_W;
	} else if (s->file_size != s->memory_size || pa % PAGE_SIZE != 0 || s->offset < skew) {
		stop("procmgr: a segment cannot be mapped in place");
	}
	map(as, s->va - skew, pa, len, bits | PTE_R | (s->flags & ELF_X ? PTE_X : 0));
}

static uint64_t
load_program(struct aspace *as, const struct file *f)
{
	struct elf_header h;
	struct elf_segment s;

	if (f->len < sizeof(h))
		stop("procmgr: not a program");
	memcpy(&h, f->data, sizeof(h));
	if (memcmp(h.ident, "\177ELF\2\1\1", 7) != 0 || h.type != ELF_EXECUTABLE ||
	    h.machine != ELF_RISCV || h.segment_size != sizeof(s) || h.segments > f->len ||
	    h.segment_count > (f->len - h.segments) / sizeof(s))
		stop("procmgr: not a program for this machine");
	for (int i = 0; i < h.segment_count; i++) { /* <= those in the file */
		memcpy(&s, f->data + h.segments + i * sizeof(s), sizeof(s));
		if (s.type == ELF_LOAD && s.memory_size != 0)
			load_segment(as, f, &s);
	}
	return h.entry;
}

static void
map_window(struct aspace *as)
{
	uint64_t rw = PTE_R | PTE_W;
	const struct skink_range *last = NULL;

	map(as, SKINK_WINDOW + memory.image.start, memory.image.start, memory.image.size, PTE_R);
	map(as, SKINK_WINDOW + memory.tree.start, memory.tree.start, memory.tree.size, PTE_R);
	for (uint32_t i = 0; i < memory.free_count; i++) { /* <= SKINK_RANGES */
		const struct skink_range *f = &memory.free[i];

		if (f->start == memory.own.start + memory.own.size)
			last = f;
		else
			map(as, SKINK_WINDOW + f->start, f->start, f->size, rw);
	}
	if (last == NULL)
		return;
	/* Page tables come from this range: those that it needs itself are taken before. */
	for (int i = 0; i < RANGE_TABLES; i++)
		give(as);
	map(as, SKINK_WINDOW + last->start, last->start, last->size, rw);
}

void
loader_start(struct skink_boot *info)
{
	struct file program = image_find("procmgr");
	struct process *p = process_first("procmgr");
	struct aspace *as = &p->aspace;
	paddr_t stack, page;
	uint64_t entry;

	give(as);
	entry = load_program(as, &program);
	stack = memory_take_own(STACK_BYTES);
	map(as, BOOT_PAGE - STACK_BYTES, stack, STACK_BYTES, PTE_R | PTE_W);
	page = memory_take_own(PAGE_SIZE);
	map(as, BOOT_PAGE, page, PAGE_SIZE, PTE_R);
	map_window(as);

	info->range_count = memory.free_count;
	memcpy(info->ranges, memory.free, sizeof(info->ranges));
	info->own_bytes = memory.own.size;
	memcpy(direct(page), info, sizeof(*info));
	thread_first(p, entry, BOOT_PAGE, BOOT_PAGE);
}
