/* SPDX-License-Identifier: Apache-2.0 */
/* elf.c - tests of the program reader: good files, each wrong field, and random damage. */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <test.h>

#include <skink/manager.h>
#include <skink/program.h>
#include <skink/startup.h>

struct file {
	unsigned char *bytes;
	size_t size;
	int reads;
};

struct sample {
	Elf64_Ehdr head;
	Elf64_Phdr program[3];
	unsigned char text[64];
};

static long
reader(void *context, void *buffer, size_t size, uint64_t offset)
{
	struct file *f = context;
	size_t n;

	f->reads++;
	if (offset >= f->size)
		return 0;
	n = f->size - offset < size ? f->size - offset : size;
	memcpy(buffer, f->bytes + offset, n);
	return (long)n;
}

static struct sample
sample(void)
{
	struct sample s;

	memset(&s, 0, sizeof(s));
	memcpy(s.head.e_ident, ELFMAG, SELFMAG);
	s.head.e_ident[EI_CLASS] = ELFCLASS64;
	s.head.e_ident[EI_DATA] = ELFDATA2LSB;
	s.head.e_ident[EI_VERSION] = EV_CURRENT;
	s.head.e_type = ET_EXEC;
	s.head.e_machine = EM_RISCV;
	s.head.e_version = EV_CURRENT;
	s.head.e_entry = 0x10100;
	s.head.e_phoff = sizeof(s.head);
	s.head.e_phentsize = sizeof(Elf64_Phdr);
	s.head.e_phnum = 3;
	s.program[0] = (Elf64_Phdr){.p_type = PT_LOAD,
	    .p_flags = PF_R | PF_X,
	    .p_offset = 0,
	    .p_vaddr = 0x10000,
	    .p_filesz = 0x1800,
	    .p_memsz = 0x1800};
	s.program[1] = (Elf64_Phdr){.p_type = PT_LOAD,
	    .p_flags = PF_R | PF_W,
	    .p_offset = 0x2000,
	    .p_vaddr = 0x12000,
	    .p_filesz = 0x10,
	    .p_memsz = 0x5000};
	s.program[2] = (Elf64_Phdr){.p_type = PT_TLS, .p_flags = PF_R};
	return s;
}

static long
load(struct sample *s, struct program *p)
{
	struct file f = {(unsigned char *)s, sizeof(*s), 0};
	long r = program_read(p, reader, &f);

	CHECK(f.reads <= 2);
	return r;
}

static void
test_elf_good_program_is_read(void)
{
	struct sample s = sample();
	struct program p;

	CHECK_EQ(load(&s, &p), 0);
	CHECK_EQ(p.entry, 0x10100);
	CHECK_EQ(p.count, 2);
	CHECK_EQ(p.segments[0].address, 0x10000);
	CHECK_EQ(p.segments[0].prot, SKINK_PROT_READ | SKINK_PROT_EXEC);
	CHECK_EQ(p.segments[1].memory_bytes, 0x5000);
	CHECK_EQ(p.segments[1].file_bytes, 0x10);
	CHECK_EQ(p.segments[1].prot, SKINK_PROT_READ | SKINK_PROT_WRITE);
}

#define REFUSED(change) \
	do { \
		struct sample s = sample(); \
		struct program p; \
		change; \
		CHECK_EQ(load(&s, &p), -ENOEXEC); \
	} while (0)

static void
test_elf_wrong_header_is_refused(void)
{
	REFUSED(s.head.e_ident[0] = '#');
	REFUSED(s.head.e_ident[EI_CLASS] = ELFCLASS32);
	REFUSED(s.head.e_ident[EI_DATA] = ELFDATA2MSB);
	REFUSED(s.head.e_type = ET_DYN);
	REFUSED(s.head.e_machine = EM_X86_64);
	REFUSED(s.head.e_phentsize = 32);
	REFUSED(s.head.e_phnum = 0);
	REFUSED(s.head.e_phnum = 33);
	REFUSED(s.head.e_phnum = 0xffff);
	REFUSED(s.head.e_phoff = 1 << 20);
	REFUSED(s.head.e_phoff = UINT64_MAX);
	REFUSED(s.head.e_phoff = INT64_MAX);
	REFUSED(s.program[2].p_type = PT_INTERP);
	REFUSED(s.program[2].p_type = PT_DYNAMIC);
}

