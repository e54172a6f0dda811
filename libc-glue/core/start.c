/* SPDX-License-Identifier: Apache-2.0 */
/* start.c - from the entry to main(), in the first thread. Owns the start-up structure's use. */
#include "../glue.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void (*__preinit_array_start[])(void);
extern void (*__preinit_array_end[])(void);
extern void (*__init_array_start[])(void);
extern void (*__init_array_end[])(void);
int main(int argc, char **argv, char **envp);
void skink_start(struct skink_startup *startup) __attribute__((noreturn));

struct skink_startup *glue_startup;
_Thread_local struct glue_thread glue_self;

static void
call_all(void (**start)(void), void (**end)(void))
{
	for (void (**f)(void) = start; f < end; f++)
		(*f)();
}

/*
 * A service's descriptors 0, 1, 2: ham names their paths in SKINK_STDIO, colons between them, and
 * leaves the opening to the service, since it asks the server behind each path. The name is taken
 * out of the environment: children inherit descriptors.
 */
static void
open_stdio(void)
{
	static const char name[] = "SKINK_STDIO=";
	char **entry = environ;
	char *path;

	while (*entry != NULL && strncmp(*entry, name, sizeof(name) - 1) != 0)
		entry++;
	if (*entry == NULL)
		return;
	path = *entry + sizeof(name) - 1;
	do {
		entry[0] = entry[1];
	} while (*entry++ != NULL);
	for (int fd = 0; fd <= STDERR_FILENO && path != NULL; fd++) {
		char *end = strchr(path, ':');

		if (end != NULL)
			*end++ = '\0';
		if (*path != '\0')
			glue_open(path, O_RDWR, 0, fd, 0, NULL);
		path = end;
	}
}

void
skink_start(struct skink_startup *startup)
{
	if (startup->magic != SKINK_STARTUP_MAGIC || startup->version != SKINK_STARTUP_VERSION)
		skink_process_exit(SKINK_STATUS_EXIT(127));
	glue_startup = startup;
	glue_self.tid = (int32_t)skink_thread_self();
	environ = startup->envp;
	if (startup->service != 0)
		open_stdio();
	call_all(__preinit_array_start, __preinit_array_end);
	call_all(__init_array_start, __init_array_end);
	exit(main((int)startup->argc, startup->argv, environ));
}

void
_exit(int status)
{
	skink_process_exit(SKINK_STATUS_EXIT(status));
}
