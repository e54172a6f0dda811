/* SPDX-License-Identifier: Apache-2.0 */
/* elf.c - reads a program's file in the image. Programs from elsewhere are read in the library of
 * who starts them. Believes no number in the file. */
#include <string.h>

#include <skink/errno.h>

#include "elf.h"

struct elf_header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

#define ET_EXEC    2
#define EM_RISCV   243
#define PT_LOAD    1
#define PT_DYNAMIC 2
#define PT_INTERP  3

long
elf_segments(const uint8_t *file, uint64_t size, struct proc_segment *segments, uint64_t *entry)
{
	static const uint8_t ident[7] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
	struct elf_header h;
	long count = 0;

	if (size < sizeof(h))
		return -SK_ENOEXEC;
	memcpy(&h, file, sizeof(h));
	if (memcmp(h.ident, ident, sizeof(ident)) != 0 || h.type != ET_EXEC ||
	    h.machine != EM_RISCV || h.phentsize != sizeof(struct elf_segment) || h.phoff > size ||
	    h.phnum > (size - h.phoff) / sizeof(struct elf_segment))
		return -SK_ENOEXEC;
	for (unsigned i = 0; i < h.phnum; i++) {
		struct elf_segment s;

		memcpy(&s, file + h.phoff + i * sizeof(s), sizeof(s));
		if (s.type == PT_DYNAMIC || s.type == PT_INTERP)
			return -SK_ENOEXEC;
		if (s.type != PT_LOAD || s.memsz == 0)
			continue;
		if (count == PROC_SEGMENTS_MAX || s.offset > size || s.filesz > size - s.offset ||
		    s.filesz > s.memsz)
			return -SK_ENOEXEC;
		/* ELF's bits are X, W, R from the lowest on. */
		segments[count++] = (struct proc_segment){
		    .address = s.vaddr,
		    .memory_bytes = s.memsz,
		    .file_bytes = s.filesz,
		    .offset = s.offset,
		    .prot = (s.flags & 4) >> 2 | (s.flags & 2) | (s.flags & 1) << 2,
		};
	}
	*entry = h.entry;
	return count > 0 ? count : -SK_ENOEXEC;
}
