/* SPDX-License-Identifier: Apache-2.0 */
/* elf.c - reads the headers of an ELF program: 64-bit RISC-V, statically linked, at fixed
 * addresses. Trusts nothing in the file; does not look at sections, notes or symbols. */
#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <skink/manager.h>
#include <skink/program.h>
#include <skink/startup.h>

#define HEADERS_MAX 32 /* program headers looked at: more is no program of ours */

/* The first bytes of the file. */
union start {
	Elf64_Ehdr head;
	unsigned char bytes[512];
};

static long
read_exactly(program_reader *reader, void *file, void *buffer, size_t size, uint64_t offset)
{
	long n = reader(file, buffer, size, offset);

	if (n < 0)
		return n;
	return (size_t)n == size ? 0 : -ENOEXEC;
}

static bool
is_ours(const Elf64_Ehdr *h)
{
	return memcmp(h->e_ident, ELFMAG, SELFMAG) == 0 && h->e_ident[EI_CLASS] == ELFCLASS64 &&
	    h->e_ident[EI_DATA] == ELFDATA2LSB && h->e_ident[EI_VERSION] == EV_CURRENT &&
	    h->e_type == ET_EXEC && h->e_machine == EM_RISCV && h->e_version == EV_CURRENT &&
	    h->e_phentsize == sizeof(Elf64_Phdr) && h->e_phnum >= 1 && h->e_phnum <= HEADERS_MAX;
}

static uint64_t
page_of(uint64_t address)
{
	return address & ~(SKINK_PAGE - 1);
}

/* The first page behind the last segment so far. */
static uint64_t
end_of(const struct program *p)
{
	const struct program_segment *last;

	if (p->count == 0)
		return SKINK_PROGRAM_START;
	last = &p->segments[p->count - 1];
	return page_of(last->address + last->memory_bytes + SKINK_PAGE - 1);
}

static bool
segment_fits(const struct program *p, const Elf64_Phdr *h)
{
	return p->count < PROGRAM_SEGMENTS_MAX && h->p_memsz <= SKINK_KEEP_START &&
	    h->p_vaddr <= SKINK_KEEP_START - h->p_memsz && h->p_vaddr >= end_of(p) &&
	    h->p_filesz <= h->p_memsz && h->p_offset <= INT64_MAX - h->p_filesz &&
	    (h->p_offset - h->p_vaddr) % SKINK_PAGE == 0 && (h->p_flags & PF_R) != 0 &&
	    (h->p_flags & (PF_W | PF_X)) != (PF_W | PF_X);
}

static void
segment_add(struct program *p, const Elf64_Phdr *h)
{
	p->segments[p->count++] = (struct program_segment){
	    .address = h->p_vaddr,
	    .memory_bytes = h->p_memsz,
	    .file_bytes = h->p_filesz,
	    .offset = h->p_offset,
	    .prot = SKINK_PROT_READ | ((h->p_flags & PF_W) != 0 ? SKINK_PROT_WRITE : 0) |
		((h->p_flags & PF_X) != 0 ? SKINK_PROT_EXEC : 0),
	};
}

static bool
entry_is_code(const struct program *p)
{
	for (unsigned i = 0; i < p->count; i++) {
		const struct program_segment *s = &p->segments[i];

		if ((s->prot & SKINK_PROT_EXEC) != 0 && p->entry % 2 == 0 &&
		    p->entry >= s->address && p->entry - s->address < s->file_bytes)
			return true;
	}
	return false;
}

/* The program headers: mostly they lie in what was read already. */
static long
read_headers(
    program_reader *reader, void *file, const union start *start, size_t got, Elf64_Phdr *headers)
{
	const Elf64_Ehdr *h = &start->head;
	size_t size = h->e_phnum * sizeof(*headers);

	if (h->e_phoff > INT64_MAX / 2)
		return -ENOEXEC;
	if (h->e_phoff > got || size > got - h->e_phoff)
		return read_exactly(reader, file, headers, size, h->e_phoff);
	memcpy(headers, start->bytes + h->e_phoff, size);
	return 0;
}

long
program_read(struct program *program, program_reader *reader, void *file)
{
	Elf64_Phdr headers[HEADERS_MAX];
	union start start;
	long r = reader(file, &start, sizeof(start), 0);

	if (r < 0)
		return r;
	if ((size_t)r < sizeof(start.head) || !is_ours(&start.head))
		return -ENOEXEC;
	r = read_headers(reader, file, &start, (size_t)r, headers);
	if (r < 0)
		return r;
	*program = (struct program){.entry = start.head.e_entry};
	for (unsigned i = 0; i < start.head.e_phnum; i++) {
		const Elf64_Phdr *h = &headers[i];

		if (h->p_type == PT_INTERP || h->p_type == PT_DYNAMIC)
			return -ENOEXEC;
		if (h->p_type != PT_LOAD || h->p_memsz == 0)
			continue;
		if (!segment_fits(program, h))
			return -ENOEXEC;
		segment_add(program, h);
	}
	return entry_is_code(program) ? 0 : -ENOEXEC;
}
