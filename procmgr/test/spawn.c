/* SPDX-License-Identifier: Apache-2.0 */
/* spawn.c - tests of what judges a spawn request, with good and with malformed input. */
#include <test.h>

#include <skink/errno.h>

#include "arena.h"
#include "elf.h"
#include "spawn_args.h"

static struct proc_spawn head;
static struct proc_segment segments[PROC_SEGMENTS_MAX];
static struct proc_fd fds[PROC_FDS_MAX];
static uint8_t area[STARTUP_AREA] __attribute__((aligned(16)));

static void
good(void)
{
	memset(&head, 0, sizeof(head));
	head.segment_count = 2;
	head.fd_count = 2;
	head.argc = 2;
	head.envc = 1;
	head.entry = 0x10040;
	segments[0] =
	    (struct proc_segment){0x10000, 0x3000, 0x3000, 0, 3, SKINK_PROT_READ | SKINK_PROT_EXEC};
	segments[1] = (struct proc_segment){
	    0x13000, 0x2000, 0x100, 0x3000, 3, SKINK_PROT_READ | SKINK_PROT_WRITE};
	fds[0] = (struct proc_fd){0, 0};
	fds[1] = (struct proc_fd){0, 1};
}

static void
strings(const char *text, uint32_t bytes)
{
	memset(area, 0xee, sizeof(area));
	memcpy(area + sizeof(area) - bytes, text, bytes);
	head.string_bytes = bytes;
}

static void
test_spawn_check_when_good_accepts(void)
{
	good();
	CHECK_EQ(spawn_check_head(&head), 0);
	CHECK_EQ(spawn_check_parts(&head, segments, fds), 0);
}

