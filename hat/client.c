/* SPDX-License-Identifier: Apache-2.0 */
/* client.c - libham: ham's messages as functions. Owns the process's connection to ham. */
#include <skink/ham.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <skink/calls.h>

static int connection = -1;

int
ham_connect(unsigned flags)
{
	if (flags != 0) {
		errno = EINVAL;
		return -1;
	}
	if (connection < 0)
		connection = open(HAM_PATH, O_RDONLY | O_CLOEXEC);
	return connection < 0 ? -1 : 0;
}

int
ham_disconnect(unsigned flags)
{
	if (flags != 0 || connection < 0) {
		errno = flags != 0 ? EINVAL : EBADF;
		return -1;
	}
	close(connection);
	connection = -1;
	return 0;
}

static int
ask(enum ham_request_kind kind, unsigned number, const char *name, void *reply, size_t size)
{
	struct ham_request m = {
	    .type = HAM_TYPE, .version = HAM_VERSION, .kind = kind, .number = number};
	long result;

	if (name != NULL && snprintf(m.name, sizeof(m.name), "%s", name) >= (int)sizeof(m.name)) {
		errno = ESRCH;
		return -1;
	}
	if (ham_connect(0) < 0)
		return -1;
	result = skink_msg_send(connection, &m, sizeof(m), reply, (long)size);
	if (result >= 0)
		return 0;
	errno = (int)-result;
	return -1;
}

int
ham_entity_next(unsigned number, struct ham_entity_info *info)
{
	return ask(HAM_ENTITY_NEXT, number, NULL, info, sizeof(*info));
}

int
ham_entity_get(const char *name, struct ham_entity_info *info)
{
	return ask(HAM_ENTITY_GET, 0, name, info, sizeof(*info));
}

int
ham_entity_start(const char *name)
{
	return ask(HAM_START, 0, name, NULL, 0);
}

int
ham_entity_stop(const char *name)
{
	return ask(HAM_STOP, 0, name, NULL, 0);
}

int
ham_entity_restart(const char *name)
{
	return ask(HAM_RESTART, 0, name, NULL, 0);
}

int
ham_status(struct ham_status_info *info)
{
	return ask(HAM_STATUS, 0, NULL, info, sizeof(*info));
}

const char *
ham_state_name(unsigned state)
{
	static const char *const names[] = {
#define STATE_NAME(name, process) #name,
	    HAM_STATES(STATE_NAME)
#undef STATE_NAME
	};

	return state < HAM_STATE_COUNT ? names[state] : "?";
}
