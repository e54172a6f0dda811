/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start.c - starts a service's process from the boot image. Owns the reading of its ELF file; never
 * opens a path that another service serves: the new process opens its descriptors 0, 1, 2 itself,
 * from SKINK_STDIO in its environment (three paths with colons between them, "" for none).
 */
#include "ham.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <skink/calls.h>
#include <skink/errno.h>

#define BOOT_FOLDER "/proc/boot/"

/* The part of the ELF format that a static RISC-V program has. */
struct elf_header {
	uint8_t ident[16];
	uint16_t type;
	uint16_t machine;
	uint32_t version;
	uint64_t entry;
	uint64_t program_offset;
	uint64_t section_offset;
	uint32_t flags;
	uint16_t header_size;
	uint16_t program_size;
	uint16_t program_count;
	uint16_t section_size;
	uint16_t section_count;
	uint16_t section_names;
};
_Static_assert(sizeof(struct elf_header) == 64, "struct elf_header");
#define ELF_IDENT      "\177ELF\002\001\001" /* 64 bits, little-endian, version 1 */
#define ELF_EXECUTABLE 2
#define ELF_RISCV      243

struct elf_program {
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t address;
	uint64_t physical;
	uint64_t file_bytes;
	uint64_t memory_bytes;
	uint64_t align;
};
_Static_assert(sizeof(struct elf_program) == 56, "struct elf_program");
#define ELF_LOAD         1
#define ELF_X            1
#define ELF_W            2
#define ELF_R            4
#define ELF_PROGRAMS_MAX 16

/* One request: the structure, then segments, then strings. */
static struct {
	struct proc_spawn spawn;
	struct proc_segment segments[PROC_SEGMENTS_MAX];
} message;
static char strings[SKINK_ARGS_MAX];

static long
read_at(int fd, uint64_t offset, void *to, size_t size)
{
	ssize_t got = pread(fd, to, size, (off_t)offset);

	if (got < 0)
		return -errno;
	return (size_t)got == size ? 0 : -SK_ENOEXEC;
}

static uint32_t
prot_of(uint32_t flags)
{
	return ((flags & ELF_R) ? SKINK_PROT_READ : 0) | ((flags & ELF_W) ? SKINK_PROT_WRITE : 0) |
	    ((flags & ELF_X) ? SKINK_PROT_EXEC : 0);
}

/* Fills in entry and segments; procmgr checks the addresses. */
static long
read_program(int fd)
{
	struct elf_header h;
	struct elf_program programs[ELF_PROGRAMS_MAX];
	long error = read_at(fd, 0, &h, sizeof(h));

	if (error != 0)
		return error;
	if (memcmp(h.ident, ELF_IDENT, sizeof(ELF_IDENT) - 1) != 0 || h.type != ELF_EXECUTABLE ||
	    h.machine != ELF_RISCV || h.program_size != sizeof(struct elf_program) ||
	    h.program_count > ELF_PROGRAMS_MAX)
		return -SK_ENOEXEC;
	error = read_at(fd, h.program_offset, programs, h.program_count * sizeof(programs[0]));
	if (error != 0)
		return error;
	message.spawn.entry = h.entry;
	message.spawn.segment_count = 0;
	for (int i = 0; i < h.program_count; i++) { /* <= ELF_PROGRAMS_MAX */
		const struct elf_program *p = &programs[i];

		if (p->type != ELF_LOAD || p->memory_bytes == 0)
			continue;
		if (message.spawn.segment_count == PROC_SEGMENTS_MAX)
			return -SK_ENOEXEC;
		message.segments[message.spawn.segment_count++] = (struct proc_segment){
		    .address = p->address,
		    .memory_bytes = p->memory_bytes,
		    .file_bytes = p->file_bytes,
		    .offset = p->offset,
		    .coid = p->file_bytes == 0 ? -1 : fd,
		    .prot = prot_of(p->flags),
		};
	}
	return 0;
}

