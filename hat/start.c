/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start.c - starts a service's process from the boot image. Owns the request to procmgr; never
 * opens a path that another service serves: the new process opens its descriptors 0, 1, 2 itself,
 * from SKINK_STDIO in its environment (three paths with colons between them, "" for none).
 */
#include "ham.h"

#include <stdio.h>
#include <string.h>

#include <skink/errno.h>
#include <skink/procmgr.h>

#define BOOT_FOLDER "/proc/boot/"

/* One request: the structure, then the path, then strings. */
static struct {
	struct proc_spawn spawn;
	char path[PROC_PATH_MAX];
} message = {.path = BOOT_FOLDER};
static char strings[SKINK_ARGS_MAX];

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

/* The program's path in the image. Anything else is served by somebody whom ham watches. */
static long
set_path(const char *program)
{
	size_t prefix = sizeof(BOOT_FOLDER) - 1;

	if (program == NULL)
		return -SK_EINVAL;
	if (strncmp(program, BOOT_FOLDER, prefix) == 0)
		program += prefix;
	if (strchr(program, '/') != NULL)
		return -SK_EACCES;
	if (strlen(program) >= sizeof(message.path) - prefix)
		return -SK_ENAMETOOLONG;
	strcpy(message.path + prefix, program);
	message.spawn.path_bytes = (uint32_t)(prefix + strlen(program) + 1);
	return 0;
}

static long
send_spawn(void)
{
	return procmgr_ask_tail(PROC_SPAWN, &message,
	    sizeof(message.spawn) + message.spawn.path_bytes, strings, message.spawn.string_bytes,
	    NULL, 0);
}

long
start_service(const struct skink_manifest *manifest, uint32_t service, const char *session_program)
{
	const struct skink_service *s = &skink_manifest_services(manifest)[service - 1];
	const char *instead = (s->flags & SKINK_SERVICE_SESSION) ? session_program : NULL;
	const char *program =
	    instead != NULL ? instead : skink_manifest_string(manifest, s->program);
	const char *name = instead != NULL ? instead : skink_manifest_string(manifest, s->name);
	long error;

	if (name == NULL)
		return -SK_EINVAL;
	message.spawn = (struct proc_spawn){
	    .flags = PROC_SPAWN_SERVICE | PROC_SPAWN_SETSID,
	    .service = service,
	};
	strncpy(message.spawn.name, name, sizeof(message.spawn.name) - 1);
	error = set_path(program);
	if (error == 0 && !add_strings(manifest, s, instead))
		error = -SK_E2BIG;
	return error == 0 ? send_spawn() : error;
}