static void
test_spawn_check_when_one_thing_is_wrong_refuses(void)
{
#define WRONG(change, error) \
	good(); \
	change; \
	CHECK_EQ(spawn_check_parts(&head, segments, fds), -SK_##error)
	WRONG(segments[0].address = 0, ENOEXEC);
	WRONG(segments[1].address = 0x12000, ENOEXEC);
	WRONG(segments[1].address = 0x12fff, ENOEXEC);
	WRONG(segments[1].address = SKINK_KEEP_START, ENOEXEC);
	WRONG(segments[1].memory_bytes = UINT64_MAX, ENOEXEC);
	WRONG(segments[1].file_bytes = 0x2001, ENOEXEC);
	WRONG(segments[1].prot = 7, EINVAL);
	WRONG(segments[1].prot = SKINK_PROT_WRITE, EINVAL);
	WRONG(segments[1].prot = 8 | SKINK_PROT_READ, EINVAL);
	WRONG(segments[1].offset = 0x3008, EINVAL);
	WRONG(segments[1].offset = UINT64_MAX - 0xfff; segments[1].file_bytes = 0x1001, EINVAL);
	WRONG(segments[1].coid = -1, EINVAL);
	WRONG(head.entry = 0x10041, ENOEXEC);
	WRONG(head.entry = 0x13000, ENOEXEC);
	WRONG(fds[1].child = 0, EINVAL);
	WRONG(fds[1].child = SKINK_COIDS, EINVAL);
	WRONG(fds[1].child = -1, EINVAL);
	WRONG(fds[0].parent = -5, EINVAL);
#undef WRONG
#define WRONG(change, error) \
	good(); \
	change; \
	CHECK_EQ(spawn_check_head(&head), -SK_##error)
	WRONG(head.flags = 0x100, EINVAL);
	WRONG(head.flags = PROC_SPAWN_SETGROUP | PROC_SPAWN_SETSID, EINVAL);
	WRONG(head.name[SKINK_NAME_MAX - 1] = 'x', EINVAL);
	WRONG(head.segment_count = 0, EINVAL);
	WRONG(head.segment_count = PROC_SEGMENTS_MAX + 1, E2BIG);
	WRONG(head.fd_count = PROC_FDS_MAX + 1, E2BIG);
	WRONG(head.argc = 65535; head.envc = 65535, E2BIG);
	WRONG(head.string_bytes = SKINK_ARGS_MAX + 1, E2BIG);
	WRONG(head.stack_bytes = SKINK_STACK_MAX + 1, EINVAL);
#undef WRONG
}

static void
test_startup_when_good_points_at_the_strings(void)
{
	static const char text[] = "prog\0-x\0A=b\0/tmp";
	struct startup_facts facts = {7, 3, 0x20000, 0x28000, 1 << 13, {1, 2}};
	const struct skink_startup *s;
	const uint64_t *argv, *envp;
	uint64_t shift = 0x28000 - (uintptr_t)(area + sizeof(area));
	long at;

	good();
	strings(text, sizeof(text));
	at = startup_build(area, &head, &facts);
	CHECK(at > 0 && at % 16 == 0);
	s = (const void *)(area + at);
	CHECK(s->magic == SKINK_STARTUP_MAGIC && s->pid == 7 && s->service == 3 && s->argc == 2);
	CHECK(s->envc == 1 && s->stack_low == 0x20000 && s->stack_high == 0x28000);
	argv = (const uint64_t *)((uintptr_t)s->argv - shift);
	envp = (const uint64_t *)((uintptr_t)s->envp - shift);
	CHECK_STR((const char *)(argv[0] - shift), "prog");
	CHECK_STR((const char *)(argv[1] - shift), "-x");
	CHECK_EQ(argv[2], 0);
	CHECK_STR((const char *)(envp[0] - shift), "A=b");
	CHECK_EQ(envp[1], 0);
	CHECK_STR((const char *)s->cwd - shift, "/tmp");
}

static void
test_startup_when_strings_are_not_as_told_refuses(void)
{
	struct startup_facts facts = {.stack_high = 0x28000};

	good();
	strings("prog\0-x\0A=b\0tmp", 16);
	CHECK_EQ(startup_build(area, &head, &facts), -SK_EINVAL);
	strings("prog\0-x\0A=b\0", 12);
	CHECK_EQ(startup_build(area, &head, &facts), -SK_EINVAL);
	strings("prog\0-x\0A=b\0/tm", 15);
	CHECK_EQ(startup_build(area, &head, &facts), -SK_EINVAL);
	strings("prog\0-x\0A=b\0/\0/", 16);
	CHECK_EQ(startup_build(area, &head, &facts), -SK_EINVAL);
	strings("", 0);
	CHECK_EQ(startup_build(area, &head, &facts), -SK_EINVAL);
}

/* Most is good, a few fields are anything: whatever comes, nothing is touched that should not
 * be. */
static void
test_spawn_check_when_random_never_overruns(void)
{
	unsigned accepted = 0;

	for (int round = 0; round < 200000; round++) {
		uint8_t *parts[] = {(uint8_t *)&head, (uint8_t *)segments, (uint8_t *)fds};
		size_t sizes[] = {sizeof(head), sizeof(segments), sizeof(fds)};
		struct startup_facts facts = {.stack_high = 0x28000};
		unsigned part = arena_random() % 3;
		uint64_t above = 0;

		good();
		for (unsigned n = arena_random() % 3; n > 0; n--)
			memcpy(parts[part] + arena_random() % (sizes[part] / 8) * 8,
			    &(uint64_t){arena_random() >> arena_random() % 64}, 8);
		if (spawn_check_head(&head) < 0 || spawn_check_parts(&head, segments, fds) < 0)
			continue;
		accepted++;
		for (unsigned i = 0; i < head.segment_count; i++) {
			CHECK(segments[i].address >= above &&
			    segments[i].address >= SKINK_PROGRAM_START);
			above = segments[i].address + segments[i].memory_bytes;
			CHECK(above > segments[i].address && above <= SKINK_KEEP_START);
			CHECK((segments[i].prot & 6) != 6 &&
			    segments[i].file_bytes <= segments[i].memory_bytes);
		}
		for (uint32_t i = 0; i < head.string_bytes; i++)
			area[sizeof(area) - 1 - i] = arena_random() % 4 == 0 ? 0 : '/';
		startup_build(area, &head, &facts);
	}
	CHECK(accepted > 1000);
}

static void
test_elf_when_damaged_never_overruns(void)
{
	static const uint8_t ident[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
	struct proc_segment out[PROC_SEGMENTS_MAX];
	uint8_t file[64 + 3 * 56] = {0}, *exact;
	uint64_t entry = 0;
	unsigned good_files = 0;

	memcpy(file, ident, sizeof(ident));
	memcpy(file + 16, (uint16_t[]){2, 243}, 4);
	memcpy(file + 24, (uint64_t[]){0x10040, 64}, 16);
	memcpy(file + 54, (uint16_t[]){56, 3}, 4);
	for (int i = 0; i < 3; i++) {
		memcpy(file + 64 + i * 56, (uint32_t[]){1, i == 0 ? 5 : 6}, 8);
		memcpy(file + 64 + i * 56 + 8,
		    (uint64_t[]){0, 0x10000 + i * 0x1000ull, 0, 64, 128, 4096}, 48);
	}
	CHECK_EQ(elf_segments(file, sizeof(file), out, &entry), 3);
	CHECK_EQ(entry, 0x10040);
	CHECK_EQ(out[0].prot, SKINK_PROT_READ | SKINK_PROT_EXEC);
	CHECK_EQ(out[1].prot, SKINK_PROT_READ | SKINK_PROT_WRITE);
	for (int round = 0; round < 50000; round++) {
		size_t size = arena_random() % (sizeof(file) + 1);

		exact = malloc(size + 1);
		memcpy(exact, file, size);
		for (int n = 0; n < 3 && size > 0; n++)
			exact[arena_random() % size] = arena_random();
		good_files += elf_segments(exact, size, out, &entry) > 0;
		free(exact);
	}
	CHECK(good_files < 50000);
}

TEST_MAIN(TEST(test_spawn_check_when_good_accepts),
    TEST(test_spawn_check_when_one_thing_is_wrong_refuses),
    TEST(test_startup_when_good_points_at_the_strings),
    TEST(test_startup_when_strings_are_not_as_told_refuses),
    TEST(test_spawn_check_when_random_never_overruns), TEST(test_elf_when_damaged_never_overruns))
