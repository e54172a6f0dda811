/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.c - process 1 from the image. Owns the shape of its first address space, as far as it
 * does not depend on the machine's page tables:
 *
 *	as linked		text, constants: in place in the image; data: copied
 *	SKINK_WINDOW		riscv/memory.c
 *	PROGRAM_PAGE - 64K	stack; nothing below
 *	PROGRAM_PAGE		struct handoff, struct skink_boot first, read-only
 */

#include <stdbool.h>
#include <string.h>

#include "handoff.h"
#include "print.h"
#include "image.h"
#include "memory.h"
#include "program.h"

#define PROGRAM_END 0x1000000000ull /* above everything a program may be linked at */

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

/* Appends a part, pages as they are; it must lie above the one before. */
static void
add(struct handoff *h, uint64_t va, uint64_t pa, uint64_t bytes, uint64_t prot)
{
	uint64_t n = h->segment_count,
		 end = n > 0 ? h->segments[n - 1].va + h->segments[n - 1].bytes : 0;

	if (n == HANDOFF_SEGMENTS)
		stop("procmgr: too many parts");
	if (va < end)
		stop("procmgr: its parts overlap");
	h->segments[n] = (struct handoff_segment){va, pa, bytes, prot};
	h->segment_count = n + 1;
}

/* Pages that a segment's data takes in RAM of its own; 0: it is mapped in place. */
static uint64_t
own_bytes(const struct elf_segment *s)
{
	return s->flags & ELF_W ? page_up(s->va % SKINK_PAGE + s->memory_size) : 0;
}

static void
check_segment(const struct file *f, const struct elf_segment *s)
{
	if (s->offset > f->len || s->file_size > f->len - s->offset ||
	    s->file_size > s->memory_size || s->va < SKINK_PAGE || s->va >= PROGRAM_END ||
	    s->memory_size > PROGRAM_END - s->va || (s->flags & (ELF_W | ELF_X)) == (ELF_W | ELF_X))
		stop("procmgr: bad segment");
}

/* *at: RAM for it, as own_bytes says. */
static void
place_segment(struct handoff *h, const struct file *f, const struct elf_segment *s, uint64_t *at)
{
	uint64_t skew = s->va % SKINK_PAGE, prot = SKINK_PROT_READ;
	uint64_t pa = (uint64_t)f->data + s->offset - skew;

	if (s->flags & ELF_W) {
		pa = *at;
		*at += own_bytes(s);
		memcpy((char *)pa + skew, f->data + s->offset, s->file_size);
		prot |= SKINK_PROT_WRITE;
	} else if (s->file_size != s->memory_size || pa % SKINK_PAGE != 0 || s->offset < skew) {
		stop("procmgr: a segment cannot be mapped in place");
	}
	if (s->flags & ELF_X)
		prot |= SKINK_PROT_EXEC;
	add(h, s->va - skew, pa, page_up(s->memory_size + skew), prot);
}

/* The n-th part that is to be in memory, checked; false: not that kind of segment. */
static bool
segment_read(const struct file *f, const struct elf_header *e, int n, struct elf_segment *s)
{
	memcpy(s, f->data + e->segments + n * sizeof(*s), sizeof(*s));
	if (s->type != ELF_LOAD || s->memory_size == 0)
		return false;
	check_segment(f, s);
	return true;
}

struct handoff *
program_place(struct handoff *h)
{
	struct file f = image_find("procmgr");
	uint64_t bytes = PROGRAM_STACK + SKINK_PAGE, at;
	struct elf_header e;
	struct elf_segment s;

	if (f.len < sizeof(e))
		stop("procmgr: not a program");
	memcpy(&e, f.data, sizeof(e));
	if (memcmp(e.ident, "\177ELF\2\1\1", 7) != 0 || e.type != ELF_EXECUTABLE ||
	    e.machine != ELF_RISCV || e.segment_size != sizeof(s) || e.segments > f.len ||
	    e.segment_count > (f.len - e.segments) / sizeof(s))
		stop("procmgr: not a program for this machine");
	for (int i = 0; i < e.segment_count; i++) /* <= those in the file */
		if (segment_read(&f, &e, i, &s))
			bytes += own_bytes(&s);
	h->own = memory_take(&h->boot, bytes);
	at = h->own.start;
	for (int i = 0; i < e.segment_count; i++)
		if (segment_read(&f, &e, i, &s))
			place_segment(h, &f, &s, &at);
	add(h, PROGRAM_PAGE - PROGRAM_STACK, at, PROGRAM_STACK, SKINK_PROT_READ | SKINK_PROT_WRITE);
	at += PROGRAM_STACK;
	add(h, PROGRAM_PAGE, at, SKINK_PAGE, SKINK_PROT_READ);
	h->entry = e.entry;
	h->boot.own_bytes = h->own.size;
	return memcpy((void *)at, h, sizeof(*h));
}