/* Appends a string with its NUL; false when it does not fit. */
static bool
add_string(const char *text)
{
	size_t size = strlen(text) + 1;

	if (size > sizeof(strings) - message.spawn.string_bytes)
		return false;
	memcpy(strings + message.spawn.string_bytes, text, size);
	message.spawn.string_bytes += size;
	return true;
}

static bool
add_array(const struct skink_manifest *m, const struct skink_array *array, uint16_t *counter)
{
	const uint32_t *offsets = (const uint32_t *)((const char *)m + array->offset);

	for (uint32_t i = 0; i < array->count; i++) {
		if (!add_string(skink_manifest_string(m, offsets[i])))
			return false;
		(*counter)++;
	}
	return true;
}

static bool
add_stdio(const struct skink_manifest *m, const struct skink_service *s)
{
	const char *path[3];
	char text[3 * PROC_PATH_MAX + 16];

	for (int i = 0; i < 3; i++) {
		path[i] = skink_manifest_string(m, s->stdio[i]);
		if (path[i] == NULL)
			path[i] = "";
	}
	if (path[0][0] == '\0' && path[1][0] == '\0' && path[2][0] == '\0')
		return true;
	snprintf(text, sizeof(text), "SKINK_STDIO=%s:%s:%s", path[0], path[1], path[2]);
	message.spawn.envc++;
	return add_string(text);
}

static bool
add_strings(const struct skink_manifest *m, const struct skink_service *s, const char *instead)
{
	message.spawn.string_bytes = 0;
	message.spawn.argc = 0;
	message.spawn.envc = 0;
	if (instead == NULL) {
		if (!add_array(m, &s->args, &message.spawn.argc))
			return false;
	} else {
		message.spawn.argc = 1;
		if (!add_string(instead))
			return false;
	}
	return add_array(m, &s->env, &message.spawn.envc) && add_stdio(m, s) && add_string("/");
}

static int
open_program(const char *program)
{
	char path[PROC_PATH_MAX];

	if (strncmp(program, BOOT_FOLDER, sizeof(BOOT_FOLDER) - 1) == 0)
		program += sizeof(BOOT_FOLDER) - 1;
	/* Anything else is served by somebody whom ham watches. */
	if (strchr(program, '/') != NULL) {
		errno = EACCES;
		return -1;
	}
	snprintf(path, sizeof(path), BOOT_FOLDER "%s", program);
	return open(path, O_RDONLY);
}

static long
send_spawn(void)
{
	struct skink_iov parts[3] = {
	    {&message.spawn, sizeof(message.spawn)},
	    {message.segments, message.spawn.segment_count * sizeof(message.segments[0])},
	    {strings, message.spawn.string_bytes},
	};

	return skink_msg_send(SKINK_PROCMGR_COID, parts, -3, NULL, 0);
}

long
start_service(const struct skink_manifest *manifest, uint32_t service, const char *session_program)
{
	const struct skink_service *s = &skink_manifest_services(manifest)[service - 1];
	const char *instead = (s->flags & SKINK_SERVICE_SESSION) ? session_program : NULL;
	const char *program =
	    instead != NULL ? instead : skink_manifest_string(manifest, s->program);
	int fd = open_program(program);
	long result;

	if (fd < 0)
		return -errno;
	message.spawn = (struct proc_spawn){
	    .header = {.type = PROC_SPAWN, .version = PROC_VERSION},
	    .flags = PROC_SPAWN_SERVICE | PROC_SPAWN_SETSID,
	    .service = service,
	};
	snprintf(message.spawn.name, sizeof(message.spawn.name), "%s",
	    instead != NULL ? instead : skink_manifest_string(manifest, s->name));
	result = read_program(fd);
	if (result == 0 && !add_strings(manifest, s, instead))
		result = -SK_E2BIG;
	if (result == 0)
		result = send_spawn();
	close(fd);
	return result;
}