static void
test_elf_wrong_segment_is_refused(void)
{
	REFUSED(s.program[0].p_flags = PF_R | PF_W | PF_X);
	REFUSED(s.program[0].p_flags = PF_X);
	REFUSED(s.program[0].p_vaddr = 0x1000);
	REFUSED(s.program[0].p_vaddr = 0x10008);
	REFUSED(s.program[0].p_filesz = 0x1801);
	REFUSED(s.program[1].p_vaddr = 0x11000);
	REFUSED(s.program[1].p_vaddr = 0x11800);
	REFUSED(s.program[1].p_memsz = UINT64_MAX);
	REFUSED(s.program[1].p_memsz = SKINK_KEEP_START);
	REFUSED(s.program[1].p_vaddr = SKINK_KEEP_START);
	REFUSED(s.program[1].p_offset = UINT64_MAX & ~0xfffull);
	REFUSED(s.program[1].p_offset = INT64_MAX & ~0xfffull; s.program[1].p_filesz = 0x2000);
}

static void
test_elf_entry_outside_code_is_refused(void)
{
	REFUSED(s.head.e_entry = 0);
	REFUSED(s.head.e_entry = 0xffff);
	REFUSED(s.head.e_entry = 0x11800);
	REFUSED(s.head.e_entry = 0x12000);
	REFUSED(s.head.e_entry = 0x10101);
	REFUSED(s.program[0].p_memsz = 0; s.program[0].p_filesz = 0);
}

static void
test_elf_short_file_is_refused(void)
{
	struct sample s = sample();
	struct program p;

	for (size_t size = 0; size < offsetof(struct sample, text); size++) {
		struct file f = {(unsigned char *)&s, size, 0};

		CHECK_EQ(program_read(&p, reader, &f), -ENOEXEC);
	}
}

static long
failing_reader(void *context, void *buffer, size_t size, uint64_t offset)
{
	(void)context, (void)buffer, (void)size, (void)offset;
	return -ESTALE;
}

static void
test_elf_error_of_the_file_is_passed_on(void)
{
	struct program p;

	CHECK_EQ(program_read(&p, failing_reader, NULL), -ESTALE);
}

/* What is accepted keeps the promises of elf.h, whatever the file holds. */
static void
check_promises(const struct program *p)
{
	uint64_t end = 0x10000;

	CHECK(p->count >= 1 && p->count <= PROGRAM_SEGMENTS_MAX);
	for (unsigned i = 0; i < p->count; i++) {
		const struct program_segment *s = &p->segments[i];

		CHECK(s->address >= end);
		CHECK(s->memory_bytes > 0 && s->memory_bytes <= SKINK_KEEP_START);
		CHECK(s->address + s->memory_bytes <= SKINK_KEEP_START);
		CHECK(s->file_bytes <= s->memory_bytes);
		CHECK_EQ(s->offset % 4096, s->address % 4096);
		CHECK((s->prot & 6) != 6);
		end = (s->address + s->memory_bytes + 4095) & ~4095ull;
	}
}

static void
test_elf_random_damage_is_survived(void)
{
	static const uint64_t edges[] = {0, 1, 0xfff, 0x1000, 0x10000, 0x7fffffff, 0xffffffff,
	    INT64_MAX, UINT64_MAX, UINT64_MAX - 0xfff, SKINK_KEEP_START};
	int accepted = 0;

	srand(2);
	for (int round = 0; round < 500000; round++) {
		struct sample s = sample();
		struct program p;

		for (int n = rand() % 3 + 1; n > 0; n--) {
			size_t at = (size_t)rand() % (offsetof(struct sample, text) - 8);
			uint64_t edge = edges[(size_t)rand() % 11];

			if (rand() % 2)
				((unsigned char *)&s)[at] = (unsigned char)rand();
			else
				memcpy((unsigned char *)&s + (at & ~7ul), &edge, 8);
		}
		if (load(&s, &p) == 0) {
			check_promises(&p);
			accepted++;
		}
	}
	CHECK(accepted > 1000);
}

TEST_MAIN(TEST(test_elf_good_program_is_read), TEST(test_elf_wrong_header_is_refused),
    TEST(test_elf_wrong_segment_is_refused), TEST(test_elf_entry_outside_code_is_refused),
    TEST(test_elf_short_file_is_refused), TEST(test_elf_error_of_the_file_is_passed_on),
    TEST(test_elf_random_damage_is_survived))
