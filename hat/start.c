/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start.c - starts a service's process from the boot image. Owns the request to procmgr; never
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
#include <skink/program.h>

#define BOOT_FOLDER "/proc/boot/"

_Static_assert(PROGRAM_SEGMENTS_MAX <= PROC_SEGMENTS_MAX, "segments");

/* One request: the structure, then segments, then strings. */
static struct {
	struct proc_spawn spawn;
	struct proc_segment segments[PROC_SEGMENTS_MAX];
} message;
static char strings[SKINK_ARGS_MAX];

static long
read_at(void *file, void *buffer, size_t size, uint64_t offset)
{
	ssize_t got = pread(*(const int *)file, buffer, size, (off_t)offset);

	return got < 0 ? -errno : got;
}

/* Fills in entry and segments. */
static long
read_program(int fd)
{
	struct program program;
	long error = program_read(&program, read_at, &fd);

	if (error != 0)
		return error;
	message.spawn.entry = program.entry;
	message.spawn.segment_count = (uint16_t)program.count;
	for (unsigned i = 0; i < program.count; i++) { /* <= PROGRAM_SEGMENTS_MAX */
		const struct program_segment *p = &program.segments[i];

		message.segments[i] = (struct proc_segment){
		    .address = p->address,
		    .memory_bytes = p->memory_bytes,
		    .file_bytes = p->file_bytes,
		    .offset = p->offset,
		    .coid = p->file_bytes == 0 ? -1 : fd,
		    .prot = p->prot,
		};
	}
	return 0;
}

/* Appends a string with its NUL; false when there is none (a damaged manifest), or no room. */
static bool
add_string(const char *text)
{
	size_t size;

	if (text == NULL)
		return false;
	size = strlen(text) + 1;
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

	if (program == NULL) {
		errno = EINVAL;
		return -1;
	}
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
